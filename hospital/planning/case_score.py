"""What a placement is worth: five terms in cents, the same whether one start is scored or all of a room's."""

from collections.abc import Mapping

import numpy as np

from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_site import Site
from hospital.planning.case_starts import Grid, Ints
from hospital.planning.intervals import MINUTE, Interval
from hospital.planning.series import Mask

TERMS = ("delay", "prime time", "fragmentation", "other site", "order", "cost")
"""delay = minutes after the first window opens; prime time = room minutes outside it; fragmentation = minutes
of leftover gaps too short to use; other site = a transfer; order = an implant bought for it; cost = OR minutes."""


def score_terms(
    problem: CaseProblem, site: Site, span: Interval, grid: Grid, starts: Ints, needs_order: Mask
) -> dict[str, Ints]:
    """Terms in cents for starts (grid indexes) whose room time lies in the room's free `span`."""
    request, weights = problem.request, problem.weights
    origin = grid.origin
    minutes = starts * grid.grain
    opens = min(window.start for window in request.windows)
    delay = minutes - (max(opens, request.asked_at) - origin) // MINUTE
    begin = minutes - request.setup_minutes
    end = begin + request.room_minutes
    prime = np.zeros(len(starts), dtype=np.int64)
    for part in site.prime:
        if not part.overlaps(span):
            continue
        low, high = (part.start - origin) // MINUTE, (part.end - origin) // MINUTE
        prime += np.clip(np.minimum(end, high) - np.maximum(begin, low), 0, None)
    wasted = np.zeros(len(starts), dtype=np.int64)
    for left in (begin - (span.start - origin) // MINUTE, (span.end - origin) // MINUTE - end):
        wasted += np.where(left < weights.usable_gap, left, 0)
    away = request.home_site is not None and site.id != request.home_site
    return {
        "delay": weights.delay_per_minute * np.clip(delay, 0, None),
        "prime time": weights.outside_prime_per_minute * (request.room_minutes - prime),
        "fragmentation": weights.fragment_per_minute * wasted,
        "other site": np.full(len(starts), weights.other_site * away),
        "order": weights.order * needs_order.astype(np.int64),
        "cost": np.full(len(starts), site.minute_rate * request.room_minutes),
    }


def total(terms: Mapping[str, Ints]) -> Ints:
    """The score: the sum of the terms, lower is better."""
    result: Ints = sum((terms[name] for name in TERMS), start=np.zeros_like(terms["delay"]))
    return result
