"""What the database itself refuses: rewriting the ledger, changing an approved plan, illegal moves of its state."""

from alembic import op

revision = "0002"
down_revision = "0001"
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

APPEND_ONLY = ("audit_entries", "votes", "attestations")
APPROVED = (
    *("id", "title", "lines", "effect", "report", "touches", "needs", "attests", "policy_version", "facts"),
    *("snapshot", "asked_by", "chain", "thread_id", "supersedes", "key", "created_at", "expires_at"),
    *("escalates_at", "digest"),
)
"""The columns of a plan that can never change: all but state and reason."""

_LEGAL = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in MOVES)
_ILLEGAL = f"OLD.state <> NEW.state AND NOT ({_LEGAL})"


def _guards(differs: str, cast: str) -> list[tuple[str, str, str, str, str]]:
    """Name, table, what happens, condition and the sentence said, for a dialect's way to compare."""
    changed = " OR ".join(f'NEW."{c}"{cast} {differs} OLD."{c}"{cast}' for c in APPROVED)
    fixed = f"OLD.id = 'sandbox' AND (NEW.value {differs} OLD.value OR NEW.id {differs} OLD.id)"
    return [
        *((f"{t}_keep", t, "UPDATE", "", f"{t}: rows are never changed") for t in APPEND_ONLY),
        *((f"{t}_stay", t, "DELETE", "", f"{t}: rows are never deleted") for t in APPEND_ONLY),
        ("plans_stay", "plans", "DELETE", "", "plans: rows are never deleted"),
        ("plans_keep", "plans", "UPDATE", changed, "plans: what was shown for approval never changes"),
        ("plans_move", "plans", "UPDATE", _ILLEGAL, "plans: a plan cannot move from this state to that one"),
        ("settings_keep", "settings", "UPDATE", fixed, "settings: the sandbox mark never changes"),
        ("settings_stay", "settings", "DELETE", "OLD.id = 'sandbox'", "settings: the sandbox mark stays"),
    ]


def _sqlite() -> None:
    for name, table, event, condition, sentence in _guards("IS NOT", ""):
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION wardline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END $$"
    )
    for name, table, event, condition, sentence in _guards("IS DISTINCT FROM", "::text"):
        when = f"WHEN ({condition}) " if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
            f"EXECUTE FUNCTION wardline_refuse('{sentence}')"
        )
    for table in (*APPEND_ONLY, "plans"):
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION wardline_refuse('{table}: rows are never deleted')"
        )


def upgrade() -> None:
    """Install the guards of this dialect."""
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def downgrade() -> None:
    """Refused: a ledger without its guards is not a ledger."""
    raise NotImplementedError("the guards of the ledger are never taken away")
