"""What is said of a slot when no model is there: how often such visits were missed, near the clinic's own rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LEAD_BANDS = ((0, "same day"), (1, "1 to 6 days ahead"), (7, "7 to 27 days ahead"), (28, "28 days ahead or more"))
"""From so many whole days between booking and visit on."""
PRIOR_VISITS = 20.0
UNKNOWN_RATE = 0.1
"""For a clinic without any history: one in ten, a common order of magnitude."""

Basis = Literal["model", "rate of such visits", "rate of the clinic", "no history"]


@dataclass(frozen=True, slots=True)
class Foretold:
    """The chance that the visit booked into one slot is missed, 0 to 1, and how many visits it rests on."""

    slot_id: str
    probability: float
    basis: Basis
    n: int


@dataclass(frozen=True, slots=True)
class MissedRates:
    """Visits and missed visits of a clinic by visit type and lead band."""

    counts: dict[tuple[str, str], tuple[int, int]]

    @classmethod
    def of(cls, visits: Iterable[tuple[str, float, bool]]) -> "MissedRates":
        """From (visit type, days between booking and visit, missed); cancelled ones are left out before."""
        counts: dict[tuple[str, str], tuple[int, int]] = {}
        for kind, lead, missed in visits:
            seen, gone = counts.get(key := (kind, band_of(lead)), (0, 0))
            counts[key] = (seen + 1, gone + missed)
        return cls(counts)

    def risk(self, slot_id: str, kind: str, lead: float) -> Foretold:
        """The rate of such visits, weighed n / (n + PRIOR_VISITS) against the clinic's."""
        seen, gone = (sum(column) for column in zip(*self.counts.values(), strict=True)) if self.counts else (0, 0)
        if not seen:
            return Foretold(slot_id, UNKNOWN_RATE, "no history", 0)
        rate = gone / seen
        such, missed = self.counts.get((kind, band_of(lead)), (0, 0))
        if not such:
            return Foretold(slot_id, rate, "rate of the clinic", seen)
        probability = (missed + PRIOR_VISITS * rate) / (such + PRIOR_VISITS)
        return Foretold(slot_id, probability, "rate of such visits", such)


def band_of(lead_days: float) -> str:
    """The lead band of so many days."""
    return next(name for first, name in reversed(LEAD_BANDS) if lead_days >= first or first == 0)
