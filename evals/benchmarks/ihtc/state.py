"""Put somebody in, take somebody out, give a room another nurse: each keeps every count and total true."""

from evals.benchmarks.ihtc.arrays import (
    AGE,
    CONTINUITY,
    DELAY,
    SKILL,
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
    limit, room = data.surgeon_minutes[surgeon, day], data.theatre_minutes[theatre, day]
    hard -= over(state.surgeon_used[surgeon, day], limit) + over(state.theatre_used[theatre, day], room)
    state.surgeon_used[surgeon, day] += sign * minutes
    state.theatre_used[theatre, day] += sign * minutes
    hard += over(state.surgeon_used[surgeon, day], limit) + over(state.theatre_used[theatre, day], room)
    cases, open_before = state.surgeon_cases[surgeon, day], state.theatre_cases[theatre, day] > 0
    theatres_before, theatres_after = 0, 0
    for t in range(len(cases)):
        theatres_before += cases[t] > 0
    cases[theatre] += sign
    for t in range(len(cases)):
        theatres_after += cases[t] > 0
    state.theatre_cases[theatre, day] += sign
    transfers = max(theatres_after - 1, 0) - max(theatres_before - 1, 0)
    soft += data.weight[TRANSFER] * transfers
    soft += data.weight[THEATRE] * ((state.theatre_cases[theatre, day] > 0) - open_before)
    soft += sign * data.weight[DELAY] * (day - data.release[p])
    if data.mandatory[p]:
        hard -= sign * LEFT_OUT
    else:
        soft -= sign * data.weight[UNSCHEDULED]
    state.total[0] += soft
    state.total[1] += hard


@compiled
def crowding(data: Data, state: State, r: int, d: int) -> int:
    """Hard units of a room on a day: people beyond its beds, and those of the rarer gender."""
    genders = state.genders[r, d]
    return int(max(state.lying_count[r, d] - data.capacity[r], 0) + min(genders[0], genders[1]))


@compiled
def lay(data: Data, state: State, e: int, first: int, r: int, sign: int) -> None:
    """Count somebody in (sign 1) or out of (sign -1) a room from a day on, with all that nurses have to do."""
    soft, hard = 0, 0
    cared, needed, loads = state.cared[e], data.skill[e], data.load[e]
    for d in range(first, min(first + data.stay[e], data.days)):
        hard -= crowding(data, state, r, d)
        soft -= data.weight[AGE] * spread(state.ages[r, d])
        count = state.lying_count[r, d]
        if sign > 0:
            state.lying[r, d, count] = e
        else:
            there = state.lying[r, d]
            for i in range(count):
                if there[i] == e:
                    there[i] = there[count - 1]
                    break
        state.lying_count[r, d] = count + sign
        state.genders[r, d, data.gender[e]] += sign
        state.ages[r, d, data.age[e]] += sign
        hard += crowding(data, state, r, d)
        soft += data.weight[AGE] * spread(state.ages[r, d])
        for s in range(3 * d, 3 * d + 3):
            n, own = state.nurse[r, s], s - 3 * first
            most, before = data.max_load[n, s], state.nurse_load[n, s]
            after = before + sign * loads[own]
            state.nurse_load[n, s] = after
            state.room_load[r, s] += sign * loads[own]
            soft += data.weight[WORKLOAD] * (max(after - most, 0) - max(before - most, 0))
            soft += sign * data.weight[SKILL] * max(needed[own] - data.nurse_skill[n], 0)
            seen = cared[n]
            cared[n] = seen + sign
            if (seen == 0) or (seen == 1 and sign < 0):
                soft += sign * data.weight[CONTINUITY]
    state.total[0] += soft
    state.total[1] += hard


@compiled
def place(data: Data, state: State, p: int, day: int, r: int, theatre: int, sign: int) -> None:
    """Admit a patient who is left out (sign 1), or take her out of where she is (sign -1)."""
    if sign < 0:
        day, r, theatre = state.day[p], state.room[p], state.theatre[p]
    surgery(data, state, p, day, theatre, sign)
    lay(data, state, p, day, r, sign)
    state.day[p] = day if sign > 0 else -1
    state.room[p], state.theatre[p] = r, theatre


@compiled
def care_change(data: Data, state: State, r: int, s: int, new: int) -> int:
    """What another nurse for a room and shift would change in soft cost; nothing is changed."""
    old, load, d = state.nurse[r, s], state.room_load[r, s], s // 3
    if old == new:
        return 0
    before_old, before_new = state.nurse_load[old, s], state.nurse_load[new, s]
    most_old, most_new = data.max_load[old, s], data.max_load[new, s]
    excess = max(before_old - load - most_old, 0) - max(before_old - most_old, 0)
    excess += max(before_new + load - most_new, 0) - max(before_new - most_new, 0)
    soft = data.weight[WORKLOAD] * excess
    for i in range(state.lying_count[r, d]):
        e = state.lying[r, d, i]
        needed = data.skill[e, s - 3 * state.day[e]]
        lacks = max(needed - data.nurse_skill[new], 0) - max(needed - data.nurse_skill[old], 0)
        different = (state.cared[e, new] == 0) - (state.cared[e, old] == 1)
        soft += data.weight[SKILL] * lacks + data.weight[CONTINUITY] * different
    return int(soft)


@compiled
def set_nurse(data: Data, state: State, r: int, s: int, new: int) -> None:
    """Give a room another nurse in a shift."""
    state.total[0] += care_change(data, state, r, s, new)
    old, load, d = state.nurse[r, s], state.room_load[r, s], s // 3
    state.nurse_load[old, s] -= load
    state.nurse_load[new, s] += load
    for i in range(state.lying_count[r, d]):
        e = state.lying[r, d, i]
        state.cared[e, old] -= 1
        state.cared[e, new] += 1
    state.nurse[r, s] = new
