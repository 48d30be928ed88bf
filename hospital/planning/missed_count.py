"""How many of several visits will be missed: the distribution of a sum of independent chances."""

from collections.abc import Sequence

import numpy as np

from hospital.planning.series import Array


def missed_counts(chances: Sequence[float]) -> Array:
    """P(exactly k are missed) for k = 0..n (Poisson-binomial).

    Raises:
        ValueError: for a chance that is not between 0 and 1.
    """
    result: Array = np.ones(1)
    for chance in chances:
        if not 0 <= chance <= 1:
            raise ValueError(f"chance={chance} must be between 0 and 1")
        result = np.convolve(result, [1 - chance, chance])
    return result


def count_at(counts: Array, share: float) -> int:
    """The least number of missed visits that is not passed with probability `share`."""
    return int(np.searchsorted(np.cumsum(counts), share - 1e-12))
