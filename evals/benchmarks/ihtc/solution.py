"""A solution, as numbers, and as the competition's own file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.ihtc.instance import SHIFTS, Instance


@dataclass(frozen=True, slots=True)
class Admission:
    """The day a patient comes, the room, and the theatre of the surgery on that day."""

    day: int
    room: int
    theatre: int


@dataclass(frozen=True, slots=True)
class Solution:
    """`admissions[p]` is None for a patient left out; `rooms_of[n][shift]` are the rooms nurse n takes."""

    admissions: tuple[Admission | None, ...]
    rooms_of: tuple[dict[int, tuple[int, ...]], ...]


def write_solution(instance: Instance, solution: Solution, path: Path) -> None:
    """Write the file that the competition's validator reads."""
    patients: list[dict[str, Any]] = []
    for patient, admission in zip(instance.patients, solution.admissions, strict=True):
        row: dict[str, Any] = {"id": patient.id, "admission_day": "none"}
        if admission is not None:
            row["admission_day"] = admission.day
            row["room"] = instance.room_ids[admission.room]
            row["operating_theater"] = instance.theatre_ids[admission.theatre]
        patients.append(row)
    nurses = []
    for nurse, rooms_of in zip(instance.nurses, solution.rooms_of, strict=True):
        assignments = [
            {
                "day": shift // SHIFTS,
                "shift": instance.shift_types[shift % SHIFTS],
                "rooms": [instance.room_ids[room] for room in sorted(rooms_of.get(shift, ()))],
            }
            for shift in sorted(nurse.max_load)
        ]
        nurses.append({"id": nurse.id, "assignments": assignments})
    path.write_text(json.dumps({"patients": patients, "nurses": nurses}, indent=2) + "\n", "utf-8")


def read_solution(instance: Instance, path: Path) -> Solution:
    """Read a solution of the instance; patients and nurses it does not name are left out and idle."""
    raw = json.loads(path.read_text("utf-8"))
    rooms = {id: index for index, id in enumerate(instance.room_ids)}
    theatres = {id: index for index, id in enumerate(instance.theatre_ids)}
    admitted = {
        row["id"]: Admission(row["admission_day"], rooms[row["room"]], theatres[row["operating_theater"]])
        for row in raw["patients"]
        if row["admission_day"] != "none"
    }
    taken: dict[str, dict[int, tuple[int, ...]]] = {}
    for row in raw["nurses"]:
        taken[row["id"]] = {
            one["day"] * SHIFTS + instance.shift_types.index(one["shift"]): tuple(rooms[id] for id in one["rooms"])
            for one in row["assignments"]
        }
    return Solution(
        tuple(admitted.get(patient.id) for patient in instance.patients),
        tuple(taken.get(nurse.id, {}) for nurse in instance.nurses),
    )
