"""Search that can be stopped at any time: chains that cool down, race each other and meet, until the budget is up."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import isinf
from typing import Protocol, Self, TypeVar

Progress = Callable[[], float]
"""The share of the budget that is used up, from 0; a search stops at 1."""


def by_steps(steps: int) -> Progress:
    """A budget of so many questions asked: the same seed then gives the same result on any machine."""
    if steps < 1:
        raise ValueError(f"steps={steps} must be at least 1")
    asked = iter(range(steps + 1))
    return lambda: next(asked, steps) / steps


def by_clock(seconds: float, elapsed: Callable[[], float]) -> Progress:
    """A budget of time, in seconds of a clock that is handed in."""
    if seconds <= 0:
        raise ValueError(f"seconds={seconds} must be above 0")
    return lambda: elapsed() / seconds


def cooled(start: float, end: float, progress: float) -> float:
    """The heat at a share of the budget, falling by equal factors from `start` to `end` (cost units)."""
    return float(start * (end / start) ** min(max(progress, 0.0), 1.0))


def reheated(start: float, again: float, end: float, progress: float, spells: int) -> float:
    """The heat when the budget is cut into equal spells that each cool down.

    The first half of them begin at `start`, which forgets where the search was; the others at `again`.
    """
    spell = spell_of(progress, spells)
    return cooled(start if fresh(spell, spells) else again, end, progress * spells - spell)


def spell_of(progress: float, spells: int) -> int:
    """The spell at a share of the budget, from 0."""
    return min(int(max(progress, 0.0) * spells), spells - 1)


def fresh(spell: int, spells: int) -> bool:
    """Whether a spell forgets where the search was."""
    return 2 * spell < spells


class Chain(Protocol):
    """One line of search. It knows its plan, and the best one it has met."""

    def step(self, progress: float) -> None:
        """Search for a short stretch, as hot as fits the share of the budget used."""

    def best_cost(self) -> float:
        """The cost of the best plan so far; infinite before there is one."""

    def adopt(self, other: Self) -> None:
        """Go on from where another chain is."""


C = TypeVar("C", bound=Chain)

MEETINGS = (0.5, 0.65, 0.8, 0.9)
"""Shares of the budget at which chains that fell behind go on from the best one."""


def race(chains: Sequence[C], progress: Progress, meetings: Sequence[float] = MEETINGS) -> C:
    """Let all chains search until the budget is up, each in a thread of its own; give the one with the best plan.

    With a budget in steps, hand in one chain: several would share the steps in an order that is not repeatable.
    """
    if not chains:
        raise ValueError("a search needs at least one chain")
    if len(chains) == 1:
        _walk(chains[0], progress, 1.0)
        return chains[0]
    for until in (*meetings, 1.0):
        with ThreadPoolExecutor(len(chains)) as pool:
            list(pool.map(lambda chain, until=until: _walk(chain, progress, until), chains))
        leader = min(chains, key=lambda chain: chain.best_cost())
        for chain in chains:
            if until < 1.0 and chain is not leader and not isinf(leader.best_cost()):
                chain.adopt(leader)
    return min(chains, key=lambda chain: chain.best_cost())


def _walk(chain: C, progress: Progress, until: float) -> None:
    while (share := progress()) < until:
        chain.step(share)
