"""Changed cases, substitutes, released blocks, add-ons: whose yes is asked, on what, and that nothing is done yet."""

from datetime import timedelta

from evals.checks.look import Wrong, first_wrong, plan_of, rows_with, same, words_of
from evals.replay import Played
from hospital.changes.blocks import ReleaseBlock
from hospital.changes.cases import ScheduleCase
from hospital.changes.moves import MoveCases
from hospital.changes.substitution import SubstituteItem
from hospital.model.bookings import Block, SurgicalCase
from hospital.model.people import Scope, User
from hospital.model.places import Site
from hospital.ports import In
from policies.plans import Need, Plan

BANDS = ("emergent", "urgent", "expedited")
LIVE = In(("scheduled", "in_progress"))


def _waiting(played: Played) -> list[Plan]:
    known = {id for (id,) in played.before.values(Plan, ("id",))}
    return [plan for plan in played.after.find(Plan, state="awaiting") if plan.id not in known]


def _with_item(played: Played) -> dict[str, SurgicalCase]:
    """The coming cases of the site that are planned with the item, from the rows before."""
    booked = played.before.find(SurgicalCase, site_id=played.about("site"), state="scheduled")
    item = played.about("item")
    return {str(c.id): c for c in booked if item in {one.item_id for one in c.items}}


def plan_per_surgeon(played: Played) -> Wrong:
    """As many waiting plans as surgeons, each with all cases of one surgeon and that surgeon's own yes, no other."""
    cases, plans = _with_item(played), _waiting(played)
    told: dict[str, set[str]] = {}
    for plan in plans:
        lines = [line for line in plan.lines if isinstance(line, SubstituteItem)]
        surgeons = {str(line.surgeon_id) for line in lines}
        if len(surgeons) != 1 or len(lines) != len(plan.lines):
            return f"{plan.id} is not one surgeon's: {sorted(surgeons)}"
        if [str(need.of) for need in plan.needs] != list(surgeons):
            return f"{plan.id} is decided by {[need.of for need in plan.needs]}"
        if any(
            (line.item_id, line.substitute_id) != (played.about("item"), played.about("instead")) for line in lines
        ):
            return f"{plan.id} is about other items"
        told[surgeons.pop()] = {str(line.case_id) for line in lines}
    real: dict[str, set[str]] = {}
    for id, case in cases.items():
        real.setdefault(str(case.surgeon_id), set()).add(id)
    return same("cases by surgeon", told, real)


def cases_with_item_listed(played: Played) -> Wrong:
    """Every such case is in the table, and none else; it says which are short."""
    cases = _with_item(played)
    rows = {str(row["Case"]): row for row in rows_with(played.last, "Surgeon", "Case", "Planned item")}
    return first_wrong(
        same("cases listed", set(rows), set(cases)),
        None if all(row["Planned item"] in ("yes", "short") for row in rows.values()) else "short is not told",
    )


def nothing_changed_yet(played: Played) -> Wrong:
    """While plans wait, every case and block is as it was."""
    if not _waiting(played):
        return "no plan waits"
    before = {case.id: case for case in played.before.find(SurgicalCase, state=LIVE)}
    after = {case.id: case for case in played.after.find(SurgicalCase, state=LIVE)}
    changed = sorted(id for id in before if before[id] != after.get(id))
    blocks = played.before.count(Block, state="released"), played.after.count(Block, state="released")
    return first_wrong(f"{changed} were changed" if changed else None, same("released blocks", blocks[1], blocks[0]))


def surgeon_and_anaesthesia(played: Played) -> Wrong:
    """The named case moves to the day that was asked for, when its surgeon of record and the site's lead agree."""
    plan, case = plan_of(played), played.before.get(SurgicalCase, played.about("case"))
    if plan is None or case is None or plan.state != "awaiting":
        return "no change of the case waits"
    moves = [move for line in plan.lines if isinstance(line, MoveCases) for move in line.moves]
    if [str(move.case_id) for move in moves] != [str(case.id)]:
        return f"the plan moves {[move.case_id for move in moves]}"
    site = played.after.get(Site, moves[0].site_id)
    day = str(site.local(moves[0].time.start).date()) if site else None
    leads = _holders(played, "anaesthesia_lead", case.site_id)
    roles = {need.role: need for need in plan.needs}
    return first_wrong(
        same("day", day, played.about("day")),
        same("surgeon", str(roles["surgeon"].of) if "surgeon" in roles else None, str(case.surgeon_id)),
        same("lead", set(roles["anaesthesia_lead"].who) if "anaesthesia_lead" in roles else None, leads),
        same("needs", len(plan.needs), 2),
    )


def _holders(played: Played, role: str, site_id: str) -> set[str]:
    scope = Scope(site_id=site_id)
    people = played.after.find(User)
    return {u.id for u in people if any(g.role == role and g.scope.covers(scope) for g in u.grants)}


def unbooked_block_time(played: Played) -> Wrong:
    """The part is inside a block of that owner on that day, nothing is booked in it, and owner or director decide."""
    plan = plan_of(played)
    lines = [line for line in plan.lines if isinstance(line, ReleaseBlock)] if plan else []
    if plan is None or len(lines) != 1:
        return "no release of one block is planned"
    line, block = lines[0], played.before.get(Block, lines[0].block_id)
    site = played.after.get(Site, line.site_id)
    if block is None or site is None or not (block.start <= line.start < line.end <= block.end):
        return f"{line.block_id} does not hold that time"
    booked = [
        case.id
        for case in played.before.find(SurgicalCase, room_id=block.room_id, state=LIVE)
        if case.start and case.end and case.start < line.end and case.end > line.start
    ]
    need: Need | None = plan.needs[0] if len(plan.needs) == 1 else None
    owner = str(block.owner_id or f"service:{block.service_id}")
    return first_wrong(
        same("owner", owner, played.about("owner")),
        same("day", str(site.local(line.start).date()), played.about("day")),
        f"{booked} are booked in it" if booked else None,
        same("who decides", need.role if need else None, "surgeon|periop_director"),
        same("whose yes", str(need.of) if need else None, owner),
        None if line.end - line.start >= timedelta(minutes=60) else "the part is too short to use",
    )


def nobody_bumped(played: Played) -> Wrong:
    """There was room, so no option moves a booked case."""
    plans = [played.after.get(Plan, option.plan_id) for option in played.last.options]
    moved = [plan.id for plan in plans if plan and any(not isinstance(line, ScheduleCase) for line in plan.lines)]
    if not plans:
        return "there is no option"
    return f"{moved} move somebody" if moved else say_nobody(played)


def say_nobody(played: Played) -> Wrong:
    """It is said that nobody moves."""
    return None if "nobody" in words_of(played.last) else "it is not said that nobody is moved"


def band_as_said(played: Played) -> Wrong:
    """Each option keeps the band and who chose it, and begins in its time."""
    now = played.line.clock.now()
    hours = {"emergent": 1, "urgent": 6, "expedited": 40}[played.about("urgency")]
    for option in played.last.options:
        plan = played.after.get(Plan, option.plan_id)
        lines = [line for line in plan.lines if isinstance(line, ScheduleCase)] if plan else []
        for line in lines:
            if (line.urgency, str(line.urgency_by)) != (played.about("urgency"), played.about("said_by")):
                return f"{option.plan_id} is {line.urgency} by {line.urgency_by}"
            if line.room.start > now + timedelta(hours=hours):
                return f"{option.plan_id} begins too late"
        if len(lines) != 1:
            return f"{option.plan_id} places {len(lines)} cases"
    return None


def band_asked_for(played: Played) -> Wrong:
    """Without a band nothing is looked for: one question that offers the bands."""
    first = played.turns[0]
    return first_wrong(
        same("first outcome", first.outcome, "clarify"),
        None if not first.options else "options were shown before the band was known",
        None
        if all(band in first.text for band in ("emergent", "urgent", "expedited"))
        else "the bands are not offered",
    )
