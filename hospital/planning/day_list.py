"""A day's operating list: which cases go into which room at what time, every surgeon in one place at a time.

Minutes are counted from the opening of the rooms. Uses the same search as displaced cases (`choose`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hospital.planning.choose import ChoiceProblem, Pick, Use, choose

Status = Literal["optimal", "feasible", "empty"]
GRAIN, STEP = 5, 15
"""Minutes of the grid, and between the starts that are looked at."""


@dataclass(frozen=True, slots=True)
class ListCase:
    """A case that is to be done that day; `minutes` wheels-in to wheels-out, as booked."""

    id: str
    surgeon: str
    minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"{self.id}: minutes={self.minutes} must be at least 1")


@dataclass(frozen=True, slots=True)
class DayProblem:
    """The cases in the order they were asked for, the rooms, prime time, how long after it may be planned, turnover.

    Costs in cents: `each_left_out` per case that is not done; the others per minute: of a case that is not done, of
    planned overtime, of a late start.
    """

    cases: tuple[ListCase, ...]
    rooms: tuple[str, ...]
    prime_minutes: int = 480
    most_overtime: int = 60
    turnover: int = 25
    each_left_out: int = 150_000
    left_out: int = 3_600
    overtime: int = 1_800
    later: int = 5

    def __post_init__(self) -> None:
        if not self.rooms:
            raise ValueError("rooms is empty; name at least one")
        for name in ("prime_minutes", "turnover", "left_out", "overtime", "later"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)} must not be negative")

    def cost(self, case: ListCase, start: int) -> int:
        """What doing the case at this minute costs."""
        over = max(0, start + case.minutes - self.prime_minutes)
        return self.later * start + self.overtime * over

    def missed(self, case: ListCase) -> int:
        """What not doing the case costs."""
        return self.each_left_out + self.left_out * case.minutes

    @property
    def closes(self) -> int:
        """The last minute that may be planned."""
        return self.prime_minutes + self.most_overtime


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when a case is done, minutes from opening."""

    case: str
    room: str
    start: int


@dataclass(frozen=True, slots=True)
class DayList:
    """The list, which cases are left out, what it costs, and what no list costs less than."""

    status: Status
    slots: tuple[Slot, ...]
    left_out: tuple[str, ...]
    cost: int
    bound: int


def plan_day(
    problem: DayProblem,
    *,
    seed: int = 0,
    rounds: int = 500,
    start: Sequence[Slot] = (),
    go_on: Callable[[], bool] = lambda: True,
) -> DayList:
    """The best list found in so many rounds; the same for the same seed.

    Args:
        start: a list to begin with, such as another planner's; what is not on the grid of starts is placed anew.
    """
    if not problem.cases:
        return DayList("empty", (), (), 0, 0)
    surgeons = {name: len(problem.rooms) + n for n, name in enumerate(sorted({c.surgeon for c in problem.cases}))}
    places = [_places(problem, case) for case in problem.cases]
    picks = tuple(
        tuple(
            Pick(problem.cost(case, at), _uses(problem, case, room, at, surgeons[case.surgeon])) for room, at in found
        )
        for case, found in zip(problem.cases, places, strict=True)
    )
    slots = -(-(problem.closes + problem.turnover) // GRAIN) + 1
    free = np.ones((len(problem.rooms) + len(surgeons), slots), dtype=np.int64)
    out = tuple(problem.missed(case) for case in problem.cases)
    known = {slot.case: (problem.rooms.index(slot.room), slot.start) for slot in start}
    begun = [
        found.index(known[case.id]) if known.get(case.id) in found else None
        for case, found in zip(problem.cases, places, strict=True)
    ]
    chosen = choose(ChoiceProblem(picks, out, free), seed=seed, rounds=rounds, start=begun, go_on=go_on)
    done, left = [], []
    for case, found, index in zip(problem.cases, places, chosen.picks, strict=True):
        if index is None:
            left.append(case.id)
        else:
            done.append(Slot(case.id, problem.rooms[found[index][0]], found[index][1]))
    return DayList(chosen.status, tuple(done), tuple(left), chosen.cost, chosen.bound)


def _places(problem: DayProblem, case: ListCase) -> list[tuple[int, int]]:
    """Every room and start, the cheapest first."""
    starts = range(0, problem.closes - case.minutes + 1, STEP)
    found = [(room, at) for at in starts for room in range(len(problem.rooms))]
    return sorted(found, key=lambda place: problem.cost(case, place[1]))


def _uses(problem: DayProblem, case: ListCase, room: int, at: int, surgeon: int) -> tuple[Use, ...]:
    first, last = at // GRAIN, -(-(at + case.minutes) // GRAIN)
    turned = -(-(at + case.minutes + problem.turnover) // GRAIN)
    return (Use((room,), first, turned), Use((surgeon,), first, last))


def violations(problem: DayProblem, slots: Sequence[Slot]) -> list[str]:
    """What is wrong with a list, whoever made it; empty when nothing is."""
    cases = {case.id: case for case in problem.cases}
    found = []
    for n, one in enumerate(slots):
        case = cases[one.case]
        if one.start < 0 or one.start + case.minutes > problem.closes:
            found.append(f"{one.case} is not within the day")
        for other in slots[:n]:
            gap = problem.turnover if one.room == other.room else 0
            if one.room != other.room and case.surgeon != cases[other.case].surgeon:
                continue
            if (
                one.start < other.start + cases[other.case].minutes + gap
                and other.start < one.start + case.minutes + gap
            ):
                found.append(f"{one.case} and {other.case} are at the same time")
    return found
