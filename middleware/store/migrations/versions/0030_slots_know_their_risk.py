"""Slots know how likely their visit is missed, and engines keep a card of what they learnt."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0030"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "slot_risks",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("clinic_id", columns.TEXT, nullable=False),
        sa.Column("start", columns.UtcDateTime(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("issued_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_slot_risks_clinic_id_start", "slot_risks", ["clinic_id", "start"])
    op.create_table(
        "model_cards",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("version", columns.TEXT, nullable=False),
        sa.Column("fitted_at", columns.UtcDateTime(), nullable=False),
        sa.Column("trained_through", sa.Date(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("inputs", columns.STRUCTURE, nullable=False),
        sa.Column("backtest", columns.STRUCTURE, nullable=False),
        sa.Column("note", columns.TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Both can be learnt again."""
    op.drop_table("model_cards")
    op.drop_index("ix_slot_risks_clinic_id_start", table_name="slot_risks")
    op.drop_table("slot_risks")
