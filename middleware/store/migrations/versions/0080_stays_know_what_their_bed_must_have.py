"""Stays know what their bed must have."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "encounters", sa.Column("equipment", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("encounters", "equipment")
