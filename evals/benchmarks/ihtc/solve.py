"""An instance in, the best solution found in the time out: by annealing, and for small ones with a proof."""

from collections.abc import Callable
from dataclasses import dataclass

from evals.benchmarks.ihtc.instance import Instance
from evals.benchmarks.ihtc.scorer import score
from evals.benchmarks.ihtc.solution import Solution

PROVABLE = 30
"""Patients up to which the whole problem goes into one exact model after a short search."""
SEARCH_SHARE = 0.15
"""The share of the time that small instances are searched before the exact model."""
SPARE = 0.5
"""Seconds kept for scoring and writing."""


@dataclass(frozen=True, slots=True)
class Solved:
    """The best solution, whether nothing better exists, and the method that found it."""

    solution: Solution
    proven: bool
    method: str


def solve(
    instance: Instance, seconds: float, elapsed: Callable[[], float], threads: int = 2, seed: int = 1
) -> Solved:
    """Search until `elapsed` says that the seconds are over.

    Args:
        elapsed: seconds since the budget began; loading and compiling count.
        threads: chains of the search, and workers of the exact model.
        seed: of the first chain; the others have the ones after it.
    """
    from evals.benchmarks.ihtc.chain import IhtcChain  # compiles: imported where it is used
    from hospital.planning.search import by_clock, race

    small = len(instance.patients) <= PROVABLE
    until = max(seconds - SPARE, seconds * 0.9) * (SEARCH_SHARE if small else 1.0)
    chains = [IhtcChain(instance, seed + number) for number in range(threads)]
    chains[0].step(0.0)  # compiles, so that the others need not
    best = race(chains, by_clock(until, elapsed)).solution()
    if small:
        from evals.benchmarks.ihtc.exact import Exact

        model = Exact(instance)
        found, proven = model.solve(best, max(seconds - SPARE - elapsed(), 0.1), threads)
        if found is not None and (proven or _rank(instance, found) < _rank(instance, best)):
            return Solved(found, proven, "CP-SAT after annealing")
    return Solved(best, False, "annealing")


def _rank(instance: Instance, solution: Solution) -> tuple[int, int]:
    counted = score(instance, solution)
    return counted.broken, counted.cost
