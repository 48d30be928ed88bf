"""Keeping resources for somebody: the hold, and which holds stand on a resource."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.taken import taken_by
from hospital.entity import Record, Time, require_order
from hospital.ids import HoldId, PatientId, ServiceId, SiteId, UserId
from hospital.model.bookings import Hold, Slot
from hospital.model.people import Scope
from hospital.model.places import Site
from hospital.ports import Range, Reader, Writer


def standing_holds(
    world: Reader,
    resource: str,
    start: datetime,
    end: datetime,
    now: datetime,
    except_group: str | None = None,
) -> list[Hold]:
    """The holds of others that overlap this span; from the moment it expires a hold does not stand."""
    found = world.find(
        Hold,
        resource=resource,
        state="held",
        start=Range(before=end),
        end=Range(at_least=start),
        expires_at=Range(at_least=now),
    )
    return [hold for hold in found if hold.end > start and hold.expires_at > now and hold.group != except_group]


class HeldResource(Record):
    """One resource with its own times; resources of one hold need not start or end together."""

    resource: str
    start: Time
    end: Time

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, self.resource)
        return self


class PlaceHold(Change):
    """Keep resources for this person, all or none, until `expires_at`."""

    kind: Literal["place_hold"] = "place_hold"
    action: ClassVar[str] = "hold"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    group: str
    site_id: SiteId
    holder: UserId
    resources: tuple[HeldResource, ...] = Field(min_length=1)
    expires_at: Time
    patient_id: PatientId | None = None
    service_id: ServiceId | None = None

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, service_id=self.service_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        # A started minute counts, so that 30 minutes and a second are more than 30.
        return {"minutes": max(0, -int(-(self.expires_at - now).total_seconds() // 60))}

    def touches(self) -> frozenset[str]:
        return frozenset().union(*(span_days(r.resource, r.start, r.end) for r in self.resources))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        for held in self.resources:
            name = name_resource(world, held.resource)
            if held.start < now:
                broken.append(Violation(constraint="in the past", sentence=f"{name} starts before now"))
            if standing_holds(world, held.resource, held.start, held.end, now, self.group):
                broken.append(Violation(constraint="held", sentence=f"{name} is held by somebody else"))
            kind, _, id = held.resource.partition(":")
            if kind == "slot":
                slot = world.get(Slot, id)
                if slot is None:
                    broken.append(Violation(constraint="slot", sentence=f"there is no slot {id}"))
                elif slot.status != "free":
                    broken.append(Violation(constraint="slot free", sentence=f"the slot is {slot.status}, not free"))
            broken.extend(
                Violation(constraint=f"{kind} free", sentence=f"{name} is taken by {what} then")
                for what in taken_by(world, held.resource, held.start, held.end, self.site_id)
            )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        for number, held in enumerate(self.resources):
            world.put(
                Hold(
                    id=HoldId(f"{self.group}-{number}"),
                    group=self.group,
                    resource=held.resource,
                    start=held.start,
                    end=held.end,
                    site_id=self.site_id,
                    holder=self.holder,
                    expires_at=self.expires_at,
                    patient_id=self.patient_id,
                )
            )

    def sentence(self, world: Reader) -> str:
        site = world.get(Site, self.site_id)
        parts = [
            f"{name_resource(world, held.resource)} {local_span(site, held.start, held.end)}"
            for held in self.resources
        ]
        until = site.local(self.expires_at).strftime("%H:%M") if site else self.expires_at.isoformat()
        return f"Hold {'; '.join(parts)} until {until}"


def use_holds(world: Writer, group: str | None) -> None:
    """Mark the holds of this group as used by the booking they were made for."""
    if group is not None:
        world.put(*(hold.changed(state="used") for hold in world.find(Hold, group=group, state="held")))
