"""Beds, admissions, transfers and discharges. No clinical content."""

from hospital.entity import Time
from hospital.events.envelope import EventData


class BedRequested(EventData):
    """A patient needs a bed (HL7 ADT^A14)."""

    encounter_ref: str
    level_of_care: str
    isolation: bool = False
    equipment: tuple[str, ...] = ()
    projected_time: Time | None = None


class BedAssigned(BedRequested):
    """A bed was given."""

    bed_id: str


class ReadyToMove(BedRequested):
    """The patient can leave where they are."""


class AdmissionRecorded(EventData):
    """A patient came in (HL7 ADT^A01). `from_location` may be unknown."""

    encounter_ref: str
    from_location: str | None = None
    to_location: str


class TransferRecorded(AdmissionRecorded):
    """A patient moved (HL7 ADT^A02)."""


class DischargePredicted(EventData):
    """When a patient is expected to leave; a forecast, never a decision (HL7 ADT^A16 for pending)."""

    encounter_ref: str
    expected_at: Time | None = None
    barrier_codes: tuple[str, ...] = ()
    probability: float | None = None


class DischargePending(DischargePredicted):
    """A discharge is planned by the physician (HL7 ADT^A16)."""


class DischargeCompleted(DischargePredicted):
    """A patient left (HL7 ADT^A03)."""


class DischargePendingCancelled(DischargePredicted):
    """A planned discharge is off (HL7 ADT^A25)."""
