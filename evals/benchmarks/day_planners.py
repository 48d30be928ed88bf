"""Who plans a day's list in `wardline bench days`: first come first served, CP-SAT alone, and ours."""

import time
from collections.abc import Callable

from hospital.planning.day_list import STEP, DayProblem, ListCase, Slot, plan_day
from hospital.planning.day_model import model_day

Planner = Callable[[DayProblem, int], tuple[Slot, ...]]


def first_come(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """Each case, as they were asked for, gets the earliest start left in any room; the seed changes nothing."""
    slots: list[Slot] = []
    cases = {case.id: case for case in problem.cases}
    for case in problem.cases:
        starts = range(0, problem.closes - case.minutes + 1, STEP)
        place = next(
            ((room, at) for at in starts for room in problem.rooms if _fits(problem, cases, slots, case, room, at)),
            None,
        )
        if place is not None:
            slots.append(Slot(case.id, *place))
    return tuple(slots)


def _fits(
    problem: DayProblem, cases: dict[str, ListCase], slots: list[Slot], case: ListCase, room: str, at: int
) -> bool:
    for slot in slots:
        other = cases[slot.case]
        gap = problem.turnover if slot.room == room else 0
        if slot.room != room and other.surgeon != case.surgeon:
            continue
        if at < slot.start + other.minutes + gap and slot.start < at + case.minutes + gap:
            return False
    return True


SECONDS = 1.0
"""What CP-SAT and ours may each take for a day, by the clock; first come first served takes none to speak of."""
FIRST = 0.6
"""The share of it after which ours stops modelling and improves what it has."""

ROUNDS = 300
"""Rounds over which the search cools down; about what fits into the rest of the time."""


def cp_sat(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """One model of the whole day with the same costs, the best found within the limit; not improved."""
    return model_day(problem, seconds=SECONDS, seed=seed)


def ours(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """The same model for a part of the time, then large-neighbourhood search for the rest of it."""
    until = time.monotonic() + SECONDS
    start = model_day(problem, seconds=FIRST * SECONDS, seed=seed)
    return plan_day(problem, seed=seed, start=start, rounds=ROUNDS, go_on=lambda: time.monotonic() < until).slots


PLANNERS: dict[str, Planner] = {
    "first come first served": first_come,
    "CP-SAT alone": cp_sat,
    "ours": ours,
}
