"""What must hold before a visit is booked or changed, shared by those changes."""

from collections.abc import Sequence
from datetime import datetime

from hospital.changes.base import Violation
from hospital.changes.holds import standing_holds
from hospital.changes.taken import LIVE_VISITS, LONGEST, room_down
from hospital.ids import AppointmentId, PatientId, RoomId, ServiceId, SlotId
from hospital.model.bookings import Appointment, ImagingOrder, Slot, SlotStatus
from hospital.model.people import Scope
from hospital.model.places import Clinic, Room
from hospital.ports import Range, Reader, Writer

IMAGING = ServiceId("imaging")
"""The service of a slot that belongs to a scanner and not to a clinic."""


def service_of(world: Reader, slot: Slot) -> ServiceId:
    """The service that a slot belongs to: its clinic's, or imaging."""
    clinic = world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
    return clinic.service_id if clinic else IMAGING


def slot_violations(
    world: Reader,
    slot_id: SlotId,
    start: datetime,
    end: datetime,
    now: datetime,
    hold_group: str | None,
    visit_type: str | None,
) -> Sequence[Violation]:
    """Why this slot cannot be taken now: gone, moved, past, busy, held by others, its room down, of another type."""
    slot = world.get(Slot, slot_id)
    if slot is None:
        return (Violation(constraint="slot", sentence=f"there is no slot {slot_id}"),)
    broken = []
    if (slot.start, slot.end) != (start, end):
        broken.append(Violation(constraint="slot", sentence="the slot is at another time now"))
    if slot.start < now:
        broken.append(Violation(constraint="in the past", sentence="that time has passed"))
    if slot.status != "free":
        broken.append(Violation(constraint="slot free", sentence=f"the slot is {slot.status}, not free"))
    if standing_holds(world, f"slot:{slot_id}", slot.start, slot.end, now, hold_group):
        broken.append(Violation(constraint="held", sentence="the slot is held by somebody else"))
    broken.extend(
        Violation(constraint="room", sentence=f"{slot.room_id} is taken by {what} then")
        for what in room_down(world, slot.room_id, slot.start, slot.end)
    )
    if visit_type is not None and slot.visit_type != visit_type:
        broken.append(
            Violation(constraint="visit type", sentence=f"the slot is for {slot.visit_type}, not {visit_type}")
        )
    return broken


def order_violations(
    world: Reader, order_id: str | None, room_id: RoomId, patient_id: PatientId
) -> Sequence[Violation]:
    """Why this scanner does not fit the order, or the order may not be booked."""
    if order_id is None:
        return ()
    order, room = world.get(ImagingOrder, order_id), world.get(Room, room_id)
    if order is None or order.state != "open":
        return (Violation(constraint="order", sentence=f"order {order_id} is not open"),)
    if order.patient_id != patient_id:
        return (Violation(constraint="order", sentence=f"order {order_id} is another patient's"),)
    if room is None or room.modality != order.modality:
        return (Violation(constraint="modality", sentence=f"{room_id} does not do {order.modality.upper()}"),)
    if order.contrast and not room.contrast:
        return (Violation(constraint="contrast", sentence=f"{room.name} cannot give contrast"),)
    return ()


def double_bookings(
    world: Reader, patient_id: PatientId, start: datetime, end: datetime, but: AppointmentId | None = None
) -> Sequence[Violation]:
    """That the patient has another live visit in this span, besides `but`."""
    found = world.find(
        Appointment, patient_id=patient_id, status=LIVE_VISITS, start=Range(at_least=start - LONGEST, before=end)
    )
    clash = [visit for visit in found if visit.end > start and visit.id != but]
    return tuple(
        Violation(constraint="patient free", sentence=f"the patient has {visit.id} at that time already")
        for visit in clash[:1]
    )


def orders_of(world: Reader, visit: Appointment) -> list[ImagingOrder]:
    """The booked orders that an examination serves: the patient's for what its scanner does."""
    room = world.get(Room, visit.room_id)
    if room is None or room.modality is None:
        return []
    return world.find(ImagingOrder, patient_id=visit.patient_id, state="booked", modality=room.modality)


def still_booked(world: Reader, appointment_id: AppointmentId, now: datetime) -> Sequence[Violation]:
    """Why this visit cannot be changed any more."""
    visit = world.get(Appointment, appointment_id)
    if visit is None:
        return (Violation(constraint="visit", sentence=f"there is no visit {appointment_id}"),)
    if visit.status not in ("proposed", "pending", "booked"):
        return (Violation(constraint="visit", sentence=f"{appointment_id} is {visit.status} already"),)
    if visit.start < now:
        return (Violation(constraint="in the past", sentence=f"{appointment_id} has started already"),)
    return ()


def visit_scope(world: Reader, appointment_id: AppointmentId) -> Scope:
    """The site and service of a visit; an unknown one is in no one's scope but the whole system's."""
    visit = world.get(Appointment, appointment_id)
    return Scope(site_id=visit.site_id, service_id=visit.service_id) if visit else Scope()


def set_slot(world: Writer, slot_id: SlotId, status: SlotStatus) -> None:
    """Change a slot's status."""
    if (slot := world.get(Slot, slot_id)) is not None:
        world.put(slot.changed(status=status))
