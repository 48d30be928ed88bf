"""A regular series of counts: one value per day, week or month, with the holidays that bend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np

PeriodStep = Literal["day", "week", "month"]
Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

SEASONS: Mapping[PeriodStep, int] = {"day": 7, "week": 1, "month": 12}
"""Periods in a season unless the series says otherwise; a week has none without several years of history."""


@dataclass(frozen=True, slots=True)
class Series:
    """Counts per period from `start` on, without holes; the last period must be complete.

    `holidays` (daily series) lists past and coming holidays; their effect is learnt from the past ones.
    """

    name: str
    start: date
    values: tuple[float, ...]
    step: PeriodStep = "day"
    season_length: int | None = None
    holidays: frozenset[date] = field(default=frozenset())

    def __post_init__(self) -> None:
        for i, value in enumerate(self.values):
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{self.name}[{self.period(i)}]={value} must be a count of zero or more")
        if self.season_length is not None and self.season_length < 1:
            raise ValueError(f"season_length={self.season_length} must be at least 1")
        if self.step == "month" and self.start.day != 1:
            raise ValueError(f"start={self.start} of a monthly series must be the first of a month")

    @classmethod
    def of_days(
        cls,
        name: str,
        counts: Mapping[date, float],
        first: date,
        last: date,
        holidays: frozenset[date] = frozenset(),
    ) -> "Series":
        """A daily series from counts by day, both ends included; days not named count zero."""
        days = (last - first).days + 1
        values = tuple(float(counts.get(first + timedelta(days=i), 0)) for i in range(days))
        return cls(name, first, values, holidays=holidays)

    @property
    def season(self) -> int:
        """Periods in a season (7 days, 12 months), 1 when there is none."""
        return self.season_length or SEASONS[self.step]

    def period(self, index: int) -> date:
        """The first day of the period at this index; indexes past the end are the periods to come."""
        if self.step == "month":
            months = self.start.year * 12 + self.start.month - 1 + index
            return date(months // 12, months % 12 + 1, 1)
        return self.start + timedelta(days=index * (7 if self.step == "week" else 1))

    def is_holiday(self, index: int) -> bool:
        """Whether the period is a day listed as a holiday."""
        return self.step == "day" and self.period(index) in self.holidays

    def until(self, length: int) -> "Series":
        """The series as it was when only its first `length` periods were known."""
        return Series(self.name, self.start, self.values[:length], self.step, self.season_length, self.holidays)
