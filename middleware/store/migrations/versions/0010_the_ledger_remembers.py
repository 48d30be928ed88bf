"""Plans know the call they came from and may be taken back; votes know in whose name, messages what they undo."""

import sqlalchemy as sa
from alembic import op

from middleware.store import columns

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVES = (
    ("ambiguous", "compensating"),
    ("ambiguous", "delivered"),
    ("awaiting", "committed"),
    ("awaiting", "expired"),
    ("awaiting", "rejected"),
    ("awaiting", "stale"),
    ("awaiting", "superseded"),
    ("awaiting", "withdrawn"),
    ("committed", "ambiguous"),
    ("committed", "compensating"),
    ("committed", "delivered"),
    ("compensating", "ambiguous"),
    ("compensating", "compensated"),
    ("compensating", "delivered"),
    ("drafted", "awaiting"),
    ("drafted", "committed"),
    ("drafted", "expired"),
    ("drafted", "stale"),
    ("drafted", "superseded"),
    ("drafted", "withdrawn"),
    ("stale", "superseded"),
)
"""The life of a plan as of this step; a test holds that it equals what is published."""
APPROVED = (
    *("id", "title", "lines", "effect", "report", "touches", "needs", "attests", "policy_version", "facts"),
    *("snapshot", "asked_by", "chain", "thread_id", "supersedes", "made_by", "key", "created_at", "expires_at"),
    *("escalates_at", "digest"),
)
"""The columns of a plan that can never change: all but state and reason."""

_LEGAL = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in MOVES)
_ILLEGAL = f"OLD.state <> NEW.state AND NOT ({_LEGAL})"


def _guards(differs: str, cast: str) -> tuple[tuple[str, str, str, str], ...]:
    """Name, event, condition and the sentence said, for a dialect's way to compare."""
    changed = " OR ".join(f'NEW."{c}"{cast} {differs} OLD."{c}"{cast}' for c in APPROVED)
    return (
        ("plans_keep", "UPDATE", changed, "plans: what was shown for approval never changes"),
        ("plans_move", "UPDATE", _ILLEGAL, "plans: a plan cannot move from this state to that one"),
    )


def upgrade() -> None:
    """Add the columns, and replace the guards of plans by ones that know them."""
    op.add_column("outbox_messages", sa.Column("undoes", columns.TEXT, nullable=True))
    op.add_column("plans", sa.Column("made_by", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("votes", sa.Column("in_name_of", columns.TEXT, nullable=True))
    postgresql = op.get_bind().dialect.name == "postgresql"
    on = " ON plans" if postgresql else ""
    for name, event, condition, sentence in (
        _guards("IS DISTINCT FROM", "::text") if postgresql else _guards("IS NOT", "")
    ):
        op.execute(f"DROP TRIGGER {name}{on}")
        head = f"CREATE TRIGGER {name} BEFORE {event} ON plans FOR EACH ROW"
        if postgresql:
            op.execute(f"{head} WHEN ({condition}) EXECUTE FUNCTION wardline_refuse('{sentence}')")
        else:
            op.execute(f"{head} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")


def downgrade() -> None:
    """Refused: a ledger without its guards is not a ledger."""
    raise NotImplementedError("the guards of the ledger are never taken away")
