"""An urgent case when nobody's place is free: which one booked case could move so that it fits, least harm first.

Options that move nobody come first and are found by `allocate_case`; this is only asked when there are none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hospital.planning.case_problem import Weights
from hospital.planning.case_request import CaseRequest
from hospital.planning.case_result import Option
from hospital.planning.case_site import Site
from hospital.planning.displacement import Displaced, Harm, harm_of
from hospital.planning.place_cases import Seeker, place_cases

NEVER_OUT = 10**12
"""What leaving the urgent case out costs: more than anything else together."""


@dataclass(frozen=True, slots=True)
class Bump:
    """A booked elective case that could move, with the sites as they are without it."""

    case: Displaced
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class AddOn:
    """The urgent case and the booked cases that might move for it."""

    request: CaseRequest
    bumps: tuple[Bump, ...]
    harm: Harm = field(default_factory=Harm)
    weights: Weights = field(default_factory=lambda: Weights(delay_per_minute=0, other_site=0))

    def __post_init__(self) -> None:
        for bump in self.bumps:
            if not bump.case.elective:
                raise ValueError(f"{bump.case.request.case} is urgent itself and never moves for another case")


@dataclass(frozen=True, slots=True)
class Bumped:
    """Both new places, and the harm (cents) to the case that moves."""

    case: str
    moved: Option
    placed: Option
    harm: int


@dataclass(frozen=True, slots=True)
class AddOnResult:
    """Ways to fit it in by moving one case, least harm first, and why the other cases are no way."""

    options: tuple[Bumped, ...]
    why_not: tuple[str, ...]


def plan_bumps(
    problem: AddOn, *, limit: int = 2, seed: int = 0, rounds: int = 60, go_on: Callable[[], bool] = lambda: True
) -> AddOnResult:
    """At most `limit` ways. A case without another place is never a way: nobody is cancelled here."""
    found: list[Bumped] = []
    why_not: list[str] = []
    for bump in problem.bumps:
        if not go_on():
            why_not.append(f"{bump.case.request.case}: not looked at any more, the time was up")
            continue
        seekers = (
            Seeker(problem.request, NEVER_OUT),
            Seeker(bump.case.request, problem.harm.no_slot, harm_of(bump.case, bump.sites, problem.harm)),
        )
        placed = place_cases(seekers, bump.sites, weights=problem.weights, seed=seed, rounds=rounds).placed
        new, moved = placed[0].option, placed[1].option
        if new is not None and moved is not None:
            found.append(Bumped(bump.case.request.case, replace(moved, rank=1), new, placed[1].harm))
        elif new is None:
            why_not.append(f"{bump.case.request.case}: moving it makes no room for the urgent case")
        else:
            why_not.append(f"{bump.case.request.case}: it would have no other place")
    found.sort(key=lambda one: (one.harm, one.case))
    return AddOnResult(tuple(found[:limit]), tuple(why_not))
