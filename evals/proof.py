"""The proof that nothing was written outside commit.

Every write to the hospital's tables is noted by triggers while a script plays. Then the committed plans of the
audit chain are carried out again on the untouched sandbox: each noted row must come out exactly the same.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hospital.changes.base import Commit
from hospital.changes.expected import expected_changes
from hospital.entity import Entity
from hospital.model.governance import BrokenGlass, RuleSet
from hospital.model.history import Feed
from hospital.model.slack import (
    SlackFeedback,
    SlackInstallation,
    SlackJob,
    SlackLink,
    SlackPost,
    SlackState,
)
from hospital.model.talk import Thread, TurnRecord
from hospital.model.work import HandledEvent, Notice, OutboxMessage, Setting
from hospital.ports import Reader, Store
from middleware.store.database import SqlStore
from middleware.store.tables import TABLES
from policies.plans import Attestation, AuditEntry, Plan, Vote

NOT_THE_HOSPITAL: tuple[type[Entity], ...] = (
    Attestation,
    AuditEntry,
    BrokenGlass,
    Feed,
    HandledEvent,
    Notice,
    OutboxMessage,
    Plan,
    RuleSet,
    Setting,
    SlackFeedback,
    SlackInstallation,
    SlackJob,
    SlackLink,
    SlackPost,
    SlackState,
    Thread,
    TurnRecord,
    Vote,
)
"""Wardline's own ledger, queue and transcript, and what the feeds themselves set."""
HOSPITAL = tuple(mapping.name for mapping in TABLES if mapping.kind not in NOT_THE_HOSPITAL)
"""The tables that only a commit may change."""

LEDGERS_OWN = {"expire": "", "escalate": "-HALF", "break_glass": "-GLASS"}
"""What the ledger opens an exception for without a commit, and how the exception's id ends after the plan's."""

Noted = frozenset[tuple[str, str]]
"""Rows by table and id."""


def watch(database: Path) -> None:
    """From now on, note every write to the hospital's tables in this SQLite store."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE noted_writes (of_table TEXT, id TEXT)")
        for table in HOSPITAL:
            for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                connection.execute(
                    f'CREATE TRIGGER noted_{table}_{event} AFTER {event} ON "{table}" '
                    f"BEGIN INSERT INTO noted_writes VALUES ('{table}', {row}.id); END"
                )


def noted(database: Path) -> Noted:
    """The rows written since `watch`."""
    with closing(sqlite3.connect(database)) as connection:
        return frozenset(connection.execute("SELECT of_table, id FROM noted_writes"))


def committed_plans(world: Reader) -> list[tuple[Plan, AuditEntry]]:
    """The plans that the audit chain says were committed, in its order, with the link that says so."""
    found = []
    for entry in world.find(AuditEntry, what="commit", order="sequence"):
        plan = world.get(Plan, entry.plan_id) if entry.plan_id else None
        if plan is not None and plan.state in ("committed", "delivered", "compensating", "ambiguous"):
            found.append((plan, entry))
    return found


def replay_commits(untouched: Store, after: Store) -> int:
    """Carry out the committed plans of `after` on the untouched store; how many there were."""
    with after.reading() as world:
        plans = committed_plans(world)
    with untouched.working() as work:
        for plan, entry in plans:
            commit = Commit(plan_id=plan.id, actor=plan.asked_by, at=entry.at)
            number = 0
            for line in plan.lines:
                line.apply(work, commit)
                moved = expected_changes(line.expects(work), plan.id, entry.at, number)
                work.put(*moved)
                number += len(moved)
    return len(plans)


def differing_rows(expected: Path, found: Path, rows: Noted) -> list[str]:
    """Those of the rows that are not the same in both SQLite stores, as `table id`."""
    with closing(sqlite3.connect(expected)) as one, closing(sqlite3.connect(found)) as other:
        return [f"{table} {id}" for table, id in sorted(rows) if _row(one, table, id) != _row(other, table, id)]


def unexplained(untouched: Path, database: Path) -> list[str]:
    """Rows written in this SQLite store since `watch` that its commits do not give on the untouched (watched) one."""
    with TemporaryDirectory(prefix="wardline-proof-") as folder:
        replayed = Path(shutil.copy(untouched, Path(folder) / "replayed.db"))
        one, other = SqlStore(f"sqlite:///{replayed}"), SqlStore(f"sqlite:///{database}")
        try:
            replay_commits(one, other)
            with other.reading() as world:
                queued = ledgers_exceptions(world)
        finally:
            one.close()
            other.close()
        return differing_rows(replayed, database, (noted(database) | noted(replayed)) - queued)


def ledgers_exceptions(world: Reader) -> Noted:
    """The exceptions that the ledger opened by itself, since the audit chain says what for."""
    return frozenset(
        ("work_exceptions", f"EXC-{entry.plan_id.removeprefix('PLAN-')}{ending}")
        for what, ending in LEDGERS_OWN.items()
        for entry in world.find(AuditEntry, what=what)
        if entry.plan_id and not entry.why.startswith("refused")
    )


def _row(connection: sqlite3.Connection, table: str, id: str) -> tuple[object, ...] | None:
    row: tuple[object, ...] | None = connection.execute(f'SELECT * FROM "{table}" WHERE id = ?', (id,)).fetchone()
    return row
