"""Booked cases that get another room or time: one that is changed, or several that leave a room together."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.blocks import block_against
from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource, standing_holds
from hospital.changes.prerequisites import as_payload, prerequisites_of
from hospital.changes.taken import taken_by
from hospital.entity import Record, Time
from hospital.ids import CaseId, ClinicianId, RoomId, SiteId
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Scope
from hospital.model.places import Site
from hospital.overlay import Overlay
from hospital.ports import Message, Reader, Writer


class CaseMove(Record):
    """One case from where it is booked to its new place; `resources` each with its own times, the room first."""

    case_id: CaseId
    was_room: RoomId | None
    was_start: Time
    site_id: SiteId
    anaesthesiologist_id: ClinicianId | None
    resources: tuple[HeldResource, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for kind in ("room", "clinician"):
            if not any(held.resource.startswith(f"{kind}:") for held in self.resources):
                raise ValueError(f"{self.case_id}: a move needs a {kind} among its resources")
        return self

    @property
    def room(self) -> HeldResource:
        """The room's own interval, with set-up and clean-up."""
        return next(held for held in self.resources if held.resource.startswith("room:"))

    @property
    def time(self) -> HeldResource:
        """Wheels-in to wheels-out: the surgeon's interval."""
        return next(held for held in self.resources if held.resource.startswith("clinician:"))

    def moved(self, case: SurgicalCase) -> SurgicalCase:
        """The case at its new place."""
        changed: SurgicalCase = case.changed(
            site_id=self.site_id,
            room_id=self.room.resource.removeprefix("room:"),
            start=self.time.start,
            end=self.time.end,
            anaesthesiologist_id=self.anaesthesiologist_id,
        )
        return changed

    def leaves_day(self, world: Reader) -> bool:
        """Whether it gets another calendar day, each on its site's clock."""
        case, there = world.get(SurgicalCase, self.case_id), world.get(Site, self.site_id)
        here = world.get(Site, case.site_id) if case else None
        if here is None or there is None:
            return True
        return here.local(self.was_start).date() != there.local(self.time.start).date()


class _Moves(Change):
    """What both kinds of move share."""

    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    moves: tuple[CaseMove, ...] = Field(min_length=1)
    reason: str = ""

    @abstractmethod
    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        """What the rules may ask about it."""

    def scope(self, world: Reader) -> Scope:
        """The site the cases leave: its people lose or gain the room."""
        case = world.get(SurgicalCase, self.moves[0].case_id)
        return Scope(site_id=case.site_id if case else self.moves[0].site_id)

    def surgeons(self, world: Reader, moves: Sequence[CaseMove]) -> list[str]:
        """The surgeons of record of these moves; an empty name where none is recorded (any surgeon then decides)."""
        cases = [world.get(SurgicalCase, move.case_id) for move in moves]
        return sorted({str(case.surgeon_id or "") for case in cases if case})

    def touches(self) -> frozenset[str]:
        used = [span_days(held.resource, held.start, held.end) for move in self.moves for held in move.resources]
        used += [span_days(f"case:{move.case_id}", move.was_start, move.time.end) for move in self.moves
                 if move.time.end > move.was_start]  # fmt: skip
        used += [span_days(f"room:{move.was_room}", move.was_start, move.was_start) for move in self.moves]
        return frozenset().union(*used)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken: list[Violation] = []
        ahead = self._moved(world)
        for move in self.moves:
            case = world.get(SurgicalCase, move.case_id)
            if case is None or case.state != "scheduled":
                why = f"{move.case_id} is {case.state.replace('_', ' ')}" if case else f"there is no {move.case_id}"
                broken.append(Violation(constraint="case", sentence=f"{why}, so it cannot be moved"))
                continue
            if (case.room_id, case.start) != (move.was_room, move.was_start):
                broken.append(Violation(constraint="case", sentence=f"{case.id} is not where it was any more"))
            if move.time.start < now:
                broken.append(Violation(constraint="in the past", sentence=f"the new time of {case.id} has passed"))
            # Seen from one case: everybody else is where they will be, and the case itself is nowhere.
            ahead.put(case.changed(state="cancelled"))
            broken += self._not_free(ahead, move, case, now)
            ahead.put(move.moved(case))
        return broken

    def _moved(self, world: Reader) -> Overlay:
        """The world once all have moved."""
        cases = [(move, world.get(SurgicalCase, move.case_id)) for move in self.moves]
        return Overlay(world, *(move.moved(case) for move, case in cases if case is not None))

    def _not_free(self, world: Reader, move: CaseMove, case: SurgicalCase, now: datetime) -> list[Violation]:
        broken = []
        for held in move.resources:
            name, kind = name_resource(world, held.resource), held.resource.partition(":")[0]
            if standing_holds(world, held.resource, held.start, held.end, now):
                broken.append(Violation(constraint="held", sentence=f"{name} is held by somebody else"))
            broken += [
                Violation(constraint=f"{kind} free", sentence=f"{name} is taken by {what} when {case.id} would come")
                for what in taken_by(world, held.resource, held.start, held.end, move.site_id)
            ]
        owner = block_against(world, move.room, case.surgeon_id, case.service_id, now)
        if owner is not None:
            broken.append(Violation(constraint="block", sentence=f"the new time of {case.id} is a block of {owner}"))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        for move in self.moves:
            case = world.get(SurgicalCase, move.case_id)
            if case is not None:
                moved = move.moved(case)
                world.put(moved, *prerequisites_of(world, moved))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        found = []
        for move in self.moves:
            case = world.get(SurgicalCase, move.case_id)
            if case is None:
                continue
            found.append(
                Message(
                    key=f"{commit.plan_id}:case:{move.case_id}",
                    system="ehr",
                    operation="move_case",
                    payload={
                        "case_id": case.id,
                        "surgeon_id": case.surgeon_id,
                        "room_id": move.room.resource.removeprefix("room:"),
                        "start": move.time.start.isoformat(),
                        "end": move.time.end.isoformat(),
                        "prerequisites": as_payload(prerequisites_of(world, move.moved(case))),
                    },
                    plan_id=commit.plan_id,
                )
            )
        return found

    def sentence(self, world: Reader) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return "; ".join(say_move(world, move) for move in self.moves) + why


class MoveCases(_Moves):
    """Move or reorder: usually one case; two that change places are one change, since neither can go first."""

    kind: Literal["move_cases"] = "move_cases"
    action: ClassVar[str] = "change_case"

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        first = min(min(move.was_start, move.time.start) for move in self.moves)
        return {"surgeons": self.surgeons(world, self.moves), "starts_at": first.isoformat()}


class DisplaceCases(_Moves):
    """Several cases leave a room, device or person that is lost."""

    kind: Literal["displace_cases"] = "displace_cases"
    action: ClassVar[str] = "displacement"

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        leaving = [move for move in self.moves if move.leaves_day(world)]
        return {"surgeons": self.surgeons(world, leaving), "cases": len(self.moves)}


def say_move(world: Reader, move: CaseMove) -> str:
    """`Move total hip (CASE-5) from OR 5, Thu 17 Sep 07:30 to OR 9, Northgate, Thu 17 Sep 09:00-10:40 (...)`."""
    case, there = world.get(SurgicalCase, move.case_id), world.get(Site, move.site_id)
    procedure = world.get(Procedure, case.procedure_id) if case else None
    here = world.get(Site, case.site_id) if case else None
    what = f"{procedure.name} ({move.case_id})" if procedure else move.case_id
    before = f"{here.local(move.was_start):%a %d %b %H:%M}" if here else move.was_start.isoformat()
    room = name_resource(world, f"room:{move.was_room}") if move.was_room else "no room"
    to = name_resource(world, move.room.resource)
    return (
        f"Move {what} from {room}, {before} to {to}, {there.name if there else move.site_id}, "
        f"{local_span(there, move.time.start, move.time.end)}"
    )
