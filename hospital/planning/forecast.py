"""Demand to come, with intervals and the record of how the model was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Literal

import numpy as np

from hospital.planning.backtest import Backtest, Origin, half_widths, replay, run_backtest
from hospital.planning.forecast_models import predict_all
from hospital.planning.series import Array, Series

Status = Literal["ok", "empty", "short", "constant"]

GRID = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975)
"""The probabilities at which every forecast keeps its quantiles."""

MAX_HORIZON = 400
MIN_TRAINING = 8
MIN_ORIGINS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One period's demand: counts, none negative."""

    period: date
    median: float
    p80: float
    """The count that demand stays below with 80% probability: what to plan for."""
    intervals: Mapping[int, tuple[float, float]]
    """Central prediction intervals by level in percent."""
    quantiles: tuple[float, ...]
    """At the probabilities of GRID."""

    def probability_above(self, amount: float) -> float:
        """Probability that demand is more than `amount`, 0 to 1; tails beyond GRID are taken as normal."""
        low, high, middle = self.quantiles[0], self.quantiles[-1], self.median
        if high <= low:
            return float(middle > amount)
        if low < amount < high:
            return float(1 - np.interp(amount, self.quantiles, GRID))
        reach = (high - middle if amount >= high else middle - low) or (high - low)
        spread = reach / NormalDist().inv_cdf(GRID[-1])
        return 1 - NormalDist(middle, spread).cdf(amount)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """How the model was chosen. `mase` and `coverage` score the choosing at earlier origins, not the winner's fit."""

    model: str
    mase_by_candidate: Mapping[str, float]
    mase: float
    coverage: Mapping[int, float]
    scored: int
    n: int
    trained_through: date
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The periods to come. With status empty there are none; short and constant ones say so in `note`."""

    series: str
    status: Status
    note: str
    steps: tuple[Step, ...]
    total: Step | None
    """Demand over the whole horizon; its interval is not the sum of the steps' intervals."""
    card: ModelCard | None


def forecast(series: Series, horizon: int, levels: Sequence[int] = (80, 95)) -> Forecast:
    """Forecast the next `horizon` periods with the candidate that did best from earlier origins.

    Deterministic. Raises ValueError for a horizon or level that makes no sense; thin history is a status.
    """
    if not 1 <= horizon <= MAX_HORIZON:
        raise ValueError(f"horizon={horizon} must be between 1 and {MAX_HORIZON} periods")
    for level in levels:
        if not 1 <= level <= 99:
            raise ValueError(f"level={level} must be between 1 and 99 percent")
    n = len(series.values)
    if n == 0:
        return Forecast(series.name, "empty", "there is no history to forecast from", (), None, None)
    if n > 1 and min(series.values) == max(series.values):
        middle: Array = np.full(horizon, series.values[0])
        note = f"all {n} periods had {series.values[0]:g}; forecast as the same, without an interval"
        return _assemble(series, "constant", note, middle, np.zeros((horizon, len(GRID))), 0.0, levels, None)
    backtest = run_backtest(series, horizon, max(2 * series.season, MIN_TRAINING))
    if len(backtest.origins) < MIN_ORIGINS:
        # Too little to choose a model from: the mean, as a Poisson count.
        middle = np.full(horizon, float(np.mean(series.values)))
        z = np.array([NormalDist().inv_cdf(q) for q in GRID])
        spread = np.sqrt(np.maximum(middle, 1.0))[:, None] * z
        note = f"only {n} periods of history; forecast as their mean with a rough interval"
        total = float(np.sqrt(max(middle.sum(), 1.0)))
        return _assemble(series, "short", note, middle, spread, total, levels, None)
    model = backtest.choose(n)
    forecasts, closed = predict_all(series, horizon)
    middle = forecasts[model]
    widths = half_widths(backtest.residuals(model, n), [abs(2 * q - 1) for q in GRID])
    scale = np.where(closed, 0.0, np.sqrt(np.maximum(middle, 1.0)))
    spread = scale[:, None] * widths * np.sign(np.array(GRID) - 0.5)
    note = f"{model}, chosen on {len(backtest.origins)} earlier origins"
    total = _total_spread(backtest, model, middle, spread)
    return _assemble(series, "ok", note, middle, spread, total, levels, _card(backtest, model, levels))


def _card(backtest: Backtest, model: str, levels: Sequence[int]) -> ModelCard:
    origins = replay(backtest, levels)
    n = len(backtest.series.values)
    weights = np.array([origin.scored for origin in origins], dtype=float)

    def mean(values: Sequence[float]) -> float:
        return float((np.array(values) * weights).sum() / weights.sum())

    return ModelCard(
        model=model,
        mase_by_candidate=backtest.scores(n),
        mase=mean([origin.mase for origin in origins]),
        coverage={level: mean([origin.inside[level] for origin in origins]) for level in levels},
        scored=int(weights.sum()),
        n=n,
        trained_through=backtest.series.period(n - 1),
        origins=origins,
    )


def _total_spread(backtest: Backtest, model: str, middle: Array, spread: Array) -> float:
    """Standard deviation of the sum: from the sums missed at complete origins, at least as if independent."""
    independent = float(np.sqrt((((spread[:, -1]) / NormalDist().inv_cdf(GRID[-1])) ** 2).sum()))
    whole = np.isfinite(backtest.actual).all(axis=1)
    if whole.sum() < MIN_ORIGINS:
        return independent
    expected = backtest.forecasts[model][whole].sum(axis=1)
    missed = (backtest.actual[whole].sum(axis=1) - expected) / np.sqrt(np.maximum(expected, 1.0))
    return max(independent, float(np.sqrt((missed**2).mean() * max(middle.sum(), 1.0))))


def _assemble(
    series: Series,
    status: Status,
    note: str,
    middle: Array,
    spread: Array,
    total_spread: float,
    levels: Sequence[int],
    card: ModelCard | None,
) -> Forecast:
    n = len(series.values)
    steps = tuple(_step(series.period(n + h), middle[h], spread[h], levels) for h in range(len(middle)))
    z = np.array([NormalDist().inv_cdf(q) for q in GRID])
    total = _step(series.period(n), float(middle.sum()), total_spread * z, levels)
    return Forecast(series.name, status, note, steps, total, card)


def _step(period: date, middle: float, spread: Array, levels: Sequence[int]) -> Step:
    quantiles = np.clip(middle + spread, 0.0, None)

    def at(q: float) -> float:
        return float(np.interp(q, GRID, quantiles))

    intervals = {level: (at(0.5 - level / 200), at(0.5 + level / 200)) for level in levels}
    return Step(period, float(middle), at(0.8), intervals, tuple(float(q) for q in quantiles))
