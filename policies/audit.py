"""The audit chain: every call, vote and commit is one link that covers the link before it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from hospital.entity import Record
from hospital.ids import PlanId, UserId
from hospital.ports import Range, Reader, UnitOfWork
from policies.plans import AuditEntry, canonical
from policies.seal import Seal

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
    sealed_to: int = 0
    """The last link that a seal confirms; what follows is only linked."""
    why: str = ""
    """What is wrong, in words."""


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


def verify(world: Reader, seals: Iterable[Seal] = ()) -> Verification:
    """Walk the chain from its first link, and hold it against the seals kept outside the database.

    Without seals, what was cut off at the end or rewritten from some link on does not show.
    """
    sealed = {seal.sequence: seal.hash for seal in seals}
    before, entries, sealed_to = FIRST, 0, 0
    for entry in links(world):
        sequence = entries + 1
        if entry.sequence != sequence:
            return _broken(sequence, entries, before, sealed_to, "it is missing")
        if entry.hash != hash_of(entry):
            return _broken(sequence, entries, before, sealed_to, "it is not what it was when it was added")
        if entry.before != before:
            return _broken(sequence, entries, before, sealed_to, "it does not follow the link before it")
        if sequence in sealed:
            if sealed[sequence] != entry.hash:
                why = f"the chain was rewritten somewhere between links {sealed_to + 1} and {sequence}"
                return _broken(sealed_to + 1, entries, before, sealed_to, why)
            sealed_to = sequence
        before, entries = entry.hash, sequence
    if (furthest := max(sealed, default=0)) > entries:
        why = f"links {entries + 1} to {furthest} were sealed and are cut off"
        return _broken(entries + 1, entries, before, sealed_to, why)
    return Verification(ok=True, entries=entries, first_broken=None, head=before, sealed_to=sealed_to)


def links(world: Reader, after: int = 0) -> Iterator[AuditEntry]:
    """Every link in order, page by page."""
    while page := world.find(AuditEntry, order="sequence", limit=_PAGE, sequence=Range(at_least=after + 1)):
        yield from page
        after = page[-1].sequence


def _broken(at: int, entries: int, head: str, sealed_to: int, why: str) -> Verification:
    return Verification(ok=False, entries=entries, first_broken=at, head=head, sealed_to=sealed_to, why=why)
