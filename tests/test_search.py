"""Search that can be stopped at any time."""

import math
from random import Random

import pytest

from hospital.planning.search import by_clock, by_steps, cooled, fresh, race, reheated, spell_of


class Walker:
    """Looks for the lowest point of a bumpy line by random steps."""

    def __init__(self, seed: int) -> None:
        self.random, self.at, self.best, self.seen = Random(seed), 50, math.inf, 0
        self.shares: list[float] = []

    def step(self, progress: float) -> None:
        self.shares.append(progress)
        other = self.at + self.random.choice((-3, -1, 1, 3))
        worse = (other * other + other % 7) - (self.at * self.at + self.at % 7)
        if worse <= 0 or self.random.random() < math.exp(-worse / cooled(50, 0.1, progress)):
            self.at = other
        self.best = min(self.best, self.at * self.at + self.at % 7)

    def best_cost(self) -> float:
        return self.best

    def adopt(self, other: "Walker") -> None:
        self.at, self.best, self.seen = other.at, other.best, self.seen + 1


def test_the_same_seed_and_steps_give_the_same_result() -> None:
    one, two = (race([Walker(3)], by_steps(400)) for _ in range(2))
    assert one.best_cost() == two.best_cost() == 0
    assert one.shares == two.shares
    assert len(one.shares) <= 400


def test_a_search_ends_when_the_clock_says_so_and_chains_meet() -> None:
    ticks = iter(range(10_000))
    chains = [Walker(1), Walker(2)]
    best = race(chains, by_clock(200.0, lambda: float(next(ticks))))
    assert best.best_cost() == min(chain.best_cost() for chain in chains)
    assert 1 <= sum(chain.seen for chain in chains) <= 4
    assert max(share for chain in chains for share in chain.shares) < 1


def test_heat_falls_by_equal_factors_and_stays_within_its_ends() -> None:
    assert cooled(100, 1, 0.5) == pytest.approx(10)
    assert cooled(100, 1, -1) == 100
    assert cooled(100, 1, 2) == pytest.approx(1)


def test_a_budget_cut_into_spells_cools_down_in_each_and_forgets_in_the_first_half_only() -> None:
    assert [spell_of(share, 4) for share in (-0.1, 0, 0.24, 0.25, 0.8, 1.0)] == [0, 0, 0, 1, 3, 3]
    assert [fresh(spell, 4) for spell in range(4)] == [True, True, False, False]
    assert [fresh(spell, 3) for spell in range(3)] == [True, True, False]
    heats = [reheated(100, 10, 1, share, 2) for share in (0, 0.25, 0.5, 0.75, 1.0)]
    assert heats == [pytest.approx(heat) for heat in (100, 10, 10, 10**0.5, 1)]
    assert reheated(100, 10, 1, 0.5, 1) == cooled(100, 1, 0.5)


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_budget_must_be_positive(wrong: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        by_steps(wrong)
    with pytest.raises(ValueError, match="must be"):
        by_clock(wrong, lambda: 0.0)
    with pytest.raises(ValueError, match="at least one chain"):
        race([], by_steps(1))
