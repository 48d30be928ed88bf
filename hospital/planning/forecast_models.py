"""The candidates a forecast is chosen from; each sees only the values it is given.

A candidate takes (values, season, horizon) and returns `horizon` values. Holidays and closed weekdays are taken
out before and put back after, the same for all (`predict_all`).
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from hospital.planning.panel import smoothed
from hospital.planning.series import Array, Mask, Series

Candidate = Callable[[Array, int, int], Array]

MAX_TRAINING = 728
"""Periods of history a model sees: two years of days; older ones say little and cost time."""

PROFILE_SEASONS = 26
CLOSED_SEASONS = 8
"""A weekday without a single count in so many weeks is closed, and forecast as zero."""


def _seasonal_naive(values: Array, season: int, horizon: int) -> Array:
    return np.resize(values[-season:], horizon)


def _profile(values: Array, season: int) -> Array:
    """Seasonal shares by position counted back from the end (mean 1); flat where nothing was seen."""
    seasons = min(len(values) // season, PROFILE_SEASONS)
    table = values[len(values) - seasons * season :].reshape(seasons, season)
    mean = table.mean()
    shares: Array = table.mean(axis=0) / mean if mean > 0 else np.ones(season)
    return shares


def _level(values: Array, shares: Array, periods: int, back: int = 0) -> float:
    """Counts per average period over the `periods` that end `back` before the last one."""
    end = len(values) - back
    expected = np.resize(shares[::-1], back + periods)[back:].sum()
    return float(values[end - periods : end].sum() / expected) if expected > 0 else 0.0


def _profile_level(values: Array, season: int, horizon: int, *, seasons: int) -> Array:
    """The seasonal profile at the level of the last few seasons (a step up three weeks ago is followed)."""
    shares = _profile(values, season)
    periods = min(len(values), seasons * season if season <= 7 else seasons)
    return np.resize(shares, horizon) * _level(values, shares, periods)


def _profile_trend(values: Array, season: int, horizon: int, *, damping: float = 0.8) -> Array:
    """The seasonal profile on a damped line through the levels of the last four weeks (or six periods)."""
    shares = _profile(values, season)
    block = season if season <= 7 else 1
    count = min(6 if block == 1 else 4, len(values) // block)
    levels = np.array([_level(values, shares, block, back * block) for back in reversed(range(count))])
    slope, middle = np.polyfit(np.arange(count) - (count - 1) / 2, levels, 1) if count > 1 else (0.0, levels[0])
    now = middle + slope * (count - 1) / 2
    ahead = (np.arange(horizon) + (block + 1) / 2) / block
    growth = slope * damping * (1 - damping**ahead) / (1 - damping)
    # A line through four noisy weeks must not run away: at most double or half of the level reached.
    line: Array = np.clip(now + growth, 0.5 * levels[-1], 2 * levels[-1])
    return np.resize(shares, horizon) * line


def _smoothed(values: Array, season: int, horizon: int, *, fade: float) -> Array:
    """The engine of many series, on a panel of one."""
    row: Array = smoothed(_recent(values, season)[None, :], season, horizon, fade)[0]
    return row


def _recent(values: Array, season: int) -> Array:
    """The stretch that smoothing models are fitted on: what is older hardly moves them and costs time."""
    return values[-max(PROFILE_SEASONS * season, 104) :]


def _ets(values: Array, season: int, horizon: int) -> Array:
    from statsforecast.models import AutoETS  # heavy: imported where it is used

    return np.asarray(
        AutoETS(season_length=season).forecast(y=_recent(values, season), h=horizon)["mean"], dtype=np.float64
    )


def _theta(values: Array, season: int, horizon: int) -> Array:
    from statsforecast.models import DynamicOptimizedTheta  # heavy: imported where it is used

    model = DynamicOptimizedTheta(season_length=season)
    return np.asarray(model.forecast(y=_recent(values, season), h=horizon)["mean"], dtype=np.float64)


CANDIDATES: Mapping[str, Candidate] = {
    "seasonal naive": _seasonal_naive,
    "profile at the level of 2 seasons": partial(_profile_level, seasons=2),
    "profile at the level of 6 seasons": partial(_profile_level, seasons=6),
    "profile with recent trend": _profile_trend,
    "quickly fading level on shrunk indices": partial(_smoothed, fade=0.2),
    "slowly fading level on shrunk indices": partial(_smoothed, fade=0.05),
    "AutoETS": _ets,
    "dynamic optimized theta": _theta,
}
"""Simplest first: the first wins a tie."""


def predict_all(known: Series, horizon: int) -> tuple[dict[str, Array], Mask]:
    """Every candidate's forecast of the next periods, zero or more, and which of them are closed (zero)."""
    first = max(0, len(known.values) - MAX_TRAINING)
    values = np.array(known.values[first:])
    season = known.season if len(values) >= 2 * known.season else 1
    holidays = np.array([known.is_holiday(first + i) for i in range(len(values))], dtype=bool)
    plain, effect = _without_holidays(values, holidays, season)
    factors = np.array([effect if known.is_holiday(len(known.values) + h) else 1.0 for h in range(horizon)])
    closed = _closed(plain, season, horizon)
    factors[closed] = 0.0
    forecasts = {
        name: np.clip(candidate(plain, season, horizon), 0.0, None) * factors
        for name, candidate in CANDIDATES.items()
    }
    return forecasts, closed


def _without_holidays(values: Array, holidays: Mask, season: int) -> tuple[Array, float]:
    """The values with holidays replaced by ordinary days around them, and what share of one a holiday has."""
    plain = values.copy()
    actual = expected = 0.0
    for i in np.flatnonzero(holidays):
        near = [j for k in range(-4, 5) if 0 <= (j := i + k * season) < len(values) and not holidays[j]]
        if near:
            plain[i] = values[near].mean()
            actual += values[i]
            expected += plain[i]
    return plain, actual / expected if expected > 0 else 1.0


def _closed(values: Array, season: int, horizon: int) -> Mask:
    """Which of the next periods fall on a position of the season that has had no count for a long time."""
    if season == 1 or len(values) < CLOSED_SEASONS * season:
        return np.zeros(horizon, dtype=bool)
    empty = values[-CLOSED_SEASONS * season :].reshape(CLOSED_SEASONS, season).sum(axis=0) == 0
    return np.resize(empty, horizon)
