"""Clinicians, shifts, call-outs, credentials, staffing requests."""

from typing import Literal

from hospital.entity import Time
from hospital.events.envelope import EventData


class ClinicianUnavailable(EventData):
    """A clinician cannot work for a while (HL7 MFN^M02, PMU)."""

    practitioner_role: str
    start: Time
    end: Time
    reason_class: Literal["leave", "sick", "licence"]
    affected_appointments: tuple[str, ...] = ()


class StaffShiftChanged(EventData):
    """A roster line changed."""

    worker_ref: str
    unit: str
    shift: str
    skill: str
    hours_week: float | None = None
    rest_until: Time | None = None


class StaffCallout(StaffShiftChanged):
    """Somebody called out of a shift."""


class CredentialExpiring(EventData):
    """A competency runs out soon."""

    worker_ref: str
    skill: str
    expires_at: Time


class StaffingRequestChanged(EventData):
    """A request for staff was created, filled, or could not be filled. The rate is in cents an hour."""

    unit: str
    skill: str
    shift: str
    staffing_source: Literal["float", "overtime", "agency"]
    rate: int
