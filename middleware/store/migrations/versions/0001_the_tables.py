"""The tables as first released."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_rates",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("role", columns.TEXT, nullable=False),
        sa.Column("competency", columns.TEXT, nullable=False),
        sa.Column("hourly_rate", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("patient_id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=True),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("room_id", columns.TEXT, nullable=False),
        sa.Column("clinician_id", columns.TEXT, nullable=True),
        sa.Column("slot_id", columns.TEXT, nullable=True),
        sa.Column("visit_type", columns.TEXT, nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("booked_at", columns.UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", columns.UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", columns.TEXT, nullable=True),
        sa.Column("overtime_minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_appointments_clinic_id_start", "appointments", ["clinic_id", "start"], unique=False)
    op.create_index("ix_appointments_clinician_id_start", "appointments", ["clinician_id", "start"], unique=False)
    op.create_index("ix_appointments_patient_id", "appointments", ["patient_id"], unique=False)
    op.create_index("ix_appointments_room_id_start", "appointments", ["room_id", "start"], unique=False)
    op.create_index("ix_appointments_slot_id", "appointments", ["slot_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("on_behalf_of", columns.TEXT, nullable=True),
        sa.Column("surface", columns.TEXT, nullable=False),
        sa.Column("what", columns.TEXT, nullable=False),
        sa.Column("why", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=True),
        sa.Column("digest", columns.TEXT, nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("before", columns.TEXT, nullable=False),
        sa.Column("hash", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence", name="uq_audit_entries_sequence"),
    )
    op.create_index("ix_audit_entries_plan_id", "audit_entries", ["plan_id"], unique=False)
    op.create_table(
        "beds",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("unit_id", columns.TEXT, nullable=False),
        sa.Column("label", columns.TEXT, nullable=False),
        sa.Column("level", columns.TEXT, nullable=False),
        sa.Column("staffed", sa.Boolean(), nullable=False),
        sa.Column("isolation_capable", sa.Boolean(), nullable=False),
        sa.Column("features", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("status_by", columns.TEXT, nullable=False),
        sa.Column("status_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_beds_site_id", "beds", ["site_id"], unique=False)
    op.create_index("ix_beds_unit_id", "beds", ["unit_id"], unique=False)
    op.create_table(
        "blocks",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("room_id", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("owner_id", columns.TEXT, nullable=True),
        sa.Column("auto_release_at", columns.UtcDateTime(), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("released_mode", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_blocks_owner_id_start", "blocks", ["owner_id", "start"], unique=False)
    op.create_index("ix_blocks_room_id_start", "blocks", ["room_id", "start"], unique=False)
    op.create_index("ix_blocks_site_id_start", "blocks", ["site_id", "start"], unique=False)
    op.create_table(
        "clinic_sessions",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=False),
        sa.Column("clinician_id", columns.TEXT, nullable=False),
        sa.Column("room_id", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_clinic_sessions_clinic_id_start", "clinic_sessions", ["clinic_id", "start"], unique=False)
    op.create_index(
        "ix_clinic_sessions_clinician_id_start", "clinic_sessions", ["clinician_id", "start"], unique=False
    )
    op.create_table(
        "clinicians",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("role", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("site_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_clinicians_service_id", "clinicians", ["service_id"], unique=False)
    op.create_index("ix_clinicians_user_id", "clinicians", ["user_id"], unique=False)
    op.create_table(
        "clinics",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("visit_types", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("backfill_notice_hours", sa.BigInteger(), nullable=False),
        sa.Column("complex_visit_types", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("same_day_visit_types", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_clinics_site_id_service_id", "clinics", ["site_id", "service_id"], unique=False)
    op.create_table(
        "cost_centres",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("left_this_month", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "credentials",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("staff_id", columns.TEXT, nullable=False),
        sa.Column("competency", columns.TEXT, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_credentials_competency_expires_on", "credentials", ["competency", "expires_on"], unique=False)
    op.create_index("ix_credentials_staff_id", "credentials", ["staff_id"], unique=False)
    op.create_table(
        "demand_counts",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("series", columns.TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_demand_counts_series_day", "demand_counts", ["series", "day"], unique=False)
    op.create_table(
        "encounters",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("patient_id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("unit_id", columns.TEXT, nullable=False),
        sa.Column("bed_id", columns.TEXT, nullable=True),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("level", columns.TEXT, nullable=False),
        sa.Column("isolation", sa.Boolean(), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("admitted_at", columns.UtcDateTime(), nullable=False),
        sa.Column("target_unit_id", columns.TEXT, nullable=True),
        sa.Column("expected_discharge_at", columns.UtcDateTime(), nullable=True),
        sa.Column("discharge_probability", sa.Double(), nullable=False),
        sa.Column("discharged_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_encounters_bed_id", "encounters", ["bed_id"], unique=False)
    op.create_index("ix_encounters_patient_id", "encounters", ["patient_id"], unique=False)
    op.create_index("ix_encounters_site_id_admitted_at", "encounters", ["site_id", "admitted_at"], unique=False)
    op.create_index("ix_encounters_site_id_state", "encounters", ["site_id", "state"], unique=False)
    op.create_index("ix_encounters_unit_id_state", "encounters", ["unit_id", "state"], unique=False)
    op.create_table(
        "equipment",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("status_by", columns.TEXT, nullable=False),
        sa.Column("next_pm_due", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_equipment_site_id_kind", "equipment", ["site_id", "kind"], unique=False)
    op.create_table(
        "feeds",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("last_event_at", columns.UtcDateTime(), nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "handled_events",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("type", columns.TEXT, nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handled_events_received_at", "handled_events", ["received_at"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("group", columns.TEXT, nullable=False),
        sa.Column("resource", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("holder", columns.TEXT, nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=True),
        sa.Column("patient_id", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_holds_group", "holds", ["group"], unique=False)
    op.create_index("ix_holds_resource_start", "holds", ["resource", "start"], unique=False)
    op.create_index("ix_holds_state_expires_at", "holds", ["state", "expires_at"], unique=False)
    op.create_table(
        "imaging_orders",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("patient_id", columns.TEXT, nullable=False),
        sa.Column("protocol", columns.TEXT, nullable=False),
        sa.Column("modality", columns.TEXT, nullable=False),
        sa.Column("contrast", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("safety_screen_done", sa.Boolean(), nullable=False),
        sa.Column("renal_check_done", sa.Boolean(), nullable=False),
        sa.Column("authorisation", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("ordered_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_imaging_orders_patient_id", "imaging_orders", ["patient_id"], unique=False)
    op.create_index("ix_imaging_orders_state_modality", "imaging_orders", ["state", "modality"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("cost_centre_id", columns.TEXT, nullable=False),
        sa.Column("supplier", columns.TEXT, nullable=False),
        sa.Column("lead_time_days", sa.BigInteger(), nullable=False),
        sa.Column("processing_hours", sa.BigInteger(), nullable=False),
        sa.Column("alternatives", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "loaners",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("item_id", columns.TEXT, nullable=False),
        sa.Column("case_id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("expected_at", columns.UtcDateTime(), nullable=False),
        sa.Column("arrived_at", columns.UtcDateTime(), nullable=True),
        sa.Column("required_by", columns.UtcDateTime(), nullable=False),
        sa.Column("ifu_present", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_loaners_case_id", "loaners", ["case_id"], unique=False)
    op.create_index("ix_loaners_item_id", "loaners", ["item_id"], unique=False)
    op.create_table(
        "maintenance",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("room_id", columns.TEXT, nullable=True),
        sa.Column("equipment_id", columns.TEXT, nullable=True),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("work_order", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("note", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_maintenance_equipment_id_start", "maintenance", ["equipment_id", "start"], unique=False)
    op.create_index("ix_maintenance_room_id_start", "maintenance", ["room_id", "start"], unique=False)
    op.create_index("ix_maintenance_site_id_start", "maintenance", ["site_id", "start"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("thread_id", columns.TEXT, nullable=True),
        sa.Column("plan_id", columns.TEXT, nullable=True),
        sa.Column("subject", columns.TEXT, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notices_user_id_seen", "notices", ["user_id", "seen"], unique=False)
    op.create_table(
        "outbox_messages",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("system", columns.TEXT, nullable=False),
        sa.Column("operation", columns.TEXT, nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=True),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", columns.UtcDateTime(), nullable=False),
        sa.Column("reference", columns.TEXT, nullable=True),
        sa.Column("detail", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence", name="uq_outbox_messages_sequence"),
    )
    op.create_index("ix_outbox_messages_plan_id", "outbox_messages", ["plan_id"], unique=False)
    op.create_index("ix_outbox_messages_state_next_at", "outbox_messages", ["state", "next_at"], unique=False)
    op.create_table(
        "patients",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_patients_name", "patients", ["name"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("title", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("effect", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("touches", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("needs", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("attests", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("policy_version", columns.TEXT, nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("snapshot", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_by", columns.TEXT, nullable=False),
        sa.Column("chain", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("thread_id", columns.TEXT, nullable=True),
        sa.Column("supersedes", columns.TEXT, nullable=True),
        sa.Column("key", columns.TEXT, nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=True),
        sa.Column("escalates_at", columns.UtcDateTime(), nullable=True),
        sa.Column("digest", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_plans_key"),
    )
    op.create_index("ix_plans_asked_by", "plans", ["asked_by"], unique=False)
    op.create_index("ix_plans_state_expires_at", "plans", ["state", "expires_at"], unique=False)
    op.create_index("ix_plans_thread_id", "plans", ["thread_id"], unique=False)
    op.create_table(
        "procedures",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("aliases", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("booked_minutes", sa.BigInteger(), nullable=False),
        sa.Column("equipment", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("post_op_level", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_procedures_service_id", "procedures", ["service_id"], unique=False)
    op.create_table(
        "requisitions",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("key", columns.TEXT, nullable=False),
        sa.Column("item_id", columns.TEXT, nullable=True),
        sa.Column("description", columns.TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cost_centre_id", columns.TEXT, nullable=False),
        sa.Column("purpose", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("requested_by", columns.TEXT, nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("need_by", sa.Date(), nullable=True),
        sa.Column("plan_id", columns.TEXT, nullable=True),
        sa.Column("awaits", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_requisitions_key"),
    )
    op.create_index(
        "ix_requisitions_cost_centre_id_created_at", "requisitions", ["cost_centre_id", "created_at"], unique=False
    )
    op.create_index("ix_requisitions_item_id", "requisitions", ["item_id"], unique=False)
    op.create_index("ix_requisitions_state", "requisitions", ["state"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=True),
        sa.Column("modality", columns.TEXT, nullable=True),
        sa.Column("contrast", sa.Boolean(), nullable=False),
        sa.Column("features", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("status_until", columns.UtcDateTime(), nullable=True),
        sa.Column("status_note", columns.TEXT, nullable=False),
        sa.Column("status_by", columns.TEXT, nullable=False),
        sa.Column("status_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rooms_clinic_id", "rooms", ["clinic_id"], unique=False)
    op.create_index("ix_rooms_site_id_kind", "rooms", ["site_id", "kind"], unique=False)
    op.create_table(
        "services",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("aliases", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("auto_release_hours", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "settings",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("value", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "shifts",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("staff_id", columns.TEXT, nullable=True),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("unit_id", columns.TEXT, nullable=False),
        sa.Column("role", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("source", columns.TEXT, nullable=False),
        sa.Column("charge", sa.Boolean(), nullable=False),
        sa.Column("takes_patients", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shifts_site_id_start", "shifts", ["site_id", "start"], unique=False)
    op.create_index("ix_shifts_staff_id_start", "shifts", ["staff_id", "start"], unique=False)
    op.create_index("ix_shifts_unit_id_start", "shifts", ["unit_id", "start"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("timezone", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("packs", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "slots",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("end", columns.UtcDateTime(), nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=True),
        sa.Column("session_id", columns.TEXT, nullable=True),
        sa.Column("room_id", columns.TEXT, nullable=False),
        sa.Column("clinician_id", columns.TEXT, nullable=True),
        sa.Column("visit_type", columns.TEXT, nullable=False),
        sa.Column("status", columns.TEXT, nullable=False),
        sa.Column("urgent_reserved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_slots_clinic_id_visit_type_status_start",
        "slots",
        ["clinic_id", "visit_type", "status", "start"],
        unique=False,
    )
    op.create_index("ix_slots_clinician_id_start", "slots", ["clinician_id", "start"], unique=False)
    op.create_index("ix_slots_room_id_start", "slots", ["room_id", "start"], unique=False)
    op.create_index("ix_slots_session_id", "slots", ["session_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("role", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("home_unit_id", columns.TEXT, nullable=True),
        sa.Column("employment", columns.TEXT, nullable=False),
        sa.Column("hourly_rate", sa.BigInteger(), nullable=False),
        sa.Column("voluntary_overtime", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_staff_home_unit_id", "staff", ["home_unit_id"], unique=False)
    op.create_index("ix_staff_site_id_role", "staff", ["site_id", "role"], unique=False)
    op.create_table(
        "stock",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("item_id", columns.TEXT, nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stock_site_id_item_id", "stock", ["site_id", "item_id"], unique=False)
    op.create_table(
        "stored_forecasts",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("series", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=True),
        sa.Column("site_id", columns.TEXT, nullable=True),
        sa.Column("issued_at", columns.UtcDateTime(), nullable=False),
        sa.Column("trained_through", sa.Date(), nullable=False),
        sa.Column("model", columns.TEXT, nullable=False),
        sa.Column("backtest", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("points", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stored_forecasts_series_issued_at", "stored_forecasts", ["series", "issued_at"], unique=False)
    op.create_table(
        "surgical_cases",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("patient_id", columns.TEXT, nullable=True),
        sa.Column("procedure_id", columns.TEXT, nullable=False),
        sa.Column("service_id", columns.TEXT, nullable=False),
        sa.Column("surgeon_id", columns.TEXT, nullable=True),
        sa.Column("anaesthesiologist_id", columns.TEXT, nullable=True),
        sa.Column("room_id", columns.TEXT, nullable=True),
        sa.Column("start", columns.UtcDateTime(), nullable=True),
        sa.Column("end", columns.UtcDateTime(), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("elective", sa.Boolean(), nullable=False),
        sa.Column("equipment", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("items", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("post_op_level", columns.TEXT, nullable=True),
        sa.Column("wheels_in", columns.UtcDateTime(), nullable=True),
        sa.Column("wheels_out", columns.UtcDateTime(), nullable=True),
        sa.Column("actual_minutes", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_surgical_cases_anaesthesiologist_id_start",
        "surgical_cases",
        ["anaesthesiologist_id", "start"],
        unique=False,
    )
    op.create_index("ix_surgical_cases_patient_id", "surgical_cases", ["patient_id"], unique=False)
    op.create_index(
        "ix_surgical_cases_procedure_id_surgeon_id_state",
        "surgical_cases",
        ["procedure_id", "surgeon_id", "state"],
        unique=False,
    )
    op.create_index("ix_surgical_cases_room_id_start", "surgical_cases", ["room_id", "start"], unique=False)
    op.create_index("ix_surgical_cases_site_id_start", "surgical_cases", ["site_id", "start"], unique=False)
    op.create_index("ix_surgical_cases_state_wanted_on", "surgical_cases", ["state", "wanted_on"], unique=False)
    op.create_index("ix_surgical_cases_surgeon_id_start", "surgical_cases", ["surgeon_id", "start"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("about", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("owner_role", columns.TEXT, nullable=False),
        sa.Column("due", columns.UtcDateTime(), nullable=False),
        sa.Column("note", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tasks_about", "tasks", ["about"], unique=False)
    op.create_index("ix_tasks_owner_role_state", "tasks", ["owner_role", "state"], unique=False)
    op.create_table(
        "threads",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("surface", columns.TEXT, nullable=False),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("state", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_threads_user_id", "threads", ["user_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("thread_id", columns.TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("text", columns.TEXT, nullable=False),
        sa.Column("asked_at", columns.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answered_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread_id", "number", name="uq_turns_thread_id_number"),
    )
    op.create_table(
        "units",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("level", columns.TEXT, nullable=False),
        sa.Column("staffed_beds", sa.BigInteger(), nullable=False),
        sa.Column("physical_beds", sa.BigInteger(), nullable=False),
        sa.Column("specialties", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cost_centre_id", columns.TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_units_site_id", "units", ["site_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("grants", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("home", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("clinician_id", columns.TEXT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "waitlist_entries",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("patient_id", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=False),
        sa.Column("visit_type", columns.TEXT, nullable=False),
        sa.Column("since", columns.UtcDateTime(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_waitlist_entries_clinic_id_visit_type_state",
        "waitlist_entries",
        ["clinic_id", "visit_type", "state"],
        unique=False,
    )
    op.create_index("ix_waitlist_entries_patient_id", "waitlist_entries", ["patient_id"], unique=False)
    op.create_table(
        "work_exceptions",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("owner_role", columns.TEXT, nullable=False),
        sa.Column("site_id", columns.TEXT, nullable=True),
        sa.Column("severity", columns.TEXT, nullable=False),
        sa.Column("summary", columns.TEXT, nullable=False),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("due", columns.UtcDateTime(), nullable=False),
        sa.Column("opened_by", columns.TEXT, nullable=False),
        sa.Column("links", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_exceptions_due", "work_exceptions", ["due"], unique=False)
    op.create_index("ix_work_exceptions_state_owner_role", "work_exceptions", ["state", "owner_role"], unique=False)
    op.create_table(
        "attestations",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=False),
        sa.Column("digest", columns.TEXT, nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("turn_id", columns.TEXT, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attestations_plan_id", "attestations", ["plan_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=False),
        sa.Column("digest", columns.TEXT, nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("decision", columns.TEXT, nullable=False),
        sa.Column("role", columns.TEXT, nullable=False),
        sa.Column("rule", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, nullable=False),
        sa.Column("surface", columns.TEXT, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_votes_plan_id", "votes", ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_votes_plan_id", table_name="votes")
    op.drop_table("votes")
    op.drop_index("ix_attestations_plan_id", table_name="attestations")
    op.drop_table("attestations")
    op.drop_index("ix_work_exceptions_state_owner_role", table_name="work_exceptions")
    op.drop_index("ix_work_exceptions_due", table_name="work_exceptions")
    op.drop_table("work_exceptions")
    op.drop_index("ix_waitlist_entries_patient_id", table_name="waitlist_entries")
    op.drop_index("ix_waitlist_entries_clinic_id_visit_type_state", table_name="waitlist_entries")
    op.drop_table("waitlist_entries")
    op.drop_table("users")
    op.drop_index("ix_units_site_id", table_name="units")
    op.drop_table("units")
    op.drop_table("turns")
    op.drop_index("ix_threads_user_id", table_name="threads")
    op.drop_table("threads")
    op.drop_index("ix_tasks_owner_role_state", table_name="tasks")
    op.drop_index("ix_tasks_about", table_name="tasks")
    op.drop_table("tasks")
    op.drop_index("ix_surgical_cases_surgeon_id_start", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_state_wanted_on", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_site_id_start", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_room_id_start", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_procedure_id_surgeon_id_state", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_patient_id", table_name="surgical_cases")
    op.drop_index("ix_surgical_cases_anaesthesiologist_id_start", table_name="surgical_cases")
    op.drop_table("surgical_cases")
    op.drop_index("ix_stored_forecasts_series_issued_at", table_name="stored_forecasts")
    op.drop_table("stored_forecasts")
    op.drop_index("ix_stock_site_id_item_id", table_name="stock")
    op.drop_table("stock")
    op.drop_index("ix_staff_site_id_role", table_name="staff")
    op.drop_index("ix_staff_home_unit_id", table_name="staff")
    op.drop_table("staff")
    op.drop_index("ix_slots_session_id", table_name="slots")
    op.drop_index("ix_slots_room_id_start", table_name="slots")
    op.drop_index("ix_slots_clinician_id_start", table_name="slots")
    op.drop_index("ix_slots_clinic_id_visit_type_status_start", table_name="slots")
    op.drop_table("slots")
    op.drop_table("sites")
    op.drop_index("ix_shifts_unit_id_start", table_name="shifts")
    op.drop_index("ix_shifts_staff_id_start", table_name="shifts")
    op.drop_index("ix_shifts_site_id_start", table_name="shifts")
    op.drop_table("shifts")
    op.drop_table("settings")
    op.drop_table("services")
    op.drop_index("ix_rooms_site_id_kind", table_name="rooms")
    op.drop_index("ix_rooms_clinic_id", table_name="rooms")
    op.drop_table("rooms")
    op.drop_index("ix_requisitions_state", table_name="requisitions")
    op.drop_index("ix_requisitions_item_id", table_name="requisitions")
    op.drop_index("ix_requisitions_cost_centre_id_created_at", table_name="requisitions")
    op.drop_table("requisitions")
    op.drop_index("ix_procedures_service_id", table_name="procedures")
    op.drop_table("procedures")
    op.drop_index("ix_plans_thread_id", table_name="plans")
    op.drop_index("ix_plans_state_expires_at", table_name="plans")
    op.drop_index("ix_plans_asked_by", table_name="plans")
    op.drop_table("plans")
    op.drop_index("ix_patients_name", table_name="patients")
    op.drop_table("patients")
    op.drop_index("ix_outbox_messages_state_next_at", table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_plan_id", table_name="outbox_messages")
    op.drop_table("outbox_messages")
    op.drop_index("ix_notices_user_id_seen", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ix_maintenance_site_id_start", table_name="maintenance")
    op.drop_index("ix_maintenance_room_id_start", table_name="maintenance")
    op.drop_index("ix_maintenance_equipment_id_start", table_name="maintenance")
    op.drop_table("maintenance")
    op.drop_index("ix_loaners_item_id", table_name="loaners")
    op.drop_index("ix_loaners_case_id", table_name="loaners")
    op.drop_table("loaners")
    op.drop_table("items")
    op.drop_index("ix_imaging_orders_state_modality", table_name="imaging_orders")
    op.drop_index("ix_imaging_orders_patient_id", table_name="imaging_orders")
    op.drop_table("imaging_orders")
    op.drop_index("ix_holds_state_expires_at", table_name="holds")
    op.drop_index("ix_holds_resource_start", table_name="holds")
    op.drop_index("ix_holds_group", table_name="holds")
    op.drop_table("holds")
    op.drop_index("ix_handled_events_received_at", table_name="handled_events")
    op.drop_table("handled_events")
    op.drop_table("feeds")
    op.drop_index("ix_equipment_site_id_kind", table_name="equipment")
    op.drop_table("equipment")
    op.drop_index("ix_encounters_unit_id_state", table_name="encounters")
    op.drop_index("ix_encounters_site_id_state", table_name="encounters")
    op.drop_index("ix_encounters_site_id_admitted_at", table_name="encounters")
    op.drop_index("ix_encounters_patient_id", table_name="encounters")
    op.drop_index("ix_encounters_bed_id", table_name="encounters")
    op.drop_table("encounters")
    op.drop_index("ix_demand_counts_series_day", table_name="demand_counts")
    op.drop_table("demand_counts")
    op.drop_index("ix_credentials_staff_id", table_name="credentials")
    op.drop_index("ix_credentials_competency_expires_on", table_name="credentials")
    op.drop_table("credentials")
    op.drop_table("cost_centres")
    op.drop_index("ix_clinics_site_id_service_id", table_name="clinics")
    op.drop_table("clinics")
    op.drop_index("ix_clinicians_user_id", table_name="clinicians")
    op.drop_index("ix_clinicians_service_id", table_name="clinicians")
    op.drop_table("clinicians")
    op.drop_index("ix_clinic_sessions_clinician_id_start", table_name="clinic_sessions")
    op.drop_index("ix_clinic_sessions_clinic_id_start", table_name="clinic_sessions")
    op.drop_table("clinic_sessions")
    op.drop_index("ix_blocks_site_id_start", table_name="blocks")
    op.drop_index("ix_blocks_room_id_start", table_name="blocks")
    op.drop_index("ix_blocks_owner_id_start", table_name="blocks")
    op.drop_table("blocks")
    op.drop_index("ix_beds_unit_id", table_name="beds")
    op.drop_index("ix_beds_site_id", table_name="beds")
    op.drop_table("beds")
    op.drop_index("ix_audit_entries_plan_id", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index("ix_appointments_slot_id", table_name="appointments")
    op.drop_index("ix_appointments_room_id_start", table_name="appointments")
    op.drop_index("ix_appointments_patient_id", table_name="appointments")
    op.drop_index("ix_appointments_clinician_id_start", table_name="appointments")
    op.drop_index("ix_appointments_clinic_id_start", table_name="appointments")
    op.drop_table("appointments")
    op.drop_table("agency_rates")
