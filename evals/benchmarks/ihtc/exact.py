"""The whole problem as one CP-SAT model, which can prove what is best for small instances."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from evals.benchmarks.ihtc.instance import SHIFTS, Instance, Stay
from evals.benchmarks.ihtc.solution import Admission, Solution

Key = tuple[int, ...]


class Exact:
    """The model of one instance; every method below adds one constraint or one cost."""

    def __init__(self, instance: Instance) -> None:
        from ortools.sat.python import cp_model  # heavy: imported where it is used

        self.cp: Any = cp_model
        self.model: Any = cp_model.CpModel()
        self.instance, self.weights = instance, instance.weights
        self.cost: list[Any] = []
        self.rooms, self.theatres = range(len(instance.capacity)), range(len(instance.theatre_minutes))
        self.days, self.nurses = range(instance.days), range(len(instance.nurses))
        self.comes: dict[Key, Any] = {}  # patient, day, room
        self.operated: dict[Key, Any] = {}  # patient, day, theatre
        self.cares: dict[Key, Any] = {}  # nurse, room, shift
        self.there: dict[tuple[int, int], list[tuple[int, Stay, int, Any]]] = defaultdict(list)
        """By room and day: who may lie there, since which day, and the literal that says so."""
        self.stays: dict[tuple[int, int], tuple[Stay, dict[int, Any]]] = {}
        """By person and day of admission: the literals of the rooms."""
        for p, patient in enumerate(instance.patients):
            self._one_day_room_and_theatre(p, patient)
        for e, one in enumerate(instance.occupants, len(instance.patients)):
            self._lies(e, one, 0, one.room or 0, self.model.new_constant(1))
        self._surgeons_and_theatres_have_minutes()
        self._theatres_opened_and_changed()
        self._beds_genders_and_ages()
        self._one_nurse_for_a_room()
        self._whom_nurses_see()
        self.model.minimize(sum(self.cost))

    def _lies(self, e: int, one: Stay, day: int, room: int, literal: Any) -> None:
        self.stays.setdefault((e, day), (one, {}))[1][room] = literal
        for d in range(day, min(day + one.days, self.instance.days)):
            self.there[room, d].append((e, one, day, literal))

    def _one_day_room_and_theatre(self, p: int, patient: Stay) -> None:
        """At most one admission, exactly one for who must come; delay and staying out cost."""
        admitted = []
        for day in range(patient.release, patient.due + 1):
            at_day = self._yes()
            admitted.append(at_day)
            for r in self.rooms:
                if r not in patient.banned_rooms:
                    self.comes[p, day, r] = self._yes()
                    self._lies(p, patient, day, r, self.comes[p, day, r])
            for t in self.theatres:
                self.operated[p, day, t] = self._yes()
            self.model.add(sum(self.comes[p, day, r] for r in self.rooms if (p, day, r) in self.comes) == at_day)
            self.model.add(sum(self.operated[p, day, t] for t in self.theatres) == at_day)
            self.cost.append(self.weights["patient_delay"] * (day - patient.release) * at_day)
        if patient.mandatory:
            self.model.add_exactly_one(admitted)
        else:
            self.model.add_at_most_one(admitted)
            self.cost.append(self.weights["unscheduled_optional"] * (1 - sum(admitted)))

    def _surgeons_and_theatres_have_minutes(self) -> None:
        """No surgeon and no theatre works longer than there is time."""
        surgeons, theatres = defaultdict(list), defaultdict(list)
        for (p, day, t), literal in self.operated.items():
            patient = self.instance.patients[p]
            surgeons[patient.surgeon, day].append(patient.minutes * literal)
            theatres[t, day].append(patient.minutes * literal)
        for (k, day), minutes in surgeons.items():
            self.model.add(sum(minutes) <= self.instance.surgeon_minutes[k][day])
        for (t, day), minutes in theatres.items():
            self.model.add(sum(minutes) <= self.instance.theatre_minutes[t][day])

    def _theatres_opened_and_changed(self) -> None:
        """A theatre in use costs; so does each one beyond a surgeon's first."""
        opened: dict[Key, Any] = defaultdict(self._yes)
        uses: dict[Key, Any] = defaultdict(self._yes)
        for (p, day, t), literal in self.operated.items():
            surgeon = self.instance.patients[p].surgeon
            self.model.add_implication(literal, opened[t, day])
            self.model.add_implication(literal, uses[surgeon, day, t])
        self.cost += [self.weights["open_operating_theater"] * literal for literal in opened.values()]
        for surgeon, day in sorted({key[:2] for key in uses}):
            more = self._count(len(self.theatres))
            self.model.add(more >= sum(uses[surgeon, day, t] for t in self.theatres) - 1)
            self.cost.append(self.weights["surgeon_transfer"] * more)

    def _beds_genders_and_ages(self) -> None:
        """As many as there are beds, one gender, and a cost for the span of ages."""
        genders = sorted({one.gender for one in (*self.instance.patients, *self.instance.occupants)})
        for (room, _), lying in self.there.items():
            self.model.add(sum(literal for *_, literal in lying) <= self.instance.capacity[room])
            first = self._yes()
            ages = [one.age for _, one, _, _ in lying]
            low, high = (self.model.new_int_var(min(ages), max(ages), "") for _ in range(2))
            for _, one, _, literal in lying:
                self.model.add_implication(literal, first if one.gender == genders[0] else first.negated())
                self.model.add(low <= one.age).only_enforce_if(literal)
                self.model.add(high >= one.age).only_enforce_if(literal)
            span = self._count(max(ages) - min(ages))
            self.model.add(span >= high - low)
            self.cost.append(self.weights["room_mixed_age"] * span)

    def _one_nurse_for_a_room(self) -> None:
        """Every room that may be occupied has one of those who work."""
        for room, day in self.there:
            for shift in _shifts(day):
                working = [n for n in self.nurses if shift in self.instance.nurses[n].max_load]
                self.cares.update({(n, room, shift): self._yes() for n in working})
                self.model.add_exactly_one(self.cares[n, room, shift] for n in working)

    def _whom_nurses_see(self) -> None:
        """Who lies in a room is seen by the room's nurse: that is her load, her lack of skill, and one more face.

        One literal per person, day of admission, nurse and shift keeps all three linear, so that the relaxation is
        close and small instances can be proven.
        """
        faces: dict[Key, Any] = defaultdict(self._yes)
        loads: dict[Key, list[Any]] = defaultdict(list)
        for (e, day), (one, by_room) in self.stays.items():
            for own in range(min(one.days, self.instance.days - day) * SHIFTS):
                shift = day * SHIFTS + own
                seen = []
                for n in self.nurses:
                    nurse = self.instance.nurses[n]
                    if shift not in nurse.max_load:
                        continue
                    sees = self._yes()
                    seen.append(sees)
                    self.model.add_implication(sees, faces[e, n])
                    for room, lies in by_room.items():
                        self.model.add_bool_or(sees, lies.negated(), self.cares[n, room, shift].negated())
                        self.model.add_bool_or(sees.negated(), lies.negated(), self.cares[n, room, shift])
                    loads[n, shift].append(one.load[own] * sees)
                    self.cost.append(self.weights["room_nurse_skill"] * max(0, one.skill[own] - nurse.skill) * sees)
                self.model.add(sum(seen) == sum(by_room.values()))
        self.cost += [self.weights["continuity_of_care"] * face for face in faces.values()]
        for (n, shift), carried in loads.items():
            excess = self._count(1000)
            self.model.add(excess >= sum(carried) - self.instance.nurses[n].max_load[shift])
            self.cost.append(self.weights["nurse_eccessive_workload"] * excess)

    def solve(self, hint: Solution | None, seconds: float, workers: int) -> tuple[Solution | None, bool]:
        """The best solution found, and whether it is proven to be the best there is."""
        if hint is not None:
            self._hint(hint)
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None, False
        true = solver.boolean_value
        theatre_of = {(p, day): t for (p, day, t), literal in self.operated.items() if true(literal)}
        admissions: list[Admission | None] = [None] * len(self.instance.patients)
        for p, day, room in (key for key, literal in self.comes.items() if true(literal)):
            admissions[p] = Admission(day, room, theatre_of[p, day])
        rooms_of: list[dict[int, tuple[int, ...]]] = [{} for _ in self.nurses]
        for n, room, shift in (key for key, literal in self.cares.items() if true(literal)):
            rooms_of[n][shift] = (*rooms_of[n].get(shift, ()), room)
        return Solution(tuple(admissions), tuple(rooms_of)), status == self.cp.OPTIMAL

    def _hint(self, hint: Solution) -> None:
        for (p, day, room), literal in self.comes.items():
            one = hint.admissions[p]
            self.model.add_hint(literal, one is not None and (one.day, one.room) == (day, room))
        for (p, day, theatre), literal in self.operated.items():
            one = hint.admissions[p]
            self.model.add_hint(literal, one is not None and (one.day, one.theatre) == (day, theatre))
        for (n, room, shift), literal in self.cares.items():
            self.model.add_hint(literal, room in hint.rooms_of[n].get(shift, ()))

    def _yes(self) -> Any:
        return self.model.new_bool_var("")

    def _count(self, most: int) -> Any:
        return self.model.new_int_var(0, most, "")


def _shifts(day: int) -> Iterator[int]:
    return iter(range(day * SHIFTS, day * SHIFTS + SHIFTS))
