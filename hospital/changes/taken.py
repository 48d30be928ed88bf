"""What already uses a resource over a span: the one answer for holding it and for booking it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hospital.ids import SiteId
from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Equipment, Maintenance, Room
from hospital.ports import In, Range, Reader

MOST_DIRECTED = 4
"""Concurrent cases that one anaesthesiologist may direct (field.md)."""
LONGEST = timedelta(days=2)
"""No case or visit starts longer before a moment and still lasts then: keeps the look-up to a few days."""
LIVE_CASES = In(("scheduled", "in_progress"))
LIVE_VISITS = In(("proposed", "pending", "booked", "arrived", "checked-in"))


def taken_by(world: Reader, resource: str, start: datetime, end: datetime, site_id: SiteId) -> Sequence[str]:
    """What stands against `kind:ID` in this span, in words; empty when it is free or of a kind that is counted."""
    kind, _, id = resource.partition(":")
    find = _USES.get(kind)
    return find(world, id, start, end, site_id) if find else ()


def room_down(world: Reader, room_id: str, start: datetime, end: datetime) -> list[str]:
    """Why nothing happens in this room in the span: maintenance, or out of service by feed or report."""
    room = world.get(Room, room_id)
    if room is None:
        return [f"nothing: there is no room {room_id}"]
    busy = [
        f"maintenance {window.work_order}"
        for window in world.find(
            Maintenance,
            room_id=room_id,
            state="scheduled",
            start=Range(before=end),
            end=Range(at_least=start),
        )
        if window.end > start
    ]
    if room.status in ("blocked", "closed") and (room.status_until is None or room.status_until > start):
        busy.append(room.status_note or f"its status: {room.status}")
    return busy


def _room(world: Reader, id: str, start: datetime, end: datetime, site_id: SiteId) -> list[str]:
    return [
        *(str(case.id) for case in _cases(world, start, end, room_id=id)),
        *(visit.id for visit in _visits(world, start, end, room_id=id)),
        *room_down(world, id, start, end),
    ]


def _clinician(world: Reader, id: str, start: datetime, end: datetime, site_id: SiteId) -> list[str]:
    if world.get(Clinician, id) is None:
        return [f"nothing: there is no clinician {id}"]
    return [
        *(str(case.id) for case in _cases(world, start, end, surgeon_id=id)),
        *(visit.id for visit in _visits(world, start, end, clinician_id=id)),
    ]


def _anaesthesia(world: Reader, id: str, start: datetime, end: datetime, site_id: SiteId) -> list[str]:
    """Directing one case more than allowed at any moment is too many."""
    cases = _cases(world, start, end, anaesthesiologist_id=id)
    moments = [max(start, case.start) for case in cases if case.start is not None]
    most = max((sum(_runs(case, moment) for case in cases) for moment in moments), default=0)
    return [f"{most} cases at once"] if most >= MOST_DIRECTED else []


def _equipment(world: Reader, id: str, start: datetime, end: datetime, site_id: SiteId) -> list[str]:
    """A device is one of its kind; cases are booked on the kind, so that what is left of it is counted."""
    device = world.get(Equipment, id)
    if device is None:
        return [f"nothing: there is no device {id}"]
    if device.status == "out_of_service":
        return ["its status: out of service"]
    working = [
        one
        for one in world.find(Equipment, site_id=device.site_id, kind=device.kind)
        if one.status != "out_of_service"
    ]
    cases = [c for c in _cases(world, start, end, site_id=device.site_id) if device.kind in c.equipment]
    moments = [max(start, case.start) for case in cases if case.start is not None]
    most = max((sum(_runs(case, moment) for case in cases) for moment in moments), default=0)
    return [f"{most} cases with {len(working)} such devices"] if most >= len(working) else []


def _runs(case: SurgicalCase, moment: datetime) -> bool:
    return case.start is not None and case.end is not None and case.start <= moment < case.end


def _cases(world: Reader, start: datetime, end: datetime, **where: Any) -> list[SurgicalCase]:
    found = world.find(
        SurgicalCase, state=LIVE_CASES, start=Range(at_least=start - LONGEST, before=end), order="start", **where
    )
    return [case for case in found if case.end is not None and case.end > start]


def _visits(world: Reader, start: datetime, end: datetime, **where: Any) -> list[Appointment]:
    found = world.find(
        Appointment, status=LIVE_VISITS, start=Range(at_least=start - LONGEST, before=end), order="start", **where
    )
    return [visit for visit in found if visit.end > start]


_USES: dict[str, Callable[[Reader, str, datetime, datetime, SiteId], list[str]]] = {
    "room": _room,
    "clinician": _clinician,
    "anaesthesia": _anaesthesia,
    "equipment": _equipment,
}
"""The kinds of resource that are looked at here; slots have a status, bays and beds are counted by the proposal."""
