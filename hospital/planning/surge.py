"""Which closed beds to open against a shortage, and the nurses that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hospital.planning.staffing import nurses_required


@dataclass(frozen=True, slots=True)
class Nurse:
    """Somebody who could come for the shift: `cost` is for the whole shift, in cents."""

    id: str
    source: Literal["float", "overtime", "agency"]
    cost: int


@dataclass(frozen=True, slots=True)
class ClosedBeds:
    """A unit's closed beds, how many patients it is to take in all, and who could look after them."""

    unit: str
    beds: tuple[str, ...]
    patients: int
    """Patients there that are looked after now."""
    ratio: int
    rostered: int
    nurses: tuple[Nurse, ...]
    """In fill order; agency nurses are as many as are asked for, so they come last."""

    def __post_init__(self) -> None:
        if self.patients < 0 or self.rostered < 0 or self.ratio < 1:
            raise ValueError(
                f"{self.unit}: patients={self.patients}, rostered={self.rostered}, ratio={self.ratio} make no sense"
            )


@dataclass(frozen=True, slots=True)
class Surge:
    """Open these beds with these nurses: how many of the beds missing it gives, and what it costs."""

    unit: str
    beds: tuple[str, ...]
    nurses: tuple[Nurse, ...]
    covers: int
    cost: int


@dataclass(frozen=True, slots=True)
class SurgePlan:
    """`empty`: nothing is missing. `infeasible`: no closed bed could be opened with a nurse for it."""

    status: Literal["ok", "partial", "empty", "infeasible"]
    options: tuple[Surge, ...]
    relax: str = ""
    """What would have to give, when something is still missing."""


def plan_surge(missing: int, units: Sequence[ClosedBeds], limit: int = 3) -> SurgePlan:
    """Ways to open up to `missing` beds, the most of what is missing first, then the cheapest.

    A bed is opened only with the nurses that its ratio asks for: nobody is left below it. Of one unit the option
    that opens most of what is missing is given, and a smaller one that needs fewer nurses.
    """
    if missing <= 0:
        return SurgePlan("empty", ())
    every = [
        option
        for unit in units
        for count in range(1, min(missing, len(unit.beds)) + 1)
        if (option := _open(unit, count)) is not None
    ]
    if not every:
        without = "there is no closed bed" if not any(unit.beds for unit in units) else "no nurse can come for them"
        return SurgePlan("infeasible", (), f"{without}; what is left is earlier discharge, transfer or diversion")
    ranked = sorted(_not_beaten(every), key=lambda one: (-one.covers, one.cost, one.unit))[:limit]
    short = missing - ranked[0].covers
    relax = f"{short} more closed bed{'s' if short > 1 else ''} or nurses for them" if short else ""
    return SurgePlan("partial" if short else "ok", tuple(ranked), relax)


def _open(unit: ClosedBeds, count: int) -> Surge | None:
    more = max(0, nurses_required(unit.patients + count, unit.ratio) - unit.rostered)
    if more > len(unit.nurses):
        return None
    coming = unit.nurses[:more]
    return Surge(unit.unit, unit.beds[:count], coming, count, sum(nurse.cost for nurse in coming))


def _not_beaten(every: Sequence[Surge]) -> list[Surge]:
    """Without those that open no more beds than another of the same unit for no less money."""
    return [
        one
        for one in every
        if not any(other.unit == one.unit and other.covers > one.covers and other.cost <= one.cost for other in every)
    ]
