"""Outpatient visits and imaging: booking, moving and cancelling one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Violation, span_days
from hospital.changes.describe import describe_visit, local_span, name_resource
from hospital.changes.holds import use_holds
from hospital.changes.visits import (
    double_bookings,
    order_violations,
    orders_of,
    service_of,
    set_slot,
    slot_violations,
    still_booked,
    visit_scope,
)
from hospital.entity import Time
from hospital.ids import AppointmentId, ClinicianId, PatientId, RoomId, ServiceId, SiteId, SlotId
from hospital.model.bookings import Appointment, ImagingOrder, Slot, Task
from hospital.model.people import Patient, Scope
from hospital.model.places import Room, Site
from hospital.ports import In, Message, Reader, Writer


class BookAppointment(Change):
    """Book one visit or examination for a patient into a free slot, using up the caller's hold if any."""

    kind: Literal["book_appointment"] = "book_appointment"
    action: ClassVar[str] = "book_visit"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    appointment_id: AppointmentId
    patient_id: PatientId
    slot_id: SlotId
    site_id: SiteId
    service_id: ServiceId
    room_id: RoomId
    clinician_id: ClinicianId | None
    visit_type: str
    start: Time
    end: Time
    order_id: str | None = None
    hold_group: str | None = None
    tasks: tuple[Task, ...] = ()

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, service_id=self.service_id)

    def touches(self) -> frozenset[str]:
        keys = (f"slot:{self.slot_id}", f"room:{self.room_id}", f"patient:{self.patient_id}")
        return frozenset().union(*(span_days(key, self.start, self.end) for key in keys))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = list(
            slot_violations(world, self.slot_id, self.start, self.end, now, self.hold_group, self.visit_type)
        )
        if world.get(Appointment, self.appointment_id) is not None:
            broken.append(Violation(constraint="visit", sentence=f"there is a visit {self.appointment_id} already"))
        if world.get(Patient, self.patient_id) is None:
            broken.append(Violation(constraint="patient", sentence=f"there is no patient {self.patient_id}"))
        broken.extend(double_bookings(world, self.patient_id, self.start, self.end))
        broken.extend(order_violations(world, self.order_id, self.room_id, self.patient_id))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        slot = world.get(Slot, self.slot_id)
        world.put(
            Appointment(
                id=self.appointment_id,
                patient_id=self.patient_id,
                site_id=self.site_id,
                clinic_id=slot.clinic_id if slot else None,
                service_id=self.service_id,
                room_id=self.room_id,
                clinician_id=self.clinician_id,
                slot_id=self.slot_id,
                visit_type=self.visit_type,
                status="booked",
                start=self.start,
                end=self.end,
                booked_at=commit.at,
            ),
            *self.tasks,
        )
        set_slot(world, self.slot_id, "busy")
        use_holds(world, self.hold_group)
        if self.order_id and (order := world.get(ImagingOrder, self.order_id)):
            world.put(order.changed(state="booked"))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:book:{self.appointment_id}",
                system="ehr",
                operation="book_appointment",
                payload={
                    "appointment_id": self.appointment_id,
                    "patient_id": self.patient_id,
                    "slot_id": self.slot_id,
                    "room_id": self.room_id,
                    "visit_type": self.visit_type,
                    "start": self.start.isoformat(),
                    "end": self.end.isoformat(),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        site = world.get(Site, self.site_id)
        room = name_resource(world, f"room:{self.room_id}")
        tasks = f"; before it: {', '.join(task.kind.replace('_', ' ') for task in self.tasks)}" if self.tasks else ""
        return (
            f"Book {self.visit_type} for patient {self.patient_id} in {room}, "
            f"{site.name if site else self.site_id}, {local_span(site, self.start, self.end)}{tasks}"
        )


class CancelAppointment(Change):
    """Cancel one visit: its slot becomes free, what had to be done before it falls away, its order is open again."""

    kind: Literal["cancel_appointment"] = "cancel_appointment"
    action: ClassVar[str] = "cancel_visit"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    appointment_id: AppointmentId
    reason: str
    start: Time

    def scope(self, world: Reader) -> Scope:
        return visit_scope(world, self.appointment_id)

    def touches(self) -> frozenset[str]:
        return span_days(f"appointment:{self.appointment_id}", self.start, self.start)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        return still_booked(world, self.appointment_id, now)

    def apply(self, world: Writer, commit: Commit) -> None:
        visit = world.get(Appointment, self.appointment_id)
        if visit is not None:
            world.put(visit.changed(status="cancelled", cancelled_at=commit.at, cancel_reason=self.reason))
            if visit.slot_id:
                set_slot(world, visit.slot_id, "free")
            if len(orders := orders_of(world, visit)) == 1:
                world.put(orders[0].changed(state="open"))
            world.put(*(task.changed(state="cancelled") for task in open_tasks(world, visit.id)))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:cancel:{self.appointment_id}",
                system="ehr",
                operation="cancel_appointment",
                payload={"appointment_id": self.appointment_id, "reason": self.reason},
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        return f"Cancel {describe_visit(world, self.appointment_id)} ({self.reason})"


class RescheduleAppointment(Change):
    """Move one visit to another free slot of the same service and type; the old slot becomes free."""

    kind: Literal["reschedule_appointment"] = "reschedule_appointment"
    action: ClassVar[str] = "reschedule_visit"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    appointment_id: AppointmentId
    slot_id: SlotId
    room_id: RoomId
    start: Time
    end: Time
    hold_group: str | None = None

    def scope(self, world: Reader) -> Scope:
        """The visit's service; a move to another site is for those whose scope has no site."""
        now, slot = visit_scope(world, self.appointment_id), world.get(Slot, self.slot_id)
        return now if slot is None or slot.site_id == now.site_id else Scope(service_id=now.service_id)

    def touches(self) -> frozenset[str]:
        keys = (f"appointment:{self.appointment_id}", f"slot:{self.slot_id}", f"room:{self.room_id}")
        return frozenset().union(*(span_days(key, self.start, self.end) for key in keys))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        visit, slot = world.get(Appointment, self.appointment_id), world.get(Slot, self.slot_id)
        broken = list(still_booked(world, self.appointment_id, now))
        visit_type = visit.visit_type if visit else None
        broken.extend(slot_violations(world, self.slot_id, self.start, self.end, now, self.hold_group, visit_type))
        if visit is None or slot is None:
            return broken
        if (there := service_of(world, slot)) != visit.service_id:
            broken.append(
                Violation(constraint="service", sentence=f"the slot is {there}'s, the visit {visit.service_id}'s")
            )
        room = world.get(Room, slot.room_id)
        if room is not None and not room.contrast and any(order.contrast for order in orders_of(world, visit)):
            broken.append(Violation(constraint="contrast", sentence=f"{room.name} cannot give contrast"))
        broken.extend(double_bookings(world, visit.patient_id, self.start, self.end, visit.id))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        visit = world.get(Appointment, self.appointment_id)
        slot = world.get(Slot, self.slot_id)
        if visit is None or slot is None:
            return
        if visit.slot_id:
            set_slot(world, visit.slot_id, "free")
        set_slot(world, slot.id, "busy")
        use_holds(world, self.hold_group)
        later: timedelta = slot.start - visit.start
        world.put(
            *(task.changed(due=max(commit.at, task.due + later)) for task in open_tasks(world, visit.id)),
            visit.changed(
                slot_id=slot.id,
                site_id=slot.site_id,
                clinic_id=slot.clinic_id,
                room_id=slot.room_id,
                clinician_id=slot.clinician_id,
                start=slot.start,
                end=slot.end,
            ),
        )

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:reschedule:{self.appointment_id}",
                system="ehr",
                operation="reschedule_appointment",
                payload={
                    "appointment_id": self.appointment_id,
                    "slot_id": self.slot_id,
                    "room_id": self.room_id,
                    "start": self.start.isoformat(),
                    "end": self.end.isoformat(),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        slot = world.get(Slot, self.slot_id)
        site = world.get(Site, slot.site_id) if slot else None
        where = name_resource(world, f"slot:{self.slot_id}") if slot else self.slot_id
        return (
            f"Move {describe_visit(world, self.appointment_id)} to {where}, {site.name if site else ''}, "
            f"{local_span(site, self.start, self.end)}"
        )


def open_tasks(world: Reader, appointment_id: AppointmentId) -> list[Task]:
    """What still has to be done before this visit."""
    return world.find(Task, about=appointment_id, state=In(("requested", "accepted")))
