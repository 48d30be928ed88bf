"""Many series at once: a discounted level on seasonal indices that are shrunk towards what the series share.

One series says little about its own season: its indices are pulled towards the pooled profile by empirical Bayes
(weight = signal variance / (signal + noise variance), noise from the scatter between seasons). The level is the
mean of the deseasonalised counts with weights that fade by `fade` a period. The same is done on plain counts and on
square roots (where the spread of counts is even), and the two are averaged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from hospital.planning.series import Array

FADES = (0.1, 0.15, 0.2, 0.25, 0.3)
"""How fast the level forgets, per period, from which the best on earlier origins is taken."""

ROOT_SHIFT = 0.25
"""Added before the square root, so that zero counts do not weigh too much."""

_TINY = 1e-9


def smoothed(values: Array, season: int, horizon: int, fade: float) -> Array:
    """The next `horizon` counts of every row of `values` (series, periods), none negative.

    Raises:
        ValueError: when `values` is not (series, periods), or `fade` is not between 0 and 1.
    """
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(f"values of shape {values.shape} must be (series, periods) with at least one period")
    if not 0 < fade < 1:
        raise ValueError(f"fade={fade} must be between 0 and 1")
    plain = _by_ratio(values, season, horizon, fade)
    root = _by_sum(np.sqrt(values + ROOT_SHIFT), season, horizon, fade)
    result: Array = (np.clip(plain, 0.0, None) + _counts(root)) / 2
    return result


def _by_ratio(values: Array, season: int, horizon: int, fade: float) -> Array:
    """Level times index."""
    table = _seasons(values, season)
    ratios = table / np.maximum(table.mean(axis=2, keepdims=True), _TINY)
    index = _shrunk(ratios, 1.0, np.ones((len(values), 1)))
    # Below a twentieth of the mean an index only blows up noise.
    adjusted = values / np.maximum(_back(index, values.shape[1]), 0.05)
    return _level(adjusted, fade) * _ahead(index, horizon)


def _by_sum(values: Array, season: int, horizon: int, fade: float) -> Array:
    """Level plus index; indices are pooled in units of each series' own spread."""
    table = _seasons(values, season)
    apart = table - table.mean(axis=2, keepdims=True)
    spread = apart.std(axis=(1, 2))[:, None] + _TINY
    index = _shrunk(apart, 0.0, spread)
    return _level(values - _back(index, values.shape[1]), fade) + _ahead(index, horizon)


def _seasons(values: Array, season: int) -> Array:
    """The last whole seasons as (series, seasons, season); one period counts as a season when there are too few."""
    if values.shape[1] < 2 * season:
        season = 1
    count = values.shape[1] // season
    table: Array = values[:, values.shape[1] - count * season :].reshape(len(values), count, season)
    return table


def _shrunk(table: Array, flat: float, unit: Array) -> Array:
    """Seasonal indices (series, season), pulled towards the pooled ones; a single series is pulled to `flat`."""
    own = table.mean(axis=1)
    alone: Array = np.full_like(own, flat)
    pooled: Array = (own / unit).mean(axis=0, keepdims=True) * unit if len(own) > 1 else alone
    if table.shape[1] < 2:
        return pooled
    noise = table.var(axis=1, ddof=1).mean(axis=1, keepdims=True) / table.shape[1]
    signal = np.maximum(((own - pooled) ** 2).mean(axis=1, keepdims=True) - noise, 0.0)
    weight = signal / (signal + noise + 1e-12)
    index: Array = weight * own + (1 - weight) * pooled
    return index


def _level(adjusted: Array, fade: float) -> Array:
    weights = (1 - fade) ** np.arange(adjusted.shape[1])[::-1]
    level: Array = (adjusted * weights).sum(axis=1, keepdims=True) / weights.sum()
    return level


def _back(index: Array, periods: int) -> Array:
    """The index of every past period, counted back from the end."""
    back: Array = index[:, (np.arange(periods) - periods) % index.shape[1]]
    return back


def _ahead(index: Array, horizon: int) -> Array:
    ahead: Array = index[:, np.arange(horizon) % index.shape[1]]
    return ahead


@dataclass(frozen=True, slots=True)
class PanelForecast:
    """The counts to come (series, horizon), with intervals by level in percent, and how it was chosen."""

    middle: Array
    intervals: Mapping[int, tuple[Array, Array]]
    fade: float
    mase_by_fade: Mapping[float, float]
    """Mean over the choosing origins of the mean MASE over series."""
    origins: tuple[int, ...]
    """How many periods were known at each origin it was chosen on."""


def forecast_panel(
    values: Array, season: int, horizon: int, origins: Sequence[int], levels: Sequence[int] = (80, 95)
) -> PanelForecast:
    """Forecast after the last period, with the fade and the intervals that `origins` (all earlier) speak for.

    Raises:
        ValueError: for an origin after which there are not `horizon` known periods.
    """
    known = values.shape[1]
    for origin in origins:
        if not 2 * season <= origin <= known - horizon:
            raise ValueError(f"origin={origin} must be between {2 * season} and {known - horizon} periods")
    tried = {fade: [smoothed(values[:, :at], season, horizon, fade) for at in origins] for fade in FADES}
    scores = {
        fade: float(
            np.mean([panel_mase(values, at, season, made).mean() for at, made in zip(origins, all_made, strict=True)])
        )
        for fade, all_made in tried.items()
    }
    fade = min(scores, key=lambda one: (round(scores[one], 9), one))
    middle = smoothed(values, season, horizon, fade)
    missed = [_missed(values, at, season, made) for at, made in zip(origins, tried[fade], strict=True)]
    intervals = {level: _interval(values, season, middle, missed, level) for level in levels}
    return PanelForecast(middle, intervals, fade, scores, tuple(origins))


def panel_mase(values: Array, origin: int, season: int, made: Array) -> Array:
    """MASE of every series: mean absolute error over the mean absolute change from a season before, in training."""
    trained, came = values[:, :origin], values[:, origin : origin + made.shape[1]]
    scale = np.abs(trained[:, season:] - trained[:, :-season]).mean(axis=1)
    result: Array = np.abs(made - came).mean(axis=1) / np.where(scale > 0, scale, 1.0)
    return result


def _spread(trained: Array, season: int) -> Array:
    """The usual change from a season before on the square-root scale, per series."""
    root = np.sqrt(trained + ROOT_SHIFT)
    change: Array = np.abs(root[:, season:] - root[:, :-season]).mean(axis=1, keepdims=True)
    return np.maximum(change, 0.05)


def _missed(values: Array, origin: int, season: int, made: Array) -> Array:
    came = values[:, origin : origin + made.shape[1]]
    gap = np.sqrt(came + ROOT_SHIFT) - np.sqrt(made + ROOT_SHIFT)
    result: Array = gap / _spread(values[:, :origin], season)
    return result


def _interval(values: Array, season: int, middle: Array, missed: Sequence[Array], level: int) -> tuple[Array, Array]:
    """Split-conformal bounds, the two tails apart, pooled over series and over the origins, by horizon."""
    spread, root = _spread(values, season), np.sqrt(middle + ROOT_SHIFT)
    low, high = root.copy(), root.copy()
    for step in range(middle.shape[1]):
        near = slice(max(0, step - 1), step + 2)
        pool = np.sort(np.concatenate([one[:, near].ravel() for one in missed]))
        rank = min(len(pool), ceil((len(pool) + 1) * (0.5 + level / 200)))
        low[:, step] += spread[:, 0] * pool[len(pool) - rank]
        high[:, step] += spread[:, 0] * pool[rank - 1]
    return _counts(low), _counts(high)


def _counts(root: Array) -> Array:
    """Back from shifted square roots to counts, none negative."""
    counts: Array = np.clip(np.maximum(root, 0.0) ** 2 - ROOT_SHIFT, 0.0, None)
    return counts
