"""Words about time become the right windows, moments and durations in the asked site's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planners.embedded.dates import Daily, Minutes, Moment, When, Window, read_dates

CHICAGO = ZoneInfo("America/Chicago")
DENVER = ZoneInfo("America/Denver")
MONDAY = datetime(2026, 9, 14, 8, tzinfo=CHICAGO)


def only(message: str, now: datetime = MONDAY, zone: ZoneInfo = CHICAGO) -> When:
    found = read_dates(message, now, zone)
    assert len(found) == 1, found
    return found[0]


def window(message: str, now: datetime = MONDAY, zone: ZoneInfo = CHICAGO) -> Window:
    found = only(message, now, zone)
    assert isinstance(found, Window), found
    return found


def moment(message: str, now: datetime = MONDAY, zone: ZoneInfo = CHICAGO) -> Moment:
    found = only(message, now, zone)
    assert isinstance(found, Moment), found
    return found


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("what is open today", "2026-09-14T00:00", "2026-09-15T00:00"),
        ("beds for tonight", "2026-09-14T19:00", "2026-09-15T07:00"),
        ("tomorrow", "2026-09-15T00:00", "2026-09-16T00:00"),
        ("tommorow morning", "2026-09-15T07:00", "2026-09-15T12:00"),
        ("anything Thursday?", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("this thurs", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("next Thursday", "2026-09-24T00:00", "2026-09-25T00:00"),
        ("last Thursday", "2026-09-10T00:00", "2026-09-11T00:00"),
        ("Monday", "2026-09-21T00:00", "2026-09-22T00:00"),
        ("this week", "2026-09-14T00:00", "2026-09-21T00:00"),
        ("next week", "2026-09-21T00:00", "2026-09-28T00:00"),
        ("Wednesday next week", "2026-09-23T00:00", "2026-09-24T00:00"),
        ("the rest of the week", "2026-09-14T08:00", "2026-09-21T00:00"),
        ("next weekend", "2026-09-26T00:00", "2026-09-28T00:00"),
        ("week of the 7th", "2026-10-05T00:00", "2026-10-12T00:00"),
        ("week of Sep 21", "2026-09-21T00:00", "2026-09-28T00:00"),
        ("in the next 7 days", "2026-09-14T08:00", "2026-09-21T08:00"),
        ("within six hours", "2026-09-14T08:00", "2026-09-14T14:00"),
        ("over the past 4 weeks", "2026-08-17T00:00", "2026-09-14T08:00"),
        ("last month", "2026-08-01T00:00", "2026-09-01T00:00"),
        ("last quarter", "2026-04-01T00:00", "2026-07-01T00:00"),
        ("in October", "2026-10-01T00:00", "2026-11-01T00:00"),
        ("January", "2027-01-01T00:00", "2027-02-01T00:00"),
        ("last March", "2026-03-01T00:00", "2026-04-01T00:00"),
        ("Sep 17", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("17 September", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("the 17th of September", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("on the 17th", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("9/17", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("2026-09-17", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("Thursday, September 17th, 2026", "2026-09-17T00:00", "2026-09-18T00:00"),
        ("between 9 and noon on Thursday", "2026-09-17T09:00", "2026-09-17T12:00"),
        ("Friday 11-2pm", "2026-09-18T11:00", "2026-09-18T14:00"),
        ("Sep 15-18", "2026-09-15T00:00", "2026-09-19T00:00"),
        ("Monday to Wednesday", "2026-09-14T00:00", "2026-09-17T00:00"),
        ("from Friday through Tuesday", "2026-09-18T00:00", "2026-09-23T00:00"),
        ("3 days ago", "2026-09-11T00:00", "2026-09-12T00:00"),
        ("last night", "2026-09-13T19:00", "2026-09-14T07:00"),
    ],
)
def test_windows_start_and_end_where_they_should(said: str, start: str, end: str) -> None:
    found = window(said)
    assert found.start == datetime.fromisoformat(start).replace(tzinfo=CHICAGO)
    assert found.end == datetime.fromisoformat(end).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("said", "at", "bound"),
    [
        ("by 8 tonight", "2026-09-14T20:00", "by"),
        ("finish by noon", "2026-09-14T12:00", "by"),
        ("out until 2pm", "2026-09-14T14:00", "until"),
        ("until 11, it is only lunch", "2026-09-14T11:00", "until"),
        ("tomorrow's 7:30", "2026-09-15T07:30", "at"),
        ("tomorrow morning at 8", "2026-09-15T08:00", "at"),
        ("Thursday 9:40", "2026-09-17T09:40", "at"),
        ("9:40 on Thursday", "2026-09-17T09:40", "at"),
        ("Sep 17 at 14:00", "2026-09-17T14:00", "at"),
        ("half past seven tomorrow", "2026-09-15T07:30", "at"),
        ("at 0730 on Friday", "2026-09-18T07:30", "at"),
        ("Friday afternoon at 3", "2026-09-18T15:00", "at"),
        ("2am tonight", "2026-09-15T02:00", "at"),
        ("midnight tonight", "2026-09-15T00:00", "at"),
        ("in 90 minutes", "2026-09-14T09:30", "at"),
        ("after 5 p.m. tomorrow", "2026-09-15T17:00", "after"),
    ],
)
def test_moments_carry_their_bound(said: str, at: str, bound: str) -> None:
    found = moment(said)
    assert found.at == datetime.fromisoformat(at).replace(tzinfo=CHICAGO)
    assert found.bound == bound


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("need 3 hours", 180), ("90 min", 90), ("half a day", 240), ("an hour and a half", 90), ("1h 30", 90),
     ("two and a half hours", 150), ("half an hour", 30), ("2 hours and 15 minutes", 135),
     ("for an hour", 60),
     ("a 4-hour slot", 240), ("2.5 hrs", 150)],
)  # fmt: skip
def test_durations_count_minutes(said: str, minutes: int) -> None:
    found = only(said)
    assert isinstance(found, Minutes)
    assert found.minutes == minutes


@pytest.mark.parametrize(
    "said",
    ["CASE-401 and HIP-REV-7", "bed 4-212", "from 4 North", "6 patients each", "Good morning", "OR 4",
     "order 4 more", "patient 88213", "5 West", "at 1:5", "9800 an hour", "available 24/7",
     "we may do it", ""],
)  # fmt: skip
def test_codes_counts_and_greetings_are_not_times(said: str) -> None:
    assert read_dates(said, MONDAY, CHICAGO) == ()


def test_a_weekday_said_on_its_own_day_means_next_week_and_says_so() -> None:
    found = window("Monday")
    assert found.start.date() == date(2026, 9, 21)
    assert "not today" in found.doubt


def test_doubtful_readings_say_what_was_taken() -> None:
    assert "September 24, not September 17" in window("next Thursday").doubt
    assert "October 5" in window("10/5").doubt
    assert "is a Friday, not a Thursday" in window("Thursday, Sep 18").doubt
    assert moment("tomorrow at 2").doubt == "2 read as 2 pm"
    assert window("Thursday").doubt == ""


def test_what_is_over_is_marked_past() -> None:
    assert window("Sep 10").past
    assert window("yesterday").past
    assert moment("7am").past
    assert not window("today").past
    assert not moment("at 9:40").past


def test_a_clock_without_a_day_says_that_the_day_was_assumed() -> None:
    assert not moment("at 9:40").dated
    assert moment("Thursday 9:40").dated


def test_repeating_hours_are_hours_not_windows() -> None:
    mornings, afternoons = read_dates("mornings, or Tuesday afternoons", MONDAY, CHICAGO)
    assert isinstance(mornings, Daily)
    assert isinstance(afternoons, Daily)
    assert (mornings.start, mornings.end, len(mornings.weekdays)) == (time(7), time(12), 7)
    assert afternoons.weekdays == {1}
    assert window("next week in the mornings").daily == (time(7), time(12))


def test_days_ruled_out_are_excluded() -> None:
    first, second = read_dates("not on Thursday, any day but Friday", MONDAY, CHICAGO)
    assert isinstance(first, Window)
    assert isinstance(second, Window)
    assert first.excluded
    assert second.excluded
    assert not window("on Thursday").excluded


def test_several_times_in_one_message_come_in_order_with_their_words() -> None:
    message = "3 hours on Thursday or Friday, back by 6pm"
    found = read_dates(message, MONDAY, CHICAGO)
    assert [value.said.words for value in found] == ["3 hours", "Thursday", "Friday", "by 6pm"] or [
        value.said.words for value in found
    ] == ["3 hours", "on Thursday", "Friday", "by 6pm"]
    for value in found:
        assert message[value.said.start : value.said.end] == value.said.words


def test_the_asked_sites_zone_decides() -> None:
    late = datetime(2026, 9, 15, 0, 30, tzinfo=CHICAGO)
    assert window("today", late, CHICAGO).start.date() == date(2026, 9, 15)
    assert window("today", late, DENVER).start.date() == date(2026, 9, 14)
    assert moment("by 8 tonight", MONDAY, DENVER).at == datetime(2026, 9, 14, 20, tzinfo=DENVER)


def test_tonight_after_midnight_is_the_running_night_shift() -> None:
    small_hours = datetime(2026, 9, 15, 2, tzinfo=CHICAGO)
    found = window("tonight", small_hours)
    assert found.start == datetime(2026, 9, 14, 19, tzinfo=CHICAGO)
    assert found.end == datetime(2026, 9, 15, 7, tzinfo=CHICAGO)


def test_the_spring_night_shift_is_an_hour_short_and_the_autumn_one_an_hour_long() -> None:
    spring = window("tonight", datetime(2027, 3, 13, 12, tzinfo=CHICAGO))
    autumn = window("tonight", datetime(2026, 10, 31, 12, tzinfo=CHICAGO))
    assert spring.end.astimezone(UTC) - spring.start.astimezone(UTC) == timedelta(hours=11)
    assert autumn.end.astimezone(UTC) - autumn.start.astimezone(UTC) == timedelta(hours=13)


def test_a_wall_time_the_clocks_skip_moves_forward_and_elapsed_hours_stay_elapsed() -> None:
    eve = datetime(2027, 3, 13, 22, tzinfo=CHICAGO)
    assert moment("tomorrow at 02:30", eve).at == datetime(2027, 3, 14, 3, 30, tzinfo=CHICAGO)
    found = window("within 6 hours", eve)
    assert found.end.astimezone(UTC) - found.start.astimezone(UTC) == timedelta(hours=6)
    assert found.end.hour == 5


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        read_dates("today", datetime(2026, 9, 14, 8), CHICAGO)


_DAYS = st.dates(date(2026, 9, 14), date(2027, 6, 1))
_TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))


@given(_DAYS, st.sampled_from(["%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%m/%d/%Y", "%a, %b %d", "%b %d"]))
def test_a_written_date_is_read_back(day: date, form: str) -> None:
    found = window(f"move it to {day.strftime(form)} please")
    assert found.start.date() == day


@given(_DAYS, _TIMES)
def test_a_written_moment_is_read_back_in_any_zone(day: date, at: time) -> None:
    found = moment(f"book {day.isoformat()} at {at:%H:%M}", MONDAY, DENVER)
    expected = datetime.combine(day, at, tzinfo=DENVER).astimezone(UTC)
    assert found.at.astimezone(UTC) == expected


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for value in read_dates(text, MONDAY, CHICAGO):
        assert text[value.said.start : value.said.end] == value.said.words


_TIME_WORDS = [
    "next",
    "7",
    "Thursday",
    "of",
    "week",
    "at",
    "9:40",
    "pm",
    "to",
    "tonight",
    "last",
    "Sep",
    "17",
    "morning",
    "within",
    "hours",
    "half",
    "a",
    "the",
    "31",
    "until",
]


@given(st.lists(st.sampled_from(_TIME_WORDS), max_size=8))
def test_any_heap_of_time_words_is_read_without_an_error(heap: list[str]) -> None:
    for value in read_dates(" ".join(heap), MONDAY, CHICAGO):
        assert value.said.words


@pytest.mark.parametrize(
    ("said", "ruled_out"),
    [
        ("Friday doesn't suit her, Thursday does", "Friday"),
        ("Monday instead of Tuesday", "Tuesday"),
        ("Wednesday is no good, so Thursday", "Wednesday"),
        ("she has a conflict on the 24th, the 25th is fine", "the 24th"),
    ],
)
def test_a_day_that_is_ruled_out_by_what_stands_beside_it(said: str, ruled_out: str) -> None:
    found = read_dates(said, MONDAY, CHICAGO)
    assert [when.said.words for when in found if isinstance(when, Window) and when.excluded] == [ruled_out]


def test_days_of_a_month_that_is_named_after_the_second() -> None:
    assert (window("away 21-25 Sept").start.day, window("away 21-25 Sept").end.day) == (21, 26)
    assert window("the 2nd to 3rd of October").start.date() == date(2026, 10, 2)


def test_both_days_are_of_the_week_that_is_named_once() -> None:
    first, second = read_dates("Tue or Thu next week", MONDAY, CHICAGO)
    assert isinstance(first, Window)
    assert isinstance(second, Window)
    assert (first.start.day, second.start.day) == (22, 24)


@pytest.mark.parametrize("message", ["I am short again", "where am I", "am I over ratio", "pm me the list"])
def test_am_and_pm_alone_are_no_half_of_the_day(message: str) -> None:
    assert read_dates(message, MONDAY, CHICAGO) == ()


def test_am_with_what_has_halves_is_one() -> None:
    assert len(read_dates("who is on the am list", MONDAY, CHICAGO)) == 1
