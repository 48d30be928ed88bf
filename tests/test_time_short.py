"""Times as people shorten them are read like those written out."""

from datetime import datetime

import pytest
from conftest import SANDBOX_NOW

from agent.planners.embedded.date_values import Minutes, Moment, Window
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.time_short import hours_in_full, shifts_in_full


def read(text: str) -> tuple[object, ...]:
    full = shifts_in_full(hours_in_full(text), SANDBOX_NOW)
    return tuple(read_dates(full, SANDBOX_NOW, SANDBOX_NOW.tzinfo))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "at", "bound"),
    [
        ("the 0940 on Thursday", "2026-09-17T09:40", "at"),
        ("tomorrow 1430", "2026-09-15T14:30", "at"),
        ("book the 1115 wed", "2026-09-16T11:15", "at"),
        ("quarter to nine", "2026-09-14T08:45", "at"),
        ("by quarter past 11", "2026-09-14T11:15", "by"),
        ("at half two", "2026-09-14T14:30", "at"),
        ("3ish", "2026-09-14T15:00", "at"),
        ("until the end of the day", "2026-09-14T17:00", "until"),
        ("eod", "2026-09-14T17:00", "by"),
        ("before handover", "2026-09-14T19:00", "before"),
    ],
)
def test_a_moment(text: str, at: str, bound: str) -> None:
    (when,) = read(text)
    assert isinstance(when, Moment)
    assert (when.at.isoformat()[:16], when.bound) == (at, bound)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("by the end of the week", "2026-09-18", "2026-09-19"),
        ("end of next week", "2026-09-25", "2026-09-26"),
        ("by month end", "2026-09-30", "2026-10-01"),
        ("week on Tuesday", "2026-09-22", "2026-09-23"),
        ("a week from Tuesday", "2026-09-22", "2026-09-23"),
        ("midweek", "2026-09-15", "2026-09-18"),
        ("10 til 2", "2026-09-14T10", "2026-09-14T14"),
        ("within the hour", "2026-09-14T08", "2026-09-14T09"),
        ("wed a.m.", "2026-09-16T07", "2026-09-16T12"),
    ],
)
def test_a_stretch(text: str, start: str, end: str) -> None:
    (when,) = read(text)
    assert isinstance(when, Window)
    assert when.start.isoformat().startswith(start)
    assert when.end.isoformat().startswith(end)


def test_both_days_of_a_weekend_and_a_length() -> None:
    assert len(read("sat and sun")) == 2
    (length,) = read("3 hrs 20")
    assert isinstance(length, Minutes)
    assert length.minutes == 200


@pytest.mark.parametrize(
    "text",
    [
        "five to ten beds",
        "ten to twelve nurses",
        "requisition 1042",
        "order 1030 gloves",
        "REQ-0940",
        "I am only asking",
        "half of two",
        "case 1030",
    ],
)
def test_numbers_that_are_no_time(text: str) -> None:
    assert read(text) == ()


def test_the_end_of_a_shift_is_none_of_a_day() -> None:
    full = shifts_in_full("at the end of the day shift", datetime.fromisoformat("2026-09-14T08:00:00-05:00"))
    assert full == "at the end of the day shift"
