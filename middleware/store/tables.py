"""The table of contents of the store: which entity is kept in which table, found by which indexes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ForeignKey, Index, MetaData, Table, UniqueConstraint

from hospital.entity import Entity
from hospital.model.bookings import (
    Appointment,
    Block,
    ClinicSession,
    Hold,
    ImagingOrder,
    Procedure,
    Slot,
    SurgicalCase,
    Task,
    WaitlistEntry,
)
from hospital.model.governance import BrokenGlass, RuleSet
from hospital.model.history import DemandCount, ExpectedChange, Feed, ModelCard, SlotRisk, StoredForecast
from hospital.model.people import (
    AgencyRate,
    Clinician,
    Credential,
    Encounter,
    Patient,
    PatientGroup,
    Shift,
    Staff,
    User,
)
from hospital.model.places import Bed, Clinic, Equipment, Maintenance, Room, Service, Site, Unit
from hospital.model.slack import (
    SlackFeedback,
    SlackInstallation,
    SlackJob,
    SlackLink,
    SlackPost,
    SlackState,
)
from hospital.model.supply import CostCentre, Item, Loaner, Requisition, Stock
from hospital.model.talk import Thread, TurnRecord
from hospital.model.work import HandledEvent, Notice, OutboxMessage, Setting, WorkException
from middleware.store.columns import column_of
from policies.plans import Attestation, AuditEntry, Plan, Vote

By = tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """One entity and its table. `references` names the table whose row must exist at commit, by column."""

    kind: type[Entity]
    name: str
    indexes: Sequence[By] = ()
    unique: Sequence[By] = ()
    references: dict[str, str] = field(default_factory=dict)


TABLES: tuple[Mapping, ...] = (
    # places
    Mapping(Site, "sites"),
    Mapping(Service, "services"),
    Mapping(Unit, "units", [("site_id",)]),
    Mapping(Room, "rooms", [("site_id", "kind"), ("clinic_id",)]),
    Mapping(Bed, "beds", [("unit_id",), ("site_id",)]),
    Mapping(Equipment, "equipment", [("site_id", "kind")]),
    Mapping(Clinic, "clinics", [("site_id", "service_id")]),
    Mapping(Maintenance, "maintenance", [("room_id", "start"), ("equipment_id", "start"), ("site_id", "start")]),
    # people
    Mapping(Clinician, "clinicians", [("service_id",), ("user_id",)]),
    Mapping(Staff, "staff", [("home_unit_id",), ("site_id", "role")]),
    Mapping(Credential, "credentials", [("staff_id",), ("competency", "expires_on")]),
    Mapping(Shift, "shifts", [("unit_id", "start"), ("staff_id", "start"), ("site_id", "start")]),
    Mapping(AgencyRate, "agency_rates"),
    Mapping(Patient, "patients", [("name",)]),
    Mapping(PatientGroup, "patient_groups"),
    Mapping(
        Encounter,
        "encounters",
        [("unit_id", "state"), ("site_id", "state"), ("bed_id",), ("patient_id",), ("site_id", "admitted_at")],
    ),
    Mapping(User, "users"),
    # bookings
    Mapping(Block, "blocks", [("room_id", "start"), ("site_id", "start"), ("owner_id", "start")]),
    Mapping(ClinicSession, "clinic_sessions", [("clinic_id", "start"), ("clinician_id", "start")]),
    Mapping(
        Slot,
        "slots",
        [
            ("clinic_id", "visit_type", "status", "start"),
            ("room_id", "start"),
            ("session_id",),
            ("clinician_id", "start"),
        ],
    ),
    Mapping(
        Appointment,
        "appointments",
        [
            ("room_id", "start"),
            ("clinic_id", "start"),
            ("patient_id",),
            ("clinician_id", "start"),
            ("slot_id",),
        ],
    ),
    Mapping(ImagingOrder, "imaging_orders", [("patient_id",), ("state", "modality")]),
    Mapping(Task, "tasks", [("about",), ("owner_role", "state")]),
    Mapping(Procedure, "procedures", [("service_id",)]),
    Mapping(
        SurgicalCase,
        "surgical_cases",
        [
            ("site_id", "start"),
            ("room_id", "start"),
            ("surgeon_id", "start"),
            ("anaesthesiologist_id", "start"),
            ("procedure_id", "surgeon_id", "state"),
            ("state", "wanted_on"),
            ("patient_id",),
        ],
    ),
    Mapping(WaitlistEntry, "waitlist_entries", [("clinic_id", "visit_type", "state"), ("patient_id",)]),
    Mapping(Hold, "holds", [("resource", "start"), ("state", "expires_at"), ("group",)]),
    # supplies
    Mapping(Item, "items"),
    Mapping(Stock, "stock", [("site_id", "item_id")]),
    Mapping(Loaner, "loaners", [("case_id",), ("item_id",)]),
    Mapping(CostCentre, "cost_centres"),
    Mapping(Requisition, "requisitions", [("cost_centre_id", "created_at"), ("item_id",), ("state",)], [("key",)]),
    # history
    Mapping(DemandCount, "demand_counts", [("series", "day")]),
    Mapping(StoredForecast, "stored_forecasts", [("series", "issued_at")]),
    Mapping(ExpectedChange, "expected_changes", [("series", "day"), ("plan_id",)]),
    Mapping(SlotRisk, "slot_risks", [("clinic_id", "start")]),
    Mapping(ModelCard, "model_cards"),
    Mapping(Feed, "feeds"),
    # talk
    Mapping(Thread, "threads", [("user_id",)]),
    Mapping(TurnRecord, "turns", unique=[("thread_id", "number")]),
    # work
    Mapping(WorkException, "work_exceptions", [("state", "owner_role"), ("due",)]),
    Mapping(OutboxMessage, "outbox_messages", [("state", "next_at"), ("plan_id",)], [("sequence",)]),
    Mapping(Notice, "notices", [("user_id", "seen")]),
    Mapping(HandledEvent, "handled_events", [("received_at",)]),
    Mapping(Setting, "settings"),
    # slack
    Mapping(SlackJob, "slack_jobs", [("state", "next_at"), ("lane", "state"), ("about",)]),
    Mapping(SlackInstallation, "slack_installations", [("team_id",)]),
    Mapping(SlackLink, "slack_links", [("user_id",)]),
    Mapping(SlackPost, "slack_posts", [("final",), ("plan_id",)]),
    Mapping(SlackFeedback, "slack_feedback", [("at",)]),
    Mapping(SlackState, "slack_states"),
    # ledger
    Mapping(Plan, "plans", [("state", "expires_at"), ("asked_by",), ("thread_id",)], [("key",)]),
    Mapping(Vote, "votes", [("plan_id",)], references={"plan_id": "plans"}),
    Mapping(Attestation, "attestations", [("plan_id",)], references={"plan_id": "plans"}),
    Mapping(AuditEntry, "audit_entries", [("plan_id",)], [("sequence",)]),
    Mapping(BrokenGlass, "broken_glass", [("plan_id",)], references={"plan_id": "plans"}),
    Mapping(RuleSet, "rule_sets"),
)

METADATA = MetaData()


def _table(mapping: Mapping) -> Table:
    columns = [column_of(name, info) for name, info in mapping.kind.model_fields.items()]
    for column in columns:
        if target := mapping.references.get(column.name):
            column.append_foreign_key(ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED"))
    rules = [
        *(Index(f"ix_{mapping.name}_{'_'.join(by)}", *by) for by in mapping.indexes),
        *(UniqueConstraint(*by, name=f"uq_{mapping.name}_{'_'.join(by)}") for by in mapping.unique),
    ]
    return Table(mapping.name, METADATA, *columns, *rules)


_TABLE_OF: dict[type[Entity], Table] = {mapping.kind: _table(mapping) for mapping in TABLES}


def table_of(kind: type[Entity]) -> Table:
    """The table an entity is kept in.

    Raises:
        LookupError: when the entity is not in `TABLES`.
    """
    table = _TABLE_OF.get(kind)
    if table is None:
        raise LookupError(f"{kind.__name__} is not kept in the store; add it to middleware/store/tables.py")
    return table
