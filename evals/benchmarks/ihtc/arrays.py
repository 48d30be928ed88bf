"""The instance and the state of a search as arrays, for compiled loops.

`e` counts everybody who can lie: patients who must come, other patients, then occupants. `r` rooms, `d` days,
`s` shifts, `t` theatres, `k` surgeons, `n` nurses. A patient left out has day -1.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from evals.benchmarks.ihtc.instance import Instance
from evals.benchmarks.ihtc.solution import Admission, Solution

Array = Any
"""A numpy array; its element type is int32 unless said otherwise, small enough for the fast caches."""

SLACK = 2
"""How many people more than a room's capacity a search may put into it on its way."""

SOFT_ORDER = (
    "room_mixed_age",
    "room_nurse_skill",
    "continuity_of_care",
    "nurse_eccessive_workload",
    "open_operating_theater",
    "surgeon_transfer",
    "patient_delay",
    "unscheduled_optional",
)
AGE, SKILL, CONTINUITY, WORKLOAD, THEATRE, TRANSFER, DELAY, UNSCHEDULED = range(8)


class Data(NamedTuple):
    """What does not change."""

    patients: int
    order: Array  # patient of the arrays: her number in the file
    days: int
    weight: Array  # by SOFT_ORDER
    stay: Array  # e: days
    gender: Array  # e: 0 or 1
    age: Array  # e
    load: Array  # e, shift of the stay
    skill: Array  # e, shift of the stay
    mandatory: Array  # e
    release: Array  # e
    due: Array  # e
    minutes: Array  # e
    surgeon: Array  # e
    rooms: Array  # e, the rooms that suit, first `room_count[e]`
    room_count: Array  # e
    suits: Array  # e, r
    capacity: Array  # r
    theatre_minutes: Array  # t, d
    surgeon_minutes: Array  # k, d
    nurse_skill: Array  # n
    max_load: Array  # s, n
    on_shift: Array  # s, the nurses who work, first `on_count[s]`
    on_count: Array  # s
    works: Array  # s, n


class State(NamedTuple):
    """A plan and the counts that follow from it."""

    day: Array  # e
    room: Array  # e
    theatre: Array  # e
    nurse: Array  # r, s
    lying: Array  # r, d, the people there, first `listed[r, d]`
    listed: Array  # r, d
    lying_count: Array  # r, d: the same, but ahead of it while a move is tried
    genders: Array  # r, d, gender
    ages: Array  # r, d, age group
    theatre_used: Array  # t, d: minutes
    theatre_cases: Array  # t, d
    surgeon_used: Array  # k, d: minutes
    surgeon_cases: Array  # k, d, t
    surgeon_theatres: Array  # k, d
    excess: Array  # s, n: load above the most, negative below
    room_load: Array  # r, s
    cared: Array  # e, n: shifts
    attention: Array  # e: what the nurses' skills and their number cost
    wish: Array  # what a move of patients wants: patient, day, room, theatre
    care: Array  # what a move of nurses wants: room, shift, nurse, and the nurse there was
    met: Array  # n, int64: the last count of nurses that met her
    total: Array  # int64: 0 soft cost, 1 hard units, 2 counts of nurses so far
    random: Array  # uint64


def numbers(values: Iterable[int]) -> Array:
    """Whole numbers as an array."""
    return np.array(list(values), np.int32)


def data_of(instance: Instance) -> Data:
    """Lay the instance out."""
    order = sorted(range(len(instance.patients)), key=lambda p: not instance.patients[p].mandatory)
    everybody = (*(instance.patients[p] for p in order), *instance.occupants)
    genders = sorted({one.gender for one in everybody})
    if len(genders) > 2:
        raise ValueError(f"genders {', '.join(genders)}: at most two are understood")
    count, rooms, shifts = len(everybody), len(instance.capacity), instance.shifts
    longest = max(len(one.load) for one in everybody)
    load, skill = np.zeros((2, count, longest), np.int32)
    suitable, suits = np.zeros((count, rooms), np.int32), np.zeros((count, rooms), np.bool_)
    room_count = np.zeros(count, np.int32)
    for e, one in enumerate(everybody):
        load[e, : len(one.load)], skill[e, : len(one.skill)] = one.load, one.skill
        free = [r for r in range(rooms) if r not in one.banned_rooms]
        suitable[e, : len(free)], suits[e, free], room_count[e] = free, True, len(free)
    max_load = np.zeros((shifts, len(instance.nurses)), np.int32)
    works = np.zeros((shifts, len(instance.nurses)), np.bool_)
    for n, nurse in enumerate(instance.nurses):
        for shift, most in nurse.max_load.items():
            max_load[shift, n], works[shift, n] = most, True
    on_shift = np.zeros((shifts, len(instance.nurses)), np.int32)
    for shift in range(shifts):
        there = np.flatnonzero(works[shift])
        if not len(there):
            raise ValueError(f"nobody works in shift {shift}, so no room can be looked after")
        on_shift[shift, : len(there)] = there
    return Data(
        patients=len(instance.patients),
        order=numbers(order),
        days=instance.days,
        weight=numbers(instance.weights[name] for name in SOFT_ORDER),
        stay=numbers(one.days for one in everybody),
        gender=numbers(genders.index(one.gender) for one in everybody),
        age=numbers(one.age for one in everybody),
        load=load,
        skill=skill,
        mandatory=np.array([one.mandatory for one in everybody]),
        release=numbers(one.release for one in everybody),
        due=numbers(one.due for one in everybody),
        minutes=numbers(one.minutes for one in everybody),
        surgeon=numbers(one.surgeon for one in everybody),
        rooms=suitable,
        room_count=room_count,
        suits=suits,
        capacity=numbers(instance.capacity),
        theatre_minutes=np.array(instance.theatre_minutes, np.int32),
        surgeon_minutes=np.array(instance.surgeon_minutes, np.int32),
        nurse_skill=numbers(nurse.skill for nurse in instance.nurses),
        max_load=max_load,
        on_shift=on_shift,
        on_count=works.sum(axis=1).astype(np.int32),
        works=works,
    )


def solution_of(data: Data, day: Array, room: Array, theatre: Array, nurse: Array) -> Solution:
    """What the arrays say, with a nurse for every room, occupied or not."""
    admissions: list[Admission | None] = [None] * data.patients
    for p in np.flatnonzero(day[: data.patients] >= 0):
        admissions[data.order[p]] = Admission(int(day[p]), int(room[p]), int(theatre[p]))
    rooms_of: list[dict[int, list[int]]] = [{} for _ in data.nurse_skill]
    for (r, s), n in np.ndenumerate(nurse):
        rooms_of[int(n)].setdefault(s, []).append(r)
    return Solution(tuple(admissions), tuple({s: tuple(found) for s, found in one.items()} for one in rooms_of))
