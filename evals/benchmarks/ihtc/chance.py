"""Chance for compiled loops: an xorshift generator whose state lies in the search's own state."""

import numpy as np

from evals.benchmarks.ihtc.arrays import State
from evals.benchmarks.ihtc.compiled import compiled

LEFT, RIGHT, LEFT_AGAIN, KEEP_BITS = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(11)
UNIT = 1.0 / 9007199254740992.0
"""Two to the power of -53."""


@compiled
def chance(state: State) -> float:
    """A number from 0 up to but not including 1."""
    x = state.random[0]
    x ^= x << LEFT
    x ^= x >> RIGHT
    x ^= x << LEFT_AGAIN
    state.random[0] = x
    return float(x >> KEEP_BITS) * UNIT


@compiled
def one_of(state: State, count: int) -> int:
    """An index below `count`."""
    return int(chance(state) * count)
