"""Routing one imaging request over scanners and sites: what fits, what it costs there, and why not elsewhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hospital.planning.relax import smallest_of
from hospital.planning.report import ConstraintReport, Relaxation

DAY = timedelta(days=1)
Constraint = Literal[
    "modality", "contrast", "protocol", "length", "held", "maintenance", "down", "technologist", "site"
]
WORDS: dict[Constraint, str] = {
    "contrast": "a scanner that can give contrast",
    "protocol": "a slot made for another protocol",
    "length": "a longer slot",
    "held": "a slot that somebody holds",
    "maintenance": "a scanner without maintenance then",
    "down": "a scanner that works",
    "technologist": "a technologist on duty",
}
"""What giving up a constraint means."""
NEVER: frozenset[Constraint] = frozenset(("contrast",))
"""What no relaxation may give up: the examination would not be the one that was asked for."""


@dataclass(frozen=True, slots=True)
class ScanSlot:
    """A free scanner time; `against` is everything that stands in its way. Money in cents."""

    id: str
    site: str
    room: str
    start: datetime
    end: datetime
    against: frozenset[Constraint]
    travel: int
    serve: int
    technologists: int | None = None

    def __post_init__(self) -> None:
        if self.travel < 0 or self.serve < 0:
            raise ValueError(f"{self.id}: travel={self.travel} and serve={self.serve} must not be negative")


@dataclass(frozen=True, slots=True)
class Route:
    """One way: `score` in cents is travel, cost to serve and the wait."""

    slot: ScanSlot
    score: int
    report: ConstraintReport


@dataclass(frozen=True, slots=True)
class RouteResult:
    """Ways, best first, one per scanner; how many slots each constraint ruled out, by scanner."""

    status: Literal["optimal", "infeasible", "empty"]
    routes: tuple[Route, ...] = ()
    why_not: tuple[tuple[str, str, int], ...] = ()
    relax: tuple[Relaxation, ...] = ()


def route(slots: Sequence[ScanSlot], asked_at: datetime, wait_a_day: int, most: int = 3) -> RouteResult:
    """Rank the slots that nothing stands against.

    Args:
        wait_a_day: what a day of waiting weighs, in cents.
    """
    if not slots:
        return RouteResult("empty", relax=(Relaxation(("window",), "a longer window"),))
    fitting = [slot for slot in slots if not slot.against]
    ranked = sorted(fitting, key=lambda slot: (_score(slot, asked_at, wait_a_day), slot.start, slot.id))
    best: dict[str, ScanSlot] = {}
    for slot in ranked:
        best.setdefault(slot.room, slot)
    chosen = list(best.values())[:most]
    routes = tuple(Route(slot, _score(slot, asked_at, wait_a_day), _report(slot, slots, ranked)) for slot in chosen)
    counted = Counter((slot.room, one) for slot in slots for one in slot.against)
    why_not = tuple((room, WORDS[one], count) for (room, one), count in sorted(counted.items()) if room not in best)
    return RouteResult("optimal" if routes else "infeasible", routes, why_not, () if routes else _relax(slots))


def _score(slot: ScanSlot, asked_at: datetime, wait_a_day: int) -> int:
    return slot.travel + slot.serve + round(wait_a_day * ((slot.start - asked_at) / DAY))


def _report(slot: ScanSlot, slots: Sequence[ScanSlot], ranked: Sequence[ScanSlot]) -> ConstraintReport:
    """What keeps it from being earlier, and how much later the next slot on the same scanner is, in minutes."""
    earlier = Counter(one for other in slots if other.start < slot.start for one in other.against)
    later = [other.start - slot.start for other in ranked if other.room == slot.room and other.start > slot.start]
    slack = {"next on the same scanner": min(later) // timedelta(minutes=1)} if later else {}
    return ConstraintReport(
        tuple(f"{WORDS[one]} ({count} earlier slots)" for one, count in earlier.most_common(3)), slack
    )


def _relax(slots: Sequence[ScanSlot]) -> tuple[Relaxation, ...]:
    """The smallest sets of constraints without which there would be a slot."""
    groups = smallest_of((slot.against for slot in slots), NEVER)
    if not groups:
        return (Relaxation(("window",), "a longer window, or another order"),)
    return tuple(
        Relaxation(tuple(sorted(group)), " and ".join(words for one, words in sorted(WORDS.items()) if one in group))
        for group in groups
    )
