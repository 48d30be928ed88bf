"""A lost room: what was recorded, where each of its cases can go, who is asked, and that nobody was cancelled."""

from datetime import datetime
from typing import Any

from evals.checks.look import Wrong, first_wrong, plan_of, rows_with, same, say_when, site_of, words_of
from evals.replay import Played
from hospital.changes.moves import CaseMove, DisplaceCases, MoveCases
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Scope, User
from hospital.model.places import Equipment, Room

DOWN = ("blocked", "closed")


def _room(played: Played) -> Room:
    room = played.after.get(Room, played.about("room"))
    if room is None:
        raise LookupError(f"{played.script.name}: there is no room {played.about('room')}")
    return room


def _until(played: Played) -> datetime:
    return datetime.fromisoformat(played.about("until"))


def room_recorded(played: Played) -> Wrong:
    """The room is down until then, as reported; it was not before."""
    room, before = _room(played), played.before.get(Room, played.about("room"))
    return first_wrong(
        None if room.status in DOWN else f"{room.name} is {room.status}",
        same("until", room.status_until, _until(played)),
        same("by", room.status_by, "reported"),
        None if before is not None and before.status not in DOWN else f"{room.name} was down before",
    )


def _displaced(played: Played) -> dict[str, SurgicalCase]:
    """The cases booked on what is lost that have not begun and begin before it is back, from the rows before."""
    since = max(played.line.clock.now(), _since(played))
    about, until = played.script.about, _until(played)
    if "equipment" in about:
        return _left_without(played, about["equipment"], since, until)
    where: dict[str, Any] = {"surgeon_id": about["clinician"]} if "clinician" in about else {"room_id": about["room"]}
    booked = played.before.find(SurgicalCase, state="scheduled", site_id=site_of(played).id, **where)
    return {str(one.id): one for one in booked if one.start and one.end and one.start < until and one.end > since}


def _since(played: Played) -> datetime:
    said = played.script.about.get("since")
    return datetime.fromisoformat(said) if said else played.line.clock.now()


def _left_without(played: Played, kind: str, since: datetime, until: datetime) -> dict[str, SurgicalCase]:
    """Those of the cases listed that need the device, once the others are as many at a time as devices are left."""
    site = site_of(played)
    booked = played.before.find(SurgicalCase, state="scheduled", site_id=site.id)
    users = [one for one in booked if kind in one.equipment and one.start and one.end and since <= one.start < until]
    listed = {str(row["Case"]) for row in rows_with(played.last, "Case", "New place", "Was")}
    kept = [one for one in users if one.id not in listed]
    devices = played.before.find(Equipment, site_id=site.id, kind=kind)
    for case in kept:
        together = [one for one in kept if one.start and case.start and one.end and one.start <= case.start < one.end]
        if len(together) > len(devices) - 1:
            raise LookupError(f"{[one.id for one in together]} stay with {len(devices) - 1} {kind}")
    return {str(one.id): one for one in users if one.id in listed}


def _moves(played: Played) -> dict[str, CaseMove]:
    plan = plan_of(played)
    lines = [line for line in plan.lines if isinstance(line, DisplaceCases | MoveCases)] if plan else []
    return {str(move.case_id): move for line in lines for move in line.moves}


def each_case_listed(played: Played) -> Wrong:
    """Every displaced case is in the table once for the plan that waits, with its real new place or "no slot"."""
    cases, moves = _displaced(played), _moves(played)
    told = {str(row["Case"]): row for row in rows_with(played.last, "Case", "New place", "Was") if row["Option"] == 1}
    if not cases or set(told) != set(cases):
        return f"{sorted(cases)} are displaced, {sorted(told)} are listed"
    for id, move in moves.items():
        room, site = played.after.get(Room, move.room.resource.removeprefix("room:")), site_of(played)
        if room is None:
            return f"{id} would go to {move.room.resource}, which does not exist"
        said = str(told[id]["New place"])
        if room.name not in said or say_when(site, move.time.start) not in said:
            return f"{id} goes to {room.name} {say_when(site, move.time.start)}, the table says {said}"
        if (clash := _clash(played, cases[id], move, moves)) is not None:
            return f"{id} cannot go to {room.name}: {clash} is there, or its surgeon is with it"
    unsaid = [id for id in cases if id not in moves and told[id]["New place"] != "no slot"]
    return f"{unsaid} have no place in the plan, and the table does not say so" if unsaid else None


def _clash(played: Played, case: SurgicalCase, move: CaseMove, moves: dict[str, CaseMove]) -> str | None:
    """A case that has the room or the surgeon at that time once all have moved."""
    room_id = move.room.resource.removeprefix("room:")
    for other in played.after.find(SurgicalCase, state="scheduled"):
        start, end, room, there = other.start, other.end, other.room_id, moves.get(str(other.id))
        if other.id == case.id:
            continue
        if there is not None:
            start, end = there.time.start, there.time.end
            room = there.room.resource.removeprefix("room:")  # type: ignore[assignment]
        shared = room == room_id or other.surgeon_id == case.surgeon_id
        if shared and start and end and start < move.time.end and end > move.time.start:
            return str(other.id)
    return None


def right_people_asked(played: Played) -> Wrong:
    """The site's OR charge nurse and anaesthesia lead, and the surgeon of each case that leaves its day; by name."""
    plan, site = plan_of(played), site_of(played)
    if plan is None or plan.state != "awaiting":
        return "no plan waits"
    cases = _displaced(played)
    leaving = {
        case.surgeon_id
        for id, move in _moves(played).items()
        if (case := cases.get(id)) and case.start
        if site.local(case.start).date() != site.local(move.time.start).date()
    }
    people = played.after.find(User)
    for role in ("or_charge", "anaesthesia_lead"):
        holders = {
            user.id
            for user in people
            if any(grant.role == role and grant.scope.covers(Scope(site_id=site.id)) for grant in user.grants)
        }
        asked = {who for need in plan.needs if need.role == role for who in need.who}
        if wrong := same(f"who is asked as {role}", asked, holders - set(plan.chain)):
            return wrong
    surgeons = {need.of for need in plan.needs if need.of}
    named = {user.id: user.name for user in people}
    unsaid = [named[who] for need in plan.needs for who in need.who if named[who] not in words_of(played.last)]
    return first_wrong(
        same("surgeons asked", surgeons, leaving),
        f"the reply does not name {unsaid}" if unsaid else None,
    )


def none_cancelled(played: Played) -> Wrong:
    """No case is cancelled, and none is moved while the plan waits."""
    changed = [id for id, case in _displaced(played).items() if played.after.get(SurgicalCase, id) != case]
    before, after = (world.count(SurgicalCase, state="cancelled") for world in (played.before, played.after))
    return first_wrong(same("cancelled cases", after, before), f"{changed} were changed" if changed else None)
