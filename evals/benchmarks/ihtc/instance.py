"""An instance of the competition, as read from its file: who comes, where they may lie, who may care for them.

A shift is numbered `day * 3 + type`. Days, rooms, theatres, surgeons and nurses are numbered as the file lists them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIFTS = 3
"""Shift types per day; every instance of the competition has three."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """A patient, or an occupant who lies in `room` from day 0; `skill` and `load` count shifts from admission."""

    id: str
    gender: str
    age: int
    days: int
    load: tuple[int, ...]
    skill: tuple[int, ...]
    room: int | None = None
    mandatory: bool = True
    release: int = 0
    due: int = 0
    minutes: int = 0
    surgeon: int = 0
    banned_rooms: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        shifts = self.days * SHIFTS
        if self.days < 1 or len(self.load) != shifts or len(self.skill) != shifts:
            raise ValueError(f"{self.id}: a stay of {self.days} days needs {shifts} loads and skills, one a shift")


@dataclass(frozen=True, slots=True)
class Nurse:
    """A nurse, her skill level, and the most load she takes in each of her shifts."""

    id: str
    skill: int
    max_load: dict[int, int]


@dataclass(frozen=True, slots=True)
class Instance:
    """A whole instance. Minutes are per day; `weights` are the costs of one unit of each soft constraint."""

    days: int
    shift_types: tuple[str, ...]
    weights: dict[str, int]
    room_ids: tuple[str, ...]
    capacity: tuple[int, ...]
    theatre_ids: tuple[str, ...]
    theatre_minutes: tuple[tuple[int, ...], ...]
    surgeon_minutes: tuple[tuple[int, ...], ...]
    nurses: tuple[Nurse, ...]
    patients: tuple[Stay, ...]
    occupants: tuple[Stay, ...]

    @property
    def shifts(self) -> int:
        return self.days * SHIFTS


def read_instance(path: Path) -> Instance:
    """Read an instance; a file that is none is a ValueError in one sentence."""
    raw = json.loads(path.read_text("utf-8"))
    if not isinstance(raw, dict) or "operating_theaters" not in raw:
        raise ValueError(f"{path} is not an instance of the competition: it lists no operating_theaters")
    if len(raw["shift_types"]) != SHIFTS:
        raise ValueError(f"{path} has {len(raw['shift_types'])} shift types a day, {SHIFTS} are understood")
    ages = {name: index for index, name in enumerate(raw["age_groups"])}
    rooms = {room["id"]: index for index, room in enumerate(raw["rooms"])}
    surgeons = {surgeon["id"]: index for index, surgeon in enumerate(raw["surgeons"])}
    types = tuple(raw["shift_types"])
    return Instance(
        days=raw["days"],
        shift_types=types,
        weights=dict(raw["weights"]),
        room_ids=tuple(rooms),
        capacity=tuple(room["capacity"] for room in raw["rooms"]),
        theatre_ids=tuple(theatre["id"] for theatre in raw["operating_theaters"]),
        theatre_minutes=tuple(tuple(theatre["availability"]) for theatre in raw["operating_theaters"]),
        surgeon_minutes=tuple(tuple(surgeon["max_surgery_time"]) for surgeon in raw["surgeons"]),
        nurses=tuple(_nurse(one, types) for one in raw["nurses"]),
        patients=tuple(_patient(one, raw["days"], ages, rooms, surgeons) for one in raw["patients"]),
        occupants=tuple(_occupant(one, ages, rooms) for one in raw["occupants"]),
    )


def _nurse(raw: Record, types: tuple[str, ...]) -> Nurse:
    shifts = {one["day"] * SHIFTS + types.index(one["shift"]): one["max_load"] for one in raw["working_shifts"]}
    return Nurse(raw["id"], raw["skill_level"], shifts)


def _common(raw: Record, ages: dict[str, int]) -> Record:
    return {
        "id": raw["id"],
        "gender": raw["gender"],
        "age": ages[raw["age_group"]],
        "days": raw["length_of_stay"],
        "load": tuple(raw["workload_produced"]),
        "skill": tuple(raw["skill_level_required"]),
    }


def _patient(raw: Record, days: int, ages: dict[str, int], rooms: dict[str, int], surgeons: dict[str, int]) -> Stay:
    return Stay(
        **_common(raw, ages),
        mandatory=raw["mandatory"],
        release=raw["surgery_release_day"],
        due=raw["surgery_due_day"] if raw["mandatory"] else days - 1,
        minutes=raw["surgery_duration"],
        surgeon=surgeons[raw["surgeon_id"]],
        banned_rooms=frozenset(rooms[id] for id in raw["incompatible_room_ids"]),
    )


def _occupant(raw: Record, ages: dict[str, int], rooms: dict[str, int]) -> Stay:
    return Stay(**_common(raw, ages), room=rooms[raw["room_id"]])
