"""Moves of patients: a wish for one or two of them, tried, and taken back unless it costs at most `slack` more.

A wish is a row of `state.wish`: patient, day (-1 is out of the plan), room, theatre.
"""

from evals.benchmarks.ihtc.arrays import SLACK, Data, State
from evals.benchmarks.ihtc.chance import chance, one_of
from evals.benchmarks.ihtc.compiled import compiled
from evals.benchmarks.ihtc.state import over, place

TRIES = 4
"""Draws until one fits, before a move makes do with the last."""


@compiled
def trouble(data: Data, state: State, p: int, day: int, r: int, theatre: int) -> int:
    """Hard units a patient, who is left out at this moment, would add; -1 when there is no place at all."""
    surgeon, minutes = data.surgeon[p], data.minutes[p]
    units = over(state.surgeon_used[surgeon, day] + minutes, data.surgeon_minutes[surgeon, day])
    units += over(state.theatre_used[theatre, day] + minutes, data.theatre_minutes[theatre, day])
    other = 1 - data.gender[p]
    for d in range(day, min(day + data.stay[p], data.days)):
        count = state.lying_count[r, d]
        if count >= data.capacity[r]:
            if count >= data.capacity[r] + SLACK:
                return -1
            units += 1
        if state.genders[r, d, other] > 0:
            units += 1
    return units


@compiled
def some_day(data: Data, state: State, p: int) -> int:
    """A day of the patient's window, rather one on which her surgeon works."""
    day = 0
    for _ in range(TRIES):
        day = data.release[p] + one_of(state, data.due[p] - data.release[p] + 1)
        if data.surgeon_minutes[data.surgeon[p], day] >= data.minutes[p]:
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
        new_room = data.rooms[p, one_of(state, data.room_count[p])]
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
    wish(state, 0, p, state.day[q], state.room[q], state.theatre[q])
    if kind > 0.7:
        day = some_day(data, state, q)
        wish(state, 1, q, day, data.rooms[q, one_of(state, data.room_count[q])], some_theatre(data, state, q, day))
    else:
        wish(state, 1, q, state.day[p], state.room[p], state.theatre[p])
    return 2


@compiled
def suits(data: Data, state: State, i: int) -> bool:
    """Whether what is wished lies in the patient's window and the room is right for her."""
    p, day, r = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2]
    if day < 0:
        return bool(not data.mandatory[p])
    return bool(data.release[p] <= day and day <= data.due[p] and data.suits[p, r])


@compiled
def attempt(data: Data, state: State, count: int, hard_weight: float, slack: float, bold: float) -> None:
    """Do what is wished; take it back if it breaks something (unless bold) or costs too much."""
    for i in range(count):
        if not suits(data, state, i):
            return
    try_it, fine = chance(state) < bold, True
    before = state.total[0] + hard_weight * state.total[1]
    for i in range(count):
        p = state.wish[i, 0]
        state.former[i, 0], state.former[i, 1] = p, state.day[p]
        state.former[i, 2], state.former[i, 3] = state.room[p], state.theatre[p]
    for round in range(2):
        for half in range(2 * count):
            wanted = state.wish if round == 0 else state.former
            i = half % count
            p, day, sign = wanted[i, 0], state.day[wanted[i, 0]], -1
            if half >= count:
                day, sign = wanted[i, 1], 1
                if day >= 0 and fine and round == 0:
                    units = trouble(data, state, p, day, wanted[i, 2], wanted[i, 3])
                    fine = units == 0 or (units > 0 and try_it)
                if not fine and round == 0:
                    continue
            if day >= 0:
                place(data, state, p, day, wanted[i, 2], wanted[i, 3], sign)
        if fine and state.total[0] + hard_weight * state.total[1] - before <= slack:
            return
        fine = True
