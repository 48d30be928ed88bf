"""A reply may say only what was found, in any of the usual forms."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.evidence import unsupported
from tools.results import Done, Refused

ZONE = "America/Chicago"


def found(headline: str = "", **facts: Any) -> Done:
    return Done(headline=headline, facts=facts)


def missing(reply: str, *results: Any, said: tuple[str, ...] = ()) -> tuple[str, ...]:
    return unsupported(reply, results, said)


numbers = st.integers(min_value=0, max_value=10**9)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 12, 31), timezones=st.just(UTC))


@settings(max_examples=60)
@given(numbers)
def test_a_number_of_the_facts_may_be_said_with_separators_and_units(number: int) -> None:
    for reply in (f"{number} beds", f"{number:,} beds", f"a {number}-minute case", f"{number}min", f"({number})"):
        assert missing(reply, found(count=number)) == ()


@settings(max_examples=60)
@given(st.integers(min_value=1, max_value=10**9))
def test_cents_may_be_said_as_dollars(cents: int) -> None:
    dollars = cents / 100
    for reply in (f"${dollars:,.2f}", f"{dollars:.2f} USD", f"$ {dollars:,.2f}", f"{dollars:.2f} dollars"):
        assert missing(f"It costs {reply}.", found(amount=cents)) == ()


@settings(max_examples=60)
@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_a_fraction_may_be_rounded(value: Any) -> None:
    for reply in (f"{value:.0f}", f"{value:.1f}", f"{value:.2f}", f"{value}"):
        assert missing(f"about {reply} hours", found(hours=float(value))) == ()


@settings(max_examples=40)
@given(st.decimals(min_value=0, max_value=1, places=4))
def test_a_share_may_be_said_in_percent(share: Any) -> None:
    hundred = share * 100
    for reply in (f"{hundred:.0f}%", f"{hundred:.1f} percent", f"{hundred:.2f} %"):
        assert missing(f"used {reply}", found(share=float(share))) == ()


@settings(max_examples=60)
@given(moments)
def test_a_moment_may_be_said_on_the_clock_of_a_site_that_is_named(moment: datetime) -> None:
    local = moment.astimezone(ZoneInfo(ZONE))
    hour = f"{local:%I:%M %p}".lstrip("0")
    for reply in (
        f"{local:%a %d %b %H:%M}",
        f"{local:%A, %d %B %Y} at {hour}",
        f"{local:%B} {local.day}, {local:%Y}, {hour.lower()}",
        f"{local:%A} at {local:%H:%M}",
        f"{local:%Y-%m-%d}",
        f"{moment:%H:%M} UTC",
    ):
        assert missing(reply, found(f"({ZONE})", start=moment.isoformat())) == (), reply


@settings(max_examples=60)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(min_value=1, max_value=27))
def test_another_day_is_found(day: date, later: int) -> None:
    other = date.fromordinal(day.toordinal() + later)
    for reply in (f"{other:%d %b}", f"{other:%a %d %B %Y}", f"{other:%B} {other.day}", f"{other:%Y-%m-%d}"):
        assert missing(f"It is on {reply}.", found(day=day)), reply


def test_a_wrong_weekday_is_found() -> None:
    assert missing("It is free on Friday.", found(day="2026-09-17")) == ("Friday",)
    assert missing("It is on Fri 17 Sep.", found(day="2026-09-17")) == ("Fri 17 Sep",)
    assert missing("It is on Thu 17 Sep.", found(day="2026-09-17")) == ()
    assert missing("It is on 17 September.", found("Thu 17 Sep")) == ()


@settings(max_examples=80)
@given(
    numbers, st.integers(min_value=4, max_value=10**9), st.sampled_from(["{} beds", "{}h", "x{}", "{}-bed", "{}."])
)
def test_any_planted_number_is_found(number: int, planted: int, form: str) -> None:
    if planted == number:
        return
    assert missing(form.format(planted), found(count=number))


@pytest.mark.parametrize(
    ("reply", "claim"),
    [
        ("There are 3 beds free.", "3"),
        ("There are seven beds free.", "seven"),
        ("It starts at 10:15.", "10:15"),
        ("It starts at 4 pm.", "4 pm"),
        ("CASE-511 lacks it.", "CASE-511"),
        ("PLAN-ABCDEFGH waits.", "PLAN-ABCDEFGH"),
        ("Dr. Meyer agreed.", "Meyer"),
        ("It costs $12.50.", "$12.50"),
        ("97% are used.", "97%"),
        ("It takes 90min.", "90"),
    ],
)
def test_planted_claims_of_every_kind_are_found(reply: str, claim: str) -> None:
    result = found("Dr. Lund operates in OR 14.", case="CASE-510", rooms=14, at="2026-09-17T14:40:00Z")
    assert missing(reply, result) == (claim,)


def test_codes_and_names_are_known_however_they_were_written() -> None:
    result = found("", case="case-510", surgeon="Elena Varga", item="HIP-REV-7")
    assert missing("CASE-510 of Dr. Varga needs HIP-REV-7.", result) == ()
    assert missing("Dr. Varga's case", result) == ()


def test_counts_of_what_is_listed_and_list_markers_are_no_inventions() -> None:
    result = found("", options=["a", "b", "c", "d"])
    assert missing("There are 4 options:\n1. a\n2. b\n3. c\n4) d", result) == ()
    assert missing("Which of the two?", Refused(kind="missing", sentence="?", choices=("x", "y"))) == ()


def test_what_the_person_said_may_be_repeated() -> None:
    assert missing("You asked about 17 beds at 9:30 am.", said=("17 beds by 9:30 am please",)) == ()
    assert missing("You asked about 18 beds.", said=("17 beds",)) == ("18",)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_supports_itself(text: str) -> None:
    assert missing(text, said=(text,)) == ()


@settings(max_examples=60)
@given(st.text(alphabet="0123456789:-,.$%/ TZapm", max_size=40))
def test_odd_figures_never_raise(text: str) -> None:
    assert missing(text, said=(text,)) == ()
