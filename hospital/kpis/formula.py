"""What a key figure is, over whom it is taken, and what came out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hospital.model.places import Site
from hospital.ports import In, Range, Reader

Unit = Literal["%", "min", "days", "h"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A figure's definition in words. A changed meaning is a new version, never a silent edit."""

    name: str
    title: str
    version: int
    unit: Unit
    numerator: str
    denominator: str
    cohort: str
    exclusions: tuple[str, ...]
    said: tuple[str, ...]
    """How people call it."""
    better: Literal["higher", "lower"] = "higher"
    median: bool = False
    """Whether the value is the median of what is counted, not the numerator over the denominator."""
    standing: bool = False
    """Whether it tells how things stand now, so that no period applies."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whose figure: sites and a stretch of time, and a part of them. Everything left None means all."""

    sites: tuple[Site, ...]
    start: datetime
    end: datetime
    now: datetime
    service_id: str | None = None
    unit_id: str | None = None
    clinic_id: str | None = None
    room_id: str | None = None
    clinician_id: str | None = None

    @property
    def site_ids(self) -> In:
        """The sites, as a condition."""
        return In(tuple(str(site.id) for site in self.sites))

    @property
    def past(self) -> Range:
        """The stretch as far as it is over, as a condition."""
        return Range(self.start, min(self.end, self.now))

    def where(self, **fields: str) -> dict[str, Any]:
        """The conditions of an entity whose field names are given: `where(service_id="service_id")`."""
        return {field: value for field, own in fields.items() if (value := getattr(self, own)) is not None}

    def during(self, start: datetime, end: datetime) -> "Cohort":
        """The same of another time."""
        return Cohort(
            self.sites, start, end, self.now, self.service_id, self.unit_id, self.clinic_id, self.room_id,
            self.clinician_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with what it is made of. `value` is None when there was nothing to take it over."""

    numerator: float
    denominator: float
    value: float | None
    n: int
    """Cases, visits, shifts ... in the cohort after exclusions."""
    excluded: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    """What else belongs to it: by reason, other quantiles; in the unit that the name says."""


def share(numerator: float, denominator: float, n: int, excluded: Mapping[str, int], **parts: float) -> Measured:
    """A percentage, None over nothing."""
    value = 100 * numerator / denominator if denominator else None
    return Measured(numerator, denominator, value, n, dict(excluded), parts)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A formula and how it is taken from the hospital's records."""

    formula: Formula
    measure: Callable[[Reader, Cohort], Measured]
