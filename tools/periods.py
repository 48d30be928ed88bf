"""Which past stretch of time a figure is about, on the site's clock, and how it is said."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hospital.model.places import Site
from hospital.planning.intervals import Interval
from tools.tool import Problem

PERIOD_HELP = (
    "last month (the default), this month, last week, this week, yesterday, today, last N days, a month as 2026-08, "
    "a quarter as 2026-Q2, or a year as 2026"
)
MAX_DAYS = 750


def period_of(
    site: Site, now: datetime, said: str | None, day: date | None, start: datetime | None, end: datetime | None
) -> Interval:
    """The stretch asked about; unstated: the last full calendar month.

    Raises:
        Problem: for words that are no period, a time to come, or more than two years.
    """
    zone = ZoneInfo(site.timezone)
    today = now.astimezone(zone).date()
    if day is not None:
        first, after = day, day + timedelta(days=1)
    elif start is not None and start.time() == time() and (end is None or end.time() == time()):
        # Whole days, said on the asker's clock, are days on the site's.
        first, after = start.date(), end.date() if end is not None else start.date() + timedelta(days=1)
    elif start is not None:
        window = Interval(start, end if end is not None and end > start else start + timedelta(days=1))
        return _checked(window, now)
    else:
        first, after = _said(said or "last month", today)
    return _checked(Interval(_midnight(first, zone), _midnight(after, zone)), now)


def _said(said: str, today: date) -> tuple[date, date]:
    words = " ".join(said.casefold().split())
    month = today.replace(day=1)
    week = today - timedelta(days=today.weekday())
    known = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "this week": (week, week + timedelta(days=7)),
        "last week": (week - timedelta(days=7), week),
        "this month": (month, next_month(month)),
        "last month": (month_before(month), month),
    }
    if words in known:
        return known[words]
    if found := re.fullmatch(r"(?:last |past )?(\d{1,3}) ?d(?:ays?)?", words):
        return today - timedelta(days=int(found[1])), today
    if (found := re.fullmatch(r"(20\d\d)-(\d\d)", words)) and 1 <= int(found[2]) <= 12:
        first = date(int(found[1]), int(found[2]), 1)
        return first, next_month(first)
    if found := re.fullmatch(r"(20\d\d)-?q([1-4])", words):
        first = date(int(found[1]), 3 * int(found[2]) - 2, 1)
        return first, next_month(next_month(next_month(first)))
    if found := re.fullmatch(r"(20\d\d)", words):
        return date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1)
    raise Problem("invalid", f'"{said}" is no period; say {PERIOD_HELP}.', argument="period")


def _checked(window: Interval, now: datetime) -> Interval:
    if window.start >= now:
        raise Problem("invalid", "That time is still to come; a KPI tells about the past.", argument="period")
    if window.end - window.start > timedelta(days=MAX_DAYS):
        raise Problem("invalid", f"Ask for at most {MAX_DAYS} days at once.", argument="period")
    return window


def months_before(window: Interval, site: Site, count: int) -> list[Interval]:
    """The month that the window starts in and those before it, the earliest first."""
    zone = ZoneInfo(site.timezone)
    first = window.start.astimezone(zone).date().replace(day=1)
    found: list[Interval] = []
    for _ in range(count):
        found.insert(0, Interval(_midnight(first, zone), _midnight(next_month(first), zone)))
        first = month_before(first)
    return found


def is_month(window: Interval, site: Site) -> bool:
    """Whether the window is one whole calendar month."""
    start, end = site.local(window.start), site.local(window.end)
    return (
        start.day == 1 and start.time() == time() and end.date() == next_month(start.date()) and end.time() == time()
    )


def say_period(window: Interval, site: Site) -> str:
    """`Aug 2026`, or `07 Sep to 13 Sep 2026`."""
    start, last = site.local(window.start), site.local(window.end - timedelta(seconds=1))
    if is_month(window, site):
        return f"{start:%b %Y}"
    if start.date() == last.date():
        return f"{start:%d %b %Y}"
    return f"{start:%d %b %Y} to {last:%d %b %Y}"


def next_month(day: date) -> date:
    """The first of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_before(day: date) -> date:
    """The first of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
