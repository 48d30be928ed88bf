"""A move of patients that pushes whoever is in the way into another room, and whoever is in the way there back."""

from evals.benchmarks.ihtc.arrays import Data, State
from evals.benchmarks.ihtc.chance import chance, one_of
from evals.benchmarks.ihtc.compiled import compiled
from evals.benchmarks.ihtc.moves import some_day, some_theatre, wish

SAME_DAY = 0.7
"""How often the patient who begins it only changes rooms."""


@compiled
def wished(state: State, count: int, e: int) -> bool:
    """Whether somebody is among the first wishes."""
    found = False
    for i in range(count):
        found |= state.wish[i, 0] == e
    return found


@compiled
def push(data: Data, state: State) -> int:
    """Wish a room for one patient, and the other of two rooms for all in the way; how many wishes, 0 if too many."""
    p = one_of(state, data.patients)
    day, other, theatre = state.day[p], state.room[p], state.theatre[p]
    r = data.rooms[p, one_of(state, data.room_count[p])]
    if day < 0 or chance(state) > SAME_DAY:
        day = some_day(data, state, p)
        theatre = some_theatre(data, state, p, day)
        if state.day[p] < 0 or r == other:
            other = one_of(state, len(data.capacity))
    if r == other:
        return 0
    wish(state, 0, p, day, r, theatre)
    count, done = 1, 0
    while done < count:
        e, since, into = state.wish[done, 0], state.wish[done, 1], state.wish[done, 2]
        away = other if into == r else r
        done += 1
        for d in range(since, min(since + data.stay[e], data.days)):
            beds = data.capacity[into]
            for i in range(count):
                q = state.wish[i, 0]
                first = state.wish[i, 1]
                beds -= state.wish[i, 2] == into and first <= d and d < first + data.stay[q]
            for i in range(state.listed[into, d]):
                q = state.lying[into, d, i]
                if wished(state, count, q):
                    continue
                if data.gender[q] == data.gender[e] and beds > 0:
                    beds -= 1
                    continue
                if q >= data.patients or count == len(state.wish) or not data.suits[q, away]:
                    return 0
                wish(state, count, q, state.day[q], away, state.theatre[q])
                count += 1
    return count
