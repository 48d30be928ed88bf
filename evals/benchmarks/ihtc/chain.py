"""One annealing chain: first a place for everybody who must come, then the cheapest plan around it."""

from typing import Self

import numpy as np

from evals.benchmarks.ihtc.arrays import UNSCHEDULED, Array, State, data_of, solution_of
from evals.benchmarks.ihtc.instance import Instance
from evals.benchmarks.ihtc.solution import Solution
from evals.benchmarks.ihtc.start import empty_state, fill, seeded
from evals.benchmarks.ihtc.sweep import Best, no_best, sweep
from hospital.planning.search import cooled, fresh, reheated, spell_of

MOVES = 20_000
"""Moves of one step, some hundredths of a second."""
SEEK_MOVES, SEEK_STEPS, SEEK_LONGER = 1_000, 400, 1.5
"""While places are sought: moves of one step, steps of the first hot spell, how much longer each next one is."""
SEEK_HEAT = (0.8, 0.2)
"""Hard units, of one hot spell of the search for places."""
HOT, WARM, COLD = 0.3, 10.0, 1.0
"""Heat of the search for the cheapest plan: at first, in patients left out; when it begins again; and in the end."""
ENOUGH, SPELLS = 30_000, 8
"""Moves by patients squared after which a spell has found what it can; the most spells."""
SOON = 0.01
"""The share of the budget after which it is known how many moves there will be."""
HARD_WEIGHT = 2.0
"""What one hard unit counts, in patients left out; below one, a plan that breaks something would be the cheaper."""
BOLD = 0.05
"""How often a move is tried although it breaks a hard constraint."""
CARE = 0.65
"""The share of moves that are about nurses."""


class IhtcChain:
    """A `hospital.planning.search.Chain` over plans of the competition."""

    def __init__(self, instance: Instance, seed: int) -> None:
        self.instance, self.seed = instance, seed
        self.data = data = data_of(instance)
        mandatory = int(data.mandatory[: data.patients].sum())
        self.must = data._replace(patients=mandatory, weight=np.zeros_like(data.weight))
        self.state = empty_state(instance, data, seeded(seed))
        self.best = no_best(self.state)
        self.hard_weight = HARD_WEIGHT * float(data.weight[UNSCHEDULED])
        self.spell, self.steps = SEEK_STEPS, 0
        self.spells, self.now = 0, 0
        """Spells of the search for the cheapest plan, 0 while unknown; and the one it is in."""
        self.begun: float | None = None
        """The share of the budget that had gone when the search for the cheapest plan began; None until then."""

    def step(self, progress: float) -> None:
        """Some thousand moves."""
        if self.begun is None:
            self._seek(progress)
            return
        if self.steps == 0:
            self.begun = progress
        share = (progress - self.begun) / max(1 - self.begun, 1e-9)
        if not self.spells and share >= SOON:
            enough = ENOUGH * self.data.patients**2
            self.spells = max(1, min(SPELLS, int(self.steps * MOVES / share / enough)))
        spells = self.spells or 1
        spell = spell_of(share, spells)
        if spell != self.now and not fresh(spell, spells):
            self._begin(self.best, self.best.nurse)
        self.now, self.steps = spell, self.steps + 1
        heat = reheated(HOT * float(self.data.weight[UNSCHEDULED]), WARM, COLD, share, spells)
        sweep(self.data, self.state, self.best, MOVES, heat, self.hard_weight, BOLD, CARE)

    def _seek(self, progress: float) -> None:
        """Look for places that break nothing, whatever they cost; then start to count the cost."""
        if self.steps == self.spell:
            self.spell, self.steps = int(self.spell * SEEK_LONGER), 0
        heat = cooled(*SEEK_HEAT, self.steps / self.spell)
        sweep(self.must, self.state, self.best, SEEK_MOVES, heat, 1.0, 1.0, 0.0)
        self.steps += 1
        if self.found:
            found, self.begun = self.best, progress
            self._begin(found, None)
            self.best = no_best(self.state)
            self.best.cost[0], self.steps = self.state.total[0], 0

    def _begin(self, plan: Best, nurse: Array | None) -> None:
        """Go on from a plan of patients, with its nurses or the first there are."""
        day = plan.day.copy()
        day[self.data.patients :] = -1
        self.state = empty_state(self.instance, self.data, self.state.random, nurse)
        fill(self.data, self.state, day, plan.room, plan.theatre)

    def best_cost(self) -> float:
        """Soft cost of the best plan without violations."""
        return float(self.best.cost[0]) if self.begun is not None and self.found else float("inf")

    @property
    def found(self) -> bool:
        """Whether there is a plan without violations that is counted in full."""
        return bool(self.best.cost[0] < np.iinfo(np.int64).max)

    def adopt(self, other: Self) -> None:
        """Take the other's best plan; with no spell to come that begins there, go on from where the other is."""
        self.best = type(other.best)(*(array.copy() for array in other.best))
        if self.begun is None or self.spells <= 1:
            random = self.state.random.copy()
            self.state = State(*(array.copy() for array in other.state))
            self.state.random[:] = random
            self.begun, self.spells, self.now, self.steps = other.begun, other.spells, other.now, other.steps

    def solution(self) -> Solution:
        """The best plan; where none is without violations, the one there is."""
        plan = self.best if self.found else self.state
        return solution_of(self.data, plan.day, plan.room, plan.theatre, plan.nurse)
