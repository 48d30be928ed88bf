"""The proof that nothing was written outside commit: replaying the committed plans gives the same hospital."""

from hospital.changes.base import Commit
from hospital.entity import Entity
from hospital.model.history import Feed
from hospital.model.talk import Thread, TurnRecord
from hospital.model.work import HandledEvent, Notice, OutboxMessage, Setting
from hospital.ports import Reader, Store
from middleware.store.tables import TABLES
from policies.plans import Attestation, AuditEntry, Plan, Vote

NOT_THE_HOSPITAL = (Thread, TurnRecord, Notice, OutboxMessage, Setting, HandledEvent, Feed, Plan, Vote)
LEDGER = (Attestation, AuditEntry)
DOMAIN: tuple[type[Entity], ...] = tuple(
    mapping.kind for mapping in TABLES if mapping.kind not in (*NOT_THE_HOSPITAL, *LEDGER)
)
"""What the hospital itself is: everything that only a commit may change."""



def committed_plans(world: Reader) -> list[tuple[Plan, AuditEntry]]:
    """The plans that the audit chain says were committed, in its order, with the link that says so."""
    entries = [entry for entry in world.find(AuditEntry, order="sequence") if entry.what == "commit"]
    found = []
    for entry in entries:
        plan = world.get(Plan, entry.plan_id) if entry.plan_id else None
        if plan is not None and plan.state not in ("stale", "drafted", "awaiting"):
            found.append((plan, entry))
    return found


def unexplained_writes(untouched: Store, after: Store) -> list[str]:
    """Rows that are not what replaying the committed plans onto the untouched copy makes of them.

    The untouched store is changed by the replay: hand in a copy. Empty: every write came from a commit.
    """
    with after.reading() as world:
        plans = committed_plans(world)
    with untouched.working() as work:
        for plan, entry in plans:
            commit = Commit(plan_id=plan.id, actor=plan.asked_by, at=entry.at)
            for line in plan.lines:
                line.apply(work, commit)
    with untouched.reading() as expected, after.reading() as found:
        return [
            f"{kind.__name__}: {difference}" for kind in DOMAIN for difference in _compare(expected, found, kind)
        ]


def _compare(expected: Reader, found: Reader, kind: type[Entity]) -> list[str]:
    fields = tuple(kind.model_fields)
    want, have = set(map(repr, expected.values(kind, fields))), set(map(repr, found.values(kind, fields)))
    return [f"missing {row[:160]}" for row in want - have] + [f"unexplained {row[:160]}" for row in have - want]
