"""The starts a case may take, cut so that each piece of a room's free span has a score linear in the start."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_request import CaseRequest
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

    @property
    def lowest(self) -> int:
        """The best score in the piece."""
        return min(self.base, self.base + self.slope * (self.last - self.first))


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
                    if not len(starts):
                        continue
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


def repeats(piece: Piece, earlier: Sequence[Choice]) -> int | None:
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


def first_best(request: CaseRequest, pieces: Iterable[Piece], earlier: Sequence[Choice]) -> Choice:
    """The best end of a piece away from the earlier choices: a warm start, and the answer if time runs out."""
    ends = [
        (piece.base + piece.slope * (start - piece.first) + cost, i, start, piece)
        for i, piece in enumerate(pieces)
        if (cost := repeats(piece, earlier)) is not None
        for start in (piece.first, piece.last)
    ]
    _, _, start, piece = min(ends, key=lambda end: end[:3])
    site = piece.site
    surgeon = next(one for one in piece.use.surgeons if site.surgeons[one][start])
    anaesthetist = next(one for one, mask in site.anaesthetists.items() if mask[start])
    units = {
        kind: tuple(unit for unit, mask in site.equipment[kind].items() if mask[start])[:needed]
        for kind, needed in Counter(request.equipment).items()
    }
    return Choice(piece, start, surgeon, anaesthetist, units)
