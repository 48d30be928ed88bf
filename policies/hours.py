"""Hours and rest: whether one more shift keeps a person within the pack that is on at the site."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospital.changes.base import Change
from hospital.changes.staffing import RequestStaff
from hospital.model.people import Shift
from hospital.model.places import Site
from hospital.ports import In, Range, Reader
from policies.data import HoursPack, PolicyData

WEEK = timedelta(days=7)
Duty = tuple[datetime, datetime]


def hours_fact(world: Reader, data: PolicyData, line: Change) -> dict[str, bool]:
    """`within_hours` for a shift of a named person at a site with an hours pack; nothing otherwise."""
    if not isinstance(line, RequestStaff) or line.staff_id is None:
        return {}
    site = world.get(Site, line.site_id)
    packs = [data.hours_packs[name] for name in (site.packs if site else ()) if name in data.hours_packs]
    if not packs:
        return {}
    others = world.find(
        Shift,
        staff_id=line.staff_id,
        state=In(("rostered", "approved")),
        start=Range(at_least=line.start - WEEK, before=line.end + WEEK),
    )
    duties = [(shift.start, shift.end) for shift in others]
    return {"within_hours": all(keeps(pack, (line.start, line.end), duties) for pack in packs)}


def keeps(pack: HoursPack, added: Duty, duties: Sequence[Duty]) -> bool:
    """Whether the added shift keeps to the hours a day, the rest between duties and the hours of every 7 days.

    A shift that follows another at once lengthens the same duty; a shorter break than the rest breaks the pack.
    """
    start, end = added
    for first, last in sorted(duties):
        if last == start or first == end:
            start, end = min(start, first), max(end, last)
    if end - start > timedelta(hours=pack.most_hours_a_day):
        return False
    rest = timedelta(hours=pack.least_rest_hours)
    apart = [duty for duty in duties if not (start <= duty[0] and duty[1] <= end)]
    if any(first < end + rest and last > start - rest for first, last in apart):
        return False
    every = sorted([*duties, added])
    return all(_worked(every, first) <= timedelta(hours=pack.most_hours_a_week) for first, _ in every)


def _worked(duties: Sequence[Duty], since: datetime) -> timedelta:
    """Hours inside the seven days from `since`."""
    until = since + WEEK
    inside = [min(last, until) - max(first, since) for first, last in duties if first < until and last > since]
    return sum(inside, timedelta())
