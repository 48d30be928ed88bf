"""Count surgery and beds in and out: every count and total is true after each call."""

from evals.benchmarks.ihtc.arrays import (
    AGE,
    DELAY,
    THEATRE,
    TRANSFER,
    UNSCHEDULED,
    WORKLOAD,
    Array,
    Data,
    State,
)
from evals.benchmarks.ihtc.compiled import compiled

HOUR = 60
"""Minutes of surgery beyond a limit that count like one bed too many; a part of them counts as one."""
LEFT_OUT = 12
"""Hard units of a mandatory patient who is left out."""


@compiled
def spread(counts: Array) -> int:
    """Oldest less youngest of those in the room, 0 when it is empty."""
    low, high = -1, -1
    for age in range(len(counts)):
        if counts[age] > 0:
            high = age
            if low < 0:
                low = age
    return high - low


@compiled
def over(used: int, limit: int) -> int:
    """Hard units of minutes used beyond a limit."""
    return (used - limit + HOUR - 1) // HOUR if used > limit else 0


@compiled
def surgery(data: Data, state: State, p: int, day: int, theatre: int, sign: int) -> None:
    """Count the surgery of a patient in (sign 1) or out (sign -1)."""
    surgeon, minutes, soft, hard = data.surgeon[p], data.minutes[p], 0, 0
    limit, most = data.surgeon_minutes[surgeon, day], data.theatre_minutes[theatre, day]
    used, occupied = state.surgeon_used[surgeon, day], state.theatre_used[theatre, day]
    hard -= over(used, limit) + over(occupied, most)
    used += sign * minutes
    occupied += sign * minutes
    hard += over(used, limit) + over(occupied, most)
    state.surgeon_used[surgeon, day], state.theatre_used[theatre, day] = used, occupied
    first = 0 if sign > 0 else 1
    if state.surgeon_cases[surgeon, day, theatre] == first:
        theatres = state.surgeon_theatres[surgeon, day]
        state.surgeon_theatres[surgeon, day] = theatres + sign
        soft += data.weight[TRANSFER] * (max(theatres + sign - 1, 0) - max(theatres - 1, 0))
    if state.theatre_cases[theatre, day] == first:
        soft += sign * data.weight[THEATRE]
    state.surgeon_cases[surgeon, day, theatre] += sign
    state.theatre_cases[theatre, day] += sign
    soft += sign * data.weight[DELAY] * (day - data.release[p])
    if data.mandatory[p]:
        hard -= sign * LEFT_OUT
    else:
        soft -= sign * data.weight[UNSCHEDULED]
    state.total[0] += soft
    state.total[1] += hard


@compiled
def beds(data: Data, state: State, e: int, first: int, r: int, sign: int) -> None:
    """Count somebody's bed and load in (sign 1) or out (sign -1) of a room from a day on."""
    soft, hard, excess = 0, 0, 0
    capacity, gender, age, loads, weight = data.capacity[r], data.gender[e], data.age[e], data.load[e], data.weight
    own = 0
    for d in range(first, min(first + data.stay[e], data.days)):
        count, genders, ages = state.lying_count[r, d], state.genders[r, d], state.ages[r, d]
        hard -= max(count - capacity, 0) + min(genders[0], genders[1])
        state.lying_count[r, d] = count + sign
        genders[gender] += sign
        hard += max(count + sign - capacity, 0) + min(genders[0], genders[1])
        many = ages[age]
        if many == 0 or many + sign == 0:
            soft -= spread(ages)
            ages[age] = many + sign
            soft += spread(ages)
        else:
            ages[age] = many + sign
        for s in range(3 * d, 3 * d + 3):
            n, load = state.nurse[r, s], sign * loads[own]
            own += 1
            before = state.excess[s, n]
            state.excess[s, n] = before + load
            state.room_load[r, s] += load
            excess += max(before + load, 0) - max(before, 0)
    state.total[0] += weight[AGE] * soft + weight[WORKLOAD] * excess
    state.total[1] += hard


@compiled
def fits(data: Data, state: State, count: int) -> bool:
    """Whether what is wished breaks nothing, once those who wish have left where they are; nothing is changed."""
    for i in range(count):
        p, day, theatre = state.wish[i, 0], state.wish[i, 1], state.wish[i, 3]
        if day < 0:
            continue
        surgeon = data.surgeon[p]
        used = state.surgeon_used[surgeon, day] - data.surgeon_minutes[surgeon, day]
        occupied = state.theatre_used[theatre, day] - data.theatre_minutes[theatre, day]
        for j in range(count):
            q = state.wish[j, 0]
            minutes = data.minutes[q]
            if state.day[q] == day:
                used -= minutes if data.surgeon[q] == surgeon else 0
                occupied -= minutes if state.theatre[q] == theatre else 0
            if state.wish[j, 1] == day:
                used += minutes if data.surgeon[q] == surgeon else 0
                occupied += minutes if state.wish[j, 3] == theatre else 0
        if used > 0 or occupied > 0 or not bed_free(data, state, count, i):
            return False
    return True


@compiled
def bed_free(data: Data, state: State, count: int, i: int) -> bool:
    """Whether there is a bed, and nobody of the other gender, for what is wished in row `i`."""
    p, day, r = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2]
    other, capacity = 1 - data.gender[p], data.capacity[r]
    for d in range(day, min(day + data.stay[p], data.days)):
        lying, wrong = state.lying_count[r, d], state.genders[r, d, other]
        if lying < capacity and wrong == 0 and count == 1:
            continue
        for j in range(count):
            q = state.wish[j, 0]
            here = 0
            if state.room[q] == r and state.day[q] >= 0 and state.day[q] <= d and d < state.day[q] + data.stay[q]:
                here -= 1
            since = state.wish[j, 1]
            if j != i and state.wish[j, 2] == r and since >= 0 and since <= d and d < since + data.stay[q]:
                here += 1
            lying += here
            wrong += here if data.gender[q] == other else 0
        if lying >= capacity or wrong > 0:
            return False
    return True
