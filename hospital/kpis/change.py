"""Why a figure changed: the change taken apart exactly, by days on which something happened and by parts.

With r = numerator / denominator before, what one day adds to the change is (its numerator - r x its denominator) over
the denominator now; over all days that is the whole change. Parts likewise, less what they added before. This says
where the change lies and what happened then; it does not prove that one caused the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

from hospital.kpis.causes import Happened, causes_of
from hospital.kpis.formula import Cohort, Kpi, Measured
from hospital.ports import Reader

MAX_DAYS = 62
"""Longer periods are not taken apart by day."""
NOTABLE = 2.0
"""Standard deviations of a count by which it must differ to be called changed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that may move the figure: how often it happened before and now."""

    name: str
    before: int | None
    """None: nothing is on record."""
    now: int
    notable: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """What days or a part add to the change, in the figure's unit (points of a percentage)."""

    name: str
    count: int
    """Days, or what the part counts (cases, visits)."""
    points: float


@dataclass(frozen=True, slots=True)
class Change:
    """Both figures, the counts, and the change by days and by parts. `mean` says that means are compared."""

    before: Measured
    now: Measured
    change: float | None
    counted: tuple[Counted, ...]
    by_days: tuple[Piece, ...]
    by_parts: tuple[Piece, ...]
    mean: bool


def explain(
    world: Reader, kpi: Kpi, before: Cohort, now: Cohort, parts: Mapping[str, tuple[Cohort, Cohort]]
) -> Change:
    """Take the change from `before` to `now` apart; `parts` partition both cohorts, by name."""
    then, here = kpi.measure(world, before), kpi.measure(world, now)
    factor = 100.0 if kpi.formula.unit == "%" else 1.0
    looked = causes_of(kpi.formula.name, now)
    happened = {name: (count(world, before), count(world, now)) for name, count in looked.items()}
    ratio = _length(before) / _length(now)
    counted = tuple(
        Counted(name, one.count, two.count, _notable(one.count or 0, two.count * ratio))
        for name, (one, two) in happened.items()
        if two.count is not None
    )
    if not then.denominator or not here.denominator:
        return Change(then, here, None, counted, (), (), False)
    rate = then.numerator / then.denominator
    change = factor * (here.numerator / here.denominator - rate)
    mean = here.value is not None and abs(factor * here.numerator / here.denominator - here.value) > 1e-6
    days = _by_days(world, kpi, now, rate, here, {name: two for name, (_, two) in happened.items()}, factor)
    pieces = []
    for name, (part_before, part_now) in parts.items():
        one, two = kpi.measure(world, part_before), kpi.measure(world, part_now)
        added = (two.numerator - rate * two.denominator) / here.denominator
        had = (one.numerator - rate * one.denominator) / then.denominator
        pieces.append(Piece(name, two.n, factor * (added - had)))
    pieces.sort(key=lambda piece: -abs(piece.points))
    return Change(then, here, change, counted, days, tuple(pieces), mean)


def _length(cohort: Cohort) -> float:
    return (min(cohort.end, cohort.now) - cohort.start).total_seconds()


def _notable(before: int, now: float) -> bool:
    """Whether two counts differ by more than chance: Poisson, the difference over its standard deviation."""
    return abs(now - before) > NOTABLE * sqrt(before + now) if before + now > 10 else round(now) != before


def _by_days(
    world: Reader,
    kpi: Kpi,
    now: Cohort,
    rate: float,
    whole: Measured,
    happened: Mapping[str, Happened],
    factor: float,
) -> tuple[Piece, ...]:
    """What the days of each cause added, in the order of the causes (a day counts once), and all other days."""
    if len(now.sites) != 1 or kpi.formula.standing or _length(now) > MAX_DAYS * 86400:
        return ()
    zone = ZoneInfo(now.sites[0].timezone)
    named: dict[date, str] = {}
    for name, one in happened.items():
        for day in one.days:
            named.setdefault(day, name)
    pieces, left = [], factor * (whole.numerator - rate * whole.denominator) / whole.denominator
    for name, one in happened.items():
        days = [day for day in sorted(one.days) if named[day] == name]
        if not days:
            continue
        points = 0.0
        for day in days:
            part = kpi.measure(world, now.during(_midnight(day, zone), _midnight(day + timedelta(days=1), zone)))
            points += factor * (part.numerator - rate * part.denominator) / whole.denominator
        pieces.append(Piece(f"with {name}", len(days), points))
        left -= points
    if pieces:
        pieces.append(Piece("without any of these", round(_length(now) / 86400) - len(named), left))
    return tuple(pieces)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
