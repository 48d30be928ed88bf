"""Which cases could be done with another item, surgeon by surgeon: the shelf decides, then each surgeon does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hospital.planning.report import Relaxation

Status = Literal["all", "some", "none", "no cases"]
"""How many of the cases the substitute would serve."""


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case planned with the item: its surgeon (empty: none yet), start and quantity."""

    case: str
    surgeon: str
    start: datetime
    quantity: int = 1

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"{self.case}: quantity={self.quantity} must be at least 1")


@dataclass(frozen=True, slots=True)
class SubstitutionProblem:
    """The cases, how many of the planned item and of the substitute are free, and how long processing takes."""

    cases: tuple[PlannedCase, ...]
    item_free: int
    substitute_free: int
    processing_hours: int
    now: datetime
    decided_hours_before: int = 12
    """A surgeon decides so long before the start at the latest (gates.md, substitute-item)."""

    def __post_init__(self) -> None:
        if min(self.item_free, self.substitute_free, self.processing_hours, self.decided_hours_before) < 0:
            raise ValueError("item_free, substitute_free and the hours must not be negative")


@dataclass(frozen=True, slots=True)
class Fit:
    """One case: whether the substitute serves it, whether it has the planned item otherwise, and why not."""

    case: PlannedCase
    served: bool
    keeps: bool
    why: str


@dataclass(frozen=True, slots=True)
class SubstitutionResult:
    """The cases by surgeon, in order of start: each surgeon's part stands or falls alone."""

    status: Status
    by_surgeon: tuple[tuple[str, tuple[Fit, ...]], ...]
    spare: int
    """Substitutes left when all served cases take theirs."""
    relax: tuple[Relaxation, ...]


def plan_substitution(problem: SubstitutionProblem) -> SubstitutionResult:
    """Give the substitute out in order of start; the earliest cases also have the first claim on the planned item."""
    if not problem.cases:
        return SubstitutionResult("no cases", (), problem.substitute_free, ())
    item, substitute = problem.item_free, problem.substitute_free
    fits: list[Fit] = []
    for case in sorted(problem.cases, key=lambda case: (case.start, case.case)):
        keeps = item >= case.quantity
        item -= case.quantity if keeps else 0
        why = _why_not(problem, case, substitute)
        substitute -= 0 if why else case.quantity
        fits.append(Fit(case, not why, keeps, why))
    served = sum(fit.served for fit in fits)
    status: Status = "all" if served == len(fits) else "some" if served else "none"
    surgeons = dict.fromkeys(fit.case.surgeon for fit in fits)
    groups = tuple((who, tuple(fit for fit in fits if fit.case.surgeon == who)) for who in surgeons)
    return SubstitutionResult(status, groups, substitute, _relax(problem, fits))


def _why_not(problem: SubstitutionProblem, case: PlannedCase, left: int) -> str:
    if case.start - timedelta(hours=problem.decided_hours_before) <= problem.now:
        return f"it starts in less than {problem.decided_hours_before} h, too late to ask its surgeon"
    if case.start - timedelta(hours=problem.processing_hours) < problem.now:
        return f"it starts before {problem.processing_hours} h of processing are over"
    if left < case.quantity:
        return f"only {left} of the substitute are left and it needs {case.quantity}"
    return ""


def _relax(problem: SubstitutionProblem, fits: list[Fit]) -> tuple[Relaxation, ...]:
    """What would serve the rest: more on the shelf."""
    short = sum(fit.case.quantity for fit in fits if fit.why.startswith("only "))
    if not short:
        return ()
    return (Relaxation(("stock",), f"every case, given {short} more of the substitute on the shelf"),)
