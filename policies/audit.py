"""The audit chain: every call, vote and commit is one link that covers the link before it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hospital.entity import Record
from hospital.ids import PlanId, UserId
from hospital.ports import Range, Reader, UnitOfWork
from policies.plans import AuditEntry, canonical

FIRST = "0" * 64
"""What the first link says came before it."""
CHAIN = "audit:chain"
"""The key that is locked while a link is added."""
_PAGE = 2_000


class Verification(Record):
    """Whether the chain is whole: how many links, the first that is broken (None: none), and the last hash."""

    ok: bool
    entries: int
    first_broken: int | None
    head: str


def append(
    uow: UnitOfWork,
    *,
    at: datetime,
    actor: UserId,
    surface: str,
    what: str,
    why: str,
    on_behalf_of: UserId | None = None,
    plan_id: PlanId | None = None,
    digest: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add one link in this transaction.

    Raises:
        ValueError: when the details are not plain JSON.
    """
    uow.lock((CHAIN,))
    last = uow.find(AuditEntry, order="-sequence", limit=1)
    sequence = last[0].sequence + 1 if last else 1
    entry = AuditEntry(
        id=f"AUD-{sequence:08d}",
        sequence=sequence,
        at=at,
        actor=actor,
        on_behalf_of=on_behalf_of,
        surface=surface,
        what=what,
        why=why,
        plan_id=plan_id,
        digest=digest,
        details=dict(details or {}),
        before=last[0].hash if last else FIRST,
        hash="",
    )
    linked = entry.model_copy(update={"hash": hash_of(entry)})
    uow.append(linked)
    return linked


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything else in the entry, the hash before included."""
    body = entry.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def verify(world: Reader) -> Verification:
    """Walk the chain from its first link; what was cut off at its end shows only against a signed head."""
    sequence, before, entries = 1, FIRST, 0
    while page := world.find(
        AuditEntry, order="sequence", limit=_PAGE, sequence=Range(at_least=sequence if entries else None)
    ):
        for entry in page:
            if entry.sequence != sequence or entry.before != before or entry.hash != hash_of(entry):
                return Verification(ok=False, entries=entries, first_broken=sequence, head=before)
            sequence, before, entries = sequence + 1, entry.hash, entries + 1
        if len(page) < _PAGE:
            break
    return Verification(ok=True, entries=entries, first_broken=None, head=before)
