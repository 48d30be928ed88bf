"""Visits that lose their physician, room or device: for each another slot or "no slot", least harm in all.

Nothing is ever cancelled here: a visit without a slot stays with people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hospital.planning.case_request import not_negative
from hospital.planning.intervals import MINUTE, Interval, Spans
from hospital.planning.relax import smallest_of
from hospital.planning.report import Relaxation, Status

NEVER = frozenset(("contrast",))
"""What no relaxation may give up: the examination would not be the one that was asked for."""
_CLASHES = 20
"""How often two visits of one patient that overlap are looked at again."""


@dataclass(frozen=True, slots=True)
class VisitHarm:
    """What another slot costs a patient, in cents (our judgement): lower is better, no slot is worst."""

    other_day: int = 60_000
    each_further_day: int = 40_000
    moved_per_minute: int = 50
    other_clinician: int = 60_000
    other_site: int = 80_000
    each_mile: int = 1_000
    """Each way of the journey between the two sites."""
    no_slot: int = 10_000_000
    waited_a_day: int = 1_000
    """How much worse no slot is for each day that the patient has waited since the booking."""

    def __post_init__(self) -> None:
        not_negative("harm", **{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot that could be given, on its site's calendar day; `against` is everything that stands in its way."""

    id: str
    site: str
    clinician: str | None
    visit_type: str
    span: Interval
    day: date
    against: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DisplacedVisit:
    """A visit with what it had until now; `busy`: when its patient is elsewhere; `contrast`: the scanner gives it."""

    id: str
    patient: str
    site: str
    clinician: str | None
    visit_type: str
    was: Interval
    day: date
    waited_days: int = 0
    busy: Spans = ()
    contrast: bool = False


@dataclass(frozen=True, slots=True)
class VisitProblem:
    """The visits, the slots of their kind, and what stands for what in words."""

    visits: tuple[DisplacedVisit, ...]
    slots: tuple[OpenSlot, ...]
    words: Mapping[str, str]
    miles: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Between two sites, either way round; sites whose distance nobody knows are not offered."""
    harm: VisitHarm = field(default_factory=VisitHarm)

    def __post_init__(self) -> None:
        for what, ids in (("visits", [v.id for v in self.visits]), ("slots", [s.id for s in self.slots])):
            if len(set(ids)) != len(ids):
                raise ValueError(f"{what}={sorted(ids)} has the same one twice")


@dataclass(frozen=True, slots=True)
class VisitMove:
    """One visit with its new slot, or why there is none and the least that would have to give."""

    visit: str
    slot: OpenSlot | None
    harm: int
    leaves_day: bool = False
    why: str = ""
    relax: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitResult:
    """Every visit, least harm first; `proven` when no answer has less harm in all."""

    status: Status
    moves: tuple[VisitMove, ...]
    harm: int
    proven: bool

    @property
    def placed(self) -> tuple[VisitMove, ...]:
        """The visits that have another slot."""
        return tuple(move for move in self.moves if move.slot is not None)


def place_visits(problem: VisitProblem) -> VisitResult:
    """Another slot for as many as possible, each slot once: an assignment problem, solved exactly."""
    visits = problem.visits
    if not visits:
        return VisitResult("nothing to do", (), 0, True)
    barred = set[tuple[int, int]]()
    chosen, proven = _assign(problem, barred), True
    for _ in range(_CLASHES):
        clash = _one_patient_twice(problem, chosen)
        if clash is None:
            break
        barred.add(clash)
        chosen, proven = _assign(problem, barred), False
    moves = [_move(problem, n, chosen.get(n)) for n in range(len(visits))]
    placed = sum(move.slot is not None for move in moves)
    status: Status = "all placed" if placed == len(moves) else "some placed" if placed else "none placed"
    order = sorted(moves, key=lambda move: (move.harm, move.visit))
    return VisitResult(status, tuple(order), sum(move.harm for move in moves), proven)


def harm_of(problem: VisitProblem, visit: DisplacedVisit, slot: OpenSlot) -> int:
    """What this slot costs the patient."""
    harm = problem.harm
    days = abs((slot.day - visit.day).days)
    when = harm.other_day + harm.each_further_day * (days - 1) if days else 0
    if not days:
        when = harm.moved_per_minute * (abs(slot.span.start - visit.was.start) // MINUTE)
    other = visit.clinician is not None and slot.clinician != visit.clinician
    where = 0
    if slot.site != visit.site:
        where = harm.other_site + harm.each_mile * (_miles(problem, visit, slot) or 0)
    return when + where + (harm.other_clinician if other else 0)


def _miles(problem: VisitProblem, visit: DisplacedVisit, slot: OpenSlot) -> int | None:
    here, there = visit.site, slot.site
    return 0 if here == there else problem.miles.get((here, there), problem.miles.get((there, here)))


def _out(visit: DisplacedVisit, harm: VisitHarm) -> int:
    return harm.no_slot + harm.waited_a_day * visit.waited_days


def _against(visit: DisplacedVisit, slot: OpenSlot) -> frozenset[str]:
    """What stands in the way of this visit in this slot; another kind of visit is no slot for it at all."""
    found = set(slot.against) if visit.contrast else set(slot.against) - NEVER
    if slot.span.minutes < visit.was.minutes:
        found.add("length")
    if any(slot.span.overlaps(span) for span in visit.busy):
        found.add("patient")
    return frozenset(found)


def _fits(problem: VisitProblem, visit: DisplacedVisit, slot: OpenSlot) -> bool:
    alike = slot.visit_type == visit.visit_type and _miles(problem, visit, slot) is not None
    return alike and not _against(visit, slot)


def _assign(problem: VisitProblem, barred: set[tuple[int, int]]) -> dict[int, int]:
    """The slot of each visit that has one, at the least harm of all together."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    visits, slots = problem.visits, problem.slots
    never = 10**13
    cost = np.full((len(visits), len(slots) + len(visits)), never, dtype=np.int64)
    for n, visit in enumerate(visits):
        cost[n, len(slots) + n] = _out(visit, problem.harm)
        for m, slot in enumerate(slots):
            if (n, m) not in barred and _fits(problem, visit, slot):
                cost[n, m] = harm_of(problem, visit, slot)
    rows, columns = linear_sum_assignment(cost)
    return {int(n): int(m) for n, m in zip(rows, columns, strict=True) if m < len(slots)}


def _one_patient_twice(problem: VisitProblem, chosen: Mapping[int, int]) -> tuple[int, int] | None:
    """A visit and its slot that overlaps another new slot of the same patient."""
    seen: dict[str, list[Interval]] = {}
    for n, m in sorted(chosen.items()):
        spans = seen.setdefault(problem.visits[n].patient, [])
        if any(problem.slots[m].span.overlaps(span) for span in spans):
            return n, m
        spans.append(problem.slots[m].span)
    return None


def _move(problem: VisitProblem, n: int, m: int | None) -> VisitMove:
    visit = problem.visits[n]
    if m is not None:
        slot = problem.slots[m]
        return VisitMove(visit.id, slot, harm_of(problem, visit, slot), slot.day != visit.day)
    alike = [s for s in problem.slots if s.visit_type == visit.visit_type and _miles(problem, visit, s) is not None]
    fitting = sum(_fits(problem, visit, slot) for slot in alike)
    if fitting:
        why = f"each of its {fitting} slots is given to a visit with fewer others"
        return VisitMove(visit.id, None, _out(visit, problem.harm), why=why)
    relax = _relax(problem, visit, alike)
    why = f"it would have one with {relax[0].words}"
    return VisitMove(visit.id, None, _out(visit, problem.harm), why=why, relax=relax)


def _relax(problem: VisitProblem, visit: DisplacedVisit, alike: Sequence[OpenSlot]) -> tuple[Relaxation, ...]:
    """The smallest sets of constraints without which there would be a slot, the earliest first; at most three."""
    first: dict[frozenset[str], datetime] = {}
    for slot in sorted(alike, key=lambda one: (one.span.start, one.id)):
        first.setdefault(_against(visit, slot), slot.span.start)
    sets = smallest_of(first, NEVER)
    if not sets:
        return (Relaxation(("window",), "a later day than was looked at, or another kind of visit"),)
    ranked = sorted(sets, key=lambda names: first[names])[:3]
    return tuple(
        Relaxation(tuple(sorted(names)), " and ".join(problem.words.get(name, name) for name in sorted(names)))
        for names in ranked
    )
