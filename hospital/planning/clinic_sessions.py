"""Clinic sessions for a surge: which free slots to turn and which sessions to add so that demand is met.

Problem in, result out. Slots are counted in visits, money in cents. Source of the rules: field.md (template changes
are one plan over sessions, rooms, clinicians, equipment and labour).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from hospital.planning.intervals import Interval
from hospital.planning.relax import smallest_sets
from hospital.planning.report import ConstraintReport, Relaxation

Status = Literal["optimal", "feasible", "infeasible", "empty"]


@dataclass(frozen=True, slots=True)
class Need:
    """Visit slots missing at a site in a week that begins on `week`."""

    site: str
    week: date
    missing: int

    @property
    def key(self) -> tuple[str, date]:
        """The place and week."""
        return self.site, self.week


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that could be added: the clinician is free, the room is free; devices are counted."""

    id: str
    site: str
    week: date
    clinician: str
    room: str
    span: Interval
    slots: int
    labour: int
    devices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.slots < 1 or self.labour < 0:
            raise ValueError(f"{self.id}: slots={self.slots} must be positive and labour={self.labour} not negative")


@dataclass(frozen=True, slots=True)
class Turning:
    """Free slots of another kind that could become one of the wanted kind, at no cost."""

    id: str
    site: str
    week: date


@dataclass(frozen=True, slots=True)
class SessionProblem:
    """What is missing and what could be done.

    Args:
        devices: working devices that no session needs, by site, kind and day; what is not named is not short.
        most_more: sessions that one clinician may take on in a week beyond their own.
    """

    needs: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    turnings: tuple[Turning, ...] = ()
    devices: tuple[tuple[str, str, date, int], ...] = ()
    most_more: int = 2

    def __post_init__(self) -> None:
        if len({need.key for need in self.needs}) != len(self.needs):
            raise ValueError("a site and week has two needs")


@dataclass(frozen=True, slots=True)
class SessionResult:
    """The cheapest way, or the way that leaves least missing with what would have to give."""

    status: Status
    sessions: tuple[Candidate, ...] = ()
    turned: tuple[Turning, ...] = ()
    missing: int = 0
    report: ConstraintReport = field(default_factory=lambda: ConstraintReport((), {}))
    relax: tuple[Relaxation, ...] = ()

    @property
    def slots(self) -> int:
        """Slots of the wanted kind gained."""
        return len(self.turned) + sum(one.slots for one in self.sessions)

    @property
    def labour(self) -> int:
        """What the staff of all sessions cost."""
        return sum(one.labour for one in self.sessions)


MISSING, TURN = 10**7, 100
"""What a missing slot and a turned one weigh, in cents: nothing is left missing to save money."""


def add_sessions(problem: SessionProblem, seconds: float = 5.0, seed: int = 0) -> SessionResult:
    """Cover every need at least cost; the best so far when the time is up."""
    wanted = sum(max(0, need.missing) for need in problem.needs)
    if not wanted:
        return SessionResult("empty")
    sessions, turned, missing, proven = _solve(problem, seconds, seed)
    report = ConstraintReport(_binding(problem, sessions, missing), _slack(problem, sessions, turned))
    if not missing:
        return SessionResult("optimal" if proven else "feasible", sessions, turned, 0, report)
    return SessionResult("infeasible", sessions, turned, missing, report, _relax(problem, missing, seconds, seed))


def _solve(
    problem: SessionProblem, seconds: float, seed: int
) -> tuple[tuple[Candidate, ...], tuple[Turning, ...], int, bool]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    adds = {one.id: model.new_bool_var(one.id) for one in problem.candidates}
    turns = {one.id: model.new_bool_var(one.id) for one in problem.turnings}
    missing = []
    for need in problem.needs:
        here = [one.slots * adds[one.id] for one in problem.candidates if (one.site, one.week) == need.key]
        here += [turns[one.id] for one in problem.turnings if (one.site, one.week) == need.key]
        left = model.new_int_var(0, max(0, need.missing), f"missing {need.key}")
        model.add(sum(here) + left >= need.missing)
        missing.append(left)
    for group in _exclusive(problem):
        model.add_at_most_one(adds[id] for id in group)
    for ids in _by_clinician(problem).values():
        model.add(sum(adds[id] for id in ids) <= problem.most_more)
    for ids, count in _by_device(problem):
        model.add(sum(adds[id] for id in ids) <= count)
    labour = sum(one.labour * adds[one.id] for one in problem.candidates)
    model.minimize(MISSING * sum(missing) + labour + TURN * sum(turns.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return (), (), sum(max(0, need.missing) for need in problem.needs), False
    return (
        tuple(one for one in problem.candidates if solver.value(adds[one.id])),
        tuple(one for one in problem.turnings if solver.value(turns[one.id])),
        sum(solver.value(var) for var in missing),
        status == cp_model.OPTIMAL,
    )


def _exclusive(problem: SessionProblem) -> list[tuple[str, str]]:
    """Pairs that cannot both be: the same clinician or room at the same time."""
    ordered = sorted(problem.candidates, key=lambda one: (one.span, one.id))
    found = []
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if other.span.start >= one.span.end:
                break
            if one.clinician == other.clinician or one.room == other.room:
                found.append((one.id, other.id))
    return found


def _by_clinician(problem: SessionProblem) -> dict[tuple[str, date], list[str]]:
    found: dict[tuple[str, date], list[str]] = defaultdict(list)
    for one in problem.candidates:
        found[one.clinician, one.week].append(one.id)
    return found


def _by_device(problem: SessionProblem) -> list[tuple[list[str], int]]:
    """The candidates that would need a kind of device at one site at the same time, and how many are left."""
    found = []
    for site, kind, day, left in problem.devices:
        on = [
            one
            for one in problem.candidates
            if one.site == site and kind in one.devices and one.span.start.date() == day
        ]
        found += [([two.id for two in on if two.span.overlaps(one.span)], left) for one in on]
    return found


def _binding(problem: SessionProblem, sessions: tuple[Candidate, ...], missing: int) -> tuple[str, ...]:
    """What is used up."""
    found = []
    full = [
        who
        for (who, week), ids in _by_clinician(problem).items()
        if sum(one.id in ids for one in sessions) >= problem.most_more
    ]
    if full:
        found.append(f"{len(full)} clinicians take on all {problem.most_more} sessions a week they may")
    used = [(ids, left) for ids, left in _by_device(problem) if sum(one.id in ids for one in sessions) >= left]
    if used:
        found.append("no device is left at some of the times")
    if missing:
        found.append(f"{missing} slots cannot be offered")
    return tuple(found)


def _slack(problem: SessionProblem, sessions: tuple[Candidate, ...], turned: tuple[Turning, ...]) -> dict[str, int]:
    """Slots beyond the need, and sessions and turnings that were not needed."""
    gained = len(turned) + sum(one.slots for one in sessions)
    return {
        "slots beyond the need": gained - sum(max(0, need.missing) for need in problem.needs),
        "sessions still possible": len(problem.candidates) - len(sessions),
        "free slots still to turn": len(problem.turnings) - len(turned),
    }


def _relax(problem: SessionProblem, missing: int, seconds: float, seed: int) -> tuple[Relaxation, ...]:
    """What would have to give so that nothing is missing, the smallest set first."""

    def holds(names: frozenset[str]) -> bool:
        devices = () if "devices" in names else problem.devices
        most = MOST_EASED if "sessions a week" in names else problem.most_more
        eased = SessionProblem(problem.needs, problem.candidates, problem.turnings, devices, most)
        return not _solve(eased, seconds / 3, seed)[2]

    groups = smallest_sets(GIVEN, holds) if problem.candidates else ()
    return tuple(
        Relaxation(tuple(sorted(group)), " and ".join(GIVEN[name] for name in sorted(group))) for group in groups
    ) or (Relaxation(("clinicians",), f"another clinician, room or site: {missing} slots are missing"),)


MOST_EASED = 10
"""Further sessions a week that a clinician may take on when that is what gives."""
GIVEN = {
    "sessions a week": "more than two further sessions a week for a clinician",
    "devices": "more devices, hired or moved from another site",
}
"""What giving up a constraint means."""
