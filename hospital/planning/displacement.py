"""Cases that lose their room, device or person: for each a new place or "no slot", least harm in all.

Nothing is ever cancelled here: a case without a place stays with people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hospital.planning.case_problem import Weights
from hospital.planning.case_relax import relaxations
from hospital.planning.case_request import CaseRequest, not_negative
from hospital.planning.case_result import Option
from hospital.planning.case_site import Site
from hospital.planning.case_starts import SiteStarts
from hospital.planning.intervals import MINUTE, Interval
from hospital.planning.place_cases import Place, Placing, Seeker, place_cases
from hospital.planning.report import Relaxation, Status


@dataclass(frozen=True, slots=True)
class Harm:
    """What a move costs those concerned, in cents (our judgement): lower is better, no slot is worst."""

    other_day: int = 300_000
    each_further_day: int = 100_000
    later_per_minute: int = 50
    earlier_per_minute: int = 150
    """The patient has been told when to come and when to stop eating."""
    most_minutes_earlier: int = 60
    other_site: int = 150_000
    no_slot: int = 10_000_000
    no_slot_urgent: int = 40_000_000

    def __post_init__(self) -> None:
        not_negative("harm", **{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Displaced:
    """A case with its place until now. `request.windows` bound the new one; its own resources count as free."""

    request: CaseRequest
    was: datetime
    site: str
    elective: bool = True
    anaesthetist: str | None = None


@dataclass(frozen=True, slots=True)
class Displacement:
    """The cases and the sites they may go to, without their own bookings and without what was lost."""

    cases: tuple[Displaced, ...]
    sites: tuple[Site, ...]
    harm: Harm = field(default_factory=Harm)
    weights: Weights = field(default_factory=lambda: Weights(delay_per_minute=0, other_site=0))

    def __post_init__(self) -> None:
        ids = [case.request.case for case in self.cases]
        if len(set(ids)) != len(ids):
            raise ValueError(f"cases={sorted(ids)} has the same case twice")
        known = {site.id for site in self.sites}
        for case in self.cases:
            if case.site not in known:
                raise ValueError(f"{case.request.case}: site={case.site} is not among {sorted(known)}")


@dataclass(frozen=True, slots=True)
class Move:
    """One case with its new place, or why there is none and the least that would have to give."""

    case: str
    option: Option | None
    harm: int
    leaves_day: bool
    why: str
    relax: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class DisplacementResult:
    """Every case, least harm first; `proven` when no answer has less harm in all."""

    status: Status
    moves: tuple[Move, ...]
    harm: int
    proven: bool

    @property
    def placed(self) -> tuple[Move, ...]:
        """The cases that have a new place."""
        return tuple(move for move in self.moves if move.option is not None)


def place_displaced(
    problem: Displacement, *, seed: int = 0, rounds: int = 400, go_on: Callable[[], bool] = lambda: True
) -> DisplacementResult:
    """New places for all cases together. Deterministic for a seed; `go_on` may end the improvement early."""
    if not problem.cases:
        return DisplacementResult("nothing to do", (), 0, True)
    seekers = tuple(
        Seeker(
            case.request,
            problem.harm.no_slot if case.elective else problem.harm.no_slot_urgent,
            harm_of(case, problem.sites, problem.harm),
            case.anaesthetist,
        )
        for case in problem.cases
    )
    sites = tuple(with_own_beds(site, problem.cases) for site in problem.sites)
    placing = place_cases(seekers, sites, weights=problem.weights, seed=seed, rounds=rounds, go_on=go_on)
    moves = [_move(problem, placing, n) for n in range(len(problem.cases))]
    placed = sum(move.option is not None for move in moves)
    status: Status = "all placed" if placed == len(moves) else "some placed" if placed else "none placed"
    order = sorted(moves, key=lambda move: (move.harm, move.case))
    return DisplacementResult(status, tuple(order), placing.chosen.cost, placing.chosen.status == "optimal")


def with_own_beds(site: Site, cases: tuple[Displaced, ...]) -> Site:
    """The site with at least the beds its displaced cases were to have: a short day is no shorter for a move."""
    beds = {}
    for level, counts in site.beds.items():
        own = [_bed_of(case) for case in cases if case.site == site.id and case.request.post_op_level == level]
        beds[level] = tuple(
            replace(count, free=max(count.free, sum(stay.overlaps(count.span) for stay in own))) for count in counts
        )
    return replace(site, beds=beds)


def _bed_of(case: Displaced) -> Interval:
    """When the case was to be in its bed after surgery."""
    leaves = case.was + (case.request.case_minutes + case.request.pacu_minutes) * MINUTE
    return Interval(leaves, leaves + max(case.request.stay_minutes, 1) * MINUTE)


def harm_of(case: Displaced, sites: tuple[Site, ...], harm: Harm) -> Callable[[Place], int | None]:
    """What a place adds to its score for this case; None for one the patient cannot make."""
    was_on = _day_of(case, sites)

    def of(place: Place) -> int | None:
        total = harm.other_site if place.site != case.site else 0
        days = (place.day - was_on).days
        if days:
            return total + harm.other_day + harm.each_further_day * (abs(days) - 1)
        late = (place.at - case.was) // MINUTE
        if late < -harm.most_minutes_earlier:
            return None
        return total + (harm.later_per_minute * late if late >= 0 else -harm.earlier_per_minute * late)

    return of


def _day_of(case: Displaced, sites: tuple[Site, ...]) -> date:
    site = next(site for site in sites if site.id == case.site)
    return case.was.astimezone(ZoneInfo(site.zone)).date()


def _move(problem: Displacement, placing: Placing, n: int) -> Move:
    case, placed = problem.cases[n], placing.placed[n]
    if placed.option is not None:
        site = next(site for site in problem.sites if site.id == placed.option.site)
        leaves = placed.option.start.astimezone(ZoneInfo(site.zone)).date() != _day_of(case, problem.sites)
        return Move(placed.case, placed.option, placed.harm, leaves, "", ())
    if placed.places:
        why = f"each of its {placed.places} places is needed by a case that is harder to place"
        return Move(placed.case, None, placed.harm, False, why, ())
    relax = relaxations(case.request, _own_site(placing.starts[n], case), placing.grid)
    why = relax[0].words if relax else "nothing would fit even if three constraints gave"
    return Move(placed.case, None, placed.harm, False, f"no slot; the least that would have to give: {why}", relax)


def _own_site(starts: tuple[SiteStarts, ...], case: Displaced) -> tuple[SiteStarts, ...]:
    return tuple(one for one in starts if one.site.id == case.site) or starts
