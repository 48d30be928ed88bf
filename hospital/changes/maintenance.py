"""Taking a room or a device out for maintenance at a planned time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.taken import LIVE_CASES, LIVE_VISITS, LONGEST
from hospital.entity import Time, require_order
from hospital.ids import CostCentreId, EquipmentId, ExceptionId, RoomId, ServiceId, SiteId, UserId
from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.people import Scope
from hospital.model.places import Clinic, Equipment, Maintenance, Room, Site
from hospital.model.work import WorkException
from hospital.money import Cents, format_money
from hospital.planning.intervals import Interval
from hospital.planning.prime_time import PrimeTime
from hospital.ports import Message, Range, Reader, Writer

OWNERS = {"or": "or_charge", "clinic": "service_line_manager", "imaging": "service_line_manager"}
"""Whose room it is, by its kind; movable devices belong to the operating rooms."""


class PlanMaintenance(Change):
    """A window in which a room or device is not used, with its work order and, when known, what it costs."""

    kind: Literal["plan_maintenance"] = "plan_maintenance"
    action: ClassVar[str] = "maintenance"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    maintenance_id: str
    site_id: SiteId
    resource: str
    """`room:ID` or `equipment:ID`."""
    start: Time
    end: Time
    work_order: str
    note: str = ""
    amount: Cents = Field(default=Cents(0), ge=0)
    cost_centre_id: CostCentreId | None = None
    requested_by: UserId

    @model_validator(mode="after")
    def _whole(self) -> Self:
        require_order(self.start, self.end, self.work_order)
        if self.amount and self.cost_centre_id is None:
            raise ValueError(f"{self.work_order}: amount={self.amount} needs a cost centre")
        return self

    @property
    def room_id(self) -> RoomId | None:
        """The room, when it is one."""
        kind, _, id = self.resource.partition(":")
        return RoomId(id) if kind == "room" else None

    @property
    def equipment_id(self) -> EquipmentId | None:
        """The device, when it is one."""
        kind, _, id = self.resource.partition(":")
        return EquipmentId(id) if kind == "equipment" else None

    def scope(self, world: Reader) -> Scope:
        room = world.get(Room, self.room_id) if self.room_id else None
        clinic = world.get(Clinic, room.clinic_id) if room and room.clinic_id else None
        service = clinic.service_id if clinic else ServiceId("imaging") if room and room.kind == "imaging" else None
        return Scope(site_id=self.site_id, service_id=service)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        site = world.get(Site, self.site_id)
        prime = site is not None and bool(PrimeTime().within(Interval(self.start, self.end), site.timezone))
        found: dict[str, Fact] = {"prime_time": prime, "owner_role": self._owner(world)}
        if self.amount and self.cost_centre_id:
            found |= {"amount": self.amount, "cost_centre": self.cost_centre_id, "need": self.same_need() or ""}
        return found

    def _owner(self, world: Reader) -> str:
        room = world.get(Room, self.room_id) if self.room_id else None
        return OWNERS[room.kind if room else "or"]

    def cost(self) -> Cents:
        return self.amount

    def same_need(self) -> str | None:
        return f"maintenance {self.resource}@{self.cost_centre_id}" if self.amount else None

    def touches(self) -> frozenset[str]:
        return span_days(self.resource, self.start, self.end)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        kind, _, id = self.resource.partition(":")
        known = world.get(Room, id) if kind == "room" else world.get(Equipment, id)
        if known is None:
            return (Violation(constraint=kind, sentence=f"there is no {kind} {id}"),)
        if self.start < now:
            return (Violation(constraint="in the past", sentence="that time has passed"),)
        others = world.find(
            Maintenance, room_id=self.room_id, equipment_id=self.equipment_id, state="scheduled",
            start=Range(before=self.end), end=Range(at_least=self.start),
        )  # fmt: skip
        return tuple(
            Violation(constraint="maintenance", sentence=f"{one.work_order} is planned there at that time already")
            for one in others
            if one.end > self.start
        )

    def displaced(self, world: Reader) -> list[str]:
        """The bookings that would have to leave, by id: the cases and visits of the room in the window."""
        if self.room_id is None:
            return []
        during = Range(at_least=self.start - LONGEST, before=self.end)
        cases = world.find(SurgicalCase, room_id=self.room_id, state=LIVE_CASES, start=during, order="start")
        visits = world.find(Appointment, room_id=self.room_id, status=LIVE_VISITS, start=during, order="start")
        spans = [(case.id, case.end) for case in cases] + [(visit.id, visit.end) for visit in visits]
        return [id for id, end in spans if end is not None and end > self.start]

    def apply(self, world: Writer, commit: Commit) -> None:
        displaced = self.displaced(world)
        world.put(
            Maintenance(
                id=self.maintenance_id, site_id=self.site_id, room_id=self.room_id, equipment_id=self.equipment_id,
                start=self.start, end=self.end, work_order=self.work_order, note=self.note,
            )
        )  # fmt: skip
        if displaced:
            due = max(commit.at + timedelta(hours=1), self.start - timedelta(hours=24))
            world.put(
                WorkException(
                    id=ExceptionId(f"EXC-{self.maintenance_id}"),
                    kind="displaced_bookings",
                    owner_role=self._owner(world),
                    site_id=self.site_id,
                    severity="high",
                    summary=f"{len(displaced)} bookings stand in {self.work_order}: {', '.join(displaced)}",
                    opened_at=commit.at,
                    due=due,
                    opened_by=self.requested_by,
                    links=tuple(displaced),
                )
            )

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:maintenance:{self.maintenance_id}",
                system="erp",
                operation="open_work_order",
                payload={
                    "work_order": self.work_order,
                    "resource": self.resource,
                    "start": self.start.isoformat(),
                    "end": self.end.isoformat(),
                    "amount": self.amount,
                    "cost_centre": self.cost_centre_id,
                    "note": self.note,
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        site = world.get(Site, self.site_id)
        displaced = self.displaced(world)
        price = f", {format_money(self.amount)} on cost centre {self.cost_centre_id}" if self.amount else ""
        leaves = f"; displaces {', '.join(displaced)}" if displaced else "; displaces nothing booked"
        return (
            f"Maintenance {self.work_order} of {name_resource(world, self.resource)}, "
            f"{site.name if site else self.site_id}, {local_span(site, self.start, self.end)}{price}{leaves}"
        )
