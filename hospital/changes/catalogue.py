"""The table of contents: every kind of change there is. A new kind is its file and a name here."""

from typing import Annotated

from pydantic import Field

from hospital.changes.beds import AssignBed, OpenBeds
from hospital.changes.blocks import ReleaseBlock
from hospital.changes.bookings import (
    BookAppointment,
    CancelAppointment,
    RescheduleAppointment,
)
from hospital.changes.cancels import CancelCase, CancelWave
from hospital.changes.cases import ScheduleCase
from hospital.changes.governing import ActivateRules, ChangeGrants
from hospital.changes.holds import PlaceHold
from hospital.changes.maintenance import PlanMaintenance
from hospital.changes.moves import DisplaceCases, MoveCases
from hospital.changes.queue import OpenException
from hospital.changes.records import RecordStatus
from hospital.changes.sessions import AddSession
from hospital.changes.staffing import RequestStaff
from hospital.changes.substitution import SubstituteItem
from hospital.changes.supply import OpenRequisition
from hospital.changes.template_slots import ConvertSlots, OverbookSession
from hospital.changes.waitlist import OfferSlot

AnyChange = Annotated[
    ActivateRules
    | AddSession
    | AssignBed
    | BookAppointment
    | CancelAppointment
    | CancelCase
    | CancelWave
    | ChangeGrants
    | ConvertSlots
    | DisplaceCases
    | MoveCases
    | OfferSlot
    | OpenBeds
    | OpenException
    | OpenRequisition
    | OverbookSession
    | PlaceHold
    | PlanMaintenance
    | RecordStatus
    | ReleaseBlock
    | RequestStaff
    | RescheduleAppointment
    | ScheduleCase
    | SubstituteItem,
    Field(discriminator="kind"),
]

__all__ = ["AnyChange"]
