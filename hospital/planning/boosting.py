"""Calibrated gradient boosting on rows in order of time: what is later never teaches what is earlier."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hospital.planning.series import Array, Mask

SEED = 7
CALIBRATED_ON = 0.2
"""The share of rows, the latest, whose outcomes say how far the trees' odds are to be believed."""
MIN_ROWS = 200
MIN_EACH = 20
"""With fewer rows, or fewer of either outcome, there is nothing to learn from."""


class TooLittle(ValueError):
    """There are too few rows, or too few of one outcome."""


@dataclass(frozen=True)
class Boosted:
    """Trees and the straight line that makes their log-odds honest."""

    trees: Any
    slope: float
    offset: float

    def probabilities(self, rows: Array) -> Array:
        """The probability of the outcome for each row, 0 to 1."""
        odds = self.slope * _log_odds(self.trees, rows) + self.offset
        result: Array = 1 / (1 + np.exp(-odds))
        return result


def fit_boosted(rows: Array, happened: Mask, categorical: tuple[int, ...] = ()) -> Boosted:
    """Fit on rows in ascending order of time; deterministic.

    The line is learnt on the latest rows from trees that did not see them; then the trees are grown on all rows.

    Raises:
        TooLittle: saying how many rows and outcomes there are.
    """
    count, hits = len(happened), int(happened.sum())
    if count < MIN_ROWS or min(hits, count - hits) < MIN_EACH:
        raise TooLittle(f"{count} rows with {hits} of the outcome; at least {MIN_ROWS} and {MIN_EACH} of each")
    cut = int(count * (1 - CALIBRATED_ON))
    slope, offset = 1.0, 0.0
    if min(happened[:cut].sum(), cut - happened[:cut].sum(), happened[cut:].sum(), (~happened[cut:]).sum()) > 0:
        slope, offset = _line(_log_odds(_grow(rows[:cut], happened[:cut], categorical), rows[cut:]), happened[cut:])
    return Boosted(_grow(rows, happened, categorical), slope, offset)


def _grow(rows: Array, happened: Mask, categorical: tuple[int, ...]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # heavy: imported where it is used
    from threadpoolctl import threadpool_limits

    trees = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=100,
        max_leaf_nodes=15,
        min_samples_leaf=60,
        l2_regularization=5.0,
        max_features=0.5,
        categorical_features=list(categorical) or None,
        early_stopping=False,
        random_state=SEED,
    )
    # Threads that wait for each other at every node are slower than one, on a machine that has other work.
    with threadpool_limits(1, "openmp"):
        return trees.fit(rows, happened)


def _log_odds(trees: Any, rows: Array) -> Array:
    return np.asarray(trees.decision_function(rows), dtype=np.float64)


def _line(odds: Array, happened: Mask) -> tuple[float, float]:
    """Platt's line: the log-odds that fit the outcomes, with a slope that never turns them round."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0).fit(odds[:, None], happened)
    slope = float(fitted.coef_[0, 0])
    if slope <= 0:
        return 1.0, 0.0
    return slope, float(fitted.intercept_[0])
