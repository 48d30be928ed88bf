"""Moves of patients: what is wished for one or two of them."""

from evals.benchmarks.ihtc.arrays import Data, State
from evals.benchmarks.ihtc.chance import chance, one_of
from evals.benchmarks.ihtc.compiled import compiled

TRIES = 4
"""Draws until one fits, before a move makes do with the last."""

OWN_ROOM = 0.5
"""How often those who change days do not change rooms with each other."""


@compiled
def some_day(data: Data, state: State, p: int) -> int:
    """A day of the patient's window, rather one on which her surgeon works."""
    day = 0
    for _ in range(TRIES):
        day = data.release[p] + one_of(state, data.due[p] - data.release[p] + 1)
        surgeon = data.surgeon[p]
        free = data.surgeon_minutes[surgeon, day] - state.surgeon_used[surgeon, day]
        if free >= data.minutes[p] or (day == state.day[p] and data.surgeon_minutes[surgeon, day] >= data.minutes[p]):
            break
    return day


@compiled
def some_theatre(data: Data, state: State, p: int, day: int) -> int:
    """A theatre, rather one that has the time left that day."""
    theatre = 0
    for _ in range(TRIES):
        theatre = one_of(state, len(data.theatre_minutes))
        if state.theatre_used[theatre, day] + data.minutes[p] <= data.theatre_minutes[theatre, day]:
            break
    return theatre


@compiled
def some_room(data: Data, state: State, p: int, day: int) -> int:
    """A room that suits, rather one with a bed and nobody of the other gender that day."""
    r = 0
    for _ in range(TRIES):
        r = data.rooms[p, one_of(state, data.room_count[p])]
        if state.lying_count[r, day] < data.capacity[r] and state.genders[r, day, 1 - data.gender[p]] == 0:
            break
    return r


@compiled
def wish(state: State, i: int, p: int, day: int, r: int, theatre: int) -> None:
    """Note what is wanted."""
    state.wish[i, 0], state.wish[i, 1], state.wish[i, 2], state.wish[i, 3] = p, day, r, theatre


@compiled
def relocate(data: Data, state: State) -> int:
    """Wish another day, room or theatre for one patient, in or out of the plan; how many wishes."""
    p, kind = one_of(state, data.patients), chance(state)
    day, r, theatre = state.day[p], state.room[p], state.theatre[p]
    out = day < 0
    if not out and kind < 0.1:
        wish(state, 0, p, -1, r, theatre)
        return 0 if data.mandatory[p] else 1
    new_day, new_room, new_theatre = day, r, theatre
    if out or kind < 0.7:
        new_day = some_day(data, state, p)
    if out or kind < 0.4 or kind >= 0.75:
        new_room = some_room(data, state, p, new_day)
    if out or new_day != day or 0.7 <= kind < 0.75:
        new_theatre = some_theatre(data, state, p, new_day)
    wish(state, 0, p, new_day, new_room, new_theatre)
    return 0 if new_day == day and new_room == r and new_theatre == theatre else 1


@compiled
def exchange(data: Data, state: State) -> int:
    """Wish that two patients change rooms, or places; or that one takes a place whose owner seeks another."""
    p, q, kind = one_of(state, data.patients), one_of(state, data.patients), chance(state)
    if kind > 0.3:
        for _ in range(TRIES):
            if data.surgeon[p] == data.surgeon[q] and p != q:
                break
            q = one_of(state, data.patients)
    if state.day[q] < 0:
        p, q = q, p
    if p == q or state.day[q] < 0:
        return 0
    if kind < 0.3 and state.day[p] >= 0:
        wish(state, 0, p, state.day[p], state.room[q], state.theatre[p])
        wish(state, 1, q, state.day[q], state.room[p], state.theatre[q])
        return 2
    room_p, room_q = state.room[q], state.room[p]
    if chance(state) < OWN_ROOM:
        room_p = some_room(data, state, p, state.day[q])
        if state.day[p] >= 0 and chance(state) < 0.5:
            room_p = state.room[p]
        room_q = state.room[q]
    wish(state, 0, p, state.day[q], room_p, state.theatre[q])
    if kind > 0.7:
        day = some_day(data, state, q)
        wish(state, 1, q, day, some_room(data, state, q, day), some_theatre(data, state, q, day))
    else:
        wish(state, 1, q, state.day[p], room_q, state.theatre[p])
    return 2
