"""Without any option: the fewest constraints that would have to give, over all sites."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np

from hospital.planning.case_request import CaseRequest
from hospital.planning.case_starts import Grid, SiteStarts
from hospital.planning.case_why import MOST_RELAXED, Why, thing
from hospital.planning.report import Relaxation

GIVEN = {
    "site": "that this site is allowed",
    "window": "a start outside the requested window",
    "block": "a release of block time",
}
"""What giving up a constraint means, where it is not one more of something."""


def relaxations(request: CaseRequest, sites: Iterable[SiteStarts], grid: Grid) -> tuple[Relaxation, ...]:
    """The smallest sets of constraints to give up over all sites, earliest start first; at most three."""
    found: list[tuple[int, int, Relaxation]] = []
    for site in sites:
        why = Why(site, request, grid)
        away = request.site is not None and site.site.id != request.site
        scope = np.ones(grid.count, dtype=bool)
        rooms = site.site.rooms
        options: tuple[tuple[frozenset[str], int], ...]
        holds = np.flatnonzero(why.feasible(rooms, scope))
        options = ((frozenset(), int(holds[0])),) if len(holds) else why.smallest(rooms, scope, MOST_RELAXED)
        for out, start in options:
            names = (*(("site",) if away else ()), *sorted(out))
            local = grid.time(start).astimezone(ZoneInfo(site.site.zone))
            givens = [GIVEN.get(name) or f"one more {thing(name, site, request)}" for name in names]
            words = f"{site.site.name}, {local:%a %d %b %H:%M}, given {' and '.join(givens)}"
            found.append((len(names), start, Relaxation(names, words)))
    fewest = min((size for size, _, _ in found), default=0)
    ranked = sorted((item for item in found if item[0] == fewest), key=lambda item: item[1])
    return tuple(item[2] for item in ranked[:3])
