"""What committed plans move in expected figures: kept with the forecasts' series, and said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from hospital.changes.base import Expectation
from hospital.ids import PlanId, ServiceId, SiteId, UnitId
from hospital.model.history import ExpectedChange
from hospital.model.places import Service, Site, Unit
from hospital.money import format_money
from hospital.ports import Range, Reader

MEASURES = {
    "revenue": "expected revenue",
    "contribution": "expected contribution",
    "slots": "visit slots",
    "staff_hours": "staff hours",
    "labour": "expected labour cost",
}
"""The first part of a series, and how it is said."""
IN_CENTS = frozenset(("revenue", "contribution", "labour"))


def expected_changes(
    moved: Sequence[Expectation], plan_id: PlanId, at: datetime, after: int = 0
) -> list[ExpectedChange]:
    """The rows that keep them; `after` is how many of the plan are kept already."""
    return [
        ExpectedChange(id=f"{plan_id}:{n}", plan_id=plan_id, series=one.series, day=one.day, amount=one.amount, at=at)
        for n, one in enumerate(moved, after)
    ]


def say_expected(world: Reader, moved: Iterable[Expectation]) -> str:
    """One sentence with what each series gained or lost and what all plans have added to it by then; else empty."""
    totals: dict[str, int] = defaultdict(int)
    days: dict[str, list[date]] = defaultdict(list)
    for one in moved:
        totals[one.series] += one.amount
        days[one.series].append(one.day)
    parts = [_say(world, series, total, min(days[series]), max(days[series])) for series, total in totals.items()]
    return f"Forecasts updated: {'; '.join(parts)}." if parts else ""


def committed_between(world: Reader, series: str, first: date, last: date) -> int:
    """What all committed plans move in a series over these days."""
    found = world.find(ExpectedChange, series=series, day=Range(at_least=first, before=_after(last)))
    return sum(one.amount for one in found)


def say_committed(
    world: Reader, of: Iterable[str], first: date, last: date, measures: Iterable[str] = tuple(MEASURES)
) -> str:
    """What all committed plans move over these days, for `SERVICE:SITE` or a unit each; empty when nothing."""
    moved = [
        (series, amount)
        for one in of
        for measure in measures
        if (amount := committed_between(world, series := f"{measure}:{one}", first, last))
    ]
    parts = [_say(world, series, amount, first, last) for series, amount in moved]
    return f"Committed plans have changed what is expected: {'; '.join(parts)}." if parts else ""


def _say(world: Reader, series: str, amount: int, first: date, last: date) -> str:
    measure, _, of = series.partition(":")
    figure = format_money(abs(amount)) if measure in IN_CENTS else str(abs(amount))
    when = f"{first:%a %d %b}" if first == last else f"{first:%a %d %b} to {last:%a %d %b}"
    sign = "+" if amount >= 0 else "-"
    return f"{MEASURES.get(measure, measure)} of {_name(world, of)} {sign}{figure}, {when}"


def _name(world: Reader, of: str) -> str:
    one, _, site_id = of.partition(":")
    unit, service, site = world.get(Unit, UnitId(one)), world.get(Service, ServiceId(one)), None
    site = world.get(Site, SiteId(site_id or (unit.site_id if unit else "")))
    name = unit.name if unit else service.name if service else one
    return f"{name}, {site.name}" if site else name


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
