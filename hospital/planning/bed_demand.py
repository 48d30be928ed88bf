"""How many beds will be needed, hour by hour: a distribution, not a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from hospital.planning.series import Array

HOUR = timedelta(hours=1)
TAIL = 1e-9
"""Probability below which the ends of a distribution are cut off."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Something that one patient probably does, and when."""

    at: datetime
    probability: float

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability={self.probability} must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class BedFlow:
    """Who is there, who leaves, who comes.

    `arrivals` are expected patients per hour from the start on, each with the variance of that expectation
    (0: as uncertain as chance alone makes it).
    """

    present: int
    leaving: tuple[Chance, ...] = ()
    entering: tuple[Chance, ...] = ()
    arrivals: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.present < 0:
            raise ValueError(f"present={self.present} must not be negative")
        if any(mean < 0 or variance < 0 for mean, variance in self.arrivals):
            raise ValueError("arrivals must be expectations and variances of zero or more")


@dataclass(frozen=True, slots=True)
class HourDemand:
    """Beds needed at one moment: expectation, median, 80% interval, and how sure it is that they do not suffice."""

    at: datetime
    mean: float
    p50: int
    p80: int
    low80: int
    high80: int
    short: float
    """Probability that more beds are needed than there are."""
    arrived: float
    entered: float
    left: float
    """Expected since the start."""


def demand_by_hour(
    flow: BedFlow, start: datetime, end: datetime, beds: int, step: timedelta = HOUR
) -> tuple[HourDemand, ...]:
    """Beds needed at the end of every hour (or `step`) from `start`, the last one at `end`.

    Patients leave and are transferred independently (a sum of Bernoulli draws); arrivals are Poisson, or negative
    binomial where the forecast is less sure than that. `beds` are those that can be used.

    Raises:
        ValueError: when `end` is not after `start`.
    """
    if end <= start:
        raise ValueError(f"end={end.isoformat()} is not after start={start.isoformat()}")
    steps = -int(-(end - start) // step)
    return tuple(_at(flow, start, min(start + step * n, end), beds) for n in range(1, steps + 1))


def _at(flow: BedFlow, start: datetime, at: datetime, beds: int) -> HourDemand:
    entered = [chance.probability for chance in flow.entering if chance.at <= at]
    left = [chance.probability for chance in flow.leaving if chance.at <= at]
    mean, variance = _arrived(flow.arrivals, (at - start) / HOUR)
    coming = np.convolve(_bernoulli_sum(entered), _count(mean, variance))
    going = _bernoulli_sum(left)
    # The beds needed are present + coming - going; index 0 of the convolution is everybody leaving, nobody coming.
    chances = np.convolve(coming, going[::-1])
    values = flow.present - (len(going) - 1) + np.arange(len(chances))
    values = np.maximum(values, 0)
    cumulative = np.cumsum(chances)

    def quantile(share: float) -> int:
        return int(values[min(int(np.searchsorted(cumulative, share * cumulative[-1])), len(values) - 1)])

    return HourDemand(
        at=at,
        mean=flow.present + mean + sum(entered) - sum(left),
        p50=quantile(0.5),
        p80=quantile(0.8),
        low80=quantile(0.1),
        high80=quantile(0.9),
        short=float(chances[values > beds].sum() / chances.sum()),
        arrived=mean,
        entered=sum(entered),
        left=sum(left),
    )


def _arrived(arrivals: Sequence[tuple[float, float]], hours: float) -> tuple[float, float]:
    """Expected arrivals of the first `hours` and their variance; the forecast's own errors go together."""
    mean = spread = 0.0
    for n, (expected, variance) in enumerate(arrivals):
        part = min(1.0, max(0.0, hours - n))
        mean += expected * part
        spread += variance**0.5 * part
    return mean, max(mean, spread**2)


def _count(mean: float, variance: float) -> Array:
    """Chances of 0, 1, 2 ... arrivals: Poisson, or negative binomial where the variance is above the mean."""
    if mean < TAIL:
        return np.ones(1)
    size = int(mean + 8 * variance**0.5 + 12)
    k = np.arange(size)
    if variance <= mean * 1.0001:
        logs = k * np.log(mean) - mean - _log_factorials(size)
    else:
        r = mean**2 / (variance - mean)
        steps = np.log((r + k[:-1]) / (k[:-1] + 1)) + np.log(mean / (r + mean)) if size > 1 else np.zeros(0)
        logs = r * np.log(r / (r + mean)) + np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs)
    return np.asarray(chances[: len(chances) - int(np.argmax(chances[::-1] > TAIL))])


def _log_factorials(size: int) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size)))])


def _bernoulli_sum(probabilities: Sequence[float]) -> Array:
    chances: Array = np.ones(1)
    for probability in probabilities:
        chances = np.convolve(chances, (1 - probability, probability))
    return chances


def hour_shares(hours: Sequence[int], smoothing: float = 1.0) -> tuple[float, ...]:
    """Which part of a day's arrivals comes in each hour (0 to 23), from the hours of those that came.

    `smoothing` is the count that every hour starts with, so that few arrivals do not make empty hours.
    """
    counts = np.bincount(np.asarray(hours, dtype=int), minlength=24)[:24] + smoothing if hours else np.ones(24)
    return tuple(float(share) for share in counts / counts.sum())
