"""Interval arithmetic agrees with counting minutes one by one, and refuses nonsense."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.intervals import Interval, covers, fits, intersect, subtract, total_minutes, union

BASE = datetime(2026, 9, 14, tzinfo=UTC)


def at(start: int, end: int) -> Interval:
    return Interval(BASE + timedelta(minutes=start), BASE + timedelta(minutes=end))


def minutes_in(spans: tuple[Interval, ...] | list[Interval]) -> set[int]:
    return {
        minute
        for span in spans
        for minute in range((span.start - BASE) // timedelta(minutes=1), (span.end - BASE) // timedelta(minutes=1))
    }


groups = st.lists(
    st.tuples(st.integers(0, 80), st.integers(1, 25)).map(lambda pair: at(pair[0], pair[0] + pair[1])),
    max_size=8,
)


def is_tidy(spans: tuple[Interval, ...]) -> bool:
    return all(before.end < after.start for before, after in pairwise(spans))


@given(groups, groups)
def test_arithmetic_agrees_with_counting_every_minute(left: list[Interval], right: list[Interval]) -> None:
    for result, expected in (
        (union(left, right), minutes_in(left) | minutes_in(right)),
        (intersect(left, right), minutes_in(left) & minutes_in(right)),
        (subtract(left, right), minutes_in(left) - minutes_in(right)),
    ):
        assert minutes_in(result) == expected
        assert total_minutes(result) == len(expected)
        assert is_tidy(result)


@given(groups, st.integers(0, 40))
def test_fits_keeps_exactly_the_merged_spans_that_are_long_enough(spans: list[Interval], minutes: int) -> None:
    kept = fits(spans, minutes)
    assert all(span.minutes >= minutes for span in kept)
    assert all(span.minutes < minutes for span in union(spans) if span not in kept)


@given(groups, st.integers(0, 100), st.integers(1, 20))
def test_covers_means_every_minute_is_inside(spans: list[Interval], start: int, length: int) -> None:
    wanted = at(start, start + length)
    assert covers(spans, wanted) == (minutes_in([wanted]) <= minutes_in(spans))


def test_a_night_over_the_clock_change_has_its_real_length() -> None:
    chicago = ZoneInfo("America/Chicago")
    night = Interval(datetime(2026, 10, 31, 19, tzinfo=chicago), datetime(2026, 11, 1, 7, tzinfo=chicago))
    assert night.minutes == 13 * 60


def test_the_same_instant_in_two_zones_is_one_interval() -> None:
    denver = Interval(
        datetime(2026, 9, 14, 7, tzinfo=ZoneInfo("America/Denver")),
        datetime(2026, 9, 14, 8, tzinfo=ZoneInfo("America/Denver")),
    )
    assert denver == Interval(datetime(2026, 9, 14, 13, tzinfo=UTC), datetime(2026, 9, 14, 14, tzinfo=UTC))


def test_an_end_before_its_start_is_refused_with_both_values() -> None:
    with pytest.raises(ValueError, match=r"end=2026-09-14T00:05.* must be after start=2026-09-14T00:10"):
        at(10, 5)
    with pytest.raises(ValueError, match="must be after"):
        at(10, 10)


def test_a_naive_time_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"start=2026-09-14T07:30:00 has no time zone"):
        Interval(datetime(2026, 9, 14, 7, 30), BASE)


def test_touching_spans_merge_but_do_not_overlap() -> None:
    assert union([at(0, 10)], [at(10, 20)]) == (at(0, 20),)
    assert not at(0, 10).overlaps(at(10, 20))
    assert intersect([at(0, 10)], [at(10, 20)]) == ()


def test_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="minutes=-1"):
        fits([at(0, 5)], -1)
