"""The shared search: never over what there is, never worse than its start, the best where that can be shown."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospital.planning.choose import ChoiceProblem, Chosen, Pick, Use, choose
from hospital.planning.day_list import DayProblem, ListCase, Slot, plan_day, violations
from hospital.planning.day_model import model_day

USE = st.builds(
    lambda row, first, length: Use((row,), first, first + length),
    st.integers(0, 1),
    st.integers(0, 4),
    st.integers(1, 3),
)
PICKS = st.lists(st.builds(lambda cost, use: Pick(cost, (use,)), st.integers(0, 90), USE), max_size=4).map(
    lambda picks: tuple(sorted(picks, key=lambda pick: pick.cost))
)
PROBLEMS = st.lists(st.tuples(PICKS, st.integers(50, 150)), min_size=1, max_size=4).map(
    lambda wants: ChoiceProblem(
        tuple(picks for picks, _ in wants), tuple(out for _, out in wants), np.ones((2, 8), dtype=np.int64)
    )
)


def cost_of(problem: ChoiceProblem, picks: tuple[int | None, ...]) -> int | None:
    """The cost of an answer, or None when it takes more than there is."""
    left, total = problem.free.copy(), 0
    for want, index in enumerate(picks):
        if index is None:
            total += problem.out[want]
            continue
        pick = problem.picks[want][index]
        total += pick.cost
        for use in pick.uses:
            left[use.among[0], use.first : use.last] -= use.amount
    return None if left.min() < 0 else total


def best_of_all(problem: ChoiceProblem) -> int:
    """By trying everything."""
    answers = product(*((None, *range(len(picks))) for picks in problem.picks))
    return min(cost for answer in answers if (cost := cost_of(problem, answer)) is not None)


@settings(max_examples=60)
@given(PROBLEMS)
def test_an_answer_fits_costs_what_it_says_and_is_the_best_of_all(problem: ChoiceProblem) -> None:
    found = choose(problem, rounds=300)
    assert cost_of(problem, found.picks) == found.cost
    assert found.bound <= found.cost == best_of_all(problem)
    assert found == choose(problem, rounds=300)


def test_a_better_beginning_is_kept_and_an_early_end_gives_the_best_so_far() -> None:
    use = Use((0,), 0, 2)
    problem = ChoiceProblem(
        ((Pick(5, (use,)), Pick(9, (Use((0,), 4, 6),))), (Pick(1, (use,)),)),
        (50, 40),
        np.ones((1, 8), dtype=np.int64),
    )
    stopped: Chosen = choose(problem, start=(1, 0), go_on=lambda: False)
    assert (stopped.picks, stopped.cost, stopped.rounds) == ((1, 0), 10, 0)


def test_picks_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        ChoiceProblem(((Pick(5, ()), Pick(1, ())),), (9,), np.ones((1, 1), dtype=np.int64))


CASES = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(6, 40)), min_size=1, max_size=9)


@settings(max_examples=20)
@given(CASES, st.integers(1, 3))
def test_a_days_list_never_has_a_room_or_a_surgeon_twice(drawn: list[tuple[str, int]], rooms: int) -> None:
    cases = tuple(ListCase(f"C{n}", who, minutes * 5) for n, (who, minutes) in enumerate(drawn))
    problem = DayProblem(cases, tuple(f"R{n}" for n in range(rooms)))
    found = plan_day(problem, rounds=30)
    assert violations(problem, found.slots) == []
    assert {slot.case for slot in found.slots} | set(found.left_out) == {case.id for case in cases}
    again = plan_day(problem, rounds=30, start=found.slots)
    assert again.cost <= found.cost


def test_a_list_with_two_cases_at_once_is_seen() -> None:
    problem = DayProblem((ListCase("A", "S", 60), ListCase("B", "S", 60)), ("R1", "R2"))
    assert violations(problem, (Slot("A", "R1", 0), Slot("B", "R2", 30)))
    assert plan_day(DayProblem((), ("R1",))).status == "empty"


def test_a_list_from_the_whole_model_is_valid_and_improving_it_never_makes_it_dearer() -> None:
    cases = tuple(ListCase(f"C-{n}", f"S-{n % 4}", 45 + 17 * n) for n in range(12))
    problem = DayProblem(cases, ("R1", "R2", "R3"))
    start = model_day(problem, seconds=0.5)
    by_id = {case.id: case for case in cases}
    given = {slot.case for slot in start}
    cost = sum(problem.cost(by_id[slot.case], slot.start) for slot in start)
    cost += sum(problem.missed(case) for case in cases if case.id not in given)
    better = plan_day(problem, start=start, rounds=60)
    assert start
    assert not violations(problem, start)
    assert not violations(problem, better.slots)
    assert better.cost <= cost
