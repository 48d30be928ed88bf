"""The case as a CP-SAT model: one room, surgeon, anaesthetist and every unit, at one start, at least cost.

The score of a room is piecewise linear in the start, so each linear piece of each free span is one literal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_score import score_terms, total
from hospital.planning.case_starts import Grid, Ints, RoomUse, SiteStarts, room_starts, room_uses
from hospital.planning.intervals import Interval
from hospital.planning.series import Mask

SAME_DAY_AT_SITE, SAME_ROOM, SAME_DAY, SAME_SITE = 400_000, 150_000, 100_000, 50_000
"""What repeating an earlier option costs (cents) when the next is sought; it never enters a score."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Starts `first` to `last` (grid indexes) in one free span of a room, scoring base + slope * (start - first)."""

    site: SiteStarts
    use: RoomUse
    span: Interval
    day: date
    first: int
    last: int
    base: int
    slope: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A solved placement: the start (grid index) and who and what is taken."""

    piece: Piece
    start: int
    surgeon: str
    anaesthetist: str
    units: Mapping[str, tuple[str, ...]]


def pieces_of(problem: CaseProblem, grid: Grid, sites: Iterable[SiteStarts]) -> list[Piece]:
    """Every linear piece of every room's free time in which the case could start."""
    found: list[Piece] = []
    for site in sites:
        shared = site.all_shared()
        for room in site.site.rooms:
            if not problem.request.room_features <= room.features or not shared.any():
                continue
            for use in room_uses(room, problem.request, tuple(site.surgeons)):
                people = np.logical_or.reduce([site.surgeons[one] for one in use.surgeons])
                for span in use.spans:
                    starts = np.flatnonzero(room_starts((span,), problem.request, grid) & shared & people)
                    terms = score_terms(problem, site.site, span, grid, starts, site.needs_order[starts])
                    found.extend(_linear(site, use, span, starts, total(terms)))
    return found


def _linear(site: SiteStarts, use: RoomUse, span: Interval, starts: Ints, score: Ints) -> Iterable[Piece]:
    i = 0
    while i < len(starts):
        day, slope, j = site.days[starts[i]], 0, i
        while j + 1 < len(starts) and starts[j + 1] == starts[j] + 1 and site.days[starts[j + 1]] == day:
            step = int(score[j + 1] - score[j])
            if j > i and step != slope:
                break
            slope, j = step, j + 1
        yield Piece(site, use, span, day, int(starts[i]), int(starts[j]), int(score[i]), slope)
        i = j + 1


def runs(mask: Mask) -> list[tuple[int, int]]:
    """The mask's stretches of True as (first, last) indexes, both included."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


class CaseModel:
    """The CP-SAT model of one problem; `solve` gives the best placement away from the earlier choices."""

    def __init__(self, problem: CaseProblem, grid: Grid, pieces: Sequence[Piece]) -> None:
        from ortools.sat.python import cp_model  # heavy: imported where it is used

        self.cp = cp_model
        self.model: Any = cp_model.CpModel()
        self.request, self.pieces = problem.request, pieces
        self.start = self.model.new_int_var(0, grid.count - 1, "start")
        highest = max(max(p.base, p.base + p.slope * (p.last - p.first)) for p in pieces)
        self.score = self.model.new_int_var(0, highest, "score")
        self.taken = [self.model.new_bool_var(f"piece{i}") for i in range(len(pieces))]
        self.surgeons: dict[tuple[str, str], Any] = {}
        self.anaesthetists: dict[tuple[str, str], Any] = {}
        self.units: dict[tuple[str, str, str], Any] = {}
        self._room_is_free_for_the_whole_case()
        for site in {piece.site.site.id: piece.site for piece in pieces}.values():
            self._people_and_equipment_come_from_the_site(site)
        self._one_person_of_each_kind()
        self._surgeon_may_use_the_room()

    def _room_is_free_for_the_whole_case(self) -> None:
        """Exactly one piece; the start lies in it and the score is the one of that start."""
        self.model.add_exactly_one(self.taken)
        for literal, p in zip(self.taken, self.pieces, strict=True):
            self.model.add_linear_constraint(self.start, p.first, p.last).only_enforce_if(literal)
            self.model.add(self.score == p.base + p.slope * (self.start - p.first)).only_enforce_if(literal)

    def _people_and_equipment_come_from_the_site(self, site: SiteStarts) -> None:
        """At the site taken: somebody to anaesthetise, and as many units of each kind as the case names."""
        key = site.site.id
        here = self.model.new_bool_var(f"at {key}")
        at_site = [lit for lit, p in zip(self.taken, self.pieces, strict=True) if p.site.site.id == key]
        self.model.add(sum(at_site) == here)
        for surgeon, mask in site.surgeons.items():
            self.surgeons[key, surgeon] = self._allowed(mask, f"{key} {surgeon}")
        mine = []
        for one, mask in site.anaesthetists.items():
            self.anaesthetists[key, one] = self._allowed(mask, f"{key} {one}")
            mine.append(self.anaesthetists[key, one])
        self.model.add(sum(mine) == here)
        for kind, needed in Counter(self.request.equipment).items():
            units = {unit: self._allowed(mask, unit) for unit, mask in site.equipment[kind].items()}
            self.units.update({(key, kind, unit): literal for unit, literal in units.items()})
            self.model.add(sum(units.values()) == needed * here)

    def _allowed(self, mask: Mask, name: str) -> Any:
        """A literal that, when true, keeps the start where the mask allows it."""
        literal = self.model.new_bool_var(name)
        if spans := runs(mask):
            domain = self.cp.Domain.from_intervals([list(span) for span in spans])
            self.model.add_linear_expression_in_domain(self.start, domain).only_enforce_if(literal)
        else:
            self.model.add(literal == 0)
        return literal

    def _one_person_of_each_kind(self) -> None:
        """One surgeon and one anaesthetist in all."""
        self.model.add_exactly_one(self.surgeons.values())
        self.model.add_exactly_one(self.anaesthetists.values())

    def _surgeon_may_use_the_room(self) -> None:
        """Block time is used by its owner; open time by any surgeon of the service at that site."""
        for literal, p in zip(self.taken, self.pieces, strict=True):
            allowed = [self.surgeons[p.site.site.id, one] for one in p.use.surgeons]
            self.model.add_bool_or(allowed).only_enforce_if(literal)

    def solve(self, earlier: Sequence[Choice], seed: int, limit: float) -> tuple[Choice | None, bool]:
        """The best placement and whether that is proven; None when nothing (more) is found.

        Deterministic: one worker, a seed and a limit in deterministic time (about seconds).
        """
        repeats = [self._repeats(p, earlier) for p in self.pieces]
        for literal, repeat in zip(self.taken, repeats, strict=True):
            if repeat is None:
                self.model.add(literal == 0)
        costs = sum(repeat * lit for lit, repeat in zip(self.taken, repeats, strict=True) if repeat)
        self.model.minimize(self.score + costs)
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = limit
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None, status == self.cp.INFEASIBLE
        return self._read(solver.boolean_value, int(solver.value(self.start))), status == self.cp.OPTIMAL

    @staticmethod
    def _repeats(piece: Piece, earlier: Sequence[Choice]) -> int | None:
        """What the piece repeats of earlier choices, in cents; None for the same room on the same day."""
        cost = 0
        for choice in earlier:
            other = choice.piece
            same_site, same_day = piece.site.site.id == other.site.site.id, piece.day == other.day
            same_room = same_site and piece.use.room.id == other.use.room.id
            if same_room and same_day:
                return None
            cost += SAME_DAY_AT_SITE * (same_site and same_day) + SAME_ROOM * same_room
            cost += SAME_DAY * same_day + SAME_SITE * same_site
        return cost

    def _read(self, chosen: Callable[[Any], bool], start: int) -> Choice:
        piece = next(p for lit, p in zip(self.taken, self.pieces, strict=True) if chosen(lit))
        units: dict[str, tuple[str, ...]] = {}
        for (_, kind, unit), literal in self.units.items():
            if chosen(literal):
                units[kind] = (*units.get(kind, ()), unit)
        surgeon = next(one for (_, one), literal in self.surgeons.items() if chosen(literal))
        anaesthetist = next(one for (_, one), literal in self.anaesthetists.items() if chosen(literal))
        return Choice(piece, start, surgeon, anaesthetist, units)
