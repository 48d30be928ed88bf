"""Who works: clinicians, staff, what they are competent in, and when they are rostered."""

from datetime import date
from typing import Literal

from hospital.entity import Entity, Record, Time
from hospital.ids import (
    BedId,
    ClinicianId,
    CostCentreId,
    PatientId,
    ServiceId,
    ShiftId,
    SiteId,
    StaffId,
    UnitId,
    UserId,
)
from hospital.model.places import LevelOfCare
from hospital.money import Cents

ClinicianRole = Literal["surgeon", "anaesthesiologist", "physician", "radiologist"]
StaffRole = Literal["rn", "scrub_tech", "circulating_rn", "imaging_tech", "perfusionist"]
ShiftState = Literal["rostered", "called_out", "requested", "approved", "floated"]
ShiftSource = Literal["home", "float", "overtime", "agency"]


class Clinician(Entity):
    """A physician who can be booked; `user_id` links to the person who signs in, if any."""

    id: ClinicianId
    name: str
    role: ClinicianRole
    service_id: ServiceId
    site_ids: tuple[SiteId, ...]
    user_id: UserId | None = None


class Staff(Entity):
    """A nurse or technologist with a home unit (None: the site's float pool) and an hourly rate in cents."""

    id: StaffId
    name: str
    role: StaffRole
    site_id: SiteId
    home_unit_id: UnitId | None
    employment: Literal["home", "float", "agency"]
    hourly_rate: Cents
    voluntary_overtime: bool = False
    """Has said they would take extra shifts; nobody is ever mandated."""


class Credential(Entity):
    """A competency of one person; expired after `expires_on`, never held if there is no such record."""

    staff_id: StaffId
    competency: str
    expires_on: date


class Shift(Entity):
    """One person's duty on one unit. A charge nurse counts toward the ratio only when taking patients."""

    id: ShiftId
    staff_id: StaffId | None
    site_id: SiteId
    unit_id: UnitId
    role: StaffRole
    start: Time
    end: Time
    state: ShiftState = "rostered"
    source: ShiftSource = "home"
    charge: bool = False
    takes_patients: bool = True


class AgencyRate(Entity):
    """The rate card: what an agency charges for an hour of one competency, in cents."""

    role: StaffRole
    competency: str
    hourly_rate: Cents


class Patient(Entity):
    """Demographics only: two identifiers (record number and birth date). Diagnoses are never held."""

    id: PatientId
    name: str
    birth_date: date


class PatientGroup(Entity):
    """The language group of a patient, under the patient's id.

    Only for comparing afterwards whether a rule makes a group wait longer; never an input to any decision.
    """

    id: PatientId
    language: str


class Encounter(Entity):
    """An inpatient stay, or a patient waiting for a bed (`boarding`), without any clinical content."""

    patient_id: PatientId
    site_id: SiteId
    unit_id: UnitId
    bed_id: BedId | None
    service_id: ServiceId
    level: LevelOfCare
    isolation: bool = False
    equipment: tuple[str, ...] = ()
    """What the bed must have (`telemetry`, `bariatric` ...), never why."""
    state: Literal["boarding", "in_bed", "discharged"] = "in_bed"
    admitted_at: Time
    target_unit_id: UnitId | None = None
    expected_discharge_at: Time | None = None
    discharge_probability: float = 0.0
    discharged_at: Time | None = None


class Scope(Record):
    """Where a role holds or a change lands: any part left None means all of them."""

    site_id: SiteId | None = None
    unit_id: UnitId | None = None
    service_id: ServiceId | None = None
    cost_centre_id: CostCentreId | None = None

    def covers(self, other: "Scope") -> bool:
        """Whether everything named here is named the same in `other`."""
        return all(mine is None or mine == getattr(other, name) for name, mine in self)


class Grant(Record):
    """A role in a scope, such as charge_nurse on northgate-5-west."""

    role: str
    scope: Scope = Scope()


class User(Entity):
    """A person who may sign in, the roles they hold and the scope they mean when they name none."""

    id: UserId
    name: str
    grants: tuple[Grant, ...]
    home: Scope = Scope()
    clinician_id: ClinicianId | None = None
    active: bool = True

    @property
    def roles(self) -> frozenset[str]:
        """The names of all roles held, whatever their scope."""
        return frozenset(grant.role for grant in self.grants)
