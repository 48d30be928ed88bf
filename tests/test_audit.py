"""The audit chain: every link covers the one before it, and what is changed behind our back is found."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from small_hospital import NOW, fill, hold, people, purchase
from sqlalchemy.exc import DBAPIError

from hospital.ids import UserId
from hospital.ports import UnitOfWork
from middleware.store.database import SqlStore, create
from policies import audit, ledger
from policies.decide import load_policy
from policies.drafting import draft_plan
from policies.plans import AuditEntry

POLICY = load_policy()


def note(uow: UnitOfWork, number: int, **details: Any) -> AuditEntry:
    return audit.append(
        uow,
        at=NOW,
        actor=UserId("sam"),
        surface="test",
        what="tool:query_capacity",
        why=f"allowed {number}",
        details=details,
    )


@pytest.fixture
def chained(tmp_path: Path) -> tuple[SqlStore, Path]:
    """A store with five links, and its file."""
    path = tmp_path / "wardline.db"
    store = create(f"sqlite:///{path}", sandbox=True)
    for number in range(5):
        with store.working() as uow:
            note(uow, number, count=number, names=["Ä", "b"], empty=None)
    return store, path


def behind_our_back(path: Path, *statements: str) -> None:
    """Change the file as somebody would who owns it: without the triggers."""
    with sqlite3.connect(path) as raw:
        triggers = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for trigger in triggers:
            raw.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            assert raw.execute(statement).rowcount > 0
    raw.close()


def verified(store: SqlStore) -> audit.Verification:
    with store.reading() as world:
        return audit.verify(world)


def test_the_chain_begins_empty_and_grows_link_by_link(empty_store: SqlStore) -> None:
    assert verified(empty_store) == audit.Verification(ok=True, entries=0, first_broken=None, head=audit.FIRST)
    with empty_store.working() as uow:
        first, second = note(uow, 1), note(uow, 2)
    assert (first.sequence, first.before) == (1, audit.FIRST)
    assert (second.sequence, second.before) == (2, first.hash)
    assert verified(empty_store).head == second.hash


def test_a_link_is_undone_with_its_transaction(empty_store: SqlStore) -> None:
    def fail(uow: UnitOfWork) -> None:
        note(uow, 1)
        raise RuntimeError("undo")

    with pytest.raises(RuntimeError), empty_store.working() as uow:
        fail(uow)
    assert verified(empty_store).entries == 0


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entries SET why = 'allowed' WHERE sequence = 3", 3),
        ("UPDATE audit_entries SET actor = 'ana' WHERE sequence = 1", 1),
        ("UPDATE audit_entries SET details = '{}' WHERE sequence = 5", 5),
        ("UPDATE audit_entries SET hash = before WHERE sequence = 2", 2),
        ("DELETE FROM audit_entries WHERE sequence = 4", 4),
        ("DELETE FROM audit_entries WHERE sequence = 1", 1),
        ("UPDATE audit_entries SET sequence = sequence + 10 WHERE sequence = 5", 5),
    ],
)
def test_what_is_changed_behind_our_back_is_found(
    chained: tuple[SqlStore, Path], statement: str, broken: int
) -> None:
    store, path = chained
    assert verified(store).ok
    store.close()
    behind_our_back(path, statement)
    found = verified(store)
    assert (found.ok, found.first_broken) == (False, broken)


def test_a_link_rewritten_with_its_own_hash_breaks_the_next(chained: tuple[SqlStore, Path]) -> None:
    store, path = chained
    with store.reading() as world:
        link = world.find(AuditEntry, sequence=2)[0]
    forged = link.model_copy(update={"why": "refused", "details": {"count": 7}})
    forged = forged.model_copy(update={"hash": audit.hash_of(forged)})
    store.close()
    details = json.dumps(forged.details)
    behind_our_back(
        path,
        f"UPDATE audit_entries SET why = 'refused', details = '{details}', hash = '{forged.hash}' WHERE sequence = 2",
    )
    assert verified(store).first_broken == 3


def test_the_database_refuses_to_change_or_delete_a_link(chained: tuple[SqlStore, Path]) -> None:
    store, _ = chained
    with store.reading() as world:
        link = world.find(AuditEntry, sequence=2)[0]
    with pytest.raises(DBAPIError), store.working() as uow:
        uow.put(link.changed(why="nothing to see"))
    assert verified(store).ok


def test_every_step_of_a_plan_is_a_link_with_its_digest(empty_store: SqlStore) -> None:
    store = fill(empty_store)
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["sup"], "Trays", [purchase(2)], NOW)
        free = draft_plan(world, POLICY, people()["sam"], "Hold", [hold()], NOW)
        denied = draft_plan(world, POLICY, people()["audrey"], "Hold", [hold()], NOW)
    ledger.submit(store, POLICY, plan, NOW, "web")
    ledger.vote(store, POLICY, plan.id, UserId("sup"), "approve", plan.digest, "", "slack", NOW)
    ledger.vote(store, POLICY, plan.id, UserId("periop.manager"), "approve", plan.digest, "fine", "slack", NOW)
    ledger.submit(store, POLICY, free, NOW, "cli")
    ledger.submit(store, POLICY, denied, NOW, "cli")
    with store.reading() as world:
        links = world.find(AuditEntry, order="sequence")
    assert [(link.what, link.actor, link.surface) for link in links] == [
        ("submit", "sup", "web"),
        ("vote", "sup", "slack"),
        ("vote", "periop.manager", "slack"),
        ("commit", "periop.manager", "slack"),
        ("commit", "sam", "cli"),
        ("submit", "audrey", "cli"),
    ]
    assert {link.digest for link in links} == {plan.digest, free.digest, denied.digest}
    assert links[1].why.startswith("refused")
    assert links[3].on_behalf_of == "sup"
    assert links[5].why.startswith("refused")
    assert verified(store).entries == 6
