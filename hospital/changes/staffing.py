"""Asking for a nurse: float, voluntary overtime or agency, for one shift on one unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Expectation, Fact, Violation, span_days
from hospital.changes.describe import local_span
from hospital.changes.floating import duties_then, is_float_from, what_is_left
from hospital.entity import Time
from hospital.ids import CostCentreId, ShiftId, SiteId, StaffId, UnitId, UserId
from hospital.model.people import Credential, Scope, Shift, Staff, StaffRole
from hospital.model.places import Site, Unit
from hospital.money import Cents, format_money
from hospital.ports import Message, Reader, Writer

CompetencyState = Literal["current", "expired", "never"]


class RequestStaff(Change):
    """One more person on a unit for one shift. Overtime is voluntary only; nobody is ever mandated."""

    kind: Literal["request_staff"] = "request_staff"
    action: ClassVar[str] = "request_staff"
    sources: ClassVar[tuple[str, ...]] = ("wfm",)
    shift_id: ShiftId
    unit_id: UnitId
    site_id: SiteId
    role: StaffRole
    competency: str
    source: Literal["home", "float", "overtime", "agency"]
    """`home` is an extra shift of the unit's own people at the plain rate, offered and taken freely."""
    staff_id: StaffId | None = None
    leaves: ShiftId | None = None
    """The duty on another unit of the site that a float leaves for these hours; None: free then."""
    start: Time
    end: Time
    hourly_rate: Cents = Field(ge=0)
    cost_centre_id: CostCentreId
    requested_by: UserId

    @model_validator(mode="after")
    def _only_floats_leave(self) -> Self:
        if self.leaves and (self.source != "float" or self.staff_id is None):
            raise ValueError("only a named float leaves a duty")
        return self

    @property
    def hours(self) -> int:
        """Whole hours, rounded up: a started hour is paid."""
        return -int(-(self.end - self.start).total_seconds() // 3600)

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, unit_id=self.unit_id, cost_centre_id=self.cost_centre_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return {
            "source": self.source,
            "amount": self.cost(),
            "cost_centre": self.cost_centre_id,
            "need": self.same_need() or "",
            "competency": self._competency(world),
            "voluntary": self.source not in ("home", "overtime") or self._volunteers(world),
        }

    def _competency(self, world: Reader) -> CompetencyState:
        """The person's worst state of what was asked for and what the unit's patients need."""
        if self.staff_id is None:
            return "current"
        unit = world.get(Unit, self.unit_id)
        needed = {self.competency, *((unit.level,) if unit else ())}
        states = {competency_of(world, self.staff_id, one, self.start) for one in needed}
        return max(states, key=("current", "expired", "never").index)

    def _volunteers(self, world: Reader) -> bool:
        person = world.get(Staff, self.staff_id) if self.staff_id else None
        return person is not None and person.voluntary_overtime

    def cost(self) -> Cents:
        return Cents(0 if self.source == "float" else self.hours * self.hourly_rate)

    def same_need(self) -> str | None:
        return f"{self.source}:{self.unit_id}@{self.cost_centre_id}" if self.cost() else None

    def touches(self) -> frozenset[str]:
        person = span_days(f"staff:{self.staff_id}", self.start, self.end) if self.staff_id else frozenset()
        left = span_days(f"shift:{self.leaves}", self.start, self.end) if self.leaves else frozenset()
        return person | left | span_days(f"unit:{self.unit_id}", self.start, self.end)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        if self.end <= now:
            broken.append(Violation(constraint="in the past", sentence="that shift is over"))
        if self.staff_id is None and self.source != "agency":
            broken.append(Violation(constraint="person", sentence=f"nobody is named for the {self.source} shift"))
        if self.staff_id is not None:
            person = world.get(Staff, self.staff_id)
            if person is None:
                broken.append(Violation(constraint="person", sentence=f"there is no {self.staff_id} on the staff"))
            elif (person.role, person.site_id) != (self.role, self.site_id):
                broken.append(
                    Violation(
                        constraint="person",
                        sentence=f"{person.name} is {person.role.upper()} at {person.site_id}, "
                        f"not {self.role.upper()} at {self.site_id}",
                    )
                )
            duties = duties_then(world, self.staff_id, self.start, self.end)
            if [duty.id for duty in duties] != ([self.leaves] if self.leaves else []):
                name = person.name if person else self.staff_id
                works = f"works {duties[0].unit_id} then" if duties else "is not on the duty to be left"
                broken.append(Violation(constraint="person free", sentence=f"{name} {works}"))
            elif duties and not is_float_from(duties[0], self.unit_id, self.site_id, self.start, self.end):
                broken.append(
                    Violation(
                        constraint="float", sentence="a float goes to another unit, within the hours of the duty"
                    )
                )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        left = world.get(Shift, self.leaves) if self.leaves else None
        world.put(
            *(what_is_left(left, self.start, self.end) if left else ()),
            Shift(
                id=self.shift_id,
                staff_id=self.staff_id,
                site_id=self.site_id,
                unit_id=self.unit_id,
                role=self.role,
                start=self.start,
                end=self.end,
                state="approved" if self.staff_id else "requested",
                source=self.source,
            ),
        )

    def expects(self, world: Reader) -> Sequence[Expectation]:
        site = world.get(Site, self.site_id)
        day = (site.local(self.start) if site else self.start).date()
        return (
            Expectation(series=f"staff_hours:{self.unit_id}", day=day, amount=self.hours),
            *((Expectation(series=f"labour:{self.unit_id}", day=day, amount=self.cost()),) if self.cost() else ()),
        )

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:staffing:{self.shift_id}",
                system="wfm",
                operation="create_staffing_request",
                payload={
                    "shift_id": self.shift_id,
                    "unit_id": self.unit_id,
                    "role": self.role,
                    "skill": self.competency,
                    "source": self.source,
                    "staff_id": self.staff_id,
                    "start": self.start.isoformat(),
                    "end": self.end.isoformat(),
                    "rate": self.hourly_rate,
                    **({"leaves": self.leaves} if self.leaves else {}),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        unit, site = world.get(Unit, self.unit_id), world.get(Site, self.site_id)
        person = world.get(Staff, self.staff_id) if self.staff_id else None
        who = person.name if person else f"one {self.source} {self.competency.replace('_', '-')} {self.role.upper()}"
        left = world.get(Shift, self.leaves) if self.leaves else None
        home = world.get(Unit, left.unit_id) if left else None
        who += f" from {home.name}" if home else ""
        price = (
            f", {self.hours} h at {format_money(self.hourly_rate)} = {format_money(self.cost())}"
            if self.cost()
            else ""
        )
        return (
            f"Request {who} for {unit.name if unit else self.unit_id}, {site.name if site else self.site_id}, "
            f"{local_span(site, self.start, self.end)}{price}"
        )


def competency_of(world: Reader, staff_id: StaffId, competency: str, on: datetime) -> CompetencyState:
    """Whether a person holds a competency on that day: `never` when there is no record of it at all."""
    held = world.find(Credential, staff_id=staff_id, competency=competency)
    if not held:
        return "never"
    return "current" if any(credential.expires_on >= on.date() for credential in held) else "expired"
