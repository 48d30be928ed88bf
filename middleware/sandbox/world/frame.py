"""What every part of the world is built from: the clock, the seed, the calendar and the rows so far."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from hospital.entity import Entity
from hospital.planning.prime_time import holidays_between

HOUSE_ZONE = "America/Chicago"
HISTORY_DAYS = 80 * 7
"""Days of bookings, cases and counts behind the clock (more than 18 months)."""
AHEAD_DAYS = 8 * 7 + 6
"""Days of blocks, sessions and slots ahead of it."""
EPOCH = date(1970, 1, 1)

Row = dict[str, Any]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass
class World:
    """Rows per entity class, as the store takes them; fields left out have their default."""

    rows: dict[type[Entity], list[Row]] = field(default_factory=dict)

    def add(self, kind: type[Entity], *rows: Row) -> None:
        """Add some rows of one kind."""
        self.rows.setdefault(kind, []).extend(rows)

    def extend(self, kind: type[Entity], rows: Iterable[Row]) -> None:
        """Add many rows of one kind."""
        self.rows.setdefault(kind, []).extend(rows)

    def of(self, kind: type[Entity]) -> list[Row]:
        """The rows of one kind so far."""
        return self.rows.get(kind, [])


@dataclass(frozen=True)
class Frame:
    """The clock and the seed. Days are local days of the house zone (America/Chicago).

    Raises:
        ValueError: when the clock has no time zone.
    """

    now: datetime
    seed: int

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError(f"now={self.now.isoformat()} has no time zone")

    @property
    def today(self) -> date:
        """The local day of the clock."""
        return self.now.astimezone(ZoneInfo(HOUSE_ZONE)).date()

    def coming(self, weekday: int) -> date:
        """The next such day after today (0 = Monday)."""
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def rng(self, subject: str) -> np.random.Generator:
        """A source of chance of its own for each subject, so that parts do not disturb each other."""
        return np.random.default_rng([self.seed, zlib.crc32(subject.encode())])

    def at(self, day: date, clock: str, zone: str = HOUSE_ZONE) -> datetime:
        """A wall-clock time (`07:30`) of a day, in UTC."""
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)

    def days(self, first: int, last: int) -> list[date]:
        """The days from `first` to `last` relative to today, both included."""
        return [self.today + timedelta(days=offset) for offset in range(first, last + 1)]

    def holidays(self) -> frozenset[date]:
        """Public holidays in the history and the horizon."""
        return holidays_between(
            self.today - timedelta(days=HISTORY_DAYS + 7), self.today + timedelta(days=AHEAD_DAYS + 7)
        )

    def workdays(self, first: int, last: int) -> list[date]:
        """Monday to Friday without holidays."""
        closed = self.holidays()
        return [day for day in self.days(first, last) if day.weekday() < 5 and day not in closed]


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def epoch_minutes(days: Ints, minutes: Ints, zone: str) -> Ints:
    """Minutes since 1970 in UTC of wall-clock minutes on local days (numbers since 1970)."""
    minutes = days * 1440 + minutes
    unique, inverse = np.unique(minutes // 1440, return_inverse=True)
    offsets = np.array([_offset(int(day), zone) for day in unique], dtype=np.int64)
    result: Ints = minutes - offsets[inverse]
    return result


@cache
def _offset(day: int, zone: str) -> int:
    noon = datetime.combine(EPOCH + timedelta(days=day), time(12), ZoneInfo(zone))
    offset = noon.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def moments(minutes: Ints) -> list[datetime]:
    """Aware instants of minutes since 1970."""
    return [
        moment.replace(tzinfo=UTC) for moment in minutes.astype("datetime64[m]").astype("datetime64[us]").tolist()
    ]


def moments_where(minutes: Ints, known: Any) -> list[datetime | None]:
    """Aware instants where `known`, None elsewhere."""
    return [
        moment if flag else None for moment, flag in zip(moments(minutes), np.asarray(known).tolist(), strict=True)
    ]


def rows_of(columns: Mapping[str, Iterable[Any]]) -> list[Row]:
    """Rows from equally long columns."""
    names = tuple(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def minutes_now(frame: Frame) -> int:
    """The clock in minutes since 1970."""
    return int(frame.now.timestamp() // 60)
