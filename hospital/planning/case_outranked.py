"""Places that would do but were not offered: what makes them worse than the first option."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from hospital.planning.case_pieces import Choice, Piece
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_score import TERMS, score_terms
from hospital.planning.case_starts import Grid
from hospital.planning.report import Rejected

WORSE: Mapping[str, str] = {
    "delay": "later",
    "prime time": "more of it outside prime time",
    "fragmentation": "leaves a gap too short to use",
    "other site": "another site",
    "order": "needs an order",
    "cost": "costs more per OR minute",
}


def outranked(problem: CaseProblem, grid: Grid, pieces: Iterable[Piece], choices: Sequence[Choice]) -> list[Rejected]:
    """For each site not offered, and each other room of an offered site and day, its best start and its drawback."""
    offered_sites = {choice.piece.site.site.id for choice in choices}
    offered_days = {(choice.piece.site.site.id, choice.piece.day) for choice in choices}
    offered = {(choice.piece.site.site.id, choice.piece.use.room.id, choice.piece.day) for choice in choices}
    best: dict[tuple[object, ...], tuple[int, int, Piece]] = {}
    for piece in pieces:
        site = piece.site.site.id
        key: tuple[object, ...] = (site,)
        if site in offered_sites:
            key = (site, piece.use.room.id, piece.day)
            if key in offered or (site, piece.day) not in offered_days:
                continue
        for start in (piece.first, piece.last):
            score = piece.base + piece.slope * (start - piece.first)
            if key not in best or (score, start) < best[key][:2]:
                best[key] = (score, start, piece)
    first = min(choices, key=lambda choice: sum(_terms(problem, grid, choice.piece, choice.start).values()))
    yardstick = _terms(problem, grid, first.piece, first.start)
    found = []
    for key, (_, start, piece) in best.items():
        terms = _terms(problem, grid, piece, start)
        worse = sorted((yardstick[name] - terms[name], name) for name in TERMS if terms[name] > yardstick[name])
        local = grid.time(start).astimezone(ZoneInfo(piece.site.site.zone))
        drawback = ", ".join(WORSE[name] for _, name in worse[:2])
        why = f"fits at {local:%H:%M}, but ranks lower: {drawback}" if worse else f"fits as well, at {local:%H:%M}"
        resource = piece.use.room.name if len(key) > 1 else None
        found.append(Rejected(piece.site.site.name, resource, piece.day, "rank", why))
    return found


def _terms(problem: CaseProblem, grid: Grid, piece: Piece, start: int) -> dict[str, int]:
    index = np.array([start])
    site = piece.site
    terms = score_terms(problem, site.site, piece.span, grid, index, site.needs_order[index])
    return {name: int(values[0]) for name, values in terms.items()}
