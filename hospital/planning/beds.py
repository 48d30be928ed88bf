"""Which waiting patient goes into which bed: level of care, isolation and equipment are hard limits.

A bed without the equipment never counts as having it, whatever else speaks for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

from hospital.planning.bed_limits import (
    LEVELS,
    WORDS,
    BedSpot,
    Beyond,
    Limit,
    WaitingPatient,
    beyond_rules,
    broken_limits,
)
from hospital.planning.relax import smallest_of
from hospital.planning.report import Relaxation
from hospital.planning.staffing import RatioRoom


@dataclass(frozen=True, slots=True)
class BedProblem:
    """Who waits, which beds there are, and for how many more patients each unit has staffed beds and nurses."""

    patients: tuple[WaitingPatient, ...]
    beds: tuple[BedSpot, ...]
    places: Mapping[str, int]
    """By unit, for how many more it has staffed beds."""
    ratios: Mapping[str, RatioRoom] = field(default_factory=dict)
    """By unit, what the ratio pack allows; a unit without one is not there."""

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
    left = _left(problem, used)
    now = [replace(bed, taken="given away") if bed.id in filled else bed for bed in problem.beds]
    missing = [patient for patient in problem.patients if patient.id not in placed]
    return BedPlan(
        "partial" if missing else "ok",
        placements,
        tuple(Unplaced(patient.id, _relax(problem, patient, now, used)) for patient in missing),
        tuple(sorted(unit for unit, places in left.items() if used[unit] and _fewest(places) <= 0)),
    )


Places = tuple[int, int | None]
"""For how many more patients a unit has staffed beds, and nurses by its ratio (None: no pack is on)."""


def _left(problem: BedProblem, used: Mapping[str, int]) -> dict[str, Places]:
    """What each unit has left when so many of its places are used."""
    return {
        unit: (count - used.get(unit, 0), room.places - used.get(unit, 0) if room else None)
        for unit, count in problem.places.items()
        for room in (problem.ratios.get(unit),)
    }


def _fewest(places: Places) -> int:
    return min(one for one in places if one is not None)


def _choose(problem: BedProblem, seconds: float, seed: int) -> list[tuple[str, str]]:
    from ortools.sat.python import cp_model  # loading it takes a second

    model, left = cp_model.CpModel(), _left(problem, {})
    pairs = {
        (p.id, b.id): (p, b, model.new_bool_var(""))
        for p in problem.patients
        for b in problem.beds
        if not broken_limits(p, b, *left.get(b.unit, (0, None)))
    }
    longest = max(p.waited for p in problem.patients) + 1
    for patient in problem.patients:
        model.add_at_most_one(var for p, _, var in pairs.values() if p.id == patient.id)
    for bed in problem.beds:
        model.add_at_most_one(var for _, b, var in pairs.values() if b.id == bed.id)
    for unit, places in left.items():
        model.add(sum(var for _, b, var in pairs.values() if b.unit == unit) <= max(0, _fewest(places)))
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


def _relax(
    problem: BedProblem, patient: WaitingPatient, beds: Sequence[BedSpot], used: Mapping[str, int]
) -> tuple[Relaxation, ...]:
    """The smallest sets of limits without which a bed would do, at most three, with the beds that are nearest."""
    left = _left(problem, used)
    found: dict[tuple[Limit, ...], list[BedSpot]] = {}
    for bed in beds:
        found.setdefault(broken_limits(patient, bed, *left.get(bed.unit, (0, None))), []).append(bed)
    smallest = smallest_of(found)
    alike = [limits for limits in found if frozenset(limits) in smallest]
    # A bed that is free is nearer than one that somebody lies in.
    sets = sorted(alike, key=lambda limits: ("free" in limits, -len(found[limits])))
    return tuple(
        Relaxation(limits, _words(limits, found[limits]) + _ratios(problem, limits, found[limits], used))
        for limits in sets[:3]
    ) or (Relaxation(("beds",), "a bed: the site has none for such patients"),)


def _words(limits: tuple[Limit, ...], beds: Sequence[BedSpot]) -> str:
    what = " and ".join(WORDS[limit] for limit in limits) or "a room in which nobody has another precaution"
    states = Counter(bed.taken for bed in beds if bed.taken)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common(4))
    return f"missing: {what} ({len(beds)} otherwise fit{f': {counted}' if counted else ''})"


def _ratios(problem: BedProblem, limits: tuple[Limit, ...], beds: Sequence[BedSpot], used: Mapping[str, int]) -> str:
    """What the ratio of the units of these beds would be; nothing when the ratio is not what is missing."""
    if "ratio" not in limits:
        return ""
    units = list(dict.fromkeys(bed.unit for bed in beds))[:3]
    return "".join(f"; {problem.ratios[unit].with_one_more(used.get(unit, 0))}" for unit in units)
