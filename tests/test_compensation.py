"""When one system refuses its part, what the others did is taken back, in reverse, and here as well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_hospital import NOW, fill, people, purchase, staff_request

from hospital.clocks import FrozenClock
from hospital.model.people import Shift
from hospital.model.supply import Requisition
from hospital.model.work import OutboxMessage, WorkException
from hospital.ports import Delivery, Message
from middleware.connectors.sandbox import SandboxSystem, sandbox_downstream
from middleware.outbox import deliver_due
from middleware.store.database import SqlStore
from policies import audit, ledger
from policies.decide import load_policy
from policies.drafting import draft_plan
from policies.plans import AuditEntry, Plan

POLICY = load_policy()
VOTERS = ("nils", "periop.manager", "periop.director", "nursing.finance", "cno.delegate")


@pytest.fixture
def systems(tmp_path: Path) -> dict[str, SandboxSystem]:
    """The sandbox's own EHR, workforce system and ERP, with nothing in them."""
    return dict(sandbox_downstream(tmp_path / "home", FrozenClock(NOW)))


def committed(store: SqlStore, *lines: Any) -> Plan:
    """A plan that everybody agreed to."""
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["bea"], "Nurses and trays", lines, NOW)
    assert ledger.submit(store, POLICY, plan, NOW).status == "awaiting"
    said = [ledger.vote(store, POLICY, plan.id, v, "approve", plan.digest, "", "test", NOW).status for v in VOTERS]  # type: ignore[arg-type]
    assert "committed" in said, said
    return plan


def deliver(store: SqlStore, systems: Any) -> None:
    deliver_due(store, systems, datetime.now(UTC) + timedelta(hours=1))


def state_of(store: SqlStore, plan: Plan) -> str:
    with store.reading() as world:
        kept = world.get(Plan, plan.id)
    assert kept is not None
    return kept.state


def refuse_requisition(systems: dict[str, SandboxSystem], plan: Plan, number: int) -> None:
    """Somebody else used this very key for another purchase, so that the ERP refuses ours."""
    payload = {"requisition_id": "REQ-X", "description": "x", "quantity": 1, "unit_cost": 1, "amount": 1}
    more = {"currency": "USD", "cost_centre": "4100", "purpose": "x", "requested_by": "x"}
    key = f"{plan.id}:requisition:REQ-{number}"
    assert systems["erp"].deliver(Message(key, "erp", "create_requisition", {**payload, **more})).outcome == "done"


def record_of(system: SandboxSystem, key: str) -> dict[str, Any]:
    found: dict[str, Any] = system._client.get(f"/effects/{key}").json()["record"]
    return found


def test_what_others_did_is_taken_back_in_reverse(empty_store: SqlStore, systems: dict[str, SandboxSystem]) -> None:
    store = fill(empty_store)
    two = (staff_request("agency", number=1), staff_request("agency", number=2), purchase(2, 3))
    plan = committed(store, *two)
    refuse_requisition(systems, plan, 3)
    deliver(store, systems)
    with store.reading() as world:
        sent = [(one.id.removeprefix("undo:"), one.state) for one in world.find(OutboxMessage, order="sequence")]
        keys = [f"{plan.id}:staffing:SH-1", f"{plan.id}:staffing:SH-2", f"{plan.id}:requisition:REQ-3"]
        assert sent == [
            *zip(keys, ("done", "done", "refused"), strict=True),
            (keys[1], "done"),
            (keys[0], "done"),
        ]
        assert (world.count(Shift), world.count(Requisition)) == (0, 0)
        assert [one.kind for one in world.find(WorkException)] == ["delivery_refused"]
        assert audit.verify(world).ok
    assert state_of(store, plan) == "compensated"
    assert {record_of(systems["wfm"], key)["state"] for key in keys[:2]} == {"cancelled"}


def test_the_first_refusal_leaves_nothing_anywhere(empty_store: SqlStore, systems: dict[str, SandboxSystem]) -> None:
    store = fill(empty_store)
    plan = committed(store, purchase(2, 3))
    refuse_requisition(systems, plan, 3)
    deliver(store, systems)
    assert state_of(store, plan) == "compensated"
    with store.reading() as world:
        assert world.count(Requisition) == 0
        assert world.find(AuditEntry, order="-sequence", limit=1)[0].what == "compensate"


def test_what_changed_since_is_left_and_somebody_owns_it(
    empty_store: SqlStore, systems: dict[str, SandboxSystem]
) -> None:
    store = fill(empty_store)
    plan = committed(store, staff_request("agency"), purchase(2, 3))
    with store.working() as work:
        shift = work.get(Shift, "SH-1")
        assert shift is not None
        work.put(shift.changed(staff_id="N-1", state="approved"))
    refuse_requisition(systems, plan, 3)
    deliver(store, systems)
    with store.reading() as world:
        assert world.count(Shift) == world.count(Requisition) == 1  # all or nothing
        owned = {one.kind: one for one in world.find(WorkException)}
    assert state_of(store, plan) == "compensating"
    assert "Shift SH-1 has changed since" in owned["compensation_failed"].summary
    assert owned["compensation_failed"].owner_role == "supply_chain"


def test_a_system_that_cannot_undo_leaves_an_exception_with_an_owner(
    sqlite_store: SqlStore, systems: dict[str, SandboxSystem]
) -> None:
    class Stubborn:
        """A workforce system that does everything but take it back."""

        def deliver(self, message: Message) -> Delivery:
            if message.operation.startswith("undo:"):
                return Delivery("refused", detail="the shift is filled")
            return systems["wfm"].deliver(message)

        def state_of(self, key: str) -> Delivery:
            return systems["wfm"].state_of(key)

    store = fill(sqlite_store)
    plan = committed(store, staff_request("agency"), purchase(2, 3))
    refuse_requisition(systems, plan, 3)
    deliver(store, {**systems, "wfm": Stubborn()})
    with store.reading() as world:
        owned = {one.kind: one for one in world.find(WorkException)}
        assert world.count(Shift) == 1
    assert state_of(store, plan) == "compensating"
    assert owned["compensation_failed"].owner_role == "nursing_supervisor"
    assert "the shift is filled" in owned["compensation_failed"].summary


def test_an_undo_that_times_out_is_asked_about_and_not_repeated(
    sqlite_store: SqlStore, systems: dict[str, SandboxSystem]
) -> None:
    class Forgetful:
        """Takes it back, and does not say so."""

        calls: list[str] = []

        def deliver(self, message: Message) -> Delivery:
            self.calls.append(message.key)
            said = systems["wfm"].deliver(message)
            return Delivery("unknown") if message.operation.startswith("undo:") else said

        def state_of(self, key: str) -> Delivery:
            return systems["wfm"].state_of(key)

    store, wfm = fill(sqlite_store), Forgetful()
    plan = committed(store, staff_request("agency"), purchase(2, 3))
    refuse_requisition(systems, plan, 3)
    deliver(store, {**systems, "wfm": wfm})
    assert state_of(store, plan) == "ambiguous"
    deliver_due(store, {**systems, "wfm": wfm}, datetime.now(UTC) + timedelta(hours=2))
    assert wfm.calls.count(f"undo:{plan.id}:staffing:SH-1") == 1
    with store.reading() as world:
        assert world.count(Shift) == 0
    assert state_of(store, plan) == "compensated"


def test_a_commit_says_each_row_before_and_after(sqlite_store: SqlStore) -> None:
    plan = committed(fill(sqlite_store), purchase(2, 3))
    with sqlite_store.reading() as world:
        (link,) = world.find(AuditEntry, plan_id=plan.id, what="commit")
    assert [(row["kind"], row["id"], row["before"]) for row in link.details["rows"]] == [
        ("Requisition", "REQ-3", None)
    ]
    assert link.details["rows"][0]["after"]["amount"] == 200_000
