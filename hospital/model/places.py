"""Where care happens: sites, units, rooms, beds, clinics and the equipment in them."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from hospital.entity import Entity, Time
from hospital.ids import BedId, ClinicId, CostCentreId, EquipmentId, RoomId, ServiceId, SiteId, UnitId

LevelOfCare = Literal[
    "med_surg",
    "medical",
    "telemetry",
    "step_down",
    "icu",
    "pacu",
    "ed",
    "labour",
    "paediatrics",
    "psychiatry",
]
RoomKind = Literal["or", "clinic", "imaging"]
PlaceStatus = Literal["available", "occupied", "dirty", "cleaning", "blocked", "closed"]
"""HL7 table 0116 in words; `closed` is a bed that is physically there but not staffed."""


class Site(Entity):
    """A hospital. Times said about it are in its zone; packs name the jurisdiction rules that are on."""

    id: SiteId
    name: str
    timezone: str
    state: str
    packs: tuple[str, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """The moment on this site's wall clock."""
        return moment.astimezone(ZoneInfo(self.timezone))


class Service(Entity):
    """A service line, such as orthopaedics; its blocks are released by themselves so many hours before."""

    id: ServiceId
    name: str
    aliases: tuple[str, ...] = ()
    auto_release_hours: int = 48
    cost_centre_id: CostCentreId | None = None
    """Who pays for what the service adds."""


class Unit(Entity):
    """A nursing unit. `staffed_beds` can be used today; `physical_beds` exist."""

    id: UnitId
    site_id: SiteId
    name: str
    level: LevelOfCare
    staffed_beds: int
    physical_beds: int
    specialties: tuple[ServiceId, ...] = ()
    cost_centre_id: CostCentreId | None = None
    """Who pays for extra staff here."""


class Room(Entity):
    """An operating room, clinic room or imaging suite with what is fixed in it (`features`)."""

    id: RoomId
    site_id: SiteId
    name: str
    kind: RoomKind
    clinic_id: ClinicId | None = None
    modality: Literal["mri", "ct"] | None = None
    contrast: bool = False
    features: tuple[str, ...] = ()
    status: PlaceStatus = "available"
    status_until: Time | None = None
    status_note: str = ""
    status_by: str = "feed"
    """`feed`, or `reported` when a person said so (may only reduce capacity)."""
    status_at: Time | None = None


class Bed(Entity):
    """One bed; `staffed` is False for a bed that is closed until staff are found for it."""

    id: BedId
    site_id: SiteId
    unit_id: UnitId
    label: str
    level: LevelOfCare
    staffed: bool = True
    isolation_capable: bool = False
    features: tuple[str, ...] = ()
    status: PlaceStatus = "available"
    status_by: str = "feed"
    status_at: Time | None = None


class Equipment(Entity):
    """A movable device that cases need, by kind: `c-arm`, `cell-saver`, `microscope` ..."""

    id: EquipmentId
    site_id: SiteId
    kind: str
    name: str
    status: Literal["available", "in_use", "out_of_service"] = "available"
    status_by: str = "feed"
    next_pm_due: Time | None = None


class Clinic(Entity):
    """An outpatient clinic of one service at one site, with its backfill rule (field.md)."""

    id: ClinicId
    site_id: SiteId
    service_id: ServiceId
    name: str
    visit_types: tuple[str, ...]
    backfill_notice_hours: int = 0
    complex_visit_types: tuple[str, ...] = ()
    same_day_visit_types: tuple[str, ...] = ()
    overbook_cap: int = 2
    """Extra visits one session may take at most."""
    session_equipment: tuple[str, ...] = ()
    """Kinds of device that each session needs one of."""


class Maintenance(Entity):
    """A window in which a room or device is not to be used, with its work order."""

    id: str
    site_id: SiteId
    room_id: RoomId | None = None
    equipment_id: EquipmentId | None = None
    start: Time
    end: Time
    work_order: str
    state: Literal["requested", "scheduled", "cleared", "cancelled"] = "scheduled"
    note: str = ""
