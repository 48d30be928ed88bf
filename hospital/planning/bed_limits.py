"""What a waiting patient needs of a bed, what a bed offers, and which limits stand between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LEVELS: Mapping[str, tuple[str, ...]] = {
    "med_surg": ("med_surg", "medical", "telemetry", "step_down", "icu"),
    "medical": ("medical", "med_surg", "telemetry", "step_down", "icu"),
    "telemetry": ("telemetry", "step_down", "icu"),
    "step_down": ("step_down", "icu"),
    "icu": ("icu",),
}
"""Levels of care that can look after a patient of a level, nearest first; other levels only take their own."""

Limit = Literal["level", "isolation", "cohort", "equipment", "free", "staffed", "ratio"]
WORDS: Mapping[Limit, str] = {
    "level": "a bed of a sufficient level of care",
    "isolation": "a bed that can isolate",
    "cohort": "a room without patients under other precautions",
    "equipment": "a bed with the equipment needed",
    "free": "a bed that is free and clean",
    "staffed": "a nurse for one more patient on the unit",
    "ratio": "a nurse within the ratio of the unit",
}
Beyond = Literal["isolation", "other_level", "other_specialty"]
"""What makes a possible placement one for the nursing supervisor."""


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """Somebody who needs a bed: what the bed must offer, and how long they have waited (minutes)."""

    id: str
    level: str
    specialty: str
    waited: int = 0
    isolation: str = ""
    """The precaution ("contact", "yes" ...); empty: none. Patients under the same one may share a room."""
    equipment: frozenset[str] = frozenset()
    unit: str | None = None
    """The unit wished for, if any."""

    def __post_init__(self) -> None:
        if self.waited < 0:
            raise ValueError(f"{self.id}: waited={self.waited} must not be negative")


@dataclass(frozen=True, slots=True)
class BedSpot:
    """One bed and what it offers. `taken` says why nobody can be put there now ("dirty", "occupied" ...)."""

    id: str
    unit: str
    level: str
    specialties: frozenset[str] = frozenset()
    isolates: bool = False
    features: frozenset[str] = frozenset()
    taken: str = ""
    room: str = ""
    """Beds of one room are a cohort; empty: a room of its own."""
    precaution: str = ""
    """The precaution of those who lie in the room."""


def broken_limits(
    patient: WaitingPatient, bed: BedSpot, places: int, by_ratio: int | None = None
) -> tuple[Limit, ...]:
    """The hard limits that this bed breaks for this patient; empty when they may lie there now.

    Args:
        places: for how many more patients the unit has staffed beds.
        by_ratio: for how many more it has nurses by its ratio pack; None: no pack is on.
    """
    checks: tuple[tuple[Limit, bool], ...] = (
        ("level", bed.level in LEVELS.get(patient.level, (patient.level,))),
        ("isolation", bed.isolates or not patient.isolation),
        ("cohort", not bed.room or bed.precaution in ("", patient.isolation)),
        ("equipment", patient.equipment <= bed.features),
        ("free", not bed.taken),
        ("staffed", places > 0),
        ("ratio", by_ratio is None or by_ratio > 0),
    )
    return tuple(limit for limit, holds in checks if not holds)


def beyond_rules(patient: WaitingPatient, bed: BedSpot) -> tuple[Beyond, ...]:
    """Why a possible placement is for the nursing supervisor to decide; empty when it conforms."""
    reasons: tuple[tuple[Beyond, bool], ...] = (
        ("isolation", bool(patient.isolation)),
        ("other_level", bed.level != patient.level),
        ("other_specialty", bool(bed.specialties) and patient.specialty not in bed.specialties),
    )
    return tuple(reason for reason, holds in reasons if holds)
