"""Which closed beds to open against a shortage, and the nurses that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hospital.planning.relax import smallest_sets
from hospital.planning.report import Relaxation
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
    relax: tuple[Relaxation, ...] = ()
    """What would have to give so that nothing is missing any more; empty when nothing is."""


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
        return SurgePlan("infeasible", (), _relax(missing, units))
    ranked = sorted(_not_beaten(every), key=lambda one: (-one.covers, one.cost, one.unit))[:limit]
    short = missing - ranked[0].covers
    return SurgePlan("partial" if short else "ok", tuple(ranked), _relax(missing, units) if short else ())


GIVEN = {"beds": "more closed beds", "nurses": "more nurses for them"}


def _relax(missing: int, units: Sequence[ClosedBeds]) -> tuple[Relaxation, ...]:
    """The smallest sets without which one unit could open all that is missing."""

    def holds(names: frozenset[str]) -> bool:
        for unit in units:
            beds = unit.beds + ("more",) * missing if "beds" in names else unit.beds
            nurses = unit.nurses + (Nurse("", "agency", 0),) * 2 * missing if "nurses" in names else unit.nurses
            if len(beds) >= missing and _open(replace(unit, beds=beds, nurses=nurses), missing) is not None:
                return True
        return False

    return tuple(
        Relaxation(tuple(sorted(group)), " and ".join(GIVEN[name] for name in sorted(group)))
        for group in smallest_sets(GIVEN, holds)
    ) or (Relaxation(("demand",), "fewer patients: earlier discharge, transfer or diversion"),)


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
