"""Which share of booked slots will stay empty: calibrated boosting on strictly earlier history, used by slot only.

A person's own risk is never shown or ranked by: booking over the individual made one group wait longer (Samorani
et al., 2021). What leaves here are probabilities of slots and what sessions add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hospital.planning.boosting import Boosted, fit_boosted
from hospital.planning.no_show_inputs import DAY, HISTORY, Visits, history_before
from hospital.planning.no_show_scores import Scores, score
from hospital.planning.series import Array, Mask

VERSION = "no-show 1"
BACKTEST_DAYS = 28
"""The backtest holds out so many of the latest days."""
MAX_LEARNT = 80_000
"""Visits that are learnt from, the latest; the history before each reaches back as far as is known."""

_PLAIN = ("lead days", "weekday", "hour", "hour booked", "visit type")


@dataclass(frozen=True)
class NoShowModel:
    """What was learnt, and how the same recipe did on the latest days when it had not seen them."""

    boosted: Boosted
    kinds: tuple[str, ...]
    inputs: tuple[str, ...]
    n: int
    backtest: Scores | None

    def probabilities(self, visits: Visits, of: Mask) -> Array:
        """Chances that the visits marked in `of` are missed; the others are only the history before them."""
        return self.boosted.probabilities(_rows(visits, self.kinds)[of])


def fit_no_show(visits: Visits) -> NoShowModel:
    """Learn from all visits whose outcome is known. Deterministic.

    Raises:
        TooLittle: when there are too few of them.
    """
    kinds = tuple(np.unique(visits.kind).tolist())
    rows = _rows(visits, kinds)
    known = ~np.isnan(visits.missed)
    order = np.flatnonzero(known)[np.argsort(visits.start[known], kind="stable")][-MAX_LEARNT:]
    day = np.floor(visits.start / DAY)
    cut = day[order[-1]] - BACKTEST_DAYS + 1 if len(order) else 0
    learnt, held = order[day[order] < cut], order[day[order] >= cut]
    missed = visits.missed == 1
    backtest = None
    if len(learnt) > len(held) and 0 < missed[held].sum() < len(held):
        made = fit_boosted(rows[learnt], missed[learnt], _categorical()).probabilities(rows[held])
        backtest = score(made, missed[held], visits.lead_days[held])
    boosted = fit_boosted(rows[order], missed[order], _categorical())
    return NoShowModel(boosted, kinds, (*_PLAIN, *HISTORY, *sorted(visits.extra)), len(order), backtest)


def _categorical() -> tuple[int, ...]:
    return (_PLAIN.index("visit type"),)


def _rows(visits: Visits, kinds: tuple[str, ...]) -> Array:
    codes: Mapping[str, int] = {kind: code for code, kind in enumerate(kinds)}
    plain = [
        visits.lead_days,
        (np.floor(visits.start / DAY) + 3) % 7,
        visits.start % DAY / 60,
        visits.booked % DAY / 60,
        np.array([codes.get(kind, np.nan) for kind in visits.kind.tolist()], dtype=np.float64),
    ]
    extra = [visits.extra[name] for name in sorted(visits.extra)]
    rows: Array = np.column_stack([*plain, history_before(visits), *extra])
    return rows
