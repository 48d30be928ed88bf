"""Outpatient visits and imaging: booking, moving and cancelling one."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Violation, span_days
from hospital.changes.describe import describe_visit, local_span, name_resource
from hospital.changes.holds import use_holds
from hospital.changes.visits import (
    double_bookings,
    order_violations,
    set_slot,
    slot_violations,
    still_booked,
    visit_scope,
)
from hospital.entity import Time
from hospital.ids import AppointmentId, ClinicianId, PatientId, RoomId, ServiceId, SiteId, SlotId
from hospital.model.bookings import Appointment, ImagingOrder, Slot, Task
from hospital.model.people import Patient, Scope
from hospital.model.places import Site
from hospital.ports import Message, Reader, Writer


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
        return span_days(f"slot:{self.slot_id}", self.start, self.end) | span_days(
            f"room:{self.room_id}", self.start, self.end
        )

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = list(slot_violations(world, self.slot_id, now, self.hold_group, self.visit_type))
        if world.get(Patient, self.patient_id) is None:
            broken.append(Violation(constraint="patient", sentence=f"there is no patient {self.patient_id}"))
        if clash := double_bookings(world, self.patient_id, self.start, self.end):
            broken.append(
                Violation(constraint="patient free", sentence=f"the patient has {clash[0].id} at that time already")
            )
        broken.extend(order_violations(world, self.order_id, self.room_id))
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
        tasks = f"; before it: {', '.join(task.kind.replace('_', ' ') for task in self.tasks)}" if self.tasks else ""
        return (
            f"Book {self.visit_type} for patient {self.patient_id} in {name_resource(world, f'room:{self.room_id}')}, "
            f"{site.name if site else self.site_id}, {local_span(site, self.start, self.end)}{tasks}"
        )


class CancelAppointment(Change):
    """Cancel one visit; its slot becomes free again."""

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
    """Move one visit to another free slot of the same visit type; the old slot becomes free."""

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
        return visit_scope(world, self.appointment_id)

    def touches(self) -> frozenset[str]:
        return span_days(f"appointment:{self.appointment_id}", self.start, self.end) | span_days(
            f"slot:{self.slot_id}", self.start, self.end
        )

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        visit = world.get(Appointment, self.appointment_id)
        broken = list(still_booked(world, self.appointment_id, now))
        broken.extend(slot_violations(world, self.slot_id, now, self.hold_group, visit.visit_type if visit else None))
        if visit:
            clash = [
                other
                for other in double_bookings(world, visit.patient_id, self.start, self.end)
                if other.id != visit.id
            ]
            if clash:
                broken.append(
                    Violation(
                        constraint="patient free",
                        sentence=f"the patient has {clash[0].id} at that time already",
                    )
                )
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
        world.put(
            visit.changed(
                slot_id=slot.id,
                room_id=slot.room_id,
                clinician_id=slot.clinician_id,
                start=slot.start,
                end=slot.end,
            )
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
        visit = world.get(Appointment, self.appointment_id)
        site = world.get(Site, visit.site_id) if visit else None
        return f"Move {describe_visit(world, self.appointment_id)} to {local_span(site, self.start, self.end)}"
