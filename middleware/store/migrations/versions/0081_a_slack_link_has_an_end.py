"""A Slack link has an end."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slack_links", sa.Column("ended_at", columns.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("slack_links", "ended_at")
