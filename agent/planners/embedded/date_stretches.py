"""Stretches longer than a day, and distances from now: "week of the 7th", "last 4 weeks", "in 2 hours"."""

from dataclasses import dataclass
from datetime import date, timedelta

from agent.planners.embedded import date_words as words
from agent.planners.embedded.date_days import LOOKS_BACK, likely_name, month_start, read_day
from agent.planners.embedded.date_pieces import Amount, Reader, read_amount
from agent.planners.embedded.date_values import Grain

# "The coming week" begins now; "next week" is the calendar's.
_FROM_NOW_ON = ("coming", "upcoming")


@dataclass(frozen=True)
class Stretch:
    """Whole days, `first` <= day < `end`. `rest`: only what is left of it ("rest of the week")."""

    first: date
    end: date
    grain: Grain
    doubt: str = ""
    rest: bool = False


@dataclass(frozen=True)
class Sliding:
    """A stretch that begins or ends now: "next 7 days", "within 6 hours", "last 4 weeks" (`back`)."""

    amount: Amount
    back: bool = False


@dataclass(frozen=True)
class Offset:
    """A point some time from now or ago: "in 2 hours", "3 days ago"."""

    amount: Amount
    back: bool = False


def read_stretch(reader: Reader, at: int, today: date) -> tuple[Stretch | Sliding | Offset, int] | None:
    """A longer stretch, or a point by its distance from now, from this position."""
    start = at + (reader.word(at) == "the")
    return (
        _week_of(reader, start, today)
        or _week_of_month(reader, start, today)
        or _quarter(reader, start, today)
        or _so_far(reader, start, today)
        or _period(reader, start, today)
        or _distance(reader, start)
        or _month(reader, start, today)
    )


def _week_of(reader: Reader, at: int, today: date) -> tuple[Stretch, int] | None:
    if not reader.phrase(at, "week") or reader.word(at + 1) not in (
        "of",
        "beginning",
        "starting",
        "commencing",
    ):
        return None
    found = read_day(reader, at + 2, today)
    if not found:
        return None
    monday = found[0].date - timedelta(found[0].date.weekday())
    return Stretch(monday, monday + timedelta(7), "week", doubt=found[0].doubt), found[1]


def _week_of_month(reader: Reader, at: int, today: date) -> tuple[Stretch, int] | None:
    """ "first week of October": its first seven days; "last week of September": its last seven."""
    if reader.word(at) not in ("first", "last") or not reader.phrase(at + 1, "week", "of"):
        return None
    month = words.MONTHS.get(reader.word(at + 3))
    if month is None:
        return None
    first = date(today.year, month, 1)
    if month_start(first, 1) <= today - LOOKS_BACK:
        first = date(today.year + 1, month, 1)
    if reader.word(at) == "first":
        return Stretch(first, first + timedelta(7), "week"), at + 4
    end = month_start(first, 1)
    return Stretch(end - timedelta(7), end, "week"), at + 4


def _period(reader: Reader, at: int, today: date) -> tuple[Stretch | Sliding, int] | None:
    """ "this week", "next month", "last quarter", "rest of the week", "next weekend"."""
    which, after = reader.word(at), at + 1
    rest = which in ("rest", "remainder") and reader.word(after) == "of"
    if rest:
        after += 1 + (reader.word(after + 1) in ("the", "this"))
    elif which == "weekend":
        which, after = "this", at
    elif which not in words.FORWARD + words.BACKWARD + words.HERE:
        return None
    shift = 1 if which in words.FORWARD else -1 if which in words.BACKWARD else 0
    unit = reader.word(after)
    if shift and reader.kind(after) in ("", "mark"):
        unit, after = _period_before(reader, at), after - 1
    monday = today - timedelta(today.weekday())
    if unit == "weekend":
        saturday = monday + timedelta(5 + 7 * shift)
        return Stretch(saturday, saturday + timedelta(2), "days"), after + 1
    if unit not in words.PERIODS:
        return None
    if which in _FROM_NOW_ON and words.PERIODS[unit] == "week":
        return Sliding(Amount(7 * 1440, unit="day")), after + 1
    if words.PERIODS[unit] == "week":
        first = monday + timedelta(7 * shift)
        return Stretch(first, first + timedelta(7), "week", rest=rest), after + 1
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = month_start(today, shift * months - (today.month - 1) % months)
    grain: Grain = "month" if months == 1 else "quarter" if months == 3 else "year"
    return Stretch(first, month_start(first, months), grain, rest=rest), after + 1


def _period_before(reader: Reader, at: int) -> str:
    """The period that "last" alone goes on with: "this month against last"."""
    for back in range(at - 1, max(-1, at - 6), -1):
        if reader.word(back) in words.PERIODS and reader.word(back - 1) in words.HERE:
            return reader.word(back)
    return ""


def _quarter(reader: Reader, at: int, today: date) -> tuple[Stretch, int] | None:
    """ "Q2", "q4 2025", "the second quarter": the last one that has begun."""
    if reader.word(at) == "q" and reader.word(at + 1) in ("1", "2", "3", "4"):
        number, after = int(reader.word(at + 1)), at + 2
    elif reader.word(at) in words.ORDINALS and reader.word(at + 1) == "quarter":
        number, after = words.ORDINALS[reader.word(at)], at + 2
    else:
        return None
    year, after = _year_said(reader, after)
    first = date(year or today.year, 3 * number - 2, 1)
    if not year and first > today:
        first = first.replace(year=first.year - 1)
    return Stretch(first, month_start(first, 3), "quarter"), after


def _year_said(reader: Reader, at: int) -> tuple[int | None, int]:
    """The year that follows: "2025", "of 2025"."""
    start = at + (reader.word(at) == "of")
    year = reader.word(start)
    if reader.kind(start) == "number" and len(year) == 4 and year.startswith("20"):
        return int(year), start + 1
    return None, at


def _so_far(reader: Reader, at: int, today: date) -> tuple[Stretch, int] | None:
    """What has passed of a period: "year to date", "MTD", "so far this month"."""
    if reader.word(at) in words.TO_DATE:
        unit, after = words.TO_DATE[reader.word(at)], at + 1
    elif reader.word(at) in words.PERIODS and reader.phrase(at + 1, "to", "date"):
        unit, after = reader.word(at), at + 3
    elif reader.phrase(at, "so", "far", "this") and reader.word(at + 3) in words.PERIODS:
        unit, after = reader.word(at + 3), at + 4
    else:
        return None
    months = {"week": 0, "month": 1, "quarter": 3, "year": 12}[words.PERIODS[unit]]
    monday = today - timedelta(today.weekday())
    first = month_start(today, -((today.month - 1) % months)) if months else monday
    return Stretch(first, today + timedelta(1), "days"), after


def _distance(reader: Reader, at: int) -> tuple[Sliding | Offset, int] | None:
    """ "next 7 days", "within 6 hours", "over the past 4 weeks", "in 2 hours", "3 days ago"."""
    word, after = reader.word(at), at + 1
    if word in words.FORWARD + words.BACKWARD or word in ("within", "inside"):
        after += reader.word(after) in ("the", "next")
        after += reader.word(after) == "next"
        found = read_amount(reader, after)
        if found is None and reader.word(after) in words.MINUTES_OF and word == "next":
            return None
        return (Sliding(found[0], back=word in words.BACKWARD), found[1]) if found else None
    if word == "in" and (found := read_amount(reader, after)):
        after = found[1] + 2 * reader.phrase(found[1], "from", "now")
        return Offset(found[0]), after + 2 * reader.phrase(found[1], "'", "time")
    if found := read_amount(reader, at):
        if reader.word(found[1]) == "ago":
            return Offset(found[0], back=True), found[1] + 1
        if reader.phrase(found[1], "from", "now"):
            return Offset(found[0]), found[1] + 2
    return None


def _month(reader: Reader, at: int, today: date) -> tuple[Stretch, int] | None:
    """ "in October", "last March", "September 2026"."""
    which, start = reader.word(at), at + 1
    if which not in words.FORWARD + words.BACKWARD + words.HERE:
        which, start = "", at
    month = words.MONTHS.get(reader.word(start))
    if not month or not likely_name(reader, start):
        return None
    year_word = reader.word(start + 1)
    if reader.kind(start + 1) == "number" and len(year_word) == 4 and year_word.startswith("20"):
        first = date(int(year_word), month, 1)
        return Stretch(first, month_start(first, 1), "month"), start + 2
    if reader.word(start + 1) in words.BACKWARD and reader.word(start + 2) == "year":
        first = date(today.year - 1, month, 1)
        return Stretch(first, month_start(first, 1), "month"), start + 3
    first = date(today.year, month, 1)
    if which in words.BACKWARD:
        first = first if month < today.month else date(today.year - 1, month, 1)
    elif which in words.FORWARD:
        first = first if month > today.month else date(today.year + 1, month, 1)
    elif month_start(first, 1) < today - LOOKS_BACK:
        first = date(today.year + 1, month, 1)
    doubt = f"{first:%B} read as {first:%B %Y}" if first.year != today.year and not which else ""
    return Stretch(first, month_start(first, 1), "month", doubt=doubt), start + 1
