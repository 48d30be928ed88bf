"""Many wants, shared resources: each want takes one of its picks or stays out, at the least cost of all together.

Knows nothing of hospitals, so that every family with the same shape can use it: displaced cases, add-ons, a day's
list. Starts greedily (or from what it is given) and improves by large-neighbourhood search: it is a chain of
`hospital.planning.search`, like every other search that can be stopped at any time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import log
from random import Random
from typing import Literal, Self

from hospital.planning.case_starts import Ints
from hospital.planning.search import by_steps, cooled, race

Status = Literal["optimal", "feasible"]
"""optimal = everybody has their own best pick, which no other answer beats; feasible = the best found."""

HEAT, COLD = 0.2, 0.01
"""What may be lost on the way at first, as a share of what an unhappy want loses; and its share at the end."""


@dataclass(frozen=True, slots=True)
class Use:
    """`amount` units of one of these resources (the first that has them) in slots [first, last)."""

    among: tuple[int, ...]
    first: int
    last: int
    amount: int = 1

    def __post_init__(self) -> None:
        if self.last <= self.first or not self.among:
            raise ValueError(f"use of {self.among} in [{self.first}, {self.last}) is empty")


@dataclass(slots=True)
class Pick:
    """One way to serve a want. What it uses may be a question, asked when the pick is first tried: few ever are."""

    cost: int
    _uses: tuple[Use, ...] | Callable[[], tuple[Use, ...]]

    @property
    def uses(self) -> tuple[Use, ...]:
        """Everything it takes."""
        if callable(self._uses):
            self._uses = self._uses()
        return self._uses


@dataclass(frozen=True, slots=True)
class ChoiceProblem:
    """`picks[want]` by ascending cost; `out[want]` is what leaving it out costs; `free[resource, slot]` units."""

    picks: tuple[tuple[Pick, ...], ...]
    out: tuple[int, ...]
    free: Ints

    def __post_init__(self) -> None:
        if len(self.picks) != len(self.out):
            raise ValueError(f"{len(self.picks)} wants have {len(self.out)} costs of staying out")
        for want, picks in enumerate(self.picks):
            costs = [pick.cost for pick in picks]
            if costs != sorted(costs):
                raise ValueError(f"the picks of want {want} are not in ascending cost")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Per want the index of its pick (None: out) and the resource taken for each of its uses."""

    status: Status
    picks: tuple[int | None, ...]
    taken: tuple[tuple[int, ...], ...]
    cost: int
    bound: int
    """No answer costs less: every want at its own best."""
    rounds: int


@dataclass
class _Board:
    """An answer under way, with what is left of every resource."""

    problem: ChoiceProblem
    left: Ints
    picks: list[int | None] = field(default_factory=list)
    taken: list[tuple[int, ...]] = field(default_factory=list)

    def copy(self) -> Self:
        """The same answer, apart from this one."""
        return replace(self, left=self.left.copy(), picks=list(self.picks), taken=list(self.taken))

    def cost(self) -> int:
        """All wants together."""
        return sum(self.cost_of(want) for want in range(len(self.picks)))

    def cost_of(self, want: int) -> int:
        """What this want costs as it stands."""
        index = self.picks[want]
        return self.problem.out[want] if index is None else self.problem.picks[want][index].cost

    def fit(self, pick: Pick) -> tuple[int, ...] | None:
        """Which resource each use would take, or None when one has not enough."""
        found: list[int] = []
        for use in pick.uses:
            for resource in use.among:
                # A pick that uses one resource twice would need both at once; none here does.
                if self.left[resource, use.first : use.last].min() >= use.amount:
                    found.append(resource)
                    break
            else:
                return None
        return tuple(found)

    def put(self, want: int, index: int, taken: tuple[int, ...]) -> None:
        """Serve the want with this pick."""
        self.picks[want], self.taken[want] = index, taken
        for use, resource in zip(self.problem.picks[want][index].uses, taken, strict=True):
            self.left[resource, use.first : use.last] -= use.amount

    def remove(self, want: int) -> None:
        """Leave the want out again."""
        index = self.picks[want]
        if index is None:
            return
        for use, resource in zip(self.problem.picks[want][index].uses, self.taken[want], strict=True):
            self.left[resource, use.first : use.last] += use.amount
        self.picks[want], self.taken[want] = None, ()

    def best(self, want: int, below: int | None = None) -> bool:
        """Serve the want with its cheapest pick that fits and is worth it; whether there was one."""
        limit = self.problem.out[want] if below is None else below
        for index, pick in enumerate(self.problem.picks[want]):
            if pick.cost >= limit:
                return False
            if (taken := self.fit(pick)) is not None:
                self.put(want, index, taken)
                return True
        return False

    def in_the_way(self, pick: Pick) -> set[int]:
        """The wants that use what this pick would use, at the same time."""
        found = set()
        for want, index in enumerate(self.picks):
            if index is None:
                continue
            for use, resource in zip(self.problem.picks[want][index].uses, self.taken[want], strict=True):
                if any(resource in own.among and use.first < own.last and own.first < use.last for own in pick.uses):
                    found.add(want)
                    break
        return found


def choose(
    problem: ChoiceProblem,
    *,
    seed: int = 0,
    rounds: int = 400,
    start: Sequence[int | None] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Chosen:
    """The best answer found in so many rounds; the same for the same seed unless `go_on` ends it early.

    Args:
        start: picks to begin with, such as another solver's; those that do not fit together are left out.
        go_on: asked before each round, so that a caller's deadline can end the search with the best so far.
    """
    line = _Line(problem, start, seed)
    budget = by_steps(rounds)
    race([line], lambda: budget() if line.cost > line.bound and go_on() else 1.0)
    status: Status = "optimal" if line.cost == line.bound else "feasible"
    return Chosen(status, tuple(line.best.picks), tuple(line.best.taken), line.cost, line.bound, line.rounds)


class _Line:
    """A `hospital.planning.search.Chain` whose every step takes a few wants out and puts them back."""

    def __init__(self, problem: ChoiceProblem, start: Sequence[int | None] | None, seed: int) -> None:
        self.board = _begin(problem, start)
        self.wants = range(len(problem.picks))
        self.bound = sum(_least(problem, want) for want in self.wants)
        self.random, self.luck, self.rounds = Random(seed), Random(seed), 0
        self.now = self.cost = self.board.cost()
        self.best = self.board.copy()
        unhappy = len(self._unhappy())
        self.heat = (self.cost - self.bound) / unhappy * HEAT if unhappy else 0.0

    def _unhappy(self) -> list[int]:
        """The wants that could be served better, were they alone."""
        return [want for want in self.wants if self.board.cost_of(want) > _least(self.board.problem, want)]

    def step(self, progress: float) -> None:
        """Shake one want; keep what comes of it when it is better, or little worse while the search is hot."""
        self.rounds += 1
        unhappy = self._unhappy()
        before = self.board.copy()
        _shake(self.board, self.random, self.random.choice(unhappy or self.wants))
        after = self.board.cost()
        slack = -cooled(1.0, COLD, progress) * self.heat * log(1.0 - self.luck.random())
        if after > self.now + slack:
            self.board = before
            return
        self.now = after
        if after < self.cost:
            self.cost, self.best = after, self.board.copy()

    def best_cost(self) -> float:
        """All wants together, at the best so far."""
        return float(self.cost)

    def adopt(self, other: Self) -> None:
        """Go on from the other's answer."""
        self.board, self.now = other.board.copy(), other.now
        self.best, self.cost = other.best.copy(), other.cost


def _least(problem: ChoiceProblem, want: int) -> int:
    picks = problem.picks[want]
    return min(picks[0].cost, problem.out[want]) if picks else problem.out[want]


def _begin(problem: ChoiceProblem, start: Sequence[int | None] | None) -> _Board:
    """What was given, then the dearest to leave out first, each with its best pick that still fits."""
    wants = range(len(problem.picks))
    board = _Board(problem, problem.free.copy(), [None] * len(wants), [()] * len(wants))
    for want, index in enumerate(start or ()):
        if index is not None and (taken := board.fit(problem.picks[want][index])) is not None:
            board.put(want, index, taken)
    for want in sorted(wants, key=lambda want: (-problem.out[want], len(problem.picks[want]), want)):
        if board.picks[want] is None:
            board.best(want)
    return board


def _shake(board: _Board, random: Random, want: int) -> None:
    """Give one want a pick it would rather have, take out whoever is in the way, and put all of them back."""
    picks = board.problem.picks[want]
    now = board.cost_of(want)
    better = 0
    while better < len(picks) and picks[better].cost < now:
        better += 1
    if not better:
        return
    # The cheapest are tried most: the square of a uniform number leans to the front.
    index = int(better * random.random() ** 2)
    out = board.in_the_way(picks[index])
    others = [one for one in range(len(board.picks)) if one != want and one not in out]
    out |= set(random.sample(others, min(len(others), random.randrange(3))))
    for one in (want, *sorted(out)):
        board.remove(one)
    if (taken := board.fit(picks[index])) is not None:
        board.put(want, index, taken)
    back = sorted(out)
    random.shuffle(back)
    for one in (*back, want):
        if board.picks[one] is None:
            board.best(one)
