"""Processes that race for the same plans, or are killed in the middle, leave each plan done once or not at all."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.races.race import Found, kill, look, race
from evals.races.shop import NOW, ask, stock, voters
from hospital.clocks import FrozenClock
from hospital.model.supply import Requisition
from middleware.connectors.sandbox import sandbox_downstream
from middleware.outbox import deliver_due
from middleware.store.database import SqlStore
from policies import ledger
from policies.decide import load_policy
from policies.plans import Plan


def exact(found: Found) -> bool:
    assert found.wrong == ()
    return found.exact


@pytest.mark.slow
def test_racing_processes_have_each_effect_once(store_url: str) -> None:
    found = race(store_url, plans=16, processes=3)
    assert exact(found)
    assert (found.plans, found.votes) == (16, 16)


@pytest.mark.slow
def test_a_process_killed_anywhere_leaves_plans_whole_or_undone(store_url: str) -> None:
    found = kill(store_url, points=5, seed=7)
    assert exact(found)
    assert found.killed >= 4


@pytest.mark.full
def test_eight_processes_race_for_two_hundred_plans(store_url: str) -> None:
    assert exact(race(store_url, plans=200, processes=8))


@pytest.mark.full
def test_fifty_kills_lose_and_double_nothing(store_url: str) -> None:
    found = kill(store_url, points=50)
    assert exact(found)
    assert found.killed >= 40


def drop_an_effect(store: SqlStore) -> None:
    with store.working() as work:
        (bought, *_) = work.find(Requisition)
        work.remove(Requisition, (bought.id,))


def double_an_effect(store: SqlStore) -> None:
    with store.working() as work:
        (bought, *_) = work.find(Requisition)
        work.put(bought.changed(id="REQ-AGAIN", key="again"))


@pytest.mark.parametrize("plant", [drop_an_effect, double_an_effect])
def test_what_is_lost_or_doubled_is_seen(
    plant: Callable[[SqlStore], None], sqlite_store: SqlStore, tmp_path: Path
) -> None:
    policy, home = load_policy(), tmp_path
    stock(sqlite_store, policy, 2)
    for id in ask(sqlite_store, policy, range(2)):
        with sqlite_store.reading() as world:
            plan = world.get(Plan, id)
        assert plan is not None
        ledger.vote(sqlite_store, policy, id, voters(policy)[0], "approve", plan.digest, "", "test", NOW)
    deliver_due(sqlite_store, sandbox_downstream(home, FrozenClock(NOW)), datetime.now(UTC))
    assert look(sqlite_store, home, 0).wrong == ()
    plant(sqlite_store)
    (said,) = look(sqlite_store, home, 0).wrong
    assert "with rows, commits, messages, votes" in said
