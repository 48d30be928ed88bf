"""Who cares for whom, and what the nurses' skills and their number cost."""

from evals.benchmarks.ihtc.arrays import CONTINUITY, SKILL, WORKLOAD, Data, State
from evals.benchmarks.ihtc.compiled import compiled


@compiled
def attention(data: Data, state: State, e: int, first: int, r: int) -> int:
    """What the nurses of a room would cost somebody from a day on: lack of skill, and every nurse met."""
    needed, nurse, lacks, nurses = data.skill[e], state.nurse[r], 0, 0
    state.total[2] += 1
    round = state.total[2]
    for s in range(3 * first, 3 * min(first + data.stay[e], data.days)):
        n = nurse[s]
        lacks += max(needed[s - 3 * first] - data.nurse_skill[n], 0)
        if state.met[n] != round:
            state.met[n] = round
            nurses += 1
    return int(data.weight[SKILL] * lacks + data.weight[CONTINUITY] * nurses)


@compiled
def lie(data: Data, state: State, e: int, first: int, r: int, sign: int) -> None:
    """Name somebody among those who lie in a room from a day on (sign 1), or no longer (sign -1)."""
    cared, nurse = state.cared[e], state.nurse[r]
    for d in range(first, min(first + data.stay[e], data.days)):
        there, count = state.lying[r, d], state.listed[r, d]
        if sign > 0:
            there[count] = e
        else:
            for i in range(count):
                if there[i] == e:
                    there[i] = there[count - 1]
                    break
        state.listed[r, d] = count + sign
        for s in range(3 * d, 3 * d + 3):
            cared[nurse[s]] += sign


@compiled
def care_change(data: Data, state: State, r: int, s: int, new: int) -> int:
    """What another nurse for a room and shift would change in soft cost; nothing is changed."""
    old, load = state.nurse[r, s], state.room_load[r, s]
    if old == new:
        return 0
    over_old, over_new = state.excess[s, old], state.excess[s, new]
    change = max(over_old - load, 0) - max(over_old, 0) + max(over_new + load, 0) - max(over_new, 0)
    return int(data.weight[WORKLOAD] * change) + people_change(data, state, r, s, new)


@compiled
def people_change(data: Data, state: State, r: int, s: int, new: int) -> int:
    """What of the change is about the people in the room; the load is not."""
    old, d = state.nurse[r, s], s // 3
    lacks, different, there = 0, 0, state.lying[r, d]
    skill_old, skill_new = data.nurse_skill[old], data.nurse_skill[new]
    for i in range(state.listed[r, d]):
        e = there[i]
        needed, cared = data.skill[e, s - 3 * state.day[e]], state.cared[e]
        lacks += max(needed - skill_new, 0) - max(needed - skill_old, 0)
        different += (cared[new] == 0) - (cared[old] == 1)
    return int(data.weight[SKILL] * lacks + data.weight[CONTINUITY] * different)


@compiled
def set_nurse(data: Data, state: State, r: int, s: int, new: int) -> None:
    """Give a room another nurse in a shift."""
    old, load, d = state.nurse[r, s], state.room_load[r, s], s // 3
    if old == new:
        return
    over_old, over_new = state.excess[s, old], state.excess[s, new]
    change = max(over_old - load, 0) - max(over_old, 0) + max(over_new + load, 0) - max(over_new, 0)
    soft = data.weight[WORKLOAD] * change
    state.excess[s, old], state.excess[s, new] = over_old - load, over_new + load
    skill_old, skill_new = data.nurse_skill[old], data.nurse_skill[new]
    for i in range(state.listed[r, d]):
        e = state.lying[r, d, i]
        needed, cared = data.skill[e, s - 3 * state.day[e]], state.cared[e]
        lacks = max(needed - skill_new, 0) - max(needed - skill_old, 0)
        more = data.weight[SKILL] * lacks + data.weight[CONTINUITY] * ((cared[new] == 0) - (cared[old] == 1))
        state.attention[e] += more
        soft += more
        cared[old] -= 1
        cared[new] += 1
    state.nurse[r, s] = new
    state.total[0] += soft


@compiled
def swap_change(data: Data, state: State, r: int, other: int, s: int) -> int:
    """What it would change in soft cost if two rooms gave each other their nurses of a shift; nothing is changed."""
    a, b = state.nurse[r, s], state.nurse[other, s]
    more = state.room_load[r, s] - state.room_load[other, s]
    over_a, over_b = state.excess[s, a], state.excess[s, b]
    change = max(over_a - more, 0) - max(over_a, 0) + max(over_b + more, 0) - max(over_b, 0)
    people = people_change(data, state, r, s, b) + people_change(data, state, other, s, a)
    return int(data.weight[WORKLOAD] * change) + people
