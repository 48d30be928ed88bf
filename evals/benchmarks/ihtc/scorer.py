"""What a solution costs and which hard constraints it breaks, counted from nothing but instance and solution.

It shares no code with the search, so it is also the search's proof. Each function is one constraint.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evals.benchmarks.ihtc.instance import SHIFTS, Instance, Stay
from evals.benchmarks.ihtc.solution import Solution


@dataclass(frozen=True, slots=True)
class Score:
    """Violations by hard constraint, and units by soft constraint; `parts` are units times weight."""

    violations: Mapping[str, int]
    parts: Mapping[str, int]

    @property
    def broken(self) -> int:
        return sum(self.violations.values())

    @property
    def cost(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Lying:
    """Somebody who lies in a room from a day on."""

    stay: Stay
    day: int
    room: int


class World:
    """What follows from a solution: who lies where on each day, who cares for each room in each shift."""

    def __init__(self, instance: Instance, solution: Solution) -> None:
        self.instance, self.solution = instance, solution
        self.lying = [Lying(one, 0, one.room) for one in instance.occupants if one.room is not None]
        for patient, admission in zip(instance.patients, solution.admissions, strict=True):
            if admission is not None:
                self.lying.append(Lying(patient, admission.day, admission.room))
        self.in_room: dict[tuple[int, int], list[Lying]] = defaultdict(list)
        for one in self.lying:
            for day in range(one.day, min(one.day + one.stay.days, instance.days)):
                self.in_room[one.room, day].append(one)
        self.nurses_of: dict[tuple[int, int], list[int]] = defaultdict(list)
        for nurse, rooms_of in enumerate(solution.rooms_of):
            for shift, rooms in rooms_of.items():
                for room in rooms:
                    self.nurses_of[room, shift].append(nurse)

    def admitted(self) -> Iterator[tuple[Stay, int, int, int]]:
        """Each admitted patient with day, room and theatre."""
        for patient, admission in zip(self.instance.patients, self.solution.admissions, strict=True):
            if admission is not None:
                yield patient, admission.day, admission.room, admission.theatre

    def surgery_minutes(self) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
        """Minutes by (surgeon, day) and by (theatre, day)."""
        surgeons: Counter[tuple[int, int]] = Counter()
        theatres: Counter[tuple[int, int]] = Counter()
        for patient, day, _, theatre in self.admitted():
            surgeons[patient.surgeon, day] += patient.minutes
            theatres[theatre, day] += patient.minutes
        return surgeons, theatres


def score(instance: Instance, solution: Solution) -> Score:
    """Count everything."""
    world = World(instance, solution)
    units = {name: count(world) for name, count in SOFT.items()}
    return Score(
        {name: count(world) for name, count in HARD.items()},
        {name: found * instance.weights[name] for name, found in units.items()},
    )


def gender_mix(world: World) -> int:
    """Rooms and days on which both genders lie."""
    return sum(len({one.stay.gender for one in lying}) > 1 for lying in world.in_room.values())


def incompatible_room(world: World) -> int:
    """Patients in a room that does not suit them."""
    return sum(room in patient.banned_rooms for patient, _, room, _ in world.admitted())


def surgeon_overtime(world: World) -> int:
    """Surgeons and days with more minutes than the surgeon has."""
    limits = world.instance.surgeon_minutes
    return sum(minutes > limits[one][day] for (one, day), minutes in world.surgery_minutes()[0].items())


def theatre_overtime(world: World) -> int:
    """Theatres and days with more minutes than the theatre has."""
    limits = world.instance.theatre_minutes
    return sum(minutes > limits[one][day] for (one, day), minutes in world.surgery_minutes()[1].items())


def mandatory_unscheduled(world: World) -> int:
    """Mandatory patients left out."""
    pairs = zip(world.instance.patients, world.solution.admissions, strict=True)
    return sum(patient.mandatory and admission is None for patient, admission in pairs)


def admission_window(world: World) -> int:
    """Patients who come before their release day or after their due day."""
    return sum(not patient.release <= day <= patient.due for patient, day, _, _ in world.admitted())


def room_capacity(world: World) -> int:
    """Rooms and days with more people than beds."""
    return sum(len(lying) > world.instance.capacity[room] for (room, _), lying in world.in_room.items())


def nurse_presence(world: World) -> int:
    """Rooms given to a nurse in a shift she does not work."""
    pairs = zip(world.instance.nurses, world.solution.rooms_of, strict=True)
    return sum(
        len(rooms) for nurse, rooms_of in pairs for shift, rooms in rooms_of.items() if shift not in nurse.max_load
    )


def one_nurse(world: World) -> int:
    """Occupied rooms and shifts without a nurse, and any room and shift with more than one."""
    without = sum(
        not world.nurses_of[room, day * SHIFTS + type] for room, day in world.in_room for type in range(SHIFTS)
    )
    return without + sum(len(nurses) > 1 for nurses in world.nurses_of.values())


def room_mixed_age(world: World) -> int:
    """Oldest less youngest age group, over rooms and days."""
    ages = ([one.stay.age for one in lying] for lying in world.in_room.values())
    return sum(max(found) - min(found) for found in ages)


def room_nurse_skill(world: World) -> int:
    """Skill levels that nurses lack for those in their rooms, over shifts."""
    missing = 0
    for (room, day), lying in world.in_room.items():
        for type in range(SHIFTS):
            for nurse in world.nurses_of.get((room, day * SHIFTS + type), ()):
                skill = world.instance.nurses[nurse].skill
                needs = (one.stay.skill[(day - one.day) * SHIFTS + type] for one in lying)
                missing += sum(max(0, need - skill) for need in needs)
    return missing


def continuity_of_care(world: World) -> int:
    """Different nurses who care for each one lying."""
    different = 0
    for one in world.lying:
        shifts = range(one.day * SHIFTS, min(one.day + one.stay.days, world.instance.days) * SHIFTS)
        different += len({nurse for shift in shifts for nurse in world.nurses_of.get((one.room, shift), ())})
    return different


def nurse_eccessive_workload(world: World) -> int:
    """Load above what nurses take (the competition's spelling of the name)."""
    loads: Counter[tuple[int, int]] = Counter()
    for (room, day), lying in world.in_room.items():
        for type in range(SHIFTS):
            load = sum(one.stay.load[(day - one.day) * SHIFTS + type] for one in lying)
            for nurse in world.nurses_of.get((room, day * SHIFTS + type), ()):
                loads[nurse, day * SHIFTS + type] += load
    nurses = world.instance.nurses
    return sum(max(0, load - nurses[one].max_load.get(shift, 0)) for (one, shift), load in loads.items())


def open_operating_theater(world: World) -> int:
    """Theatres and days in use."""
    return len({(theatre, day) for _, day, _, theatre in world.admitted()})


def surgeon_transfer(world: World) -> int:
    """Theatres beyond the first, of each surgeon and day."""
    theatres: dict[tuple[int, int], set[int]] = defaultdict(set)
    for patient, day, _, theatre in world.admitted():
        theatres[patient.surgeon, day].add(theatre)
    return sum(len(found) - 1 for found in theatres.values())


def patient_delay(world: World) -> int:
    """Days from release to admission."""
    return sum(day - patient.release for patient, day, _, _ in world.admitted())


def unscheduled_optional(world: World) -> int:
    """Optional patients left out."""
    pairs = zip(world.instance.patients, world.solution.admissions, strict=True)
    return sum(not patient.mandatory and admission is None for patient, admission in pairs)


HARD = {
    count.__name__: count
    for count in (
        gender_mix,
        incompatible_room,
        surgeon_overtime,
        theatre_overtime,
        mandatory_unscheduled,
        admission_window,
        room_capacity,
        nurse_presence,
        one_nurse,
    )
}
"""Every hard constraint; the figure is how often it is broken."""

SOFT = {
    count.__name__: count
    for count in (
        room_mixed_age,
        room_nurse_skill,
        continuity_of_care,
        nurse_eccessive_workload,
        open_operating_theater,
        surgeon_transfer,
        patient_delay,
        unscheduled_optional,
    )
}
"""Every soft constraint by the competition's name; the figure is units before the weight."""
