"""Surgical cases: how long, where they fit, and for whom."""

import re
import statistics
from datetime import datetime, timedelta

from evals.checks.look import Wrong, first_wrong, new_rows, rows_with, same, say, words_of
from evals.replay import Played
from hospital.cards import ChoicesCard
from hospital.changes.cases import ScheduleCase
from hospital.model.bookings import Appointment, Block, Hold, SurgicalCase
from hospital.model.people import Clinician, Patient
from hospital.model.places import Equipment, Maintenance, Room, Site, Unit
from hospital.ports import In, Not, Range
from policies.plans import Plan

TOLERANCE = 2
"""Minutes by which a rounded quantile may lie outside what the history says."""
LIVE = In(("scheduled", "in_progress"))
KINDS = ("room", "clinician", "anaesthesia", "equipment", "team", "pacu", "bed")
MOST_DIRECTED = 4
"""Cases at once per anaesthesiologist (field.md)."""
STEP = timedelta(minutes=5)


def _history(played: Played) -> tuple[list[int], list[int]]:
    """Minutes of the surgeon's own completed cases of the operation, and of everybody's."""
    rows = played.after.values(
        SurgicalCase,
        ("surgeon_id", "actual_minutes"),
        procedure_id=played.about("procedure"),
        state="completed",
        actual_minutes=Not(None),
    )
    return [m for who, m in rows if who == played.about("surgeon")], [m for _, m in rows]


def _estimate(played: Played) -> dict[str, object]:
    rows = rows_with(played.last, "Median", "p80", "Cases", "Basis")
    return dict(rows[0]) if len(rows) == 1 else {}


def median_and_p80(played: Played) -> Wrong:
    """Each quantile lies between the surgeon's own and everybody's."""
    own, everyone = _history(played)
    told = _estimate(played)
    for name, share in (("Median", 50), ("p80", 80)):
        said = told.get(name)
        bounds = [
            statistics.quantiles(h, n=100, method="inclusive")[share - 1] for h in (own, everyone) if len(h) > 1
        ]
        if not isinstance(said, int) or not min(bounds) - TOLERANCE <= said <= max(bounds) + TOLERANCE:
            return f"{name} {said} is not between {min(bounds):.0f} and {max(bounds):.0f}"
        if wrong := say(words_of(played.last), rf"{name} {said} min"):
            return wrong
    return None


def sample_size(played: Played) -> Wrong:
    """As many cases as the rows have at the level that is named."""
    own, everyone = _history(played)
    real = len(own) if "own" in str(_estimate(played).get("Basis")) else len(everyone)
    return first_wrong(
        same("cases", _estimate(played).get("Cases"), real), say(words_of(played.last), rf"\b{real} cases\b")
    )


def fallback_named(played: Played) -> Wrong:
    """Whose history it is: the surgeon's own by name, or all surgeons'."""
    surgeon = played.after.get(Clinician, played.about("surgeon"))
    if surgeon is None:
        return f"there is no {played.about('surgeon')}"
    own, _ = _history(played)
    said = rf"{surgeon.name}'s own" if len(own) >= int(played.about("enough")) else "all surgeons because"
    return say(words_of(played.last), said)


def spread_given(played: Played) -> Wrong:
    """Median, 80th and 90th percentile ascend, in the sentence."""
    said = re.search(r"median (\d+) min, p80 (\d+) min, p90 (\d+) min", words_of(played.last))
    figures = [int(figure) for figure in said.groups()] if said else []
    return None if len(set(figures)) == 3 and figures == sorted(figures) else f"the spread is {figures}"


def _options(played: Played) -> list[tuple[Plan, ScheduleCase]]:
    plans = [played.after.get(Plan, option.plan_id) for option in played.last.options]
    return [(plan, line) for plan in plans if plan for line in plan.lines if isinstance(line, ScheduleCase)]


def everything_checked(played: Played) -> Wrong:
    """Each option is for what was asked, and each of its resources is free in the rows at its own times."""
    options = _options(played)
    if not options or len(options) != len(played.last.options):
        return "an option is not kept as a plan with one case"
    for plan, line in options:
        kinds = {held.resource.partition(":")[0] for held in line.resources}
        missing = set(KINDS) - kinds
        taken = [why for held in line.resources if (why := _taken(played, line, held.resource, held.start, held.end))]
        if missing or taken:
            return f"{plan.id}: {', '.join([*(f'no {kind}' for kind in sorted(missing)), *taken])}"
        if wrong := _as_asked(played, line):
            return f"{plan.id}: {wrong}"
    return None


def _as_asked(played: Played, line: ScheduleCase) -> Wrong:
    site = played.after.get(Site, line.site_id)
    surgery = next(held for held in line.resources if held.resource.startswith("clinician:"))
    devices = [held.resource.partition(":")[2] for held in line.resources if held.resource.startswith("equipment:")]
    kinds = {device.kind for id in devices if (device := played.after.get(Equipment, id))}
    beds = [held.resource.partition(":")[2] for held in line.resources if held.resource.startswith("bed:")]
    level = played.about("level")
    return first_wrong(
        same("operation", line.procedure_id, played.about("procedure")),
        same("minutes", (surgery.end - surgery.start) // timedelta(minutes=1), int(played.about("minutes"))),
        same("day", str(site.local(surgery.start).date()) if site else None, played.about("day")),
        same("equipment", sorted(kinds), sorted(played.about("equipment").split())),
        same("bed after", line.post_op_level, level),
        same(
            "kind of bed", [bed.replace("_", "-") for bed in beds], [f"{level.replace('_', '-')}-bed@{line.site_id}"]
        ),
        None
        if played.after.count(Unit, site_id=line.site_id, level=level)
        else f"{line.site_id} has no {level} unit",
    )


def _taken(played: Played, line: ScheduleCase, resource: str, start: datetime, end: datetime) -> Wrong:
    """Why the resource is not free then, from the rows; kinds that are counted per site are not looked at here."""
    kind, _, id = resource.partition(":")
    world, now = played.after, played.line.clock.now()
    days = Range(at_least=start - timedelta(days=1), before=end)
    cases = [c for c in world.find(SurgicalCase, state=LIVE, start=days) if c.start and c.end and c.end > start]
    if any(
        h.start < end and h.end > start and h.expires_at > now
        for h in world.find(Hold, resource=resource, state="held")
    ):
        return f"{resource} is held"
    moments = [start + i * STEP for i in range((end - start) // STEP)]
    if kind == "room":
        return _room_taken(played, line, id, start, end, [c for c in cases if c.room_id == id])
    if kind == "clinician":
        visits = world.find(Appointment, clinician_id=id, start=days, status=In(("booked", "arrived", "checked-in")))
        person = world.get(Clinician, id)
        busy = any(c.surgeon_id == id for c in cases) or any(visit.end > start for visit in visits)
        able = person is not None and line.site_id in person.site_ids and person.service_id == line.service_id
        return None if able and not busy else f"{id} is {'busy' if busy else 'no surgeon for that'}"
    if kind == "anaesthesia":
        own = [c for c in cases if c.anaesthesiologist_id == id]
        most = max(sum(c.start <= m < c.end for c in own if c.start and c.end) for m in moments)
        return None if most < MOST_DIRECTED else f"{id} directs {most} cases already"
    if kind == "equipment":
        device = world.get(Equipment, id)
        if device is None or device.site_id != line.site_id or device.status == "out_of_service":
            return f"{id} is not there or out of service"
        there = world.count(Equipment, site_id=device.site_id, kind=device.kind, status=Not("out_of_service"))
        users = [c for c in cases if c.site_id == device.site_id and device.kind in c.equipment]
        most = max(sum(c.start <= m < c.end for c in users if c.start and c.end) for m in moments)
        return None if most < there else f"all {there} {device.kind} are in use"
    return None


def _room_taken(
    played: Played, line: ScheduleCase, id: str, start: datetime, end: datetime, cases: list[SurgicalCase]
) -> Wrong:
    world, now = played.after, played.line.clock.now()
    room = world.get(Room, id)
    if room is None or room.kind != "or" or room.site_id != line.site_id or room.status in ("blocked", "closed"):
        return f"{id} is no usable operating room of {line.site_id}"
    if cases or any(w.start < end and w.end > start for w in world.find(Maintenance, room_id=id, state="scheduled")):
        return f"{id} is booked or under maintenance"
    for block in world.find(Block, room_id=id, state="allocated"):
        if block.start < end and block.end > start and block.auto_release_at > now:
            own = block.owner_id == line.surgeon_id or (
                block.owner_id is None and block.service_id == line.service_id
            )
            if not own:
                return f"{id} is a block of {block.owner_id or block.service_id} then"
    return None


def ranked_options(played: Played) -> Wrong:
    """Ranks from 1 on, each of another plan."""
    ranks = [option.rank for option in played.last.options]
    plans = {option.plan_id for option in played.last.options}
    good = ranks == list(range(1, len(ranks) + 1)) and len(plans) == len(ranks) and len(ranks) >= 2
    return None if good else f"options are ranked {ranks} for {len(plans)} plans"


def why_not_elsewhere(played: Played) -> Wrong:
    """Every site without an option is named with its reason, and no reason is about a place that does not exist."""
    names = {site.name: str(site.id) for site in played.after.find(Site)}
    why = [reason for option in played.last.options for reason in option.why_not]
    unreal = [reason for reason in why if not reason.startswith(tuple(names))]
    offered = {str(line.site_id) for _, line in _options(played)}
    unsaid = [n for n, id in names.items() if id not in offered and not any(r.startswith(n) for r in why)]
    return first_wrong(
        None if why else "nothing says why the others were rejected",
        f"{unreal[0]!r} is about no site" if unreal else None,
        f"nothing says why not {', '.join(unsaid)}" if unsaid else None,
    )


def nothing_held(played: Played) -> Wrong:
    """A search keeps nothing and asks nobody."""
    holds = new_rows(played, Hold)
    waiting = new_rows(played, Plan, state="awaiting")
    return None if not holds and not waiting else f"{len(holds)} holds and {len(waiting)} waiting plans were made"


def _choices(played: Played) -> list[str]:
    return [choice for card in played.last.cards if isinstance(card, ChoicesCard) for choice in card.choices]


def one_question(played: Played) -> Wrong:
    """One question, for patient and operation."""
    asked = words_of(played.last).count("?")
    return same("questions", asked, 1) or say(words_of(played.last), "patient", "operation|procedure")


def two_identifiers(played: Played) -> Wrong:
    """The choices are the open requests of patients of that name: record number and birth date of each, no other."""
    real = set()
    for case in played.after.find(SurgicalCase, state="requested"):
        patient = played.after.get(Patient, case.patient_id) if case.patient_id else None
        if patient is not None and patient.name.split()[-1] == played.about("name"):
            real.add((str(patient.id), f"{patient.birth_date:%d %b %Y}", str(case.id)))
    choices = _choices(played)
    for id, born, number in real:
        if not any(id in choice and born in choice and number in choice for choice in choices):
            return f"{number} of {id}, born {born}, is not offered"
    return first_wrong(
        same("choices", len(choices), len(real)), say(words_of(played.last), "record number|MRN", "birth|born|DOB")
    )


def nobody_guessed(played: Played) -> Wrong:
    """No plan, no hold, no case."""
    made = len(new_rows(played, Plan)) + len(new_rows(played, Hold)) + len(new_rows(played, SurgicalCase, state=LIVE))
    return None if made == 0 else f"{made} plans, holds or cases were made without knowing for whom"
