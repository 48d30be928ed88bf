"""What is promised: blocks, clinic sessions, slots, appointments, surgical cases, holds, waitlist."""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from hospital.entity import Entity, Record, Time, require_order
from hospital.ids import (
    AppointmentId,
    BlockId,
    CaseId,
    ClinicianId,
    ClinicId,
    HoldId,
    ItemId,
    PatientId,
    PlanId,
    ProcedureId,
    RoomId,
    ServiceId,
    SessionId,
    SiteId,
    SlotId,
    UserId,
)
from hospital.model.places import LevelOfCare

AppointmentStatus = Literal[
    "proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow", "waitlist"
]
SlotStatus = Literal["free", "busy", "busy-tentative", "busy-unavailable"]
Urgency = Literal["emergent", "urgent", "expedited"]
"""Within an hour, within six hours, by the end of the next day (our judgement)."""
CaseState = Literal["requested", "scheduled", "in_progress", "completed", "cancelled"]


class Span(Entity):
    """An entity with a start and an end, the end after the start."""

    start: Time
    end: Time

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, f"{type(self).__name__} {self.id}")
        return self


class Block(Span):
    """OR time that belongs to the hospital and is lent to a surgeon or service until its auto-release."""

    id: BlockId
    site_id: SiteId
    room_id: RoomId
    service_id: ServiceId
    owner_id: ClinicianId | None
    auto_release_at: Time
    state: Literal["allocated", "released"] = "allocated"
    released_mode: Literal["auto", "voluntary", "approved"] | None = None


class ClinicSession(Span):
    """A clinician's session in a clinic template; its slots are `Slot` rows."""

    id: SessionId
    site_id: SiteId
    clinic_id: ClinicId
    clinician_id: ClinicianId
    room_id: RoomId


class Slot(Span):
    """A bookable time for one visit type (clinic) or protocol family (imaging room)."""

    id: SlotId
    site_id: SiteId
    clinic_id: ClinicId | None
    session_id: SessionId | None
    room_id: RoomId
    clinician_id: ClinicianId | None
    visit_type: str
    status: SlotStatus = "free"
    urgent_reserved: bool = False


class Appointment(Span):
    """An outpatient visit or imaging examination."""

    id: AppointmentId
    patient_id: PatientId
    site_id: SiteId
    clinic_id: ClinicId | None
    service_id: ServiceId
    room_id: RoomId
    clinician_id: ClinicianId | None
    slot_id: SlotId | None
    visit_type: str
    status: AppointmentStatus
    booked_at: Time
    cancelled_at: Time | None = None
    cancel_reason: str | None = None
    overtime_minutes: int = 0


class ImagingOrder(Entity):
    """A request for an examination by protocol, with which prerequisites are done; never why."""

    patient_id: PatientId
    protocol: str
    modality: Literal["mri", "ct"]
    contrast: bool
    minutes: int
    safety_screen_done: bool = False
    renal_check_done: bool = False
    authorisation: Literal["not_needed", "pending", "granted"] = "granted"
    state: Literal["open", "booked", "done", "cancelled"] = "open"
    ordered_at: Time


class Task(Entity):
    """Something a person still has to do before a booking can go ahead."""

    kind: Literal["safety_screen", "renal_check", "authorisation", "sterile_processing", "handover", "bed_confirm"]
    about: str
    state: Literal["requested", "accepted", "completed", "cancelled"] = "requested"
    owner_role: str
    due: Time
    note: str = ""


class CaseItem(Record):
    """An implant or set that a case is planned with."""

    item_id: ItemId
    quantity: int = 1


class Procedure(Entity):
    """A kind of operation, with how long it is booked for when nothing better is known (minutes)."""

    id: ProcedureId
    service_id: ServiceId
    name: str
    aliases: tuple[str, ...] = ()
    booked_minutes: int
    equipment: tuple[str, ...] = ()
    post_op_level: LevelOfCare | None = None
    """The bed after recovery; None: the patient goes home the same day."""


class SurgicalCase(Entity):
    """An operation: `requested` ones have no room or time yet. Times are wheels-in to wheels-out."""

    id: CaseId
    site_id: SiteId
    patient_id: PatientId | None
    procedure_id: ProcedureId
    service_id: ServiceId
    surgeon_id: ClinicianId | None
    anaesthesiologist_id: ClinicianId | None = None
    room_id: RoomId | None = None
    start: Time | None = None
    end: Time | None = None
    wanted_on: date | None = None
    state: CaseState = "scheduled"
    elective: bool = True
    urgency: Urgency | None = None
    """How long it can wait, as a clinician chose; never inferred."""
    urgency_by: ClinicianId | None = None
    equipment: tuple[str, ...] = ()
    items: tuple[CaseItem, ...] = ()
    post_op_level: LevelOfCare | None = None
    wheels_in: Time | None = None
    wheels_out: Time | None = None
    actual_minutes: int | None = None
    cancel_reason: str | None = None


class WaitlistEntry(Entity):
    """A patient who would take an earlier slot of this visit type."""

    patient_id: PatientId
    clinic_id: ClinicId
    visit_type: str
    since: Time
    priority: int = 3
    state: Literal["waiting", "offered", "accepted", "removed"] = "waiting"


class Hold(Span):
    """A resource kept for one plan or conversation until it expires; several share a `group`, all or none."""

    id: HoldId
    group: str
    resource: str
    """`room:ID`, `slot:ID`, `clinician:ID`, `equipment:ID`, `bed:ID` or `anaesthesia:ID`."""
    site_id: SiteId
    holder: UserId
    expires_at: Time
    state: Literal["held", "used", "released", "expired"] = "held"
    plan_id: PlanId | None = None
    patient_id: PatientId | None = None
