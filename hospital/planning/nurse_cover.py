"""Nurse cover: shifts that lack nurses, the people who could come, and what cover means. Money in cents."""

from dataclasses import dataclass, field
from typing import Literal

from hospital.planning.hours import HoursRule, against
from hospital.planning.intervals import Interval
from hospital.planning.report import ConstraintReport, Relaxation

Source = Literal["home", "float", "overtime", "agency"]
FILL_ORDER: tuple[Source, ...] = ("home", "float", "overtime", "agency")
"""Home staff at normal hours, then the float pool, then voluntary overtime, then agency (field.md)."""
Competency = Literal["current", "expired", "never"]
Status = Literal["optimal", "feasible", "infeasible", "contradictory", "empty"]
"""feasible: the best found in the time; contradictory: no person in the world could take such a shift."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One shift that lacks `short` nurses."""

    id: str
    span: Interval
    short: int

    def __post_init__(self) -> None:
        if self.short < 0:
            raise ValueError(f"{self.id}: short={self.short} must not be negative")


@dataclass(frozen=True, slots=True)
class Nurse:
    """Somebody who might come. `rate` is the plain rate in cents an hour; `duties` are what they work already."""

    id: str
    name: str
    pool: Literal["home", "float"]
    rate: int
    competency: Competency
    volunteers: bool
    """Has said they would take extra shifts; the float pool is there to be sent."""
    duties: tuple[Interval, ...] = ()
    overtime_hours: int = 0
    """Overtime worked lately, so that it is spread fairly."""
    called_out: tuple[Interval, ...] = ()
    """Shifts they cannot come to."""


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """What is to be covered, by whom, and within which limits.

    Args:
        hours: the limits that hold at the site; the rest alone is kept where no pack is on.
        plain_hours: hours of a week (`week_of`) at the plain rate; a shift past them is overtime throughout.
        overtime_percent: what an hour of overtime is paid, in percent of the plain rate.
        agency_rate: cents an hour, None when no agency has such people.
        expired_allowed: whether an expired competency may be proposed (the supervisor decides).
    """

    gaps: tuple[Gap, ...]
    nurses: tuple[Nurse, ...]
    hours: HoursRule
    plain_hours: int
    overtime_percent: int
    agency_rate: int | None
    expired_allowed: bool = False
    zone: str = "UTC"

    def __post_init__(self) -> None:
        for what, ids in (("gaps", [gap.id for gap in self.gaps]), ("nurses", [one.id for one in self.nurses])):
            if len(set(ids)) != len(ids):
                raise ValueError(f"{what}={sorted(ids)} has the same id twice")
        if self.overtime_percent < 100:
            raise ValueError(f"overtime_percent={self.overtime_percent} must be at least 100")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person (None: from the agency) on one shift; `cost` in cents is what the shift costs altogether."""

    gap: str
    nurse: str | None
    source: Source
    cost: int


@dataclass(frozen=True, slots=True)
class CoverOption:
    """One way to cover; `missing` names the shifts that still lack nurses and how many."""

    assignments: tuple[Assignment, ...]
    missing: dict[str, int]
    report: ConstraintReport

    @property
    def cost(self) -> int:
        """All shifts together, in cents."""
        return sum(one.cost for one in self.assignments)

    def by(self, source: Source) -> int:
        """How many shifts come from this source."""
        return sum(one.source == source for one in self.assignments)

    @property
    def same_as(self) -> frozenset[tuple[str, str | None]]:
        """What two equal options share."""
        return frozenset((one.gap, one.nurse) for one in self.assignments)


@dataclass(frozen=True, slots=True)
class CoverResult:
    """Options, best first; who was looked at and why not; what would have to give when there is too little."""

    status: Status
    options: tuple[CoverOption, ...] = ()
    why_not: tuple[tuple[Nurse, Gap, str], ...] = ()
    eligible: tuple[tuple[Nurse, Gap], ...] = ()
    relax: tuple[Relaxation, ...] = field(default=())


def why_not(problem: CoverProblem, nurse: Nurse, gap: Gap) -> str | None:
    """Why this person cannot take this shift, as a clause; None when they can."""
    if any(gap.span.overlaps(out) for out in nurse.called_out):
        return "called out"
    if any(gap.span.overlaps(duty) for duty in nurse.duties):
        return "works then"
    if nurse.competency == "never":
        return "never held the competency"
    if nurse.competency == "expired" and not problem.expired_allowed:
        return "competency expired: the nursing supervisor decides"
    if nurse.pool == "home" and not nurse.volunteers:
        return "has not offered extra shifts, and nobody is mandated"
    duties = [(duty.start, duty.end) for duty in nurse.duties]
    return against(problem.hours, (gap.span.start, gap.span.end), duties)
