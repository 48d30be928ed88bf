"""Rooms, equipment, operations and blocks."""

from typing import Literal

from hospital.entity import Time
from hospital.events.envelope import EventData

Milestone = Literal[
    "in-facility",
    "wheels_in",
    "anaesthesia_start",
    "incision",
    "close",
    "wheels_out",
    "pacu_in",
    "pacu_ready",
    "pacu_out",
    "room_clean",
]


class RoomStatusChanged(EventData):
    """A room or bed is available, occupied, dirty, being cleaned or blocked (HL7 ADT^A20, table 0116)."""

    location_id: str
    status: Literal["available", "occupied", "dirty", "cleaning", "blocked"]


class RoomMaintenanceScheduled(EventData):
    """A room will be out of use."""

    location_id: str
    start: Time
    end: Time
    work_order: str


class RoomMaintenanceCleared(RoomMaintenanceScheduled):
    """The maintenance is over or off."""


class EquipmentStatusChanged(EventData):
    """A device went in or out of service."""

    device_id: str
    status: Literal["available", "in_use", "out_of_service"]
    next_pm_due: Time | None = None
    location: str | None = None


class CaseScheduled(EventData):
    """An operation has a room and a time."""

    case_id: str
    room: str
    block_id: str | None = None
    start: Time
    end: Time


class CaseMilestone(EventData):
    """An operation reached a milestone."""

    case_id: str
    room: str | None = None
    block_id: str | None = None
    milestone: Milestone
    at: Time


class BlockReleased(EventData):
    """Block time became open time."""

    block_id: str
    owner: str | None = None
    start: Time
    end: Time
    mode: Literal["auto", "voluntary", "approved"]


class BlockClaimed(BlockReleased):
    """Somebody took released time."""
