"""The table of contents: every canonical event, its data, and how one is read and described."""

from typing import Any

from pydantic import ValidationError

from hospital.events import beds, operations, people, rooms, supplies, visits
from hospital.events.envelope import Envelope, EventData, schema_uri

EVENTS: dict[str, type[EventData]] = {
    "hc.appointment.requested.v1": visits.AppointmentRequested,
    "hc.appointment.held.v1": visits.AppointmentHeld,
    "hc.appointment.created.v1": visits.AppointmentCreated,
    "hc.appointment.rescheduled.v1": visits.AppointmentRescheduled,
    "hc.appointment.modified.v1": visits.AppointmentModified,
    "hc.appointment.cancelled.v1": visits.AppointmentCancelled,
    "hc.appointment.noshow.v1": visits.AppointmentNoshow,
    "hc.appointment.checkedin.v1": visits.AppointmentCheckedin,
    "hc.appointment.fulfilled.v1": visits.AppointmentFulfilled,
    "hc.waitlist.offer_sent.v1": visits.WaitlistOfferSent,
    "hc.waitlist.accepted.v1": visits.WaitlistOfferAnswered,
    "hc.waitlist.declined.v1": visits.WaitlistOfferAnswered,
    "hc.waitlist.expired.v1": visits.WaitlistOfferAnswered,
    "hc.slot.blocked.v1": visits.SlotBlocked,
    "hc.slot.opened.v1": visits.SlotOpened,
    "hc.clinician.unavailable.v1": people.ClinicianUnavailable,
    "hc.staff.shift_changed.v1": people.StaffShiftChanged,
    "hc.staff.callout.v1": people.StaffCallout,
    "hc.credential.expiring.v1": people.CredentialExpiring,
    "hc.room.status_changed.v1": rooms.RoomStatusChanged,
    "hc.room.maintenance_scheduled.v1": rooms.RoomMaintenanceScheduled,
    "hc.room.maintenance_cleared.v1": rooms.RoomMaintenanceCleared,
    "hc.equipment.status_changed.v1": rooms.EquipmentStatusChanged,
    "hc.inventory.shortage.v1": supplies.InventoryShortage,
    "hc.loaner.arrived.v1": supplies.LoanerArrived,
    "hc.loaner.late.v1": supplies.LoanerLate,
    "hc.case.scheduled.v1": rooms.CaseScheduled,
    "hc.case.milestone.v1": rooms.CaseMilestone,
    "hc.block.released.v1": rooms.BlockReleased,
    "hc.block.claimed.v1": rooms.BlockClaimed,
    "hc.bed.requested.v1": beds.BedRequested,
    "hc.bed.assigned.v1": beds.BedAssigned,
    "hc.bed.ready_to_move.v1": beds.ReadyToMove,
    "hc.admission.recorded.v1": beds.AdmissionRecorded,
    "hc.transfer.recorded.v1": beds.TransferRecorded,
    "hc.discharge.predicted.v1": beds.DischargePredicted,
    "hc.discharge.pending.v1": beds.DischargePending,
    "hc.discharge.completed.v1": beds.DischargeCompleted,
    "hc.discharge.pending_cancelled.v1": beds.DischargePendingCancelled,
    "hc.demand.forecast_issued.v1": operations.DemandForecastIssued,
    "hc.capacity.gap_detected.v1": operations.CapacityGapDetected,
    **{
        f"hc.recommendation.{fact}.v1": operations.RecommendationChanged
        for fact in ("proposed", "accepted", "rejected", "overridden")
    },
    **{
        f"hc.approval.{fact}.v1": operations.ApprovalChanged
        for fact in ("requested", "granted", "denied", "expired", "delegated")
    },
    **{
        f"hc.requisition.{fact}.v1": supplies.RequisitionChanged
        for fact in ("created", "submitted", "approved", "rejected", "returned", "ordered", "received", "cancelled")
    },
    **{f"hc.staffing_request.{fact}.v1": people.StaffingRequestChanged for fact in ("created", "filled", "unfilled")},
    **{
        f"hc.exception.{fact}.v1": operations.ExceptionChanged
        for fact in ("opened", "assigned", "resolved", "breached")
    },
    **{f"hc.source.{fact}.v1": operations.SourceChanged for fact in ("stale", "down", "recovered")},
    **{f"hc.downtime.{fact}.v1": operations.SourceChanged for fact in ("declared", "reconciled")},
    "hc.policy.denied.v1": operations.PolicyDenied,
    "hc.security.flagged.v1": operations.SecurityFlagged,
}

OURS = ("hc.approval.", "hc.recommendation.", "hc.policy.", "hc.security.")
"""Published by Wardline only: intake refuses them, and no event ever counts as a vote."""


class UnknownEvent(ValueError):
    """An event type that is not in the catalogue, or data that does not fit it."""


def read_event(raw: dict[str, Any]) -> tuple[Envelope, EventData]:
    """The envelope and its typed data.

    Raises:
        UnknownEvent: in one sentence naming the field and the value.
    """
    try:
        envelope = Envelope.model_validate(raw)
        if envelope.type not in EVENTS:
            raise UnknownEvent(f"type: there is no event {envelope.type}")
        if envelope.dataschema != schema_uri(envelope.type):
            raise UnknownEvent(f"dataschema: {envelope.dataschema} is not {schema_uri(envelope.type)}")
        return envelope, EVENTS[envelope.type].model_validate(envelope.data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnknownEvent(f"{where}: {first['msg']} (got {str(first['input'])[:60]!r})") from error


def is_ours(type: str) -> bool:
    """Whether only Wardline itself may publish this type."""
    return type.startswith(OURS)


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of the envelope with each event's data, by event type."""
    schemas = {}
    for type, data in EVENTS.items():
        schema = data.model_json_schema()
        schemas[type] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": schema_uri(type),
            "title": type,
            **{key: value for key, value in schema.items() if key != "title"},
        }
    return schemas
