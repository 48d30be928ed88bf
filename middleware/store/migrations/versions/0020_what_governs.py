"""Rule sets are kept as they were agreed, and broken glass as it was broken; neither is ever changed."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0020"
down_revision = "0050"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_sets", "broken_glass")


def upgrade() -> None:
    """Make both tables, and let the database refuse to change or delete their rows."""
    op.create_table(
        "rule_sets",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("files", columns.STRUCTURE, nullable=False),
        sa.Column("made_from", columns.TEXT, nullable=False),
        sa.Column("proposed_by", columns.TEXT, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "broken_glass",
        sa.Column("id", columns.TEXT, nullable=False),
        sa.Column("plan_id", columns.TEXT, nullable=False),
        sa.Column("digest", columns.TEXT, nullable=False),
        sa.Column("user_id", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, nullable=False),
        sa.Column("surface", columns.TEXT, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("review", columns.TEXT, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_broken_glass_plan_id", "broken_glass", ["plan_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for name, event, sentence in (
            ("keep", "UPDATE", "rows are never changed"),
            ("stay", "DELETE", "rows are never deleted"),
        ):
            head = f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW"
            if postgresql:
                op.execute(f"{head} EXECUTE FUNCTION wardline_refuse('{table}: {sentence}')")
            else:
                op.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{table}: {sentence}'); END")
        if postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION wardline_refuse('{table}: rows are never deleted')"
            )


def downgrade() -> None:
    """Refused: what was agreed and what was overridden stay on record."""
    raise NotImplementedError("what governs is never taken away")
