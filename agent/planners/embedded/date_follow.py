"""Times of a follow-up that lean on the time spoken about: the day after, the Friday of that week, its nights."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from agent.planners.embedded.date_values import Daily, Moment, When, Window
from agent.planners.embedded.date_words import BY_LUNCH, LUNCH, WEEKDAYS
from agent.planners.embedded.heard import time_of

Said = dict[str, str]
"""What is meant by the times of a message, as `Heard.time`."""
_FARTHEST = timedelta(days=10)
"""Longer stretches have more than one Friday."""
_NOW = timedelta(minutes=1)
_ONE_SHIFT = timedelta(hours=26)
_NEXT = re.compile(
    r"^\W*(?:(?:and|or|ok|okay|so|then|now|for|on|try|what about|how about|same for|same)\W+)*(?:the )?"
    r"(?P<which>day|night|week|evening|morning|month|quarter|year|one|(?:mon|tues|wednes|thurs|fri|satur|sun)day)? ?"
    r"(?P<way>after|before|next|following|previous)(?: (?P<unit>day|night|week|month|quarter|year|one))?"
    r"(?: (?:that|then|too|please))*\W*$",
    re.IGNORECASE,
)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_BARE = re.compile(r"^(?:(?:on|for|and|the|by|in)\s+)*(?P<day>[a-z]+)\b", re.IGNORECASE)


def going_on(time_now: Said, text: str, times: tuple[When, ...], earlier: Mapping[str, str], now: datetime) -> Said:
    """The time that a follow-up means, given what was spoken about; `now` is in the zone in which it is meant."""
    assert now.tzinfo is not None, "a time is told in some zone"
    if (moved := _moved(text, earlier, now)) is not None:
        return moved
    if (same_week := _in_that_week(times, earlier, now)) is not None:
        return {**{key: value for key, value in time_now.items() if key == "minutes"}, **time_of(same_week, now)}
    return _on_its_day(time_now, times, earlier, now)


def is_to_come(times: tuple[When, ...], now: datetime) -> bool:
    """Whether a time that is said lies ahead: "by 7 tonight", "tomorrow"."""
    ahead = [when.at > now + _NOW for when in times if isinstance(when, Moment)]
    ahead += [when.start > now + _NOW for when in times if isinstance(when, Window)]
    return any(ahead)


def _moved(text: str, earlier: Mapping[str, str], now: datetime) -> Said | None:
    """ "the day after?": what was spoken about, a day or a week further on."""
    found, zone = _NEXT.match(text), now.tzinfo
    unit = (found["which"] or found["unit"] or "").casefold() if found else ""
    if found is None or not unit or not earlier.keys() & {"day", "start", "at", "until"}:
        return None
    way = found["way"].casefold()
    if unit in ("week", *_MONTHS) and way == "next":
        return None  # "next week" is the calendar's
    back = -1 if way in ("before", "previous") else 1
    if unit in WEEKDAYS:
        return _weekday_from(earlier, WEEKDAYS[unit], back, now)
    months = _MONTHS.get(unit) or (_months_of(earlier, zone) if unit == "one" else 0)
    if months:
        return {key: _months_later(key, value, back * months, zone) for key, value in earlier.items()}
    step = timedelta(7 if unit == "week" else 1) * back
    return {key: _later(key, value, step, zone) for key, value in earlier.items()}


def _weekday_from(earlier: Mapping[str, str], weekday: int, back: int, now: datetime) -> Said | None:
    """ "The Thursday before": the nearest such day on that side of the one spoken about."""
    span = _span(earlier, now)
    if span is None:
        return None
    away = (weekday - span[0].weekday()) * back % 7 or 7
    return {key: _later(key, value, timedelta(away * back), now.tzinfo) for key, value in earlier.items()}


def _months_of(earlier: Mapping[str, str], zone: tzinfo | None) -> int:
    """How many whole months were spoken about; 0 when the time was another."""
    if not {"start", "end"} <= earlier.keys():
        return 0
    start, end = (datetime.fromisoformat(earlier[key]).astimezone(zone) for key in ("start", "end"))
    whole = start.day == end.day == 1 and start.time() == end.time() == time(0)
    return (end.year - start.year) * 12 + end.month - start.month if whole else 0


def _months_later(key: str, value: str, months: int, zone: tzinfo | None) -> str:
    if key == "minutes":
        return value
    moment = datetime.fromisoformat(value) if key == "day" else datetime.fromisoformat(value).astimezone(zone)
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    moved = moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
    return moved.date().isoformat() if key == "day" else moved.isoformat()


def _later(key: str, value: str, step: timedelta, zone: tzinfo | None) -> str:
    if key == "minutes":
        return value
    if key == "day":
        return (date.fromisoformat(value) + step).isoformat()
    return (datetime.fromisoformat(value).astimezone(zone) + step).isoformat()


def _in_that_week(times: tuple[When, ...], earlier: Mapping[str, str], now: datetime) -> tuple[When, ...] | None:
    """A bare weekday is the one of the week spoken about: "Friday" after "next week"."""
    said = [when for when in times if isinstance(when, Window | Moment) and not when.excluded]
    span = _span(earlier, now)
    if len(said) != 1 or span is None or span[1] - span[0] > _FARTHEST or not _is_bare_weekday(said[0]):
        return None
    start = said[0].start if isinstance(said[0], Window) else said[0].at
    weeks = (_monday(span[0].date()) - _monday(start.date())).days // 7
    over = span[1] <= now
    if weeks == 0 or (weeks < 0 and not over):
        return None
    return tuple(_shifted(when, timedelta(7 * weeks), now) if when is said[0] else when for when in times)


def _shifted(when: When, step: timedelta, now: datetime) -> When:
    if isinstance(when, Window):
        return replace(when, start=when.start + step, end=when.end + step, past=when.end + step <= now)
    assert isinstance(when, Moment), "only days and moments are moved"
    return replace(when, at=when.at + step, past=when.at + step < now)


def _is_bare_weekday(when: Window | Moment) -> bool:
    found = _BARE.match(when.said.words.strip())
    return found is not None and found["day"].casefold() in WEEKDAYS


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _span(earlier: Mapping[str, str], now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when was spoken about."""
    if "start" in earlier:
        start = datetime.fromisoformat(earlier["start"]).astimezone(now.tzinfo)
        end = datetime.fromisoformat(earlier["end"]).astimezone(now.tzinfo) if "end" in earlier else start
        return start, end
    if "day" in earlier:
        start = datetime.combine(date.fromisoformat(earlier["day"]), time(0), now.tzinfo)
        return start, start + timedelta(days=1)
    return None


def _on_its_day(time_now: Said, times: tuple[When, ...], earlier: Mapping[str, str], now: datetime) -> Said:
    """Hours of a day ("in the afternoon", "nights") are on the day spoken about when no other day is said."""
    times = tuple(_by_lunch(when) for when in times)
    hours = next((when for when in times if isinstance(when, Daily) and not when.excluded), None)
    dated = any(isinstance(when, Window) or (isinstance(when, Moment) and when.dated) for when in times)
    span = _span(earlier, now)
    if hours is None or dated or span is None or time_now.keys() & {"at", "until"}:
        return time_now
    if span[1] - span[0] > _ONE_SHIFT:
        return {**time_now, "start": span[0].isoformat(), "end": span[1].isoformat()}
    night = hours.end <= hours.start
    day = span[0].date()
    if not night and hours.end <= span[0].time():
        day += timedelta(1)  # "the morning" after tonight is the next one
    start = datetime.combine(day, hours.start, now.tzinfo)
    end = datetime.combine(day + timedelta(1) if night else day, hours.end, now.tzinfo)
    return {**time_now, "day": day.isoformat(), "start": start.isoformat(), "end": end.isoformat()}


def _by_lunch(when: When) -> When:
    """ "After lunch" is today's when nothing was spoken about, but else hours of that day like any others."""
    by, *lunch = when.said.words.casefold().split()
    if isinstance(when, Window) and by in BY_LUNCH and len(lunch) == 1 and lunch[0] in LUNCH:
        return Daily(when.start.time(), when.end.time(), when.said, excluded=when.excluded)
    return when


def says_forecast(text: str) -> bool:
    """Whether what is to come is asked for in words: "and their forecast"."""
    return _FORECAST.search(text) is not None


_FORECAST = re.compile(r"\b(?:forecast\w*|predict\w*|project\w+|outlook|expected|later)\b", re.IGNORECASE)
