"""Downstream systems are told exactly once, whatever happens in between."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import pytest
from examples_of import Examples

from hospital.clocks import FrozenClock
from hospital.model.work import OutboxMessage, WorkException
from hospital.ports import Delivery, Message
from middleware.outbox import LEASE, LONGEST_WAIT, TELL_AFTER, Delivered, deliver_due, wait_before
from middleware.store.database import SqlStore, create
from policies.plans import Plan, PlanState

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
System = Literal["ehr", "wfm", "erp"]


class Ledgered:
    """A small downstream system: it keeps effects by key, and can time out after the effect, refuse or be down."""

    def __init__(self) -> None:
        self.effects: dict[str, str] = {}
        self.calls: list[str] = []
        self.asked: list[str] = []
        self.mood: Literal["well", "down", "times out after", "times out before", "refuses"] = "well"
        self.answers_questions = True
        self._lock = threading.Lock()

    def deliver(self, message: Message) -> Delivery:
        """Take the effect once per key, in the mood of the day."""
        with self._lock:
            self.calls.append(message.key)
            if self.mood == "down":
                return Delivery("unreachable", detail="connection refused")
            if self.mood == "refuses":
                return Delivery("refused", detail="cost centre is closed")
            if self.mood != "times out before":
                self.effects.setdefault(message.key, f"REQ-{len(self.effects) + 1}")
            if self.mood in ("times out after", "times out before"):
                return Delivery("unknown", detail="no answer in 10 s")
            return Delivery("done", reference=self.effects[message.key])

    def state_of(self, key: str) -> Delivery:
        """What became of a key."""
        self.asked.append(key)
        if self.mood == "down" or not self.answers_questions:
            return Delivery("unreachable")
        if key in self.effects:
            return Delivery("done", reference=self.effects[key])
        return Delivery("refused", detail="never arrived")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = create(f"sqlite:///{tmp_path / 'wardline.db'}", sandbox=True, clock=FrozenClock(NOW))
    yield store
    store.close()


@pytest.fixture
def erp() -> Ledgered:
    return Ledgered()


def commit(store: SqlStore, *keys: str, system: System = "erp", plan: str | None = "PLAN-1") -> None:
    """A committed plan with these messages."""
    with store.working() as work:
        if plan is not None:
            work.put(Examples().of(Plan, id=plan, key=plan, state="committed"))
        for key in keys:
            work.send(Message(key, system, "open_requisition", {"site_id": "lakeside"}, plan))


def states(store: SqlStore) -> dict[str, str]:
    with store.reading() as reader:
        return {message.id: message.state for message in reader.find(OutboxMessage)}


def state_of_plan(store: SqlStore, id: str = "PLAN-1") -> PlanState:
    with store.reading() as reader:
        plan = reader.get(Plan, id)
        assert plan is not None
        return plan.state


def exceptions(store: SqlStore) -> list[WorkException]:
    with store.reading() as reader:
        return reader.find(WorkException)


def test_what_is_due_is_sent_in_order_and_the_plan_is_delivered(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "b", "a")
    assert deliver_due(store, {"erp": erp}, NOW, limit=1) == Delivered(done=1)
    assert state_of_plan(store) == "committed"
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered(done=1)
    assert erp.calls == ["b", "a"]
    assert state_of_plan(store) == "delivered"
    with store.reading() as reader:
        assert [m.reference for m in reader.find(OutboxMessage, order="sequence")] == ["REQ-1", "REQ-2"]
    assert deliver_due(store, {"erp": erp}, NOW + 60 * MINUTE) == Delivered()


def test_nothing_is_sent_to_a_system_without_a_connector(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "w", system="wfm")
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered()
    assert states(store) == {"w": "pending"}


def test_an_effect_then_a_time_out_is_asked_about_and_not_repeated(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "k")
    erp.mood = "times out after"
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered(ambiguous=1)
    assert states(store) == {"k": "ambiguous"}
    assert state_of_plan(store) == "ambiguous"
    erp.mood = "well"
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered()  # not due yet
    assert deliver_due(store, {"erp": erp}, NOW + MINUTE) == Delivered(done=1)
    assert (erp.calls, erp.asked) == (["k"], ["k"])
    assert state_of_plan(store) == "delivered"


def test_a_time_out_without_effect_is_sent_again_after_asking(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "k")
    erp.mood = "times out before"
    deliver_due(store, {"erp": erp}, NOW)
    erp.mood = "well"
    assert deliver_due(store, {"erp": erp}, NOW + MINUTE) == Delivered(done=1)
    assert (erp.calls, erp.asked) == (["k", "k"], ["k"])
    assert len(erp.effects) == 1


def test_while_nobody_answers_the_question_nothing_is_sent(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "k")
    erp.mood = "times out before"
    deliver_due(store, {"erp": erp}, NOW)
    erp.mood, erp.answers_questions = "well", False
    for attempt in range(1, TELL_AFTER + 3):
        assert deliver_due(store, {"erp": erp}, NOW + attempt * 10 * MINUTE) == Delivered(ambiguous=1)
    assert erp.calls == ["k"]
    assert state_of_plan(store) == "ambiguous"
    (told,) = exceptions(store)
    assert (told.kind, told.owner_role, told.state) == ("delivery_unanswered", "supply_chain", "open")


@pytest.mark.parametrize(
    ("system", "owner"), [("erp", "supply_chain"), ("wfm", "nursing_supervisor"), ("ehr", "or_charge")]
)
def test_a_refusal_has_an_owner_and_stops_the_rest_of_the_plan(
    store: SqlStore, erp: Ledgered, system: System, owner: str
) -> None:
    commit(store, "k1", "k2", "k3", system=system)
    commit(store, "other", system=system, plan="PLAN-2")
    assert deliver_due(store, {system: erp}, NOW, limit=1) == Delivered(done=1)
    erp.mood = "refuses"
    assert deliver_due(store, {system: erp}, NOW, limit=1) == Delivered(refused=1)
    erp.mood = "well"
    assert deliver_due(store, {system: erp}, NOW + 60 * MINUTE) == Delivered(done=2)
    assert states(store) == {"k1": "done", "k2": "refused", "k3": "refused", "other": "done", "undo:k1": "done"}
    assert erp.calls == ["k1", "k2", "other", "undo:k1"]
    assert (state_of_plan(store), state_of_plan(store, "PLAN-2")) == ("compensating", "delivered")
    told, left = sorted(exceptions(store), key=lambda one: one.kind, reverse=True)
    assert (left.kind, left.owner_role) == ("compensation_failed", owner)  # this plan has no commit to take back
    assert (told.owner_role, told.state, told.site_id) == (owner, "open", "lakeside")
    assert told.summary == (
        f"{system} refused open_requisition for PLAN-1; 1 of 3 messages of the plan are done: cost centre is closed"
    )
    assert set(told.links) == {"PLAN-1", "k2"}


def test_a_system_that_is_down_is_tried_again_later_and_keeps_its_order(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "first", plan=None)
    erp.mood = "down"
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered(waiting=1)
    commit(store, "second", plan=None)
    erp.mood = "well"
    assert deliver_due(store, {"erp": erp}, NOW) == Delivered()
    assert deliver_due(store, {"erp": erp}, NOW + MINUTE) == Delivered(done=2)
    assert erp.calls == ["first", "first", "second"]
    assert erp.asked == []  # it was never sent, so there is nothing to ask


def test_waiting_doubles_up_to_a_cap_and_repeats_with_its_seed() -> None:
    waits = [wait_before(attempt, Random(7)) for attempt in range(1, 40)]
    assert waits == [wait_before(attempt, Random(7)) for attempt in range(1, 40)]
    assert abs(waits[1] - 2 * waits[0]) < timedelta(milliseconds=1)
    assert all(LONGEST_WAIT / 2 <= wait <= LONGEST_WAIT for wait in waits[10:])
    assert len({wait_before(5, Random(seed)) for seed in range(20)}) == 20


def test_a_long_outage_tells_somebody_once(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "k", plan=None)
    erp.mood = "down"
    for attempt in range(TELL_AFTER + 4):
        deliver_due(store, {"erp": erp}, NOW + attempt * 10 * MINUTE)
    (told,) = exceptions(store)
    assert told.summary.startswith(f"erp has not answered open_requisition after {TELL_AFTER} attempts")
    assert states(store) == {"k": "pending"}


def test_a_slow_worker_does_not_overwrite_what_its_successor_learnt(store: SqlStore, erp: Ledgered) -> None:
    commit(store, "k")

    class Slow(Ledgered):
        def deliver(self, message: Message) -> Delivery:
            super().deliver(message)
            later = NOW + LEASE + MINUTE  # the lease is over before this call comes back
            assert deliver_due(store, {"erp": self}, later) == Delivered(done=1)
            return Delivery("unknown", detail="no answer in 10 s")

    slow = Slow()
    assert deliver_due(store, {"erp": slow}, NOW) == Delivered()
    assert states(store) == {"k": "done"}
    assert (slow.calls, slow.asked) == (["k"], ["k"])


def test_racing_workers_never_send_one_message_twice(empty_store: SqlStore, erp: Ledgered) -> None:
    for number in range(8):
        commit(empty_store, f"{number}-a", f"{number}-b", plan=f"PLAN-{number}")
    later = datetime.now(UTC) + MINUTE
    with ThreadPoolExecutor(4) as threads:
        jobs = [threads.submit(deliver_due, empty_store, {"erp": erp}, later) for _ in range(4)]
        done = sum(job.result().done for job in jobs)
    # A worker may leave while another still carries out the first message of a plan.
    done += deliver_due(empty_store, {"erp": erp}, later).done
    assert done == 16
    assert sorted(erp.calls) == sorted(erp.effects)
    assert len(erp.calls) == 16
    assert {state_of_plan(empty_store, f"PLAN-{number}") for number in range(8)} == {"delivered"}


DIES_AFTER_THE_EFFECT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from hospital.ports import Delivery
from middleware.outbox import deliver_due
from middleware.store.database import SqlStore

class Erp:
    def deliver(self, message):
        with Path(sys.argv[2]).open("a") as effects:
            effects.write(message.key + "\\n")
            effects.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    def state_of(self, key):
        raise AssertionError("nothing was in doubt yet")

deliver_due(SqlStore(sys.argv[1]), {"erp": Erp()}, datetime.fromisoformat(sys.argv[3]))
"""


class OnFile:
    """The same system, seen by the worker that comes after."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def deliver(self, message: Message) -> Delivery:
        """Another effect."""
        with self.path.open("a") as effects:
            effects.write(message.key + "\n")
        return Delivery("done", reference=message.key)

    def state_of(self, key: str) -> Delivery:
        """Whether the key stands in the file."""
        if key in self.path.read_text().splitlines():
            return Delivery("done", reference=key)
        return Delivery("refused")


def test_a_worker_killed_between_effect_and_record_leaves_one_effect(
    empty_store: SqlStore, store_url: str, tmp_path: Path
) -> None:
    commit(empty_store, "k1", "k2")
    effects = tmp_path / "effects.txt"
    now = datetime.now(UTC) + MINUTE
    killed = subprocess.run(
        [sys.executable, "-c", DIES_AFTER_THE_EFFECT, store_url, str(effects), now.isoformat()], cwd=ROOT
    )
    assert killed.returncode == -signal.SIGKILL
    assert states(empty_store) == {"k1": "sending", "k2": "pending"}
    erp = OnFile(effects)
    assert deliver_due(empty_store, {"erp": erp}, now + MINUTE / 2) == Delivered()  # its lease still runs
    assert deliver_due(empty_store, {"erp": erp}, now + LEASE + MINUTE) == Delivered(done=2)
    assert effects.read_text().splitlines() == ["k1", "k2"]
    assert state_of_plan(empty_store) == "delivered"
