"""Committed plans move forecasts, and services know who pays."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0050"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expected_changes",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=False),
        sa.Column("series", columns.TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_expected_changes_plan_id", "expected_changes", ["plan_id"], unique=False)
    op.create_index("ix_expected_changes_series_day", "expected_changes", ["series", "day"], unique=False)
    op.create_table(
        "patient_groups",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("language", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("clinics", sa.Column("overbook_cap", sa.BigInteger(), nullable=False, server_default="2"))
    op.add_column(
        "clinics", sa.Column("session_equipment", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    )
    op.add_column("services", sa.Column("cost_centre_id", columns.TEXT, nullable=True))


def downgrade() -> None:
    op.drop_column("services", "cost_centre_id")
    op.drop_column("clinics", "session_equipment")
    op.drop_column("clinics", "overbook_cap")
    op.drop_table("patient_groups")
    op.drop_index("ix_expected_changes_series_day", table_name="expected_changes")
    op.drop_index("ix_expected_changes_plan_id", table_name="expected_changes")
    op.drop_table("expected_changes")
