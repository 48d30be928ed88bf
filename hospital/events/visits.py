"""Visits, slots and the waitlist."""

from typing import Literal

from hospital.entity import Time
from hospital.events.envelope import EventData


class AppointmentRequested(EventData):
    """Somebody wants a visit (FHIR Appointment proposed; HL7 SRM^S01)."""

    appointment_id: str
    patient_ref: str
    service_type: str
    reason_code: str | None = None
    priority: int | None = None
    window_start: Time | None = None
    window_end: Time | None = None
    referral_id: str | None = None
    authorization_status: Literal["not_needed", "pending", "granted", "denied"] = "not_needed"


class AppointmentHeld(EventData):
    """Slots are kept until the hold expires (FHIR pending; IHE ITI-116)."""

    appointment_id: str
    slot_ids: tuple[str, ...]
    hold_expires_at: Time
    holder: str


class AppointmentCreated(EventData):
    """A visit is booked (FHIR booked; HL7 SIU^S12)."""

    appointment_id: str
    start: Time
    end: Time
    practitioner_id: str | None = None
    location_id: str
    device_id: str | None = None
    service_type: str
    template_slot_type: str | None = None


class AppointmentRescheduled(AppointmentCreated):
    """A visit moved (HL7 SIU^S13)."""

    previous_start: Time
    previous_end: Time
    reason_code: str | None = None


class AppointmentModified(EventData):
    """Fields of a visit changed without moving it (HL7 SIU^S14)."""

    appointment_id: str
    changed_fields: tuple[str, ...]


class AppointmentCancelled(EventData):
    """A visit is off (FHIR cancelled; HL7 SIU^S15)."""

    appointment_id: str
    cancelled_by: Literal["patient", "provider"]
    reason_code: str
    notice_minutes: int
    slot_ids: tuple[str, ...] = ()


class AppointmentNoshow(EventData):
    """Nobody came (FHIR noshow; HL7 SIU^S26)."""

    appointment_id: str
    slot_id: str | None = None


class AppointmentCheckedin(EventData):
    """The patient is here (FHIR checked-in)."""

    appointment_id: str
    at: Time


class AppointmentFulfilled(AppointmentCheckedin):
    """The visit took place (FHIR fulfilled)."""


class WaitlistOfferSent(EventData):
    """A slot was offered to somebody who waits."""

    offer_id: str
    slot_id: str
    rank: int
    expires_at: Time


class WaitlistOfferAnswered(EventData):
    """An offer was accepted, declined, or expired unanswered."""

    offer_id: str
    slot_id: str


class SlotBlocked(EventData):
    """Time in a schedule is closed (HL7 SIU^S23)."""

    schedule_id: str
    start: Time
    end: Time
    reason: str = ""


class SlotOpened(SlotBlocked):
    """Time in a schedule is open again (HL7 SIU^S24)."""
