"""What was asked for on the days that ended, much as on the same weekday of the weeks before."""

from collections import defaultdict
from datetime import date, timedelta

from hospital.model.history import DemandCount
from hospital.ports import Range
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.world.frame import Row

WEEKS = 3
ELECTIVE = ("referrals", "visits", "cases")
HOLIDAY_SHARE = 0.1


def count_demand(passing: Passing) -> None:
    """One count per series and day that ended."""
    days = passing.new_days()
    if not days:
        return
    earlier = Range(at_least=days[0] - timedelta(weeks=WEEKS + 1), before=days[-1] + timedelta(days=1))
    known: dict[str, dict[date, int]] = defaultdict(dict)
    for series, day, count in passing.work.values(DemandCount, ("series", "day", "count"), day=earlier):
        known[series][day] = count
    closed = passing.frame.holidays()
    rows: list[Row] = []
    for series, counts in sorted(known.items()):
        for day in days:
            if day in counts:
                continue
            past = (day - timedelta(weeks=week) for week in range(1, WEEKS + 2))
            usual = _mean([counts[one] for one in past if one in counts and one not in closed])
            mean = usual if day not in closed or series.split(":")[0] not in ELECTIVE else usual * HOLIDAY_SHARE
            counts[day] = int(passing.rng("demand", series, day).poisson(mean))
            rows.append({"id": f"{series}:{day}", "series": series, "day": day, "count": counts[day]})
    passing.work.bulk(DemandCount, rows)


def _mean(counts: list[int]) -> float:
    return sum(counts) / len(counts) if counts else 0.0
