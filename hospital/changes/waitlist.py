"""Offering a freed slot to somebody of the waitlist: kept for them until the offer expires."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span
from hospital.changes.visits import double_bookings, slot_violations
from hospital.entity import Time
from hospital.ids import ClinicId, HoldId, PatientId, ServiceId, SiteId, SlotId, UserId
from hospital.model.bookings import Hold, Slot, WaitlistEntry
from hospital.model.people import Scope
from hospital.model.places import Clinic, Site
from hospital.planning.backfill import in_order, kept_by_rule
from hospital.ports import Message, Reader, Writer


def next_entry(world: Reader, clinic_id: ClinicId, visit_type: str, start: Time, end: Time) -> WaitlistEntry | None:
    """Whoever of the waitlist is first in order for such a visit and not somewhere else at that time."""
    waiting = world.find(WaitlistEntry, clinic_id=clinic_id, visit_type=visit_type, state="waiting")
    free = (one for one in in_order(waiting) if not double_bookings(world, one.patient_id, start, end))
    return next(free, None)


class OfferSlot(Change):
    """One offer of one slot to one patient; the visit itself is booked only when the patient has agreed."""

    kind: Literal["offer_waitlist"] = "offer_waitlist"
    action: ClassVar[str] = "offer_waitlist"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    offer_id: str
    entry_id: str
    patient_id: PatientId
    clinic_id: ClinicId
    service_id: ServiceId
    site_id: SiteId
    slot_id: SlotId
    visit_type: str
    start: Time
    end: Time
    expires_at: Time
    offered_by: UserId
    reason: str = ""
    """Why the clinic's rule or the waitlist's order is not kept; empty when both are."""

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, service_id=self.service_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        slot, clinic, site = (
            world.get(Slot, self.slot_id),
            world.get(Clinic, self.clinic_id),
            world.get(Site, self.site_id),
        )
        if slot is None or clinic is None or site is None or slot.clinic_id != self.clinic_id:
            return {"conform": False, "reasoned": bool(self.reason.strip())}
        kept = kept_by_rule(clinic, site, slot.visit_type, slot.start, slot.urgent_reserved, now)
        first = next_entry(world, self.clinic_id, self.visit_type, self.start, self.end)
        in_turn = first is not None and first.id == self.entry_id
        return {
            "conform": kept is None and slot.visit_type == self.visit_type and in_turn,
            "reasoned": bool(self.reason.strip()),
        }

    def touches(self) -> frozenset[str]:
        keys = (f"slot:{self.slot_id}", f"patient:{self.patient_id}", f"waitlist:{self.entry_id}")
        return frozenset().union(*(span_days(key, self.start, self.end) for key in keys))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        entry = world.get(WaitlistEntry, self.entry_id)
        broken = list(slot_violations(world, self.slot_id, self.start, self.end, now, None, self.visit_type))
        if entry is None or entry.state != "waiting" or entry.patient_id != self.patient_id:
            broken.append(Violation(constraint="waitlist", sentence=f"{self.entry_id} is not waiting any more"))
        elif (entry.clinic_id, entry.visit_type) != (self.clinic_id, self.visit_type):
            broken.append(Violation(constraint="visit type", sentence=f"{self.entry_id} waits for another visit"))
        broken.extend(double_bookings(world, self.patient_id, self.start, self.end))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        if (entry := world.get(WaitlistEntry, self.entry_id)) is not None:
            world.put(entry.changed(state="offered"))
        world.put(
            Hold(
                id=HoldId(f"{self.offer_id}-0"), group=self.offer_id, resource=f"slot:{self.slot_id}",
                start=self.start, end=self.end, site_id=self.site_id, holder=self.offered_by,
                expires_at=self.expires_at, plan_id=None, patient_id=self.patient_id,
            )
        )  # fmt: skip

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:offer:{self.offer_id}",
                system="ehr",
                operation="offer_waitlist",
                payload={
                    "offer_id": self.offer_id,
                    "slot_id": self.slot_id,
                    "patient_id": self.patient_id,
                    "expires_at": self.expires_at.isoformat(),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        site, clinic = world.get(Site, self.site_id), world.get(Clinic, self.clinic_id)
        until = site.local(self.expires_at) if site else self.expires_at
        return (
            f"Offer patient {self.patient_id} the {self.visit_type.replace('-', ' ')} slot at "
            f"{clinic.name if clinic else self.clinic_id}, {local_span(site, self.start, self.end)}, "
            f"kept until {until:%a %d %b %H:%M}" + (f", out of rule because: {self.reason}" if self.reason else "")
        )
