"""Booked cases that are called off: one, or a wave of elective ones for one cause."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field

from hospital.changes.base import Change, Commit, Fact, Violation, resource_day
from hospital.changes.describe import local_span
from hospital.entity import Record, Time
from hospital.ids import CaseId
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Scope
from hospital.model.places import Site
from hospital.ports import Message, Range, Reader, Writer

MOST_APART = 3
"""Elective cancellations for one cause that are still decided one by one (gates.md, elective-wave)."""
ONE_CAUSE = timedelta(days=7)
"""Cancellations of this long for the same stated cause are one wave (our judgement)."""


class _Cancels(Change):
    """What both share: which cases, and why, in words."""

    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    reason: str = Field(min_length=3)

    @abstractmethod
    def cases(self) -> tuple[tuple[CaseId, datetime], ...]:
        """The cases with the start they were shown with."""

    def scope(self, world: Reader) -> Scope:
        case = world.get(SurgicalCase, self.cases()[0][0])
        return Scope(site_id=case.site_id) if case else Scope()

    def touches(self) -> frozenset[str]:
        return frozenset(resource_day(f"case:{id}", start.date()) for id, start in self.cases())

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        for id, start in self.cases():
            case = world.get(SurgicalCase, id)
            if case is None or case.state != "scheduled":
                why = f"{id} is {case.state.replace('_', ' ')}" if case else f"there is no {id}"
                broken.append(Violation(constraint="case", sentence=f"{why}, so it cannot be cancelled"))
            elif case.start != start:
                broken.append(Violation(constraint="case", sentence=f"{id} is at another time now"))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        for id, _ in self.cases():
            case = world.get(SurgicalCase, id)
            if case is not None:
                world.put(case.changed(state="cancelled", cancel_reason=self.reason))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return tuple(
            Message(
                key=f"{commit.plan_id}:case:{id}",
                system="ehr",
                operation="cancel_case",
                payload={"case_id": id, "reason": self.reason},
                plan_id=commit.plan_id,
            )
            for id, _ in self.cases()
        )

    def sentence(self, world: Reader) -> str:
        return "; ".join(_say(world, id) for id, _ in self.cases()) + f" ({self.reason})"


class CancelCase(_Cancels):
    """One case does not take place."""

    kind: Literal["cancel_case"] = "cancel_case"
    action: ClassVar[str] = "change_case"
    case_id: CaseId
    starts_at: Time

    def cases(self) -> tuple[tuple[CaseId, datetime], ...]:
        return ((self.case_id, self.starts_at),)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        case = world.get(SurgicalCase, self.case_id)
        if case is None:
            return {"surgeons": [], "starts_at": self.starts_at.isoformat()}
        found: dict[str, Fact] = {
            "surgeons": [str(case.surgeon_id or "")],
            "starts_at": self.starts_at.isoformat(),
        }
        if case.elective:
            found["cancelled_for_cause"] = len(same_cause(world, case, self.reason)) + 1
        return found


class CalledOff(Record):
    """One case of a wave, with the start it was shown with."""

    case_id: CaseId
    starts_at: Time


class CancelWave(_Cancels):
    """More than three elective cases do not take place, all for one cause."""

    kind: Literal["cancel_wave"] = "cancel_wave"
    action: ClassVar[str] = "elective_wave"
    called_off: tuple[CalledOff, ...] = Field(min_length=1)

    def cases(self) -> tuple[tuple[CaseId, datetime], ...]:
        return tuple((one.case_id, one.starts_at) for one in self.called_off)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return {"cancellations": len(self.called_off)}


def same_cause(world: Reader, case: SurgicalCase, reason: str) -> list[CaseId]:
    """The elective cases at the same site, around the same days, that were cancelled for this very cause."""
    if case.start is None:
        return []
    found = world.find(
        SurgicalCase,
        site_id=case.site_id,
        state="cancelled",
        elective=True,
        start=Range(at_least=case.start - ONE_CAUSE, before=case.start + ONE_CAUSE),
    )
    return [CaseId(one.id) for one in found if (one.cancel_reason or "").casefold() == reason.casefold()]


def _say(world: Reader, id: CaseId) -> str:
    case = world.get(SurgicalCase, id)
    if case is None or case.start is None or case.end is None:
        return f"Cancel {id}"
    procedure, site = world.get(Procedure, case.procedure_id), world.get(Site, case.site_id)
    what = procedure.name if procedure else case.procedure_id
    return f"Cancel {what} ({id}) at {site.name if site else case.site_id}, {local_span(site, case.start, case.end)}"
