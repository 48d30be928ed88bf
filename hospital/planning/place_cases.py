"""Several cases that look for places at once: from what sites have free to one choice problem, and back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

import numpy as np

from hospital.planning.case_pieces import Choice, Piece, pieces_of
from hospital.planning.case_problem import CaseProblem, Weights
from hospital.planning.case_report import write_option
from hospital.planning.case_request import CaseRequest
from hospital.planning.case_result import Option
from hospital.planning.case_site import Count, Site
from hospital.planning.case_starts import Grid, Ints, SiteStarts, grid_of, starts_at
from hospital.planning.choose import ChoiceProblem, Chosen, Pick, Use, choose
from hospital.planning.intervals import Interval, Spans

MOST_PICKS = 900
"""Places considered for one case, cheapest first."""
STEP = 15
"""Minutes between the places considered in one stretch of free time."""

Extra = Callable[["Place"], int | None]
"""What a place costs beyond its score, in cents; None: not there at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """One start of one case in one room."""

    piece: Piece
    start: int
    """Grid index."""
    at: datetime

    @property
    def site(self) -> str:
        """The site's id."""
        return self.piece.site.site.id

    @property
    def room(self) -> str:
        """The room's id."""
        return self.piece.use.room.id

    @property
    def day(self) -> date:
        """The calendar day on the site's clock."""
        return self.piece.day


@dataclass(frozen=True, slots=True)
class Seeker:
    """A case that looks for a place: what it needs, what leaving it out costs (cents), whom it would rather have."""

    request: CaseRequest
    out: int
    extra: Extra = lambda place: 0
    anaesthetist: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of one seeker: its option and harm (cents), or why it has none."""

    case: str
    option: Option | None
    harm: int
    places: int
    """Places that would have fit it alone."""


@dataclass(frozen=True, slots=True)
class Placing:
    """All seekers in their order, with what the search says of itself and the masks for further questions."""

    placed: tuple[Placed, ...]
    chosen: Chosen
    grid: Grid
    starts: tuple[tuple[SiteStarts, ...], ...]


def place_cases(
    seekers: Sequence[Seeker],
    sites: tuple[Site, ...],
    *,
    weights: Weights | None = None,
    grain: int = 5,
    seed: int = 0,
    rounds: int = 400,
    go_on: Callable[[], bool] = lambda: True,
) -> Placing:
    """Places for all of them together: no resource of the sites is taken by two at once.

    Sites are given without the seekers' own bookings. Deterministic for a seed (see `choose`).
    """
    if not seekers:
        raise ValueError("seekers is empty; name at least one case")
    problems = [CaseProblem(seeker.request, sites, weights or Weights(), grain) for seeker in seekers]
    grid = _grid(problems, seekers)
    starts = tuple(tuple(starts_at(site, seeker.request, grid) for site in sites) for seeker in seekers)
    board = _Resources(grid, sites)
    places, picks = [], []
    for seeker, problem, masks in zip(seekers, problems, starts, strict=True):
        found = _places(problem, grid, masks, seeker)
        places.append([place for place, _ in found])
        picks.append(tuple(Pick(cost, partial(board.uses, seeker, place)) for place, cost in found))
    chosen = choose(
        ChoiceProblem(tuple(picks), tuple(seeker.out for seeker in seekers), board.free()),
        seed=seed, rounds=rounds, go_on=go_on,
    )  # fmt: skip
    placed = []
    for n, (seeker, problem) in enumerate(zip(seekers, problems, strict=True)):
        index = chosen.picks[n]
        option, harm = None, seeker.out
        if index is not None:
            place, names = places[n][index], board.names(chosen.taken[n])
            option = write_option(problem, grid, _choice(place, seeker.request, names))
            harm = picks[n][index].cost
        placed.append(Placed(seeker.request.case, option, harm, len(places[n])))
    return Placing(tuple(placed), chosen, grid, starts)


def _grid(problems: Sequence[CaseProblem], seekers: Sequence[Seeker]) -> Grid:
    """One grid for all, over every window."""
    windows = tuple(window for seeker in seekers for window in seeker.request.windows)
    asked = min(seeker.request.asked_at for seeker in seekers)
    return grid_of(replace(problems[0], request=replace(problems[0].request, windows=windows, asked_at=asked)))


def _places(
    problem: CaseProblem, grid: Grid, starts: tuple[SiteStarts, ...], seeker: Seeker
) -> list[tuple[Place, int]]:
    """Places that fit the case alone, the cheapest first, with their cost."""
    found: list[tuple[int, int, Place]] = []
    step = max(1, STEP // grid.grain)
    for piece in pieces_of(problem, grid, starts):
        for start in sorted({*range(piece.first, piece.last + 1, step), piece.last}):
            place = Place(piece, start, grid.time(start))
            if (extra := seeker.extra(place)) is not None:
                found.append((piece.base + piece.slope * (start - piece.first) + extra, len(found), place))
    return [(place, cost) for cost, _, place in sorted(found, key=lambda one: one[:2])[:MOST_PICKS]]


def _choice(place: Place, request: CaseRequest, names: list[tuple[str, str]]) -> Choice:
    units: dict[str, tuple[str, ...]] = {}
    for kind, id in names:
        if kind.startswith("equipment "):
            name = kind.removeprefix("equipment ")
            units[name] = (*units.get(name, ()), id)
    by_kind = dict(names)
    return Choice(place.piece, place.start, by_kind["surgeon"], by_kind["anaesthesia"], units)


@dataclass
class _Resources:
    """Everything the sites have, as rows of units free per slot of the grid."""

    grid: Grid
    sites: tuple[Site, ...]
    rows: list[Ints] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    """(kind, id) of each row."""
    index: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(site, kind, id) to its row; a surgeon and a device are the same person and thing at every site."""

    def __post_init__(self) -> None:
        # What is in use on the last day of the grid may end after it.
        self._slots = self.grid.count + 24 * 60 // self.grid.grain
        for site in self.sites:
            for room in site.rooms:
                self._add(site.id, "room", room.id, self._spans(room.all_free))
            for surgeon in site.surgeons:
                self._add("", "surgeon", surgeon.id, np.ones(self._slots, dtype=np.int64))
            for one in site.anaesthetists:
                row = self._spans(one.duty) * one.cap
                for case in one.cases:
                    first, last = self._bounds(case)
                    row[first:last] -= 1
                self._add(site.id, "anaesthesia", one.id, np.maximum(row, 0))
            for kind, units in site.equipment.items():
                for unit in units:
                    self._add(site.id, f"equipment {kind}", unit.id, self._spans(unit.free))
            self._add(site.id, "team", "", self._counts(site.team))
            self._add(site.id, "pacu", "", self._counts(site.pacu))
            for level, counts in site.beds.items():
                self._add(site.id, "bed", level, self._counts(counts))

    def free(self) -> Ints:
        """Units free per row and slot."""
        return np.stack(self.rows)

    def names(self, taken: Iterable[int]) -> list[tuple[str, str]]:
        """Kind and id of the rows taken."""
        return [self.ids[row] for row in taken]

    def uses(self, seeker: Seeker, place: Place) -> tuple[Use, ...]:
        """What a place takes, each thing for its own time."""
        request, site, at = seeker.request, place.piece.site.site, place.start * self.grid.grain
        case, after = request.case_minutes, request.case_minutes + request.pacu_minutes
        mask = place.piece.site

        def use(rows: tuple[int, ...], before: int, until: int, amount: int = 1) -> Use:
            first, last = (at - before) // self.grid.grain, -(-(at + until) // self.grid.grain)
            return Use(rows, max(0, first), min(max(first + 1, last), self._slots), amount)

        surgeons = [id for id in place.piece.use.surgeons if mask.surgeons[id][place.start]]
        anaesthetists = [id for id, free in mask.anaesthetists.items() if free[place.start]]
        anaesthetists.sort(key=lambda id: id != seeker.anaesthetist)
        found = [
            use((self._row(site, "room", place.room),), request.setup_minutes, case + request.cleanup_minutes),
            use(tuple(self.index["", "surgeon", id] for id in surgeons), 0, case),
            use(
                tuple(self._row(site, "anaesthesia", id) for id in anaesthetists),
                request.anaesthesia_lead_minutes, case + request.handover_minutes,
            ),
        ]  # fmt: skip
        if request.team_size:
            team = (self._row(site, "team", ""),)
            found.append(use(team, request.setup_minutes, case + request.cleanup_minutes, request.team_size))
        if request.pacu_minutes:
            found.append(use((self._row(site, "pacu", ""),), -case, after))
        if request.post_op_level is not None:
            found.append(use((self._row(site, "bed", request.post_op_level),), -after, after + request.stay_minutes))
        found += self._devices(request, mask, place, use)
        return tuple(found)

    def _devices(
        self, request: CaseRequest, mask: SiteStarts, place: Place, use: Callable[[tuple[int, ...], int, int], Use]
    ) -> list[Use]:
        """A device of each kind; of a kind needed twice, the units are dealt out so that no two uses share one."""
        found = []
        until = request.case_minutes + request.reprocessing_minutes
        for kind in sorted(set(request.equipment)):
            units = [id for id, free in mask.equipment[kind].items() if free[place.start]]
            needed = request.equipment.count(kind)
            for n in range(needed):
                rows = tuple(self._row(mask.site, f"equipment {kind}", id) for id in units[n::needed])
                found.append(use(rows, 0, until))
        return found

    def _row(self, site: Site, kind: str, id: str) -> int:
        return self.index[site.id, kind, id]

    def _add(self, site: str, kind: str, id: str, row: Ints) -> None:
        if (site, kind, id) not in self.index:
            self.index[site, kind, id] = len(self.rows)
            self.rows.append(row)
            self.ids.append((kind, id))

    def _bounds(self, span: Interval) -> tuple[int, int]:
        grain = self.grid.grain * 60
        first = int((span.start - self.grid.origin).total_seconds() // grain)
        last = int(-(-(span.end - self.grid.origin).total_seconds() // grain))
        return max(0, first), max(0, min(last, self._slots))

    def _spans(self, spans: Spans) -> Ints:
        row = np.zeros(self._slots, dtype=np.int64)
        for span in spans:
            first, last = self._bounds(span)
            row[first:last] = 1
        return row

    def _counts(self, counts: Iterable[Count]) -> Ints:
        row = np.full(self._slots, -1, dtype=np.int64)
        for count in counts:
            first, last = self._bounds(count.span)
            part = row[first:last]
            row[first:last] = np.where(part < 0, count.free, np.minimum(part, count.free))
        return np.maximum(row, 0)
