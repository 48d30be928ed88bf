"""Without a solution: the smallest sets of constraints that would have to give. The one search for all families."""

from collections.abc import Callable, Collection, Iterable
from itertools import combinations

Group = frozenset[str]


def smallest_sets(names: Iterable[str], holds: Callable[[Group], bool], most: int | None = None) -> tuple[Group, ...]:
    """Every set of fewest `names` without which there is a solution; none when no set of up to `most` is enough.

    Sets are tried by size, so that nothing smaller than what is returned would do: with any one of its constraints
    kept there is still no solution. An empty set means that nothing has to give.
    """
    ordered = sorted(set(names))
    for size in range((len(ordered) if most is None else min(most, len(ordered))) + 1):
        found = tuple(group for one in combinations(ordered, size) if holds(group := frozenset(one)))
        if found:
            return found
    return ()


def smallest_of(
    against: Iterable[Collection[str]], never: Collection[str] = (), most: int | None = None
) -> tuple[Group, ...]:
    """The same where each place has its own list of what stands `against` it, and one place is enough.

    What may `never` give counts as standing for good.
    """
    kept = frozenset(never)
    lists = {frozenset(one) for one in against}
    lists = {one for one in lists if not one & kept}
    if not lists:
        return ()
    fewest = min(len(one) for one in lists)
    if most is not None and fewest > most:
        return ()
    return tuple(sorted((one for one in lists if len(one) == fewest), key=sorted))
