"""The case as a CP-SAT model: one room, surgeon, anaesthetist and every unit, at one start, at least cost.

The score of a room is piecewise linear in the start, so each linear piece of each free span is one literal.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hospital.planning.case_pieces import Choice, Piece, first_best, repeats, runs
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_starts import Grid, SiteStarts
from hospital.planning.series import Mask

FIRST_PIECES = 40
"""Pieces, best bounds first, that the model starts with."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A placement, its score with what it repeats (cents, None without a solution), and whether it is proven."""

    choice: Choice
    objective: int | None
    proven: bool


class CaseModel:
    """The CP-SAT model of one problem; `solve` gives the best placement with the pieces given."""

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

    def solve(self, earlier: Sequence[Choice], seed: int, limit: float) -> Solved:
        """The best placement away from the earlier ones, and whether that is proven.

        Deterministic: one worker, a seed and a limit in deterministic time (about seconds).
        """
        best_known = first_best(self.request, self.pieces, earlier)
        costs: Any = 0
        for literal, p in zip(self.taken, self.pieces, strict=True):
            costs += (repeats(p, earlier) or 0) * literal
            self.model.add_hint(literal, p is best_known.piece)
        self.model.add_hint(self.start, best_known.start)
        self.model.minimize(self.score + costs)
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = limit
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return Solved(best_known, None, False)
        choice = self._read(solver.boolean_value, int(solver.value(self.start)))
        return Solved(choice, int(solver.objective_value), status == self.cp.OPTIMAL)

    def _read(self, chosen: Callable[[Any], bool], start: int) -> Choice:
        piece = next(p for lit, p in zip(self.taken, self.pieces, strict=True) if chosen(lit))
        units: dict[str, tuple[str, ...]] = {}
        for (_, kind, unit), literal in self.units.items():
            if chosen(literal):
                units[kind] = (*units.get(kind, ()), unit)
        surgeon = next(one for (_, one), literal in self.surgeons.items() if chosen(literal))
        anaesthetist = next(one for (_, one), literal in self.anaesthetists.items() if chosen(literal))
        return Choice(piece, start, surgeon, anaesthetist, units)


def best_choice(
    problem: CaseProblem, grid: Grid, pieces: Sequence[Piece], earlier: Sequence[Choice], seed: int, limit: float
) -> Solved | None:
    """The best placement away from the earlier ones; None when every place left repeats a room and day.

    Pieces enter the model in the order of their bounds (lowest score and repeats): once the optimum is no worse
    than the bound of the first one left out, none of those left out can beat it.
    """
    bounds = sorted(
        (piece.lowest + cost, i) for i, piece in enumerate(pieces) if (cost := repeats(piece, earlier)) is not None
    )
    size = FIRST_PIECES
    while bounds:
        model = CaseModel(problem, grid, [pieces[i] for _, i in bounds[:size]])
        solved = model.solve(earlier, seed, limit)
        if not solved.proven or size >= len(bounds):
            return solved
        if solved.objective is not None and solved.objective <= bounds[size][0]:
            return solved
        size *= 4
    return None
