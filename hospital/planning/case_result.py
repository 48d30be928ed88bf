"""What comes out of a case allocation: options with exact times, and why not elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hospital.planning.intervals import Interval
from hospital.planning.report import ConstraintReport, Rejected, Relaxation

Status = Literal["optimal", "feasible", "infeasible"]
"""optimal = the first option is proven best; feasible = the best found in the time."""

Kind = Literal["room", "surgeon", "anaesthesia", "team", "equipment", "pacu", "bed"]


@dataclass(frozen=True, slots=True)
class Placement:
    """One resource taken for its own time; `id` is empty for counted ones (team, PACU bay, bed of a level)."""

    kind: Kind
    id: str
    name: str
    span: Interval


@dataclass(frozen=True, slots=True)
class Order:
    """An implant that has to be ordered now for the option to hold, and when it would be usable."""

    item: str
    quantity: int
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class Option:
    """A complete placement. Money in cents; `score` is the sum of `terms`, lower is better."""

    rank: int
    site: str
    site_name: str
    start: datetime
    """Wheels-in, UTC."""
    end: datetime
    placements: tuple[Placement, ...]
    orders: tuple[Order, ...]
    terms: Mapping[str, int]
    score: int
    cost: int
    prime_minutes: int
    report: ConstraintReport

    def taken(self, kind: Kind) -> tuple[Placement, ...]:
        """The placements of one kind."""
        return tuple(placement for placement in self.placements if placement.kind == kind)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Options, best first, and why not elsewhere; without options, the fewest constraints that must give."""

    status: Status
    options: tuple[Option, ...]
    rejected: tuple[Rejected, ...]
    relax: tuple[Relaxation, ...]
    note: str
