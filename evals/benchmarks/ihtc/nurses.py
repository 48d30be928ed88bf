"""Moves of nurses: wishes tried, and taken back unless they cost at most `slack` more.

A wish is a row of `state.care`: room, shift, nurse, and the nurse there was.
"""

from evals.benchmarks.ihtc.arrays import Data, State
from evals.benchmarks.ihtc.care import care_change, set_nurse, swap_change
from evals.benchmarks.ihtc.chance import chance, one_of
from evals.benchmarks.ihtc.compiled import compiled

NEAR = 0.5
"""How often a nurse is sought in the same room nearby."""
SPAN = 9
"""Shifts before and after that are nearby."""


@compiled
def another_nurse(data: Data, state: State, slack: float) -> None:
    """Another nurse for one occupied room in one shift, rather one whom the room has in a shift nearby."""
    r, s = one_of(state, len(data.capacity)), one_of(state, 3 * data.days)
    if state.listed[r, s // 3] == 0:
        return
    new = data.on_shift[s, one_of(state, data.on_count[s])]
    if chance(state) < NEAR:
        near = s + one_of(state, 2 * SPAN + 1) - SPAN
        if near >= 0 and near < 3 * data.days and data.works[s, state.nurse[r, near]]:
            new = state.nurse[r, near]
    if new != state.nurse[r, s] and care_change(data, state, r, s, new) <= slack:
        set_nurse(data, state, r, s, new)


@compiled
def swap_nurses(data: Data, state: State, slack: float) -> None:
    """Two rooms change nurses in one shift."""
    s = one_of(state, 3 * data.days)
    r, other = one_of(state, len(data.capacity)), one_of(state, len(data.capacity))
    a, b = state.nurse[r, s], state.nurse[other, s]
    if a != b and swap_change(data, state, r, other, s) <= slack:
        for half in range(2):
            set_nurse(data, state, r if half == 0 else other, s, b if half == 0 else a)


@compiled
def same_nurse(data: Data, state: State) -> int:
    """Wish one nurse for a room in all her shifts while one person lies there; how many wishes."""
    r, d = one_of(state, len(data.capacity)), one_of(state, data.days)
    if state.listed[r, d] == 0:
        return 0
    e = state.lying[r, d, one_of(state, state.listed[r, d])]
    s = 3 * d + one_of(state, 3)
    n, count, care = data.on_shift[s, one_of(state, data.on_count[s])], 0, state.care
    for shift in range(3 * state.day[e], 3 * min(state.day[e] + data.stay[e], data.days)):
        if data.works[shift, n] and state.nurse[r, shift] != n:
            care[count, 0], care[count, 1], care[count, 2] = r, shift, n
            care[count, 3] = state.nurse[r, shift]
            count += 1
    return count


@compiled
def attempt_care(data: Data, state: State, count: int, slack: float) -> None:
    """Do what is wished; take it back if it costs too much."""
    before = state.total[0]
    for column in range(2, 4):
        for i in range(count):
            set_nurse(data, state, state.care[i, 0], state.care[i, 1], state.care[i, column])
        if state.total[0] - before <= slack:
            return
