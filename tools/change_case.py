"""Changing a booked case: moving it, letting two change places, or cancelling."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.changes.cancels import MOST_APART, CalledOff, CancelCase, CancelWave, same_cause
from hospital.changes.holds import HeldResource
from hospital.changes.moves import CaseMove, MoveCases
from hospital.ids import CaseId, RoomId
from hospital.model.bookings import SurgicalCase
from hospital.planning.intervals import MINUTE
from tools.case_requests import HANDOVER, INDUCTION
from tools.directory import find_case, find_room, find_site
from tools.propose_move import exactly, move_draft, places_for, refuse_too_late
from tools.tool import Arguments, Draft, Options, Problem, Toolbox, tool
from tools.windows import listed, local_day, say_moment


class ChangeCase(Arguments):
    change: Literal["move", "swap", "cancel"] = "move"
    cases: tuple[str, ...] = Field(min_length=1, description="The case; two for swap; one or more for cancel")
    room: str | None = Field(default=None, description="move: the room it should go to; unstated: its own")
    site: str | None = Field(default=None, description="move: the site it should go to; unstated: its own")
    start: AwareDatetime | None = Field(default=None, description="move: the new wheels-in")
    day: date | None = Field(default=None, description="move: the new day, at the best time")
    later_minutes: int | None = Field(
        default=None, ge=-600, le=600, description="move: so much later, or earlier (-)"
    )
    reason: str = Field(default="", max_length=200, description="Why; needed to cancel, the same words for one cause")


@tool(ChangeCase, "write", sources=("ehr", "adt"), reads=("capacity", "schedules"))
async def change_case(args: ChangeCase, box: Toolbox) -> Draft | Options:
    """Move a booked case, swap two, or cancel. Its surgeon of record and the anaesthesia lead decide."""
    cases = [_booked(box, said) for said in dict.fromkeys(args.cases)]
    if args.change == "cancel":
        return _cancel(args, box, cases)
    refuse_too_late(box, *cases)
    if args.change == "swap":
        return _swap(args, box, cases)
    if len(cases) > 1:
        raise Problem("invalid", "Move one case at a time, or ask for new places for all cases of a room.")
    return _move(args, box, cases[0])


def _booked(box: Toolbox, said: str) -> SurgicalCase:
    case = find_case(box, said)
    if case.state != "scheduled" or case.start is None or case.end is None:
        state = case.state.replace("_", " ")
        raise Problem("conflict", f"{case.id} is {state}, so it cannot be changed.", argument="cases")
    return case


def _move(args: ChangeCase, box: Toolbox, case: SurgicalCase) -> Draft:
    """Exactly where and when it was asked for, or the best time of the day asked for."""
    if not (args.room or args.site or args.start or args.day or args.later_minutes):
        raise Problem("missing", f"Where or when should {case.id} go?", argument="start")
    site = find_site(box, args.site) if args.site else box.local(case.site_id)
    rooms = frozenset({str(find_room(box, args.room, site.id).id)}) if args.room else None
    start = _start(args, case)
    if rooms is None and args.site is None and args.day is None and case.room_id is not None:
        rooms = frozenset({str(case.room_id)})
    day = args.day or site.local(start).date()
    exact = args.start is not None or args.later_minutes is not None or args.day is None
    window = exactly(case, start) if exact else local_day(site, day)
    if window.start < box.now:
        raise Problem("invalid", f"{say_moment(site, window.start)} has passed.", argument="start")
    result = places_for(box, case, [site], (window,), rooms=rooms, limit=1)
    if result.options:
        return move_draft(box, case, result.options[0], result, args.reason)
    why = "; ".join(rejected.words for rejected in result.rejected[:2]) or result.note
    nearest = places_for(box, case, [site], (local_day(site, day),), limit=2).options
    near = [
        f"{one.taken('room')[0].name}, {say_moment(site, one.start)}" for one in nearest if one.start != case.start
    ]
    instead = f" It would fit in {' or '.join(near)}." if near else " No other time that day fits either."
    raise Problem("conflict", f"{case.id} does not fit there: {why}.{instead}", choices=tuple(near), argument="start")


def _start(args: ChangeCase, case: SurgicalCase) -> datetime:
    if case.start is None:
        raise ValueError(f"{case.id} has no time yet")
    return args.start or case.start + timedelta(minutes=args.later_minutes or 0)


def _swap(args: ChangeCase, box: Toolbox, cases: list[SurgicalCase]) -> Draft:
    """Each at the other's place; in one room one after the other, with the pause that was between them."""
    if len(cases) != 2:
        raise Problem("missing", "Which two cases should change places?", argument="cases")
    first, second = sorted(cases, key=lambda case: (case.start, case.id))
    if not (first.start and first.end and second.start and second.end):
        raise ValueError(f"{first.id} or {second.id} has no time yet")
    then = first.start
    if first.room_id == second.room_id:
        then = first.start + (second.end - second.start) + (second.start - first.end)
        places = [(second, first.room_id, first.start), (first, first.room_id, then)]
    else:
        places = [(second, first.room_id, first.start), (first, second.room_id, second.start)]
    moves = tuple(_at(box, case, room, start) for case, room, start in places)
    return Draft(
        title=f"Let {first.id} and {second.id} change places",
        lines=(MoveCases(moves=moves, reason=args.reason),),
        headline=f"{second.id} would go first, then {first.id}.",
    )


def _at(box: Toolbox, case: SurgicalCase, room: RoomId | None, start: datetime) -> CaseMove:
    """The case in another room or at another time with the people it has, and the turnover that is booked there."""
    if room is None or case.start is None or case.end is None or case.surgeon_id is None:
        raise Problem("conflict", f"{case.id} has no room, time or surgeon yet, so it cannot change places.")
    end = start + (case.end - case.start)

    def held(resource: str, before: int, after: int) -> HeldResource:
        return HeldResource(resource=resource, start=start - before * MINUTE, end=end + after * MINUTE)

    resources = [held(f"room:{room}", 0, 0), held(f"clinician:{case.surgeon_id}", 0, 0)]
    if case.anaesthesiologist_id:
        resources.append(held(f"anaesthesia:{case.anaesthesiologist_id}", INDUCTION, HANDOVER))
    return CaseMove(
        case_id=CaseId(case.id),
        was_room=case.room_id,
        was_start=case.start,
        site_id=case.site_id,
        anaesthesiologist_id=case.anaesthesiologist_id,
        resources=tuple(resources),
    )


def _cancel(args: ChangeCase, box: Toolbox, cases: list[SurgicalCase]) -> Draft | Options:
    """One case by itself; a wave of elective ones together; a few as separate plans, since each has its surgeon."""
    reason = args.reason.strip()
    if len(reason) < 3:
        raise Problem("missing", "Why is it cancelled? The reason is kept with the case.", argument="reason")
    elective = [case for case in cases if case.elective]
    so_far = same_cause(box.world, elective[0], reason) if elective else []
    if len(elective) == len(cases) and len(cases) > MOST_APART:
        called_off = tuple(CalledOff(case_id=CaseId(case.id), starts_at=case.start) for case in cases if case.start)
        return Draft(
            title=f"Cancel {len(cases)} elective cases: {reason}",
            lines=(CancelWave(called_off=called_off, reason=reason),),
            headline=f"More than {MOST_APART} elective cancellations for one cause are a wave.",
        )
    refuse_too_late(box, *cases)
    drafts = tuple(
        Draft(
            title=f"Cancel {case.id}: {reason}",
            lines=(CancelCase(case_id=CaseId(case.id), starts_at=case.start, reason=reason),),
            headline=f"{case.id} would be cancelled: {reason}.",
        )
        for case in cases
        if case.start
    )
    if len(drafts) == 1:
        return drafts[0]
    return Options(
        headline=f"{listed([case.id for case in cases])} would be cancelled, each decided by its own surgeon. "
        "Nothing is cancelled yet; submit them one by one.",
        drafts=drafts,
        facts={"cases": [case.id for case in cases], "reason": reason, "cancelled_so_far": len(so_far)},
    )
