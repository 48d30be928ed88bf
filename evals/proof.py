"""The proof that nothing was written outside commit: replaying the committed plans gives the same hospital."""

import sqlite3
from pathlib import Path

from hospital.changes.base import Commit
from hospital.entity import Entity
from hospital.model.history import Feed
from hospital.model.talk import Thread, TurnRecord
from hospital.model.work import HandledEvent, Notice, OutboxMessage, Setting
from hospital.ports import Reader, Store
from middleware.store.tables import TABLES
from policies.plans import Attestation, AuditEntry, Plan, Vote

NOT_THE_HOSPITAL: tuple[type[Entity], ...] = (
    Attestation,
    AuditEntry,
    Feed,
    HandledEvent,
    Notice,
    OutboxMessage,
    Plan,
    Setting,
    Thread,
    TurnRecord,
    Vote,
)
"""Wardline's own ledger, queue and transcript, and what the feeds and the sandbox's conditions set."""
HOSPITAL = tuple(mapping.name for mapping in TABLES if mapping.kind not in NOT_THE_HOSPITAL)
"""The tables that only a commit may change."""


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
            for line in plan.lines:
                line.apply(work, commit)
    return len(plans)


def differing_rows(expected: Path, found: Path) -> list[str]:
    """Rows of the hospital that stand in only one of two SQLite stores, as `table: only in ...: id`."""
    connection = sqlite3.connect(f"file:{found}?mode=ro", uri=True)
    try:
        connection.execute("ATTACH DATABASE ? AS expected", (f"file:{expected}?mode=ro",))
        rows = []
        for table in HOSPITAL:
            for here, there, words in (("main", "expected", "not by a commit"), ("expected", "main", "missing")):
                query = f'SELECT id FROM (SELECT * FROM {here}."{table}" EXCEPT SELECT * FROM {there}."{table}")'
                rows += [f"{table}: {words}: {id}" for (id,) in connection.execute(query)]
        return rows
    finally:
        connection.close()
