"""Nurses needed by ratio against nurses rostered, at every moment: a ratio is never an average."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from hospital.planning.intervals import Interval, Spans, intersect, subtract, union


def nurses_required(census: int, ratio: int, acuity_adjustments: Mapping[int, int] | None = None) -> int:
    """Fewest nurses such that each one's own patients stay within the strictest ratio among them.

    Args:
        census: patients on the unit.
        ratio: patients one nurse may take (5 for 1:5).
        acuity_adjustments: patients of the census by another ratio: {2: 3} is three patients at 1:2.

    A mixed group counts at its strictest patient, since ratios are not averaged.
    """
    adjusted = dict(acuity_adjustments or {})
    _refuse_nonsense(census, {ratio: 0, **adjusted})
    if (total := sum(adjusted.values())) > census:
        raise ValueError(f"acuity_adjustments={adjusted} name {total} patients, more than census={census}")
    needs = sorted([r for r, count in adjusted.items() for _ in range(count)] + [ratio] * (census - total))
    nurses = taken = 0
    while taken < len(needs):
        # Strictest first: a nurse takes as many as her strictest patient allows.
        taken += needs[taken]
        nurses += 1
    return nurses


def _refuse_nonsense(census: int, groups: Mapping[int, int]) -> None:
    if census < 0:
        raise ValueError(f"census={census} must not be negative")
    for ratio, count in groups.items():
        if ratio < 1:
            raise ValueError(f"ratio={ratio} must be at least 1 patient per nurse")
        if count < 0:
            raise ValueError(f"acuity_adjustments[{ratio}]={count} must not be negative")


@dataclass(frozen=True, slots=True)
class RosteredNurse:
    """One nurse's shift. A charge nurse counts only when taking patients, nobody during a break."""

    worker: str
    shift: Interval
    charge: bool = False
    taking_patients: bool | None = None
    """Unknown (None) means yes for a staff nurse and no for a charge nurse."""
    away: Spans = ()

    @property
    def counted(self) -> Spans:
        """The time in which this nurse counts toward the ratio."""
        counts = not self.charge if self.taking_patients is None else self.taking_patients
        return subtract([self.shift], self.away) if counts else ()


@dataclass(frozen=True, slots=True)
class StaffingSpan:
    """A stretch of time with a constant number of counted nurses."""

    span: Interval
    required: int
    counted: int

    @property
    def short(self) -> int:
        """Nurses missing in this stretch."""
        return max(0, self.required - self.counted)


@dataclass(frozen=True, slots=True)
class Staffing:
    """Required against rostered over a window: the worst moment decides."""

    required: int
    spans: tuple[StaffingSpan, ...]
    not_counted: tuple[str, ...]
    """Workers on the roster who never count in the window (charge without patients, away throughout)."""

    @property
    def counted(self) -> int:
        """Nurses counted at the worst moment."""
        return min(span.counted for span in self.spans)

    @property
    def short(self) -> int:
        """Nurses missing at the worst moment."""
        return max(span.short for span in self.spans)

    @property
    def short_spans(self) -> tuple[StaffingSpan, ...]:
        """The stretches in which the ratio does not hold."""
        return tuple(span for span in self.spans if span.short)


@dataclass(frozen=True, slots=True)
class RatioRoom:
    """How many patients the nurses of one unit may look after by the ratio pack that is on there."""

    unit: str
    """Its name."""
    patients: int
    nurses: int
    """Nurses counted at the worst moment."""
    per_nurse: int
    """Patients one nurse may take."""
    stricter: Mapping[int, int] = field(default_factory=dict)
    """Patients of the unit by a stricter ratio of their own, as in `nurses_required`."""

    def missing(self, more: int = 0) -> int:
        """Nurses missing with so many more patients."""
        return max(0, nurses_required(self.patients + more, self.per_nurse, self.stricter) - self.nurses)

    @property
    def places(self) -> int:
        """For how many more patients there are nurses."""
        more = 0
        while self.nurses and not self.missing(more + 1):
            more += 1
        return more

    def with_one_more(self, given: int = 0) -> str:
        """What the ratio would be with one more, after so many were given a bed: "East would be 1:6 ..."."""
        patients = self.patients + given + 1
        said = f"the pack says 1:{self.per_nurse}"
        if not self.nurses:
            return f"{self.unit} has no nurse who counts; {said}"
        busiest = -(-patients // self.nurses)
        if busiest > self.per_nurse:
            return f"{self.unit} would be 1:{busiest} with one more; {said}"
        needed = self.nurses + self.missing(given + 1)
        return (
            f"{self.unit} would need {needed} nurses with one more and has {self.nurses}; {said}, "
            f"and a stricter ratio for {sum(self.stricter.values())} of its patients"
        )


def staffing(window: Interval, required: int, roster: Iterable[RosteredNurse]) -> Staffing:
    """Compare the nurses required with those who count, moment by moment over the window."""
    if required < 0:
        raise ValueError(f"required={required} must not be negative")
    nurses = list(roster)
    # One worker on two overlapping rows is still one nurse.
    present: dict[str, Spans] = {}
    for nurse in nurses:
        present[nurse.worker] = intersect([window], union(present.get(nurse.worker, ()), nurse.counted))
    edges = sorted(
        {window.start, window.end} | {edge for spans in present.values() for s in spans for edge in (s.start, s.end)}
    )
    found: list[StaffingSpan] = []
    for start, end in pairwise(edges):
        counted = sum(any(s.start <= start < s.end for s in spans) for spans in present.values())
        if found and found[-1].counted == counted:
            start = found.pop().span.start
        found.append(StaffingSpan(Interval(start, end), required, counted))
    return Staffing(required, tuple(found), tuple(worker for worker, spans in present.items() if not spans))
