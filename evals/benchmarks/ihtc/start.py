"""The state a search starts from."""

import numpy as np

from evals.benchmarks.ihtc.arrays import SLACK, UNSCHEDULED, Array, Data, State
from evals.benchmarks.ihtc.care import attention, lie
from evals.benchmarks.ihtc.compiled import entry
from evals.benchmarks.ihtc.counts import LEFT_OUT, beds, surgery
from evals.benchmarks.ihtc.instance import Instance

WISHES = 8
"""People one move may be about."""


@entry
def fill(data: Data, state: State, day: Array, room: Array, theatre: Array) -> None:
    """Give everybody who lies nowhere yet the place said; day -1 is none."""
    for e in range(len(day)):
        if day[e] >= 0:
            if e < data.patients:
                surgery(data, state, e, day[e], theatre[e], 1)
            beds(data, state, e, day[e], room[e], 1)
            lie(data, state, e, day[e], room[e], 1)
            state.day[e], state.room[e], state.theatre[e] = day[e], room[e], theatre[e]
            state.attention[e] = attention(data, state, e, day[e], room[e])
            state.total[0] += state.attention[e]


def seeded(seed: int) -> Array:
    """Where chance begins."""
    return np.array([seed * 2654435761 + 88172645463325252], np.uint64)


def empty_state(instance: Instance, data: Data, random: Array, nurse: Array | None = None) -> State:
    """Only the occupants, and every room with the nurses said, or with the first nurse of each shift."""
    count, rooms, shifts = len(data.stay), len(data.capacity), data.days * 3
    theatres, surgeons, nurses = len(data.theatre_minutes), len(data.surgeon_minutes), len(data.nurse_skill)
    optional = int((~data.mandatory[: data.patients]).sum())
    total = np.array((optional * data.weight[UNSCHEDULED], (data.patients - optional) * LEFT_OUT, 0), np.int64)

    def zeros(*shape: int) -> Array:
        return np.zeros(shape, np.int32)

    state = State(
        day=zeros(count) - 1,
        room=zeros(count) - 1,
        theatre=zeros(count) - 1,
        nurse=np.repeat(data.on_shift[:, 0][None, :], rooms, axis=0) if nurse is None else nurse.copy(),
        lying=zeros(rooms, data.days, int(data.capacity.max()) + SLACK),
        listed=zeros(rooms, data.days),
        lying_count=zeros(rooms, data.days),
        genders=zeros(rooms, data.days, 2),
        ages=zeros(rooms, data.days, int(data.age.max()) + 1),
        theatre_used=zeros(theatres, data.days),
        theatre_cases=zeros(theatres, data.days),
        surgeon_used=zeros(surgeons, data.days),
        surgeon_cases=zeros(surgeons, data.days, theatres),
        surgeon_theatres=zeros(surgeons, data.days),
        excess=-data.max_load,
        room_load=zeros(rooms, shifts),
        cared=zeros(count, nurses),
        attention=zeros(count),
        wish=zeros(WISHES, 5),
        care=zeros(shifts, 4),
        met=np.zeros(nurses, np.int64),
        total=total,
        random=random,
    )
    day, room = zeros(count) - 1, zeros(count) - 1
    day[data.patients :] = 0
    room[data.patients :] = [occupant.room or 0 for occupant in instance.occupants]
    fill(data, state, day, room, room)
    return state
