"""A transaction happens as a whole or not at all, and nobody sees half of it."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from examples_of import Examples, keep, slot

from hospital.model.bookings import Slot
from hospital.model.work import OutboxMessage, Setting
from hospital.ports import AlreadyThere, Message
from middleware.store.database import SqlStore
from policies.plans import AuditEntry

ROOT = Path(__file__).parent.parent


def test_a_reader_sees_one_snapshot(empty_store: SqlStore) -> None:
    keep(empty_store, slot(1))
    with empty_store.reading() as reader:
        assert reader.count(Slot) == 1
        keep(empty_store, slot(2), slot(1, status="busy"))
        assert reader.count(Slot) == 1
        assert reader.find(Slot) == [slot(1)]
    with empty_store.reading() as reader:
        assert reader.count(Slot) == 2


def test_an_exception_leaves_nothing_behind(empty_store: SqlStore) -> None:
    def fail() -> None:
        with empty_store.working() as work:
            work.put(slot(1))
            work.send(Message("k", "erp", "open_requisition", {}))
            assert work.count(Slot) == 1
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        fail()
    with empty_store.reading() as reader:
        assert reader.count(Slot) == 0
        assert reader.count(OutboxMessage) == 0


def test_appending_twice_says_so_and_the_transaction_goes_on(empty_store: SqlStore) -> None:
    first, second = Examples().of(AuditEntry, sequence=1), Examples().of(AuditEntry, id="other", sequence=1)
    with empty_store.working() as work:
        work.append(first)
        with pytest.raises(AlreadyThere, match=r"AuditEntry O'Neil .* is already there"):
            work.append(first)
        with pytest.raises(AlreadyThere):
            work.append(second)
        work.put(slot(1))
    with empty_store.reading() as reader:
        assert reader.find(AuditEntry) == [first]
        assert reader.count(Slot) == 1


def test_the_same_key_is_one_message_and_messages_have_an_order(empty_store: SqlStore) -> None:
    with empty_store.working() as work:
        work.send(Message("k1", "erp", "open_requisition", {"amount": 490000}, "PLAN-1"))
        work.send(Message("k2", "wfm", "request_shift", {}))
        work.send(Message("k1", "erp", "open_requisition", {"amount": 1}))
    with empty_store.working() as work:
        work.send(Message("k2", "ehr", "book", {}))
        work.send(Message("k3", "ehr", "book", {}))
    with empty_store.reading() as reader:
        found = reader.find(OutboxMessage, order="sequence")
    assert [(m.id, m.system, m.state) for m in found] == [
        ("k1", "erp", "pending"),
        ("k2", "wfm", "pending"),
        ("k3", "ehr", "pending"),
    ]
    assert found[0].payload == {"amount": 490000}
    assert [m.sequence for m in found] == sorted({m.sequence for m in found})


def test_a_lock_makes_others_wait(empty_store: SqlStore) -> None:
    keep(empty_store, Setting(id="counter", value="0"))

    def add(keys: tuple[str, ...]) -> None:
        for _ in range(10):
            with empty_store.working() as work:
                work.lock(keys)
                counter = work.get(Setting, "counter")
                assert counter is not None
                time.sleep(0.001)
                work.put(Setting(id="counter", value=str(int(counter.value) + 1)))

    with ThreadPoolExecutor(4) as threads:
        jobs = [threads.submit(add, keys) for keys in [("room:a:1", "room:b:1"), ("room:b:1", "room:a:1")] * 2]
        for job in jobs:
            job.result()
    with empty_store.reading() as reader:
        assert reader.values(Setting, ("value",), id="counter") == [("40",)]


def test_several_processes_lose_nothing(empty_store: SqlStore, store_url: str) -> None:
    keep(empty_store, Setting(id="counter", value="0"))
    script = (
        "import sys\n"
        "from hospital.model.work import Setting\n"
        "from middleware.store.database import SqlStore\n"
        "store = SqlStore(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with store.working() as work:\n"
        "        work.lock(['counter'])\n"
        "        counter = work.get(Setting, 'counter')\n"
        "        work.put(Setting(id='counter', value=str(int(counter.value) + 1)))\n"
        "store.close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, store_url], cwd=ROOT) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    with empty_store.reading() as reader:
        assert reader.values(Setting, ("value",), id="counter") == [("200",)]
