"""What one surgical case needs.

All durations are minutes; a start is wheels-in. Each resource is taken for its own time around the start:
room = setup, case, cleanup; surgeon = case; anaesthesia = lead, case, handover; scrub team as the room;
equipment = case and reprocessing; PACU after the case; the bed from leaving PACU for the stay.
"""

from dataclasses import dataclass
from datetime import datetime

from hospital.planning.intervals import Spans, aware


def not_negative(owner: str, **values: int) -> None:
    """Refuse a negative value, naming its owner and key."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"{owner}: {name}={value} must not be negative")


def say_level(level: str | None) -> str:
    """`med-surg`: a level of care as people say it."""
    return (level or "").replace("_", "-")


@dataclass(frozen=True, slots=True)
class ImplantNeed:
    """So many of an item on the table when the case starts."""

    item: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"{self.item}: quantity={self.quantity} must be at least 1")


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """The case. `windows` bound wheels-in to wheels-out; a named surgeon or site is required, not preferred."""

    case: str
    service: str
    windows: Spans
    asked_at: datetime
    case_minutes: int
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    anaesthesia_lead_minutes: int = 0
    handover_minutes: int = 0
    reprocessing_minutes: int = 0
    pacu_minutes: int = 0
    stay_minutes: int = 0
    post_op_level: str | None = None
    """Level of care after PACU; None for a patient who goes home."""
    team_size: int = 2
    equipment: tuple[str, ...] = ()
    """Kinds of equipment; a kind named twice needs two units."""
    implants: tuple[ImplantNeed, ...] = ()
    room_features: frozenset[str] = frozenset()
    surgeon: str | None = None
    site: str | None = None
    home_site: str | None = None
    """Where the patient is expected; other sites are allowed (unless `site` is set) and cost a transfer."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked_at", aware("asked_at", self.asked_at))
        if self.case_minutes < 1:
            raise ValueError(f"{self.case}: case_minutes={self.case_minutes} must be at least 1")
        names = ("setup", "cleanup", "anaesthesia_lead", "handover", "reprocessing", "pacu", "stay")
        not_negative(self.case, **{f"{name}_minutes": getattr(self, f"{name}_minutes") for name in names})
        not_negative(self.case, team_size=self.team_size)
        if not self.windows:
            raise ValueError(f"{self.case}: windows is empty; name at least one")
        if self.stay_minutes and self.post_op_level is None:
            raise ValueError(f"{self.case}: stay_minutes={self.stay_minutes} needs a post_op_level")

    @property
    def room_minutes(self) -> int:
        """Minutes the room is taken: setup, case and cleanup."""
        return self.setup_minutes + self.case_minutes + self.cleanup_minutes
