"""The state a search starts from."""

import numpy as np

from evals.benchmarks.ihtc.arrays import SLACK, UNSCHEDULED, Data, State, numbers
from evals.benchmarks.ihtc.instance import Instance
from evals.benchmarks.ihtc.state import LEFT_OUT, lay


def empty_state(instance: Instance, data: Data, seed: int) -> State:
    """Only the occupants, and every room with the first nurse of each shift."""
    count, rooms, shifts = len(data.stay), len(data.capacity), data.days * 3
    theatres, surgeons, nurses = len(data.theatre_minutes), len(data.surgeon_minutes), len(data.nurse_skill)
    optional = int((~data.mandatory[: data.patients]).sum())
    total = numbers((optional * data.weight[UNSCHEDULED], (data.patients - optional) * LEFT_OUT))
    state = State(
        day=np.full(count, -1, np.int64),
        room=np.full(count, -1, np.int64),
        theatre=np.full(count, -1, np.int64),
        nurse=np.repeat(data.on_shift[:, 0][None, :], rooms, axis=0).copy(),
        lying=np.zeros((rooms, data.days, int(data.capacity.max()) + SLACK), np.int64),
        lying_count=np.zeros((rooms, data.days), np.int64),
        genders=np.zeros((rooms, data.days, 2), np.int64),
        ages=np.zeros((rooms, data.days, int(data.age.max()) + 1), np.int64),
        theatre_used=np.zeros((theatres, data.days), np.int64),
        theatre_cases=np.zeros((theatres, data.days), np.int64),
        surgeon_used=np.zeros((surgeons, data.days), np.int64),
        surgeon_cases=np.zeros((surgeons, data.days, theatres), np.int64),
        nurse_load=np.zeros((nurses, shifts), np.int64),
        room_load=np.zeros((rooms, shifts), np.int64),
        cared=np.zeros((count, nurses), np.int64),
        wish=np.zeros((2, 4), np.int64),
        former=np.zeros((2, 4), np.int64),
        care=np.zeros((shifts, 4), np.int64),
        total=total,
        random=np.array([seed * 2654435761 + 88172645463325252], np.uint64),
    )
    for e, occupant in enumerate(instance.occupants, data.patients):
        room = occupant.room or 0
        state.day[e], state.room[e] = 0, room
        lay(data, state, e, 0, room, 1)
    return state
