"""Forecasts follow what the series does, never look ahead, and say how sure they are."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospital.planning.forecast import GRID, Forecast, forecast
from hospital.planning.gap import gap
from hospital.planning.series import Series

START = date(2025, 3, 17)  # a Monday
WEEK = np.array([20.0, 22, 24, 23, 18, 0, 0])


def daily(weeks: int = 60, seed: int = 0, rise: float = 1.0, holidays: frozenset[date] = frozenset()) -> Series:
    """Poisson counts over a working week; the last three weeks times `rise`; holidays at a tenth."""
    rate = np.tile(WEEK, weeks)
    rate[-21:] *= rise
    for holiday in holidays:
        if 0 <= (day := (holiday - START).days) < len(rate):
            rate[day] *= 0.1
    values = np.random.default_rng(seed).poisson(rate)
    return Series("referrals", START, tuple(float(v) for v in values), holidays=holidays)


def card(result: Forecast) -> tuple[str, float]:
    assert result.card is not None
    return result.card.model, result.card.mase


@pytest.mark.parametrize("seed", range(3))
def test_a_sharp_rise_over_three_weeks_is_followed(seed: int) -> None:
    result = forecast(daily(seed=seed, rise=1.35), 7)
    assert result.total is not None
    assert 0.88 <= result.total.median / (WEEK.sum() * 1.35) <= 1.25
    # What the demand was before the rise would now be a surprise at the median.
    assert result.total.median > WEEK.sum() * 1.15


def test_the_same_series_gives_the_same_forecast() -> None:
    assert forecast(daily(), 7) == forecast(daily(), 7)


def test_closed_weekdays_are_zero_and_the_rest_is_in_season() -> None:
    result = forecast(daily(), 14)
    for step in result.steps:
        if step.period.weekday() >= 5:
            assert (step.median, step.p80, step.intervals[95]) == (0, 0, (0, 0))
        else:
            assert 0.7 <= step.median / WEEK[step.period.weekday()] <= 1.35


def test_a_coming_holiday_is_forecast_as_past_ones_were() -> None:
    weeks = 60
    coming = START + timedelta(days=7 * weeks + 1)
    past = frozenset(START + timedelta(days=7 * week + 1) for week in (10, 25, 40, 55))
    with_holidays = forecast(daily(weeks, holidays=past | {coming}), 7)
    without = forecast(daily(weeks), 7)
    assert with_holidays.steps[1].median < 0.3 * without.steps[1].median
    assert with_holidays.steps[2].median == pytest.approx(without.steps[2].median, rel=0.25)


def test_changing_the_future_never_changes_an_earlier_choice() -> None:
    calm = daily(weeks=30)
    cut = len(calm.values) - 21
    wild = Series(calm.name, calm.start, calm.values[:cut] + tuple(v * 3 + 40 for v in calm.values[cut:]), "day")
    first, second = forecast(calm, 7), forecast(wild, 7)
    assert first.card is not None
    assert second.card is not None
    known_before = [
        (a, b)
        for a, b in zip(first.card.origins, second.card.origins, strict=True)
        if a.trained_through < calm.period(cut)
    ]
    assert len(known_before) >= 3
    assert [a.model for a, _ in known_before] == [b.model for _, b in known_before]
    # Scores on targets before the change are the same; the change itself is visible afterwards.
    whole = [(a, b) for a, b in known_before if a.trained_through + timedelta(days=7) < calm.period(cut)]
    assert whole
    assert all(a == b for a, b in whole)
    assert first.card.origins[-1] != second.card.origins[-1]


def test_a_forecast_at_an_origin_equals_the_one_made_then() -> None:
    series = daily(weeks=30)
    later = forecast(series, 7)
    assert later.card is not None
    last = later.card.origins[-1]
    then = forecast(series.until(len(series.values) - 7), 7)
    assert card(then)[0] == last.model


@pytest.mark.slow
def test_intervals_cover_about_what_they_claim() -> None:
    inside = {80: 0, 95: 0}
    count = 0
    for seed in range(8):
        series = daily(weeks=41, seed=seed)
        result = forecast(series.until(40 * 7), 7)
        for step, actual in zip(result.steps[:5], series.values[-7:-2], strict=True):
            count += 1
            for level in inside:
                low, high = step.intervals[level]
                inside[level] += low <= actual <= high
    assert 0.6 <= inside[80] / count <= 0.95
    assert inside[95] / count >= 0.85


@given(st.lists(st.integers(0, 60), max_size=70), st.integers(1, 20), st.sampled_from(["day", "week"]))
@settings(max_examples=25)
def test_any_history_gives_ordered_non_negative_quantiles(values: list[int], horizon: int, step: str) -> None:
    series = Series("x", START, tuple(map(float, values)), "week" if step == "week" else "day")
    result = forecast(series, horizon)
    assert len(result.steps) == (horizon if values else 0)
    for item in result.steps:
        assert item.quantiles[0] >= 0
        assert list(item.quantiles) == sorted(item.quantiles)
        assert item.median <= item.p80
        low, high = item.intervals[80]
        assert item.intervals[95][0] <= low <= item.median <= high <= item.intervals[95][1]


@pytest.mark.parametrize(
    ("values", "status", "word"),
    [((), "empty", "no history"), ((4.0,), "short", "1 periods"), ((4.0, 9.0, 2.0), "short", "3 periods"),
     ((7.0,) * 50, "constant", "had 7"), ((0.0,) * 50, "constant", "had 0")],
)  # fmt: skip
def test_thin_history_is_a_status_in_words(values: tuple[float, ...], status: str, word: str) -> None:
    result = forecast(Series("x", START, values), 7)
    assert (result.status, result.card) == (status, None)
    assert word in result.note
    assert gap(result, 5).periods if values else gap(result, 5).total is None


def test_a_monthly_series_with_its_season_is_followed() -> None:
    months = np.tile([30.0, 28, 33, 40, 44, 50, 38, 36, 41, 45, 39, 31], 5)
    values = np.random.default_rng(1).poisson(months * 5)
    result = forecast(Series("volume", date(2021, 1, 1), tuple(map(float, values)), "month"), 6)
    assert [step.period for step in result.steps] == [date(2026, month, 1) for month in range(1, 7)]
    for step, truth in zip(result.steps, months[:6] * 5, strict=True):
        assert step.median == pytest.approx(truth, rel=0.3)
    assert card(result)[1] < 1.2


def test_the_gap_compares_each_period_and_the_whole() -> None:
    demand = forecast(daily(rise=1.35), 7)
    assert demand.total is not None
    roomy = gap(demand, 1000.0)
    assert all(p.deficit_p80 == 0 and p.probability_short < 0.01 for p in roomy.periods)
    tight = gap(demand, [0.0] * 7)
    assert tight.total is not None
    assert tight.total.deficit_median == demand.total.median
    assert tight.total.probability_short > 0.99
    assert all(p.probability_short == 0 for p in tight.periods if p.median == 0)
    with pytest.raises(ValueError, match="capacity has 3 periods, the forecast 7"):
        gap(demand, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"capacity=-1\.0"):
        gap(demand, -1.0)


@given(st.floats(0, 60), st.floats(0, 60))
def test_more_capacity_is_never_more_likely_to_fall_short(one: float, other: float) -> None:
    step = FIXED.steps[0]
    less, more = sorted((one, other))
    assert 0 <= step.probability_above(more) <= step.probability_above(less) <= 1
    assert step.probability_above(step.quantiles[GRID.index(0.9)]) == pytest.approx(0.1, abs=0.06)


FIXED = forecast(daily(), 7)


@pytest.mark.parametrize(
    ("values", "message"), [((3.0, -1.0), r"x\[2025-03-18\]=-1"), ((float("nan"),), r"x\[2025-03-17\]=nan")]
)
def test_impossible_counts_are_refused(values: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Series("x", START, values)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="horizon=0"):
        forecast(daily(), 0)
    with pytest.raises(ValueError, match="level=100"):
        forecast(daily(), 7, levels=(100,))
