"""Hours and rest of one person: whether one more shift keeps the limits, and if not which one it breaks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospital.entity import Record

WEEK = timedelta(days=7)
Duty = tuple[datetime, datetime]


class HoursRule(Record):
    """Hours a day and a week at most, and rest between two duties at least."""

    most_hours_a_day: int
    least_rest_hours: int
    most_hours_a_week: int


def against(rule: HoursRule, added: Duty, duties: Sequence[Duty]) -> str | None:
    """What one more shift breaks, as a clause; None when it keeps the day, the rest and every 7 days.

    A shift that follows another at once lengthens the same duty; a shorter break than the rest breaks the rule.
    """
    start, end = added
    for first, last in sorted(duties):
        if last == start or first == end:
            start, end = min(start, first), max(end, last)
    if end - start > timedelta(hours=rule.most_hours_a_day):
        return f"more than {rule.most_hours_a_day} h at a stretch"
    rest = timedelta(hours=rule.least_rest_hours)
    apart = [duty for duty in duties if not (start <= duty[0] and duty[1] <= end)]
    if any(first < end + rest and last > start - rest for first, last in apart):
        return f"less than {rule.least_rest_hours} h of rest"
    every = sorted([*duties, added])
    if any(worked(every, first) > timedelta(hours=rule.most_hours_a_week) for first, _ in every):
        return f"more than {rule.most_hours_a_week} h in 7 days"
    return None


def worked(duties: Sequence[Duty], since: datetime) -> timedelta:
    """Hours inside the seven days from `since`."""
    until = since + WEEK
    inside = [min(last, until) - max(first, since) for first, last in duties if first < until and last > since]
    return sum(inside, timedelta())
