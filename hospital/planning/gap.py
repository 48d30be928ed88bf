"""Forecast demand against capacity: the deficit, and how likely there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hospital.planning.forecast import Forecast, Step


@dataclass(frozen=True, slots=True)
class GapPeriod:
    """Demand against capacity in one period; deficits are zero or more."""

    period: date
    capacity: float
    median: float
    p80: float
    deficit_median: float
    deficit_p80: float
    probability_short: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Where demand is more than capacity, per period and over the whole horizon."""

    periods: tuple[GapPeriod, ...]
    total: GapPeriod | None


def gap(demand: Forecast, capacity: float | Sequence[float]) -> Gap:
    """Deficit per period at the median and at p80, and the probability that demand is more than capacity.

    `capacity` is one amount for every period or one per period, in the unit of the series. The total compares
    summed demand with summed capacity, as if work could move within the horizon.
    """
    amounts = [float(capacity)] * len(demand.steps) if isinstance(capacity, int | float) else list(capacity)
    if len(amounts) != len(demand.steps):
        raise ValueError(f"capacity has {len(amounts)} periods, the forecast {len(demand.steps)}")
    for amount in amounts:
        if not amount >= 0:
            raise ValueError(f"capacity={amount} must be zero or more")
    periods = tuple(_gap(step, amount) for step, amount in zip(demand.steps, amounts, strict=True))
    return Gap(periods, _gap(demand.total, sum(amounts)) if demand.total else None)


def _gap(step: Step, capacity: float) -> GapPeriod:
    return GapPeriod(
        step.period,
        capacity,
        step.median,
        step.p80,
        max(0.0, step.median - capacity),
        max(0.0, step.p80 - capacity),
        step.probability_above(capacity),
    )
