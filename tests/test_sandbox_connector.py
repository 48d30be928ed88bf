"""What is committed reaches the sandbox's systems exactly once, through the outbox, whatever goes wrong there."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_hospital import NOW, hold, purchase, staff_request, visit

from hospital.changes.base import Change, Commit
from hospital.clocks import FrozenClock
from hospital.model.work import OutboxMessage
from hospital.ports import Delivery, Message
from middleware.connectors.sandbox import PATHS, InProcess, sandbox_downstream
from middleware.outbox import Delivered, deliver_due
from middleware.sandbox.services.ehr import seed_ehr
from middleware.sandbox.switches import set_switch
from middleware.store.database import SqlStore

ROOT = Path(__file__).parent.parent
CLOCK = FrozenClock(NOW)
MINUTE = timedelta(minutes=1)
WAIT = 0.4
"""Seconds that these tests wait for an answer."""


@pytest.fixture
def systems(tmp_path: Path) -> Any:
    return sandbox_downstream(tmp_path, CLOCK, timeout=WAIT)


def soon(store: SqlStore, minutes: int = 0) -> Any:
    """A moment at which what was put into the outbox is due."""
    with store.reading() as world:
        (latest,) = max(world.values(OutboxMessage, ("next_at",)))
    return latest + minutes * MINUTE


def commit(store: SqlStore, *changes: Change) -> None:
    """The messages of these changes, as a commit puts them into the outbox."""
    with store.working() as work:
        for change in changes:
            for message in change.messages(work, Commit(plan_id="PLAN-1", actor="sup", at=NOW)):
                work.send(message)


def requisitions(home: Path) -> list[dict[str, Any]]:
    with httpx.Client(base_url="http://erp", transport=InProcess("erp", home, CLOCK)) as erp:
        found: list[dict[str, Any]] = erp.get("/requisitions").json()
        return found


def outbox(store: SqlStore) -> list[tuple[str, str | None]]:
    with store.reading() as world:
        return [(one.state, one.reference) for one in world.find(OutboxMessage, order="sequence")]


def test_every_kind_of_message_is_taken(sqlite_store: SqlStore, tmp_path: Path, systems: Any) -> None:
    start = NOW + timedelta(days=1)
    known = {"id": "APT-7", "patient_id": "P-2", "slot_id": "slot-9", "room_id": "hill-d1", "visit_type": "new"}
    span = {"start": start, "end": start + timedelta(minutes=20)}
    seed_ehr(tmp_path, [{**known, **span}], [])
    told = {name: value.isoformat() for name, value in span.items()}
    case = {"case_id": "CASE-9", "patient_id": "P-1", "procedure_id": "hip", "surgeon_id": "varga"}
    commit(
        sqlite_store, purchase(2), staff_request("agency"), staff_request("float", "N-1", number=2), visit(), hold()
    )
    with sqlite_store.working() as work:
        moved = {"appointment_id": "APT-7", "slot_id": "slot-8", "room_id": "hill-d1", **told}
        work.send(Message("r", "ehr", "reschedule_appointment", moved))
        work.send(Message("c", "ehr", "cancel_appointment", {"appointment_id": "APT-7", "reason": "patient"}))
        work.send(Message("s", "ehr", "schedule_case", {**case, "room_id": "hill-or-1", **told}))
        work.send(Message("m", "ehr", "move_case", {"case_id": "CASE-9", "room_id": "hill-or-2", **told}))
        work.send(Message("i", "ehr", "change_items", {"case_id": "CASE-9", "items": [{"item_id": "TRAY"}]}))
        work.send(Message("x", "ehr", "cancel_case", {"case_id": "CASE-9", "reason": "patient"}))
        work.send(Message("b", "ehr", "release_block", {"block_id": "B-1", "room_id": "hill-or-1", **told}))
        work.send(Message("d", "ehr", "assign_bed", {"encounter_id": "ENC-1", "bed_id": "b1", "unit_id": "ward"}))
        work.send(Message("u", "ehr", "open_beds", {"unit_id": "ward", "bed_ids": ["b2"], **told}))
        order = {"work_order": "WO-9", "resource": "room:hill-or-1", **told}
        work.send(Message("k", "erp", "open_work_order", order))
        slot = {"id": "N-1", "visit_type": "new", **told}
        session = {"session_id": "SES-1", "clinic_id": "hill-derm"}
        added = {**session, "clinician_id": "kim", "room_id": "d", "slots": [slot], **told}
        work.send(Message("a", "ehr", "add_session", added))
        work.send(Message("t", "ehr", "convert_slots", {**session, "replaces": ["slot-2"], "becomes": slot}))
        work.send(Message("o", "ehr", "overbook_session", {**session, "adds": [slot]}))
        offer = {"offer_id": "OFFER-1", "slot_id": "slot-2", "patient_id": "P-1", "expires_at": told["end"]}
        work.send(Message("w", "ehr", "offer_waitlist", offer))
        work.send(Message("p", "wfm", "plan_session_staff", {**session, "labour": 76_400, **told}))
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(done=19)
    released = f"B-1@{start.astimezone(UTC).isoformat()}"
    changed = ["CASE-9", "CASE-9", "CASE-9", released, "ENC-1", "ward", "WO-9"]
    made = [*changed, "SES-1", "N-1", "OVB-1", "OFFER-1", "WFS-101"]
    references = [reference for _, reference in outbox(sqlite_store)]
    assert references == ["REQ-1043", "WFR-5001", "WFR-5002", "APT-1", "APT-7", "APT-7", "CASE-9", *made]
    with sqlite_store.reading() as world:
        sent = {(one.system, one.operation) for one in world.find(OutboxMessage)}
    assert sent == {(system, operation) for system, paths in PATHS.items() for operation in paths}


def test_an_effect_then_a_time_out_ends_in_exactly_one_requisition(
    sqlite_store: SqlStore, tmp_path: Path, systems: Any
) -> None:
    commit(sqlite_store, purchase(2))
    set_switch(tmp_path, "erp", {"mode": "effect-then-timeout"})
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(ambiguous=1)
    assert outbox(sqlite_store) == [("ambiguous", None)]
    # Even while writing still goes unanswered, asking settles it.
    assert deliver_due(sqlite_store, systems, soon(sqlite_store, 10)) == Delivered(done=1)
    assert outbox(sqlite_store) == [("done", "REQ-1043")]
    assert [one["id"] for one in requisitions(tmp_path)] == ["REQ-1043"]


def test_what_a_system_that_is_down_missed_is_sent_later(
    sqlite_store: SqlStore, tmp_path: Path, systems: Any
) -> None:
    commit(sqlite_store, purchase(1), staff_request("agency"))
    set_switch(tmp_path, "erp", {"mode": "down"})
    deliver_due(sqlite_store, {"erp": systems["erp"]}, soon(sqlite_store))
    assert outbox(sqlite_store)[0] == ("pending", None)
    assert "503" in str(systems["erp"].state_of("any").detail)
    set_switch(tmp_path, "erp", None)
    assert deliver_due(sqlite_store, systems, soon(sqlite_store, 10)) == Delivered(done=2)
    assert len(requisitions(tmp_path)) == 1


def test_a_slow_system_is_waited_for(sqlite_store: SqlStore, tmp_path: Path, systems: Any) -> None:
    commit(sqlite_store, purchase(1))
    set_switch(tmp_path, "erp", {"mode": "slow", "seconds": WAIT / 4})
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(done=1)


def test_one_slower_than_the_time_out_is_asked_before_anything_is_sent_again(
    sqlite_store: SqlStore, tmp_path: Path, systems: Any
) -> None:
    commit(sqlite_store, purchase(1))
    set_switch(tmp_path, "erp", {"mode": "slow", "seconds": 60})
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(ambiguous=1)
    set_switch(tmp_path, "erp", None)
    assert deliver_due(sqlite_store, systems, soon(sqlite_store, 10)) == Delivered(done=1)
    assert len(requisitions(tmp_path)) == 1


def test_a_refusal_is_final_and_says_why(sqlite_store: SqlStore, tmp_path: Path, systems: Any) -> None:
    commit(sqlite_store, purchase(1))
    set_switch(tmp_path, "erp", {"mode": "refuse"})
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(refused=1)
    with sqlite_store.reading() as world:
        assert "does not take this" in world.find(OutboxMessage)[0].detail
    assert requisitions(tmp_path) == []


def test_what_a_system_cannot_take_is_refused_naming_the_field(systems: Any) -> None:
    bad = systems["erp"].deliver(Message("k", "erp", "create_requisition", {"quantity": 1}))
    assert bad.outcome == "refused"
    assert "description" in bad.detail
    assert systems["erp"].deliver(Message("k", "erp", "paint_the_wall", {})).outcome == "refused"
    assert systems["ehr"].deliver(Message("k", "ehr", "cancel_appointment", {"reason": "x"})).outcome == "refused"


def test_a_key_that_never_arrived_is_known_as_such(systems: Any) -> None:
    assert systems["erp"].state_of("nobody:sent/this") == Delivery("refused", detail="it never arrived")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The three services in a process of their own."""
    ports = {}
    for system in PATHS:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports[system] = probe.getsockname()[1]
    code = (
        "from pathlib import Path\n"
        "from middleware.sandbox.services.catalogue import serve_services\n"
        f"serve_services(Path({str(tmp_path)!r}), {ports!r})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    urls = {system: f"http://127.0.0.1:{port}" for system, port in ports.items()}
    _wait_until_served(urls)
    yield urls
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def _wait_until_served(urls: dict[str, str]) -> None:
    until = time.monotonic() + 20
    for url in urls.values():
        while True:
            try:
                httpx.get(f"{url}/feed", timeout=1)
                break
            except httpx.TransportError:
                assert time.monotonic() < until, f"nothing is served at {url}"
                time.sleep(0.05)


def test_services_of_another_process_are_reached_by_their_addresses(
    sqlite_store: SqlStore, tmp_path: Path, served: dict[str, str]
) -> None:
    systems = sandbox_downstream(tmp_path, CLOCK, urls=served, timeout=WAIT)
    commit(sqlite_store, purchase(2))
    set_switch(tmp_path, "erp", {"mode": "effect-then-timeout"})
    assert deliver_due(sqlite_store, systems, soon(sqlite_store)) == Delivered(ambiguous=1)
    assert deliver_due(sqlite_store, systems, soon(sqlite_store, 10)) == Delivered(done=1)
    assert len(requisitions(tmp_path)) == 1  # in this process too: it is the same file
    _close(systems)


def test_where_nothing_is_served_nothing_was_sent(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{probe.getsockname()[1]}"
    systems = sandbox_downstream(tmp_path, CLOCK, urls={"erp": nowhere}, timeout=WAIT)
    assert systems["erp"].deliver(Message("k", "erp", "create_requisition", {})).outcome == "unreachable"
    assert systems["erp"].state_of("k").outcome == "unreachable"
    _close(systems)


def _close(systems: Any) -> None:
    for system in systems.values():
        system.close()
