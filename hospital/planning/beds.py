"""Which waiting patient goes into which bed: level of care, isolation and equipment are hard limits.

A bed without the equipment never counts as having it, whatever else speaks for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

from hospital.planning.relax import smallest_of
from hospital.planning.report import Relaxation

LEVELS: Mapping[str, tuple[str, ...]] = {
    "med_surg": ("med_surg", "medical", "telemetry", "step_down", "icu"),
    "medical": ("medical", "med_surg", "telemetry", "step_down", "icu"),
    "telemetry": ("telemetry", "step_down", "icu"),
    "step_down": ("step_down", "icu"),
    "icu": ("icu",),
}
"""Levels of care that can look after a patient of a level, nearest first; other levels only take their own."""

Limit = Literal["level", "isolation", "cohort", "equipment", "free", "staffed"]
WORDS: Mapping[Limit, str] = {
    "level": "a bed of a sufficient level of care",
    "isolation": "a bed that can isolate",
    "cohort": "a room without patients under other precautions",
    "equipment": "a bed with the equipment needed",
    "free": "a bed that is free and clean",
    "staffed": "a nurse for one more patient on the unit",
}
Beyond = Literal["isolation", "other_level", "other_specialty"]
"""What makes a possible placement one for the nursing supervisor."""


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """Somebody who needs a bed: what the bed must offer, and how long they have waited (minutes)."""

    id: str
    level: str
    specialty: str
    waited: int = 0
    isolation: str = ""
    """The precaution ("contact", "yes" ...); empty: none. Patients under the same one may share a room."""
    equipment: frozenset[str] = frozenset()
    unit: str | None = None
    """The unit wished for, if any."""

    def __post_init__(self) -> None:
        if self.waited < 0:
            raise ValueError(f"{self.id}: waited={self.waited} must not be negative")


@dataclass(frozen=True, slots=True)
class BedSpot:
    """One bed and what it offers. `taken` says why nobody can be put there now ("dirty", "occupied" ...)."""

    id: str
    unit: str
    level: str
    specialties: frozenset[str] = frozenset()
    isolates: bool = False
    features: frozenset[str] = frozenset()
    taken: str = ""
    room: str = ""
    """Beds of one room are a cohort; empty: a room of its own."""
    precaution: str = ""
    """The precaution of those who lie in the room."""


@dataclass(frozen=True, slots=True)
class BedProblem:
    """Who waits, which beds there are, and for how many more patients each unit has nurses."""

    patients: tuple[WaitingPatient, ...]
    beds: tuple[BedSpot, ...]
    places: Mapping[str, int]

    def __post_init__(self) -> None:
        for kind, ids in (("patient", [p.id for p in self.patients]), ("bed", [b.id for b in self.beds])):
            if twice := [id for id, n in Counter(ids).items() if n > 1]:
                raise ValueError(f"{kind} {twice[0]} is there twice")


@dataclass(frozen=True, slots=True)
class Placement:
    """One patient in one bed; `beyond` is empty when it conforms to the rules."""

    patient: str
    bed: str
    beyond: tuple[Beyond, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Nobody's fault but these limits': the fewest that would have to give, nearest bed first."""

    patient: str
    relax: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class BedPlan:
    """`ok`: everybody has a bed. `partial`: some have none. `empty`: nobody waits."""

    status: Literal["ok", "partial", "empty"]
    placements: tuple[Placement, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    binding: tuple[str, ...] = field(default=())
    """Units whose last place for a nurse's patient is used up."""


def broken_limits(patient: WaitingPatient, bed: BedSpot, places: int) -> tuple[Limit, ...]:
    """The hard limits that this bed breaks for this patient; empty when they may lie there now."""
    checks: tuple[tuple[Limit, bool], ...] = (
        ("level", bed.level in LEVELS.get(patient.level, (patient.level,))),
        ("isolation", bed.isolates or not patient.isolation),
        ("cohort", not bed.room or bed.precaution in ("", patient.isolation)),
        ("equipment", patient.equipment <= bed.features),
        ("free", not bed.taken),
        ("staffed", places > 0),
    )
    return tuple(limit for limit, holds in checks if not holds)


def beyond_rules(patient: WaitingPatient, bed: BedSpot) -> tuple[Beyond, ...]:
    """Why a possible placement is for the nursing supervisor to decide; empty when it conforms."""
    reasons: tuple[tuple[Beyond, bool], ...] = (
        ("isolation", bool(patient.isolation)),
        ("other_level", bed.level != patient.level),
        ("other_specialty", bool(bed.specialties) and patient.specialty not in bed.specialties),
    )
    return tuple(reason for reason, holds in reasons if holds)


def plan_beds(problem: BedProblem, seconds: float = 1.5, seed: int = 1) -> BedPlan:
    """Give as many as possible a bed, those who waited longest first, with as little beyond the rules as can be.

    Deterministic for a seed; `seconds` is a limit that real sites stay far below.
    """
    if not problem.patients:
        return BedPlan("empty")
    chosen = _choose(problem, seconds, seed)
    patients, beds = {p.id: p for p in problem.patients}, {b.id: b for b in problem.beds}
    placements = tuple(Placement(p, b, beyond_rules(patients[p], beds[b])) for p, b in chosen)
    placed = {one.patient for one in placements}
    used = Counter(beds[one.bed].unit for one in placements)
    filled = {one.bed for one in placements}
    left = {unit: count - used[unit] for unit, count in problem.places.items()}
    now = [replace(bed, taken="given away") if bed.id in filled else bed for bed in problem.beds]
    missing = [patient for patient in problem.patients if patient.id not in placed]
    return BedPlan(
        "partial" if missing else "ok",
        placements,
        tuple(Unplaced(patient.id, _relax(patient, now, left)) for patient in missing),
        tuple(sorted(unit for unit, count in left.items() if count <= 0 and used[unit])),
    )


def _choose(problem: BedProblem, seconds: float, seed: int) -> list[tuple[str, str]]:
    from ortools.sat.python import cp_model  # loading it takes a second

    model = cp_model.CpModel()
    pairs = {
        (p.id, b.id): (p, b, model.new_bool_var(""))
        for p in problem.patients
        for b in problem.beds
        if not broken_limits(p, b, problem.places.get(b.unit, 0))
    }
    longest = max(p.waited for p in problem.patients) + 1
    for patient in problem.patients:
        model.add_at_most_one(var for p, _, var in pairs.values() if p.id == patient.id)
    for bed in problem.beds:
        model.add_at_most_one(var for _, b, var in pairs.values() if b.id == bed.id)
    for unit, count in problem.places.items():
        model.add(sum(var for _, b, var in pairs.values() if b.unit == unit) <= max(0, count))
    for either in _mixed(list(pairs.values())):
        model.add_at_most_one(either)
    worth = []
    for patient, bed, var in pairs.values():
        steps = LEVELS.get(patient.level, (patient.level,)).index(bed.level)
        cost = 100 * len(beyond_rules(patient, bed)) + 10 * steps + (0 if patient.unit in (None, bed.unit) else 3)
        spare = len(bed.features - patient.equipment) + (bed.isolates and not patient.isolation)
        worth.append((2000 + 500 * patient.waited // longest - cost - spare) * var)
    model.maximize(sum(worth))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return []
    chosen = [(p, b) for (p, b), (_, _, var) in pairs.items() if solver.boolean_value(var)]
    waited = {patient.id: patient.waited for patient in problem.patients}
    return sorted(chosen, key=lambda pair: (-waited[pair[0]], pair[0]))


def _mixed(pairs: Sequence[tuple[WaitingPatient, BedSpot, Any]]) -> Iterator[list[Any]]:
    """Choices that exclude each other: one room, two different precautions."""
    shared = [(patient, bed, var) for patient, bed, var in pairs if bed.room]
    for (one, bed, var), (other, other_bed, other_var) in combinations(shared, 2):
        if bed.room == other_bed.room and bed.id != other_bed.id and one.isolation != other.isolation:
            yield [var, other_var]


def _relax(patient: WaitingPatient, beds: Sequence[BedSpot], places: Mapping[str, int]) -> tuple[Relaxation, ...]:
    """The smallest sets of limits without which a bed would do, at most three, with the beds that are nearest."""
    found: dict[tuple[Limit, ...], list[BedSpot]] = {}
    for bed in beds:
        found.setdefault(broken_limits(patient, bed, places.get(bed.unit, 0)), []).append(bed)
    smallest = smallest_of(found)
    alike = [limits for limits in found if frozenset(limits) in smallest]
    sets = sorted(alike, key=lambda limits: -len(found[limits]))
    return tuple(Relaxation(limits, _words(limits, found[limits])) for limits in sets[:3]) or (
        Relaxation(("beds",), "a bed: the site has none for such patients"),
    )


def _words(limits: tuple[Limit, ...], beds: Sequence[BedSpot]) -> str:
    what = " and ".join(WORDS[limit] for limit in limits) or "a room in which nobody has another precaution"
    states = Counter(bed.taken for bed in beds if bed.taken)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common(4))
    return f"missing: {what} ({len(beds)} otherwise fit{f': {counted}' if counted else ''})"
