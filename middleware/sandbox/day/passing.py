"""The stretch of time that passes, and chance that is the same whenever it is asked about the same thing."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from middleware.sandbox.world.frame import Frame
from middleware.store.session import SqlUnitOfWork

LONGEST = timedelta(days=5)
"""What happened longer ago than this is not played hour by hour when a store was left alone."""


@dataclass(frozen=True)
class Passing:
    """From `since` to the frame's clock, in one transaction."""

    work: SqlUnitOfWork
    frame: Frame
    since: datetime

    @property
    def now(self) -> datetime:
        """The moment to come up to."""
        return self.frame.now

    def luck(self, *about: object) -> float:
        """A number from 0 to 1 for this thing, the same each time."""
        text = ":".join(map(str, (self.frame.seed, *about)))
        return zlib.crc32(text.encode()) / 2**32

    def rng(self, *about: object) -> np.random.Generator:
        """A source of chance for this thing, the same each time."""
        return self.frame.rng(":".join(map(str, about)))

    def hours(self) -> Iterator[datetime]:
        """The full hours that passed, oldest first."""
        begin = max(self.since, self.now - LONGEST)
        hour = begin.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while hour <= self.now:
            yield hour
            hour += timedelta(hours=1)

    def new_days(self) -> list[date]:
        """The days that ended: those before today that `since` had not seen to their end."""
        first = Frame(self.since, self.frame.seed).today
        return [first + timedelta(days=n) for n in range((self.frame.today - first).days)]
