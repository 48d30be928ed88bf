"""Slots of a session that is there: free ones turned into another kind, and ones put on top of the template."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from hospital.changes.base import Commit, Expectation, Fact, Violation, span_days
from hospital.changes.describe import local_span
from hospital.changes.holds import standing_holds
from hospital.changes.sessions import PlannedSlot, Template
from hospital.ids import SessionId, SlotId
from hospital.model.bookings import ClinicSession, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Site
from hospital.ports import Message, Reader, Writer


class ConvertSlots(Template):
    """Free slots of one session, one after the other, become one slot of another kind in the same time."""

    kind: Literal["convert_slots"] = "convert_slots"
    replaces: tuple[SlotId, ...] = Field(min_length=1)
    becomes: PlannedSlot

    def touches(self) -> frozenset[str]:
        keys = (f"clinic:{self.clinic_id}", *(f"slot:{id}" for id in self.replaces))
        return frozenset().union(*(span_days(key, self.becomes.start, self.becomes.end) for key in keys))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        if self.becomes.start < now:
            broken.append(Violation(constraint="in the past", sentence="that time has passed"))
        found = [world.get(Slot, id) for id in self.replaces]
        for id, slot in zip(self.replaces, found, strict=True):
            if slot is None or slot.status != "free" or slot.urgent_reserved or slot.clinic_id != self.clinic_id:
                broken.append(Violation(constraint="slot free", sentence=f"slot {id} is not free any more"))
            elif standing_holds(world, f"slot:{id}", slot.start, slot.end, now):
                broken.append(Violation(constraint="held", sentence=f"slot {id} is held by somebody"))
        known = [slot for slot in found if slot is not None]
        if known and (self.becomes.start != known[0].start or self.becomes.end > known[-1].end):
            broken.append(Violation(constraint="time", sentence="the new slot does not fit into the old ones"))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        first = world.get(Slot, self.replaces[0])
        if first is None:
            return
        for id in self.replaces:
            if (slot := world.get(Slot, id)) is not None:
                world.put(slot.changed(status="busy-unavailable"))
        world.put(
            first.changed(
                id=self.becomes.id, visit_type=self.becomes.visit_type, start=self.becomes.start,
                end=self.becomes.end, status="free",
            )
        )  # fmt: skip

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:convert:{self.becomes.id}",
                system="ehr",
                operation="convert_slots",
                payload={
                    "session_id": self.becomes.id,
                    "clinic_id": self.clinic_id,
                    "replaces": list(self.replaces),
                    "becomes": self.becomes.model_dump(mode="json"),
                },
                plan_id=commit.plan_id,
            ),
        )

    def expects(self, world: Reader) -> Sequence[Expectation]:
        return self.expected(world, self.becomes.start, 1 - len(self.replaces))

    def sentence(self, world: Reader) -> str:
        clinic, site = world.get(Clinic, self.clinic_id), world.get(Site, self.site_id)
        return (
            f"Turn {len(self.replaces)} free slots at {clinic.name if clinic else self.clinic_id} into one "
            f"{self.becomes.visit_type.replace('-', ' ')} slot, "
            f"{local_span(site, self.becomes.start, self.becomes.end)}"
        )


class OverbookSession(Template):
    """Slots on top of one session's template, beside slots that are likely to be missed; never about a person."""

    kind: Literal["overbook"] = "overbook"
    action: ClassVar[str] = "overbook"
    session_id: SessionId
    beside: tuple[SlotId, ...] = Field(min_length=1)
    """The slots at whose time one more visit may be booked."""
    adds: tuple[PlannedSlot, ...] = Field(min_length=1)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        clinic = world.get(Clinic, self.clinic_id)
        return {
            "over": len(self.adds) + already_over(world, self.session_id),
            "cap": clinic.overbook_cap if clinic else 0,
        }

    def touches(self) -> frozenset[str]:
        first, last = self.adds[0], self.adds[-1]
        return span_days(f"clinic:{self.clinic_id}", first.start, last.end) | {f"session:{self.session_id}"}

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        session = world.get(ClinicSession, self.session_id)
        if session is None or session.clinic_id != self.clinic_id:
            return (
                Violation(constraint="session", sentence=f"there is no session {self.session_id} at that clinic"),
            )
        if session.start < now:
            return (Violation(constraint="in the past", sentence="that session has begun"),)
        gone = [id for id in self.beside if (slot := world.get(Slot, id)) is None or slot.status != "busy"]
        there = [one.id for one in self.adds if world.get(Slot, one.id) is not None]
        return (
            *(Violation(constraint="slot", sentence=f"slot {id} is not booked any more") for id in gone),
            *(Violation(constraint="slot", sentence=f"{id} is overbooked already") for id in there),
        )

    def apply(self, world: Writer, commit: Commit) -> None:
        for id, extra in zip(self.beside, self.adds, strict=True):
            if (slot := world.get(Slot, id)) is not None:
                world.put(slot.changed(id=extra.id, status="free", urgent_reserved=False))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:overbook:{self.session_id}",
                system="ehr",
                operation="overbook_session",
                payload={
                    "session_id": self.session_id,
                    "clinic_id": self.clinic_id,
                    "adds": [slot.model_dump(mode="json") for slot in self.adds],
                },
                plan_id=commit.plan_id,
            ),
        )

    def expects(self, world: Reader) -> Sequence[Expectation]:
        return self.expected(world, self.adds[0].start, len(self.adds))

    def sentence(self, world: Reader) -> str:
        session = world.get(ClinicSession, self.session_id)
        person = world.get(Clinician, session.clinician_id) if session else None
        clinic, site = world.get(Clinic, self.clinic_id), world.get(Site, self.site_id)
        times = ", ".join(f"{self.day(world, one.start):%H:%M}" for one in self.adds)
        when = f"{self.day(world, self.adds[0].start):%a %d %b}"
        return (
            f"Overbook {clinic.name if clinic else self.clinic_id}, {person.name if person else self.session_id}, "
            f"{when}: one more visit at {times} ({site.timezone if site else 'UTC'})"
        )


OVER = "-OB"
"""How the id of a slot on top of the template ends."""


def already_over(world: Reader, session_id: SessionId) -> int:
    """Slots that were put on top of a session's template before."""
    return sum(str(id).endswith(OVER) for (id,) in world.values(Slot, ("id",), session_id=session_id))
