"""Spans of time and their arithmetic: half-open, aware, in UTC so that daylight saving never bends a minute.

Functions take any iterable of spans, overlapping or not, and return sorted, disjoint, non-touching spans.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


def aware(name: str, moment: datetime) -> datetime:
    """The moment in UTC; a naive one is refused, since it could mean any of several instants."""
    if moment.utcoffset() is None:
        raise ValueError(f"{name}={moment.isoformat()} has no time zone; give an aware time")
    return moment.astimezone(UTC)


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """The time from `start` (included) to `end` (excluded). Refuses naive times and an end before it."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", aware("start", self.start))
        object.__setattr__(self, "end", aware("end", self.end))
        if self.end <= self.start:
            raise ValueError(f"end={self.end.isoformat()} must be after start={self.start.isoformat()}")

    @property
    def minutes(self) -> int:
        """Length in whole minutes, rounded down."""
        return (self.end - self.start) // MINUTE

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share any time (touching is not sharing)."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


Spans = tuple[Interval, ...]


def union(*groups: Iterable[Interval]) -> Spans:
    """All time in any of the groups; overlapping and touching spans become one."""
    merged: list[Interval] = []
    for span in sorted(span for group in groups for span in group):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def intersect(first: Iterable[Interval], *others: Iterable[Interval]) -> Spans:
    """The time that is in every group."""
    shared = union(first)
    for other in others:
        shared = _intersect_two(shared, union(other))
    return shared


def _intersect_two(left: Spans, right: Spans) -> Spans:
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            found.append(Interval(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(first: Iterable[Interval], *others: Iterable[Interval]) -> Spans:
    """The time in the first group and in none of the others."""
    taken = union(*others)
    left: list[Interval] = []
    j = 0
    for span in union(first):
        start = span.start
        while j < len(taken) and taken[j].end <= start:
            j += 1
        k = j
        while k < len(taken) and taken[k].start < span.end:
            if taken[k].start > start:
                left.append(Interval(start, taken[k].start))
            start = max(start, taken[k].end)
            k += 1
        if start < span.end:
            left.append(Interval(start, span.end))
    return tuple(left)


def fits(spans: Iterable[Interval], minutes: int) -> Spans:
    """The spans, merged first, that are at least `minutes` long."""
    if minutes < 0:
        raise ValueError(f"minutes={minutes} must not be negative")
    return tuple(span for span in union(spans) if span.end - span.start >= minutes * MINUTE)


def covers(spans: Iterable[Interval], wanted: Interval) -> bool:
    """Whether `wanted` lies wholly inside the merged spans."""
    return any(span.contains(wanted) for span in union(spans))


def total_minutes(spans: Iterable[Interval]) -> int:
    """Whole minutes in the spans, each instant counted once."""
    return sum((span.end - span.start for span in union(spans)), timedelta()) // MINUTE
