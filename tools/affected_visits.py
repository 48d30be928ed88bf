"""Which booked visits a loss hits."""

from dataclasses import dataclass
from typing import Any

from hospital.changes.taken import LONGEST
from hospital.model.bookings import Appointment, ClinicSession, Slot
from hospital.model.places import Clinic, Equipment
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.lost import Lost
from tools.tool import Toolbox

MOVABLE = In(("proposed", "pending", "booked"))


@dataclass(frozen=True)
class VisitLoss:
    """What is lost with the visits it hits; sessions are clinic sessions that cannot be held."""

    lost: Lost
    visits: tuple[Appointment, ...]
    sessions: frozenset[str] = frozenset()


def visits_hit(box: Toolbox, lost: Lost) -> VisitLoss:
    """The visits and examinations, booked and not begun, that cannot be where or when they are booked."""
    if lost.device is not None:
        sessions = _without_device(box, lost, lost.device)
        spans = [(one.room_id, Interval(one.start, one.end)) for one in sessions]
        found = [
            visit
            for visit in _booked(box, lost, room_id=In(tuple(room for room, _ in spans)))
            if any(visit.room_id == room and span.overlaps(span_of(visit)) for room, span in spans)
        ]
        return VisitLoss(lost, tuple(found), frozenset(str(one.id) for one in sessions))
    if lost.person is not None:
        return VisitLoss(lost, tuple(_booked(box, lost, clinician_id=lost.person.id)))
    rooms = In(tuple(room.id for room in lost.rooms if room.kind != "or"))
    return VisitLoss(lost, tuple(_booked(box, lost, room_id=rooms)))


def _booked(box: Toolbox, lost: Lost, **where: Any) -> list[Appointment]:
    window = lost.window
    found = box.world.find(
        Appointment, status=MOVABLE, start=Range(at_least=window.start - LONGEST, before=window.end), order="start",
        **where,
    )  # fmt: skip
    return [visit for visit in found if visit.end > window.start and visit.start >= box.now]


def span_of(visit: Appointment) -> Interval:
    """From its start to its end."""
    return Interval(visit.start, visit.end)


def _without_device(box: Toolbox, lost: Lost, device: Equipment) -> list[ClinicSession]:
    """The sessions left without a device of the kind: of those held together the least booked ones give way."""
    using = [
        clinic.id
        for clinic in box.world.find(Clinic, site_id=lost.site.id)
        if device.kind in clinic.session_equipment
    ]
    coming = Range(at_least=lost.window.start - LONGEST, before=lost.window.end)
    found = box.world.find(ClinicSession, clinic_id=In(tuple(using)), start=coming, order="start")
    sessions = [one for one in found if one.end > lost.window.start]
    others = box.world.find(Equipment, site_id=lost.site.id, kind=device.kind)
    left = sum(one.id != device.id and one.status != "out_of_service" for one in others)
    booked = {one.id: box.world.count(Slot, session_id=one.id, status="busy") for one in sessions}
    kept: list[ClinicSession] = []
    for one in sorted(sessions, key=lambda session: (-booked[session.id], session.start, session.id)):
        if sum(one.start < other.end and other.start < one.end for other in kept) < left:
            kept.append(one)
    return [one for one in sessions if one not in kept]
