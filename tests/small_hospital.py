"""A hospital small enough for a test: two sites, the people of the gates, a few slots, rooms and items."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hospital.changes.bookings import BookAppointment
from hospital.changes.holds import HeldResource, PlaceHold
from hospital.changes.queue import OpenException
from hospital.changes.staffing import RequestStaff
from hospital.changes.supply import OpenRequisition
from hospital.entity import Entity
from hospital.model.bookings import Slot
from hospital.model.history import Feed
from hospital.model.people import Clinician, Credential, Grant, Patient, Scope, Staff, User
from hospital.model.places import Clinic, Room, Site, Unit
from hospital.model.supply import CostCentre, Item
from middleware.store.database import SqlStore

NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
"""Monday, 08:00 in Chicago."""
HILL = Scope(site_id="hill")
WARD = Scope(site_id="hill", unit_id="hill-ward")


def user(id: str, *roles: str, scope: Scope = HILL, clinician: str | None = None) -> User:
    """A person with these roles in one scope, which is their home too."""
    return User(
        id=id,
        name=id.title(),
        grants=tuple(Grant(role=role, scope=scope) for role in roles),
        home=scope,
        clinician_id=clinician,
    )


PEOPLE = (
    user("sam", "or_scheduler"),
    user("cleo", "charge_nurse", scope=WARD),
    user("nils", "nurse_manager", scope=WARD),
    user("cora", "call_center_agent", scope=Scope()),
    user("bea", "capacity_manager"),
    user("sup", "supply_chain", scope=Scope(cost_centre_id="4100")),
    user("lina", "service_line_manager", scope=Scope(service_id="derm")),
    user("oz", "or_charge"),
    user("ana", "anaesthesia_lead"),
    user("nora", "nursing_supervisor"),
    user("doc.varga", "surgeon", scope=Scope(), clinician="varga"),
    user("doc.lund", "surgeon", scope=Scope(), clinician="lund"),
    user("med", "clinic_medical_director", scope=Scope(service_id="derm")),
    user("periop.manager", "cost_centre_manager", scope=Scope(cost_centre_id="4100")),
    user("periop.deputy", scope=Scope(cost_centre_id="4100")),
    user("periop.director", "periop_director"),
    user("nursing.finance", "cost_centre_manager", scope=Scope(cost_centre_id="4200")),
    user("nursing.deputy", scope=Scope(cost_centre_id="4200")),
    user("cno.delegate", "cno_delegate"),
    user("finance.controller", "finance_controller", scope=Scope()),
    user("owner.a", "policy_owner", scope=Scope()),
    user("owner.b", "policy_owner", scope=Scope()),
    user("adam", "admin", scope=Scope()),
    user("audrey", "auditor", scope=Scope()),
    user("sam.lake", "or_scheduler", scope=Scope(site_id="lake")),
)


def people() -> dict[str, User]:
    """All of them by id."""
    return {person.id: person for person in PEOPLE}


def entities() -> tuple[Entity, ...]:
    """What is in the store."""
    start = NOW + timedelta(days=1)
    slots = tuple(
        Slot(
            id=f"slot-{n}",
            site_id="hill",
            clinic_id="hill-derm",
            session_id=None,
            room_id="hill-d1",
            clinician_id="kim",
            visit_type="new",
            start=start + timedelta(minutes=20 * n),
            end=start + timedelta(minutes=20 * (n + 1)),
        )
        for n in range(3)
    )
    return (
        Site(id="hill", name="Hill", timezone="America/Chicago", state="IL"),
        Site(id="lake", name="Lake", timezone="America/Denver", state="CO"),
        Unit(id="hill-ward", site_id="hill", name="Ward", level="med_surg", staffed_beds=20, physical_beds=22),
        Room(id="hill-or-1", site_id="hill", name="OR 1", kind="or"),
        Room(id="hill-d1", site_id="hill", name="Derm 1", kind="clinic", clinic_id="hill-derm"),
        Clinic(id="hill-derm", site_id="hill", service_id="derm", name="Hill Derm", visit_types=("new",)),
        Clinician(id="kim", name="Dr. Kim", role="physician", service_id="derm", site_ids=("hill",)),
        Clinician(id="varga", name="Dr. Varga", role="surgeon", service_id="ortho", site_ids=("hill",)),
        Clinician(id="lund", name="Dr. Lund", role="surgeon", service_id="ortho", site_ids=("hill",)),
        Patient(id="P-1", name="Ada Stone", birth_date=date(1960, 1, 1)),
        Patient(id="P-2", name="Ben Reed", birth_date=date(1970, 1, 1)),
        Item(
            id="TRAY",
            name="Tray",
            kind="set",
            unit_cost=100_000,
            cost_centre_id="4100",
            supplier="Acme",
            lead_time_days=5,
        ),
        CostCentre(id="4100", name="Periop", left_this_month=3_100_000),
        CostCentre(id="4200", name="Nursing", left_this_month=340_000),
        CostCentre(id="9999", name="Nowhere", left_this_month=0),
        *(
            Staff(
                id=f"N-{n}",
                name=f"Nurse {n}",
                role="rn",
                site_id="hill",
                home_unit_id=None,
                employment="float",
                hourly_rate=5_000,
                voluntary_overtime=n == 1,
            )
            for n in range(4)
        ),
        Credential(id="C-1", staff_id="N-1", competency="med_surg", expires_on=date(2027, 1, 1)),
        Credential(id="C-2", staff_id="N-2", competency="med_surg", expires_on=date(2026, 7, 31)),
        *(Feed(id=name, last_event_at=NOW) for name in ("ehr", "adt", "wfm", "erp", "inventory")),
        *slots,
        *PEOPLE,
    )


def fill(store: SqlStore) -> SqlStore:
    """The same store with all of it."""
    with store.working() as uow:
        for entity in entities():
            uow.put(entity)
    return store


def purchase(quantity: int, number: int = 1, by: str = "sup", centre: str = "4100", item: str | None = "TRAY") -> Any:
    """So many trays at $1,000."""
    return OpenRequisition(
        requisition_id=f"REQ-{number}",
        item_id=item,
        description="Tray",
        quantity=quantity,
        unit_cost=100_000,
        cost_centre_id=centre,
        purpose="hips",
        requested_by=by,
        requested_at=NOW,
    )


def staff_request(source: str, staff: str | None = None, rate: int = 9_800, number: int = 1) -> Any:
    """One nurse for tonight, 12 h, on the ward."""
    return RequestStaff(
        shift_id=f"SH-{number}",
        unit_id="hill-ward",
        site_id="hill",
        role="rn",
        competency="med_surg",
        source=source,
        staff_id=staff,
        start=NOW + timedelta(hours=11),
        end=NOW + timedelta(hours=23),
        hourly_rate=rate,
        cost_centre_id="4200",
        requested_by="cleo",
    )


def visit(slot: int = 0, patient: str = "P-1", number: int = 1) -> Any:
    """A new-patient visit in one of the free slots."""
    start = NOW + timedelta(days=1, minutes=20 * slot)
    return BookAppointment(
        appointment_id=f"APT-{number}",
        patient_id=patient,
        slot_id=f"slot-{slot}",
        site_id="hill",
        service_id="derm",
        room_id="hill-d1",
        clinician_id="kim",
        visit_type="new",
        start=start,
        end=start + timedelta(minutes=20),
    )


def hold(minutes: int = 30, holder: str = "sam", site: str = "hill") -> Any:
    """An hour of OR 1 tomorrow."""
    start = NOW + timedelta(days=1)
    return PlaceHold(
        group="G-1",
        site_id=site,
        holder=holder,
        resources=(HeldResource(resource="room:hill-or-1", start=start, end=start + timedelta(hours=1)),),
        expires_at=NOW + timedelta(minutes=minutes),
    )


def hand_over(by: str = "cora") -> Any:
    """Something for nurse triage."""
    return OpenException(
        exception_id="EXC-1",
        about="call",
        owner_role="nursing_supervisor",
        site_id="hill",
        severity="high",
        summary="please call back",
        due=NOW + timedelta(hours=1),
        opened_by=by,
    )
