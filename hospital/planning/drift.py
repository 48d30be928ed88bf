"""Whether the world an engine learnt from still looks as it did: a plain test against chance, said in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pvariance

LIMIT = 3.0
"""Standard deviations from which on a difference is called drift."""
SHARE = 0.1
"""Of many series, the share that must differ so before all are called drifting."""
FEWEST = 20
OVERDISPERSED = 2.0
"""Daily counts vary more than independent chance: their variance is taken as twice the mean."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What was compared, before and now, how far apart they are in standard deviations, and the verdict in words."""

    name: str
    before: float
    now: float
    deviations: float
    drifted: bool
    words: str


def drift_of_means(name: str, what: str, before: Sequence[float], now: Sequence[float]) -> Drift:
    """Two means of independent values."""
    if min(len(before), len(now)) < FEWEST:
        return Drift(name, 0, 0, 0, False, f"{what}: {len(before)} and {len(now)} values are too few to compare")
    one, two = fmean(before), fmean(now)
    spread = sqrt(pvariance(before) / len(before) + pvariance(now) / len(now)) or 1.0
    return _verdict(name, what, one, two, (two - one) / spread)


def drift_of_rates(name: str, what: str, before: tuple[int, int], now: tuple[int, int]) -> Drift:
    """Two shares, each as (how many, of how many), in percent."""
    if min(before[1], now[1]) < FEWEST:
        return Drift(name, 0, 0, 0, False, f"{what}: {before[1]} and {now[1]} are too few to compare")
    one, two = before[0] / before[1], now[0] / now[1]
    pooled = (before[0] + now[0]) / (before[1] + now[1])
    spread = sqrt(pooled * (1 - pooled) * (1 / before[1] + 1 / now[1])) or 1.0
    return _verdict(name, f"{what}, %", 100 * one, 100 * two, (two - one) / spread)


def drift_of_counts(name: str, counts: Mapping[str, tuple[int, int]]) -> Drift:
    """Many series at once, each with its counts of two equal stretches; the share that differs is judged."""
    far = {
        series: (two - one) / sqrt(OVERDISPERSED * (one + two)) for series, (one, two) in counts.items() if one + two
    }
    moved = sorted((series for series, z in far.items() if abs(z) > LIMIT), key=lambda series: -abs(far[series]))
    share = len(moved) / len(far) if far else 0.0
    most = f"; most: {', '.join(moved[:3])}" if moved else ""
    words = f"{len(moved)} of {len(far)} series differ from the weeks before by more than chance{most}"
    return Drift(name, 0.0, 100 * share, max(map(abs, far.values()), default=0.0), share > SHARE, words)


def _verdict(name: str, what: str, before: float, now: float, deviations: float) -> Drift:
    drifted = abs(deviations) > LIMIT
    words = f"{what}: {before:.1f} before, {now:.1f} now, {abs(deviations):.1f} standard deviations apart"
    return Drift(name, before, now, deviations, drifted, words + ("; fit again" if drifted else "; holds"))
