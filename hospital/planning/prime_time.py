"""When operating rooms are staffed for elective work, and which days are holidays."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hospital.planning.intervals import Interval, Spans, intersect


@dataclass(frozen=True, slots=True)
class PrimeTime:
    """Weekdays (0 = Monday) and wall-clock hours. Default 07:30 to 15:30 Monday to Friday, a common definition."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(7, 30)
    end: time = time(15, 30)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"prime time: end={self.end} must be after start={self.start}")

    def on(self, day: date, zone: str) -> Interval | None:
        """The prime time of one local day, None at weekends and on holidays."""
        if day.weekday() not in self.weekdays or day in holidays_between(day, day):
            return None
        tz = ZoneInfo(zone)
        return Interval(datetime.combine(day, self.start, tz), datetime.combine(day, self.end, tz))

    def within(self, window: Interval, zone: str) -> Spans:
        """All prime time of the window at a site in this zone."""
        return intersect([window], [span for day in days_of(window, zone) if (span := self.on(day, zone))])

    @property
    def words(self) -> str:
        """The hours, as said: `07:30-15:30`."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def days_of(window: Interval, zone: str) -> tuple[date, ...]:
    """The local days that the window touches."""
    tz = ZoneInfo(zone)
    first, last = window.start.astimezone(tz).date(), (window.end - timedelta(microseconds=1)).astimezone(tz).date()
    return tuple(first + timedelta(days=i) for i in range((last - first).days + 1))


def holidays_between(first: date, last: date) -> frozenset[date]:
    """Public holidays (both ends included), on which elective work rests."""
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in _holidays_of(year) if first <= day <= last)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    import holidays  # loads every country's calendar index

    return frozenset(holidays.country_holidays("US", years=year))
