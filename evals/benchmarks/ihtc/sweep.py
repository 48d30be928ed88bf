"""Many moves at one temperature, with the best plan without violations kept."""

from math import log
from typing import NamedTuple

import numpy as np

from evals.benchmarks.ihtc.arrays import Array, Data, State
from evals.benchmarks.ihtc.attempt import attempt
from evals.benchmarks.ihtc.chance import chance
from evals.benchmarks.ihtc.compiled import entry
from evals.benchmarks.ihtc.moves import exchange, relocate
from evals.benchmarks.ihtc.nurses import another_nurse, attempt_care, same_nurse, swap_nurses
from evals.benchmarks.ihtc.push import push

RELOCATE, PUSH = 0.55, 0.1
"""The shares of patient moves that move one only, and that push others out of the way; the rest exchanges two."""
ONE_NURSE = 0.57
"""The share of nurse moves that change one nurse only."""
SAME_NURSE = 0.07
"""The share of the other nurse moves that keep a nurse with one person."""


class Best(NamedTuple):
    """The best plan without violations; `cost[0]` is its soft cost."""

    day: Array
    room: Array
    theatre: Array
    nurse: Array
    cost: Array


def no_best(state: State) -> Best:
    """Nothing found yet."""
    cost = np.full(1, np.iinfo(np.int64).max)
    return Best(state.day.copy(), state.room.copy(), state.theatre.copy(), state.nurse.copy(), cost)


@entry
def sweep(
    data: Data, state: State, best: Best, moves: int, heat: float, hard_weight: float, bold: float, care: float
) -> None:
    """Try so many moves; a worse one is taken with probability exp(-worse / heat).

    Args:
        hard_weight: soft cost of one hard unit.
        bold: how often a move that breaks a hard constraint is tried at all.
        care: the share of moves that are about nurses.
    """
    for _ in range(moves):
        slack, kind = -heat * log(1.0 - chance(state)), chance(state)
        if kind >= care:
            which = chance(state)
            if which < RELOCATE:
                count = relocate(data, state)
            elif which < RELOCATE + PUSH:
                count = push(data, state)
            else:
                count = exchange(data, state)
            attempt(data, state, count, hard_weight, slack, bold)
        elif kind < ONE_NURSE * care:
            another_nurse(data, state, slack)
        elif chance(state) < SAME_NURSE:
            attempt_care(data, state, same_nurse(data, state), slack)
        else:
            swap_nurses(data, state, slack)
        if state.total[1] == 0 and state.total[0] < best.cost[0]:
            best.cost[0] = state.total[0]
            for e in range(len(state.day)):
                best.day[e], best.room[e], best.theatre[e] = state.day[e], state.room[e], state.theatre[e]
            for r in range(state.nurse.shape[0]):
                for s in range(state.nurse.shape[1]):
                    best.nurse[r, s] = state.nurse[r, s]
