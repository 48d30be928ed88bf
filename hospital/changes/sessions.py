"""A session more in a clinic's template: clinician, room, devices, slots and staff together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Expectation, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.taken import room_down
from hospital.entity import Record, Time, require_order
from hospital.ids import ClinicianId, ClinicId, CostCentreId, RoomId, ServiceId, SessionId, SiteId, SlotId, UserId
from hospital.model.bookings import ClinicSession, Slot
from hospital.model.people import Clinician, Scope
from hospital.model.places import Clinic, Equipment, Site
from hospital.money import Cents, format_money
from hospital.ports import Message, Range, Reader, Writer


class PlannedSlot(Record):
    """One bookable time of a template."""

    id: SlotId
    visit_type: str
    start: Time
    end: Time

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, self.id)
        return self


class Template(Change):
    """What all changes of a template share: whose it is, and what the clinic expects of it."""

    action: ClassVar[str] = "template"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    clinic_id: ClinicId
    service_id: ServiceId
    site_id: SiteId
    expected_visits: int = 0
    """Visits more that are expected to take place."""
    expected_revenue: Cents = Cents(0)
    expected_contribution: Cents = Cents(0)
    requested_by: UserId

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, service_id=self.service_id)

    def day(self, world: Reader, moment: datetime) -> datetime:
        """The moment on the site's clock."""
        site = world.get(Site, self.site_id)
        return site.local(moment) if site else moment

    def expected(self, world: Reader, moment: datetime, slots: int) -> tuple[Expectation, ...]:
        """Slots, revenue and contribution on the day of `moment`; what does not change is left out."""
        day, of = self.day(world, moment).date(), f"{self.service_id}:{self.site_id}"
        amounts = (("slots", slots), ("revenue", self.expected_revenue), ("contribution", self.expected_contribution))
        return tuple(Expectation(series=f"{name}:{of}", day=day, amount=amount) for name, amount in amounts if amount)


class AddSession(Template):
    """One more session: a clinician in a room with devices, its slots, and what its staff cost."""

    kind: Literal["add_session"] = "add_session"
    session_id: SessionId
    clinician_id: ClinicianId
    room_id: RoomId
    start: Time
    end: Time
    slots: tuple[PlannedSlot, ...] = Field(min_length=1)
    equipment: tuple[str, ...] = ()
    labour: Cents = Field(default=Cents(0), ge=0)
    cost_centre_id: CostCentreId

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, self.session_id)
        outside = [slot.id for slot in self.slots if slot.start < self.start or slot.end > self.end]
        if outside:
            raise ValueError(f"{self.session_id}: slot {outside[0]} lies outside the session")
        return self

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return {"amount": self.labour, "cost_centre": self.cost_centre_id, "need": self.same_need() or ""}

    def cost(self) -> Cents:
        return self.labour

    def same_need(self) -> str | None:
        return f"sessions {self.service_id}@{self.cost_centre_id}" if self.labour else None

    def touches(self) -> frozenset[str]:
        keys = (f"clinician:{self.clinician_id}", f"room:{self.room_id}", f"clinic:{self.clinic_id}")
        return frozenset().union(*(span_days(key, self.start, self.end) for key in keys))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        clinic, person = world.get(Clinic, self.clinic_id), world.get(Clinician, self.clinician_id)
        if clinic is None or clinic.service_id != self.service_id:
            broken.append(
                Violation(constraint="clinic", sentence=f"{self.clinic_id} is no clinic of {self.service_id}")
            )
        if person is None or person.service_id != self.service_id or self.site_id not in person.site_ids:
            name = person.name if person else self.clinician_id
            broken.append(
                Violation(constraint="clinician", sentence=f"{name} does not see {self.service_id} patients there")
            )
        if self.start < now:
            broken.append(Violation(constraint="in the past", sentence="that time has passed"))
        if (taken := session_of(world, self.start, self.end, clinician_id=self.clinician_id)) is not None:
            who = person.name if person else self.clinician_id
            broken.append(Violation(constraint="clinician free", sentence=f"{who} has the session {taken.id} then"))
        room = name_resource(world, f"room:{self.room_id}")
        if (taken := session_of(world, self.start, self.end, room_id=self.room_id)) is not None:
            broken.append(Violation(constraint="room free", sentence=f"{room} has the session {taken.id} then"))
        broken.extend(
            Violation(constraint="room", sentence=f"{room} is taken by {what} then")
            for what in room_down(world, self.room_id, self.start, self.end)
        )
        broken.extend(
            Violation(constraint="equipment", sentence=f"no {kind} is left at {self.site_id} then")
            for kind in self.equipment
            if devices_left(world, self.site_id, kind, self.start, self.end) < 1
        )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        shared = {"site_id": self.site_id, "clinic_id": self.clinic_id, "room_id": self.room_id}
        world.put(
            ClinicSession(
                id=self.session_id, clinician_id=self.clinician_id, start=self.start, end=self.end, **shared
            ),
            *(
                Slot(
                    id=slot.id, session_id=self.session_id, clinician_id=self.clinician_id,
                    visit_type=slot.visit_type, start=slot.start, end=slot.end, **shared,
                )
                for slot in self.slots
            ),
        )  # fmt: skip

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        span = {"start": self.start.isoformat(), "end": self.end.isoformat()}
        slots = [slot.model_dump(mode="json") for slot in self.slots]
        return (
            Message(
                key=f"{commit.plan_id}:session:{self.session_id}",
                system="ehr",
                operation="add_session",
                payload={
                    "session_id": self.session_id, "clinic_id": self.clinic_id, "clinician_id": self.clinician_id,
                    "room_id": self.room_id, "slots": slots, **span,
                },
                plan_id=commit.plan_id,
            ),
            Message(
                key=f"{commit.plan_id}:clinic-staff:{self.session_id}",
                system="wfm",
                operation="plan_session_staff",
                payload={"session_id": self.session_id, "clinic_id": self.clinic_id, "labour": self.labour, **span},
                plan_id=commit.plan_id,
            ),
        )  # fmt: skip

    def expects(self, world: Reader) -> Sequence[Expectation]:
        day = self.day(world, self.start).date()
        labour = Expectation(series=f"labour:{self.service_id}:{self.site_id}", day=day, amount=self.labour)
        return (*self.expected(world, self.start, len(self.slots)), *((labour,) if self.labour else ()))

    def sentence(self, world: Reader) -> str:
        clinic, person = world.get(Clinic, self.clinic_id), world.get(Clinician, self.clinician_id)
        site = world.get(Site, self.site_id)
        kinds = dict.fromkeys(slot.visit_type for slot in self.slots)
        counts = [f"{sum(s.visit_type == kind for s in self.slots)} {kind.replace('-', ' ')}" for kind in kinds]
        devices = f", {', '.join(self.equipment).upper()}" if self.equipment else ""
        return (
            f"Add a session at {clinic.name if clinic else self.clinic_id}: "
            f"{person.name if person else self.clinician_id}, "
            f"{name_resource(world, f'room:{self.room_id}')}{devices}, {local_span(site, self.start, self.end)}, "
            f"{' and '.join(counts)} slots, labour {format_money(self.labour)}"
        )


def session_of(world: Reader, start: datetime, end: datetime, **where: Any) -> ClinicSession | None:
    """A session of this clinician or room that overlaps the span."""
    found = world.find(ClinicSession, start=Range(before=end), end=Range(at_least=start), order="start", **where)
    return next((one for one in found if one.end > start), None)


def devices_left(world: Reader, site_id: SiteId, kind: str, start: datetime, end: datetime) -> int:
    """Working devices of a kind that no session at the site needs in this span."""
    working = sum(one.status != "out_of_service" for one in world.find(Equipment, site_id=site_id, kind=kind))
    using = {clinic.id for clinic in world.find(Clinic, site_id=site_id) if kind in clinic.session_equipment}
    sessions = world.find(ClinicSession, site_id=site_id, start=Range(before=end), end=Range(at_least=start))
    return working - sum(1 for one in sessions if one.clinic_id in using and one.end > start)
