"""Try what is wished for patients, and take it back unless it costs at most `slack` more.

A wish is a row of `state.wish`: patient, day (-1 is out of the plan), room, theatre; the last column is room for what
the nurses there would cost her.
"""

from evals.benchmarks.ihtc.arrays import AGE, DELAY, SLACK, THEATRE, TRANSFER, UNSCHEDULED, WORKLOAD, Data, State
from evals.benchmarks.ihtc.care import attention, lie
from evals.benchmarks.ihtc.chance import chance
from evals.benchmarks.ihtc.compiled import compiled
from evals.benchmarks.ihtc.counts import beds, fits, spread, surgery


@compiled
def suits(data: Data, state: State, i: int) -> bool:
    """Whether what is wished lies in the patient's window and the room is right for her."""
    p, day, r = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2]
    if day < 0:
        return bool(not data.mandatory[p])
    return bool(data.release[p] <= day and day <= data.due[p] and data.suits[p, r])


@compiled
def too_full(data: Data, state: State, count: int) -> bool:
    """Whether a room holds more people than can be listed."""
    for i in range(count):
        p, day, r = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2]
        if day >= 0:
            for d in range(day, min(day + data.stay[p], data.days)):
                if state.lying_count[r, d] > data.capacity[r] + SLACK:
                    return True
    return False


@compiled
def count_all(data: Data, state: State, count: int, sign: int) -> None:
    """Count those who wish from where they are to what they wish (sign 1), or back (sign -1).

    One call of each function is one copy of its code, so there is a loop where there could be two calls.
    """
    for half in range(2 * count):
        i = half // 2
        p, day, r, theatre, way = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2], state.wish[i, 3], sign
        if half % 2 == 0:
            day, r, theatre, way = state.day[p], state.room[p], state.theatre[p], -sign
        if day >= 0:
            surgery(data, state, p, day, theatre, way)
            beds(data, state, p, day, r, way)


@compiled
def settle(data: Data, state: State, count: int) -> None:
    """Let those who wish lie where it is counted already that they do."""
    for i in range(count):
        p = state.wish[i, 0]
        if state.day[p] >= 0:
            lie(data, state, p, state.day[p], state.room[p], -1)
    for i in range(count):
        p, day, r = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2]
        if day >= 0:
            lie(data, state, p, day, r, 1)
        state.attention[p] = state.wish[i, 4]
        state.day[p], state.room[p], state.theatre[p] = day, r, state.wish[i, 3]


@compiled
def relief(data: Data, state: State, p: int) -> int:
    """The most that can be saved in loads, ages and theatres when a patient leaves where she is."""
    first, r, saved, ages = state.day[p], state.room[p], 0, 0
    if first < 0:
        return 0
    for d in range(first, min(first + data.stay[p], data.days)):
        ages += spread(state.ages[r, d])
        for s in range(3 * d, 3 * d + 3):
            over = state.excess[s, state.nurse[r, s]]
            if over > 0:
                saved += min(over, data.load[p, s - 3 * first])
    weight = data.weight
    return int(weight[WORKLOAD] * saved + weight[AGE] * ages + weight[THEATRE] + weight[TRANSFER])


@compiled
def may_pay(data: Data, state: State, count: int, slack: float) -> bool:
    """Note what nurses would cost those who wish; whether with delays there is a chance to cost at most so much."""
    change, weight = 0, data.weight
    for i in range(count):
        p, day, r, old = state.wish[i, 0], state.wish[i, 1], state.wish[i, 2], state.day[state.wish[i, 0]]
        state.wish[i, 4] = attention(data, state, p, day, r) if day >= 0 else 0
        change += state.wish[i, 4] - state.attention[p]
        if not data.mandatory[p]:
            change += weight[UNSCHEDULED] * ((old >= 0) - (day >= 0))
        change += weight[DELAY] * (
            (day - data.release[p] if day >= 0 else 0) - (old - data.release[p] if old >= 0 else 0)
        )
    if change <= slack:
        return True
    for i in range(count):
        change -= relief(data, state, state.wish[i, 0])
    return bool(change <= slack)


@compiled
def attempt(data: Data, state: State, count: int, hard_weight: float, slack: float, bold: float) -> None:
    """Do what is wished, unless it breaks something (and the move is not bold) or costs too much."""
    for i in range(count):
        if not suits(data, state, i):
            return
    clean = fits(data, state, count)
    if not clean and chance(state) >= bold:
        return
    soft, hard = state.total[0], state.total[1]
    if not may_pay(data, state, count, slack + hard_weight * hard):
        return
    for sign in (1, -1):
        count_all(data, state, count, sign)
        for i in range(count):
            state.total[0] += state.wish[i, 4] - state.attention[state.wish[i, 0]]
        pays = state.total[0] + hard_weight * state.total[1] <= soft + hard_weight * hard + slack
        if sign > 0 and pays and (clean or not too_full(data, state, count)):
            settle(data, state, count)
            return
    state.total[0], state.total[1] = soft, hard
