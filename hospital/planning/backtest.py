"""Choosing a model by what it would have said: rolling origins, each scored on what came after it.

Whatever is decided at an origin uses only counts known then. The record scores the choosing itself: at every
later origin the model and its intervals are picked from the earlier ones and measured on the next periods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np

from hospital.planning.forecast_models import CANDIDATES, predict_all
from hospital.planning.series import Array, Mask, Series

MAX_ORIGINS = 12
RECENCY = 0.85
"""Weight of an origin against the next later one, so that a model that follows a recent change can win."""

MIN_POOL = 20
"""Residuals an interval is built from before nearby horizons are preferred to all of them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What was chosen at one origin, and how it did on the periods after it."""

    trained_through: date
    model: str
    mase: float
    inside: Mapping[int, float]
    """Share of the later counts inside each interval, by level in percent."""
    scored: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts of every candidate at every origin beside what came; arrays are (origins, horizon), nan unknown."""

    series: Series
    origins: tuple[int, ...]
    """How many periods were known at each origin, ascending."""
    forecasts: Mapping[str, Array]
    actual: Array
    scales: Array
    """Mean absolute seasonal change before each origin: the yardstick of MASE."""

    def known(self, at: int) -> Mask:
        """Which targets were known when `at` periods were."""
        targets = np.array(self.origins)[:, None] + np.arange(self.actual.shape[1])[None, :]
        known: Mask = (targets < at) & np.isfinite(self.actual)
        return known

    def scores(self, at: int) -> dict[str, float]:
        """MASE of every candidate over the targets known at `at`, later origins weighing more."""
        known = self.known(at)
        rows = np.flatnonzero(known.any(axis=1))
        weights = RECENCY ** np.arange(len(rows))[::-1]
        result = {}
        for name, forecast in self.forecasts.items():
            errors = np.abs(forecast - self.actual) / self.scales[:, None]
            means = np.array([errors[row][known[row]].mean() for row in rows])
            result[name] = float((means * weights).sum() / weights.sum())
        return result

    def choose(self, at: int) -> str:
        """The candidate with the least MASE over what was known at `at`; the simpler one of equals."""
        scores = self.scores(at)
        return min(CANDIDATES, key=lambda name: round(scores[name], 9))

    def residuals(self, model: str, at: int) -> Array:
        """Errors over the square root of the forecast (counts vary so), nan where unknown or closed."""
        forecast = self.forecasts[model]
        scaled = (self.actual - forecast) / np.sqrt(np.maximum(forecast, 1.0))
        usable = self.known(at) & ((forecast > 0) | (self.actual > 0))
        return np.where(usable, scaled, np.nan)


def run_backtest(series: Series, horizon: int, min_training: int) -> Backtest:
    """Forecast from up to MAX_ORIGINS past origins, a week apart for days and one period apart otherwise."""
    n = len(series.values)
    stride = series.season if series.step == "day" else 1
    origins = tuple(n - k * stride for k in range(MAX_ORIGINS, 0, -1) if n - k * stride >= max(min_training, 1))
    actual = np.full((len(origins), horizon), np.nan)
    forecasts = {name: np.zeros((len(origins), horizon)) for name in CANDIDATES}
    scales = np.ones(len(origins))
    values = np.array(series.values)
    for row, origin in enumerate(origins):
        later = values[origin : origin + horizon]
        actual[row, : len(later)] = later
        for name, forecast in predict_all(series.until(origin), horizon)[0].items():
            forecasts[name][row] = forecast
        lag = series.season if origin > series.season else 1
        change = np.abs(values[lag:origin] - values[: origin - lag]).mean()
        scales[row] = change if change > 0 else 1.0
    return Backtest(series, origins, forecasts, actual, scales)


def half_widths(residuals: Array, shares: Sequence[float]) -> Array:
    """For each horizon and share, the conformal quantile of absolute residuals; (horizon, shares).

    Rank ceil((n + 1) * share) of n, as in split conformal prediction; the largest when there are too few.
    """
    horizon = residuals.shape[1]
    window = max(3, horizon // 8)
    everything = np.abs(residuals[np.isfinite(residuals)])
    widths = np.zeros((horizon, len(shares)))
    for h in range(horizon):
        near = residuals[:, max(0, h - window) : h + window + 1]
        pool = np.abs(near[np.isfinite(near)])
        ordered = np.sort(pool if len(pool) >= MIN_POOL else everything)
        for i, share in enumerate(shares):
            if len(ordered) and share > 0:
                rank = min(len(ordered), ceil((len(ordered) + 1) * share))
                widths[h, i] = ordered[rank - 1]
    return widths


def replay(backtest: Backtest, levels: Sequence[int]) -> tuple[Origin, ...]:
    """At each origin with two earlier ones: choose and build intervals from these, and score what came."""
    found = []
    for row in range(2, len(backtest.origins)):
        at = backtest.origins[row]
        model = backtest.choose(at)
        forecast = backtest.forecasts[model][row]
        widths = half_widths(backtest.residuals(model, at), [level / 100 for level in levels])
        known = np.isfinite(backtest.actual[row])
        error = np.abs(backtest.actual[row] - forecast)[known]
        reach = np.sqrt(np.maximum(forecast, 1.0))[:, None] * widths
        inside = {level: float((error <= reach[known, i] + 1e-9).mean()) for i, level in enumerate(levels)}
        mase = float(error.mean() / backtest.scales[row])
        found.append(Origin(backtest.series.period(at - 1), model, mase, inside, int(known.sum())))
    return tuple(found)
