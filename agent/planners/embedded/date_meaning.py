"""From the pieces of one time expression to the window, moment or hours it means."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from agent.planners.embedded.date_calendar import Calendar
from agent.planners.embedded.date_days import Day
from agent.planners.embedded.date_pieces import Clock, Part
from agent.planners.embedded.date_stretches import Offset, Sliding, Stretch
from agent.planners.embedded.date_values import Bound, Daily, Grain, Moment, Said, When, Window
from agent.planners.embedded.date_words import PARTS


@dataclass(frozen=True)
class Pieces:
    """What one expression said, at most one of each."""

    day: Day | None = None
    stretch: Stretch | Sliding | Offset | None = None
    part: Part | None = None
    clock: Clock | None = None
    clocks: tuple[Clock, Clock] | None = None
    now: bool = False
    this: bool = False
    bound: Bound = "at"
    excluded: bool = False


def mean(pieces: Pieces, said: Said, calendar: Calendar) -> When | None:
    """The value that the pieces add up to, or None when they say nothing definite."""
    pieces = _settle(pieces, calendar)
    if pieces.now:
        return Moment(calendar.now, said, bound=pieces.bound)
    if isinstance(pieces.stretch, Sliding | Offset):
        return _sliding(pieces, pieces.stretch, said, calendar)
    if pieces.part and (repeated := _daily(pieces, pieces.part, said)):
        return repeated
    if pieces.day and pieces.day.every:
        weekday = frozenset({pieces.day.weekday or 0})
        return Daily(time(0), time(0), said, weekdays=weekday, excluded=pieces.excluded)
    if isinstance(pieces.stretch, Stretch):
        return _stretch(pieces, pieces.stretch, said, calendar)
    if pieces.clocks:
        return _clock_range(pieces, pieces.clocks, said, calendar)
    if pieces.clock:
        return _moment(pieces, pieces.clock, said, calendar)
    if pieces.part:
        return _part_of_day(pieces, pieces.part, said, calendar)
    if pieces.day:
        start, end = calendar.at(pieces.day.date), calendar.at(pieces.day.date + timedelta(1))
        return _window(start, end, "day", pieces, said, calendar, pieces.day.doubt)
    return None


def join(first: When, second: When, said: Said, calendar: Calendar) -> When | None:
    """One window from the start of the first to the end of the second ("Monday to Wednesday")."""
    if isinstance(first, Moment) and isinstance(second, Moment) and second.at > first.at:
        return Window(first.at, second.at, said, "minute", past=second.past, doubt=first.doubt or second.doubt)
    if isinstance(first, Window) and isinstance(second, Window):
        first, second = _in_order(first, second, calendar)
        if second.end <= first.start:
            return None
        doubt = first.doubt or second.doubt
        joined = (first, second)
        return Window(first.start, second.end, said, "days", past=second.past, doubt=doubt,
                      daily=second.daily, excluded=first.excluded, joined=joined)  # fmt: skip
    return None


def _in_order(first: Window, second: Window, calendar: Calendar) -> tuple[Window, Window]:
    """In "Monday to Wednesday" today may begin the range, and the second day follows the first."""
    if first.grain != "day" or second.grain != "day":
        return first, second
    week = timedelta(7)
    if first.start.date() == calendar.today + week and second.start < first.start:
        first = replace(
            first, start=calendar.at(calendar.today), end=calendar.at(calendar.today + timedelta(1)), doubt=""
        )
    elif timedelta(0) < first.start.date() - second.start.date() < week and not second.past:
        day = second.start.date() + week
        second = replace(second, start=calendar.at(day), end=calendar.at(day + timedelta(1)), doubt="")
    return first, second


def _settle(pieces: Pieces, calendar: Calendar) -> Pieces:
    """A weekday of a said week, and a distance in whole days, become plain days."""
    stretch = pieces.stretch
    if isinstance(stretch, Stretch) and pieces.day and pieces.day.weekday is not None and not pieces.day.every:
        day = Day(stretch.first + timedelta(pieces.day.weekday), doubt=stretch.doubt)
        return replace(pieces, day=day, stretch=None)
    if isinstance(stretch, Offset) and stretch.amount.unit not in ("minute", "hour"):
        return replace(pieces, day=Day(calendar.away(stretch.amount, stretch.back).date()), stretch=None)
    return pieces


def _window(
    start: datetime,
    end: datetime,
    grain: Grain,
    pieces: Pieces,
    said: Said,
    calendar: Calendar,
    doubt: str = "",
) -> Window:
    return Window(start, end, said, grain, bound=pieces.bound, past=end <= calendar.now, doubt=doubt,
                  excluded=pieces.excluded)  # fmt: skip


def _sliding(pieces: Pieces, stretch: Sliding | Offset, said: Said, calendar: Calendar) -> When:
    other = calendar.away(stretch.amount, stretch.back)
    if isinstance(stretch, Offset):
        return Moment(other, said, bound=pieces.bound, past=stretch.back)
    whole_days = stretch.amount.unit not in ("minute", "hour")
    if stretch.back:
        start = calendar.at(other.date()) if whole_days else other
        return replace(_window(start, calendar.now, "days", pieces, said, calendar), past=True)
    daily = PARTS[pieces.part.name] if pieces.part else None
    grain: Grain = "days" if whole_days else "hour"
    return replace(_window(calendar.now, other, grain, pieces, said, calendar), daily=daily)


def _daily(pieces: Pieces, part: Part, said: Said) -> Daily | None:
    """Hours that repeat: a plural part, a part of every Thursday, or a bare preference ("a morning slot")."""
    weekday_only = pieces.day is not None and pieces.day.weekday is not None
    bare = not pieces.day and not pieces.stretch and not pieces.clock and not pieces.clocks
    preference = bare and not pieces.this
    repeats = (part.plural and (bare or weekday_only)) or (pieces.day is not None and pieces.day.every)
    if not repeats and not preference:
        return None
    start, end = PARTS[part.name]
    if pieces.day and pieces.day.weekday is not None:
        weekdays = frozenset({pieces.day.weekday})
        return Daily(start, end, said, weekdays=weekdays, excluded=pieces.excluded)
    return Daily(start, end, said, excluded=pieces.excluded)


def _stretch(pieces: Pieces, stretch: Stretch, said: Said, calendar: Calendar) -> Window:
    start, end = calendar.at(stretch.first), calendar.at(stretch.end)
    if stretch.rest and start < calendar.now < end:
        start = calendar.now
    if pieces.bound == "from" and start < calendar.now and said.words.lower().startswith("since"):
        end = calendar.now
    window = _window(start, end, stretch.grain, pieces, said, calendar, stretch.doubt)
    return replace(window, daily=PARTS[pieces.part.name]) if pieces.part else window


def _part_of_day(pieces: Pieces, part: Part, said: Said, calendar: Calendar) -> Window:
    day = pieces.day.date if pieces.day else calendar.today
    first, last = PARTS[part.name]
    tonight_already = part.name == "night" and day == calendar.today and calendar.now.time() < last
    if tonight_already:
        day -= timedelta(1)
    start = calendar.at(day, first)
    end = calendar.at(day + timedelta(1) if last <= first else day, last)
    return _window(start, end, "part", pieces, said, calendar, pieces.day.doubt if pieces.day else "")


def _moment(pieces: Pieces, clock: Clock, said: Said, calendar: Calendar) -> Moment:
    dated = pieces.day is not None or pieces.this
    day = pieces.day.date if pieces.day else calendar.today
    night = pieces.part is not None and pieces.part.name == "night"
    if night and day == calendar.today and calendar.now.time() < PARTS["night"][1]:
        day -= timedelta(1)
    hour, doubt = _hour(clock, pieces.part.name if pieces.part else "", day, dated, calendar)
    at = calendar.at_hour(day, hour, clock.minute)
    doubt = doubt or (pieces.day.doubt if pieces.day else "")
    return Moment(at, said, bound=pieces.bound, dated=dated, past=at < calendar.now, doubt=doubt,
                  excluded=pieces.excluded)  # fmt: skip


def _hour(clock: Clock, part: str, day: date, dated: bool, calendar: Calendar) -> tuple[int, str]:
    """The hour from 0 to 30 (past midnight within a night) that a said hour means, and the doubt about it."""
    hour = clock.hour
    if clock.half:
        hour = hour % 12 + (12 if clock.half == "pm" else 0)
    if clock.exact:
        return (hour + 24 if part == "night" and hour < 12 else hour), ""
    if part == "night":
        return (hour + 12 if 7 <= hour <= 12 else hour + 24), ""
    if part in ("afternoon", "evening"):
        return hour % 12 + 12, ""
    if part == "morning":
        return hour, ""
    evening = hour % 12 + 12
    guess = evening if 1 <= hour <= 6 else hour
    if not dated and calendar.at_hour(day, guess, clock.minute) <= calendar.now:
        later = calendar.at_hour(day, evening, clock.minute)
        guess = evening if later > calendar.now else guess
    said = f"{hour}:{clock.minute:02d}" if clock.minute else str(hour)
    half = "pm" if guess >= 12 else "am"
    doubtful = guess != hour
    return guess, f"{said} read as {said} {half}" if doubtful else ""


def _clock_range(pieces: Pieces, clocks: tuple[Clock, Clock], said: Said, calendar: Calendar) -> Window:
    first, last = clocks
    part = pieces.part.name if pieces.part else ""
    day = pieces.day.date if pieces.day else calendar.today
    last_hour, doubt = _hour(last, part, day, True, calendar)
    first_hour, _ = _hour(first, part, day, True, calendar)
    if not first.exact and last.exact:
        ends_at = last_hour * 60 + last.minute
        options = [hour for hour in (first.hour % 12 + 12, first.hour % 12) if hour * 60 + first.minute < ends_at]
        first_hour = options[0] if options else first_hour
    if not last.exact and last_hour * 60 + last.minute <= first_hour * 60 + first.minute:
        last_hour += 12
    if last_hour * 60 + last.minute <= first_hour * 60 + first.minute:
        last_hour += 24
    start = calendar.at_hour(day, first_hour, first.minute)
    end = calendar.at_hour(day, last_hour, last.minute)
    if end <= start:
        end = start + timedelta(hours=1)
    pieces = replace(pieces, bound="at")
    return _window(start, end, "minute", pieces, said, calendar, (pieces.day.doubt if pieces.day else "") or doubt)
