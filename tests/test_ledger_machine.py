"""Whatever happens in whatever order, the ledger keeps its promises; and the checks find a ledger that does not."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from ledger_invariants import INVARIANTS, Seen
from ledger_machine import POLICY, LedgerMachine
from small_hospital import NOW, fill, people, purchase

from hospital.model.supply import Requisition
from middleware.store.database import SqlStore
from policies import ledger
from policies.drafting import draft_plan
from policies.plans import Plan, Vote

FULL_STEPS = 20_000
LIVES = 10
"""Parts of the whole, each with seeds of its own."""


def play(examples: int, number: int) -> None:
    """So many lives of 50 steps each, from this seed."""
    run_state_machine_as_test(
        seed(number)(LedgerMachine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def told(capsys: pytest.CaptureFixture[str], whole: bool) -> None:
    """Print over how many steps the invariants held, and at last which they are."""
    with capsys.disabled():
        sys.stdout.write(f"\n{LedgerMachine.steps:,} steps, {LedgerMachine.commits:,} commits, 0 violations")
        if whole:
            sys.stdout.write(" of:\n")
            sys.stdout.writelines(f"  - {' '.join((check.__doc__ or '').split())}\n" for check in INVARIANTS)


@pytest.mark.slow
def test_the_ledger_keeps_its_promises_in_a_share_of_the_steps() -> None:
    LedgerMachine.steps = LedgerMachine.commits = 0
    play(9, 20260914)
    assert LedgerMachine.steps > 250
    assert LedgerMachine.commits > 10


@pytest.mark.full
@pytest.mark.parametrize("number", range(1, LIVES + 1))
def test_the_ledger_keeps_its_promises_in_twenty_thousand_steps(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    LedgerMachine.steps = LedgerMachine.commits = 0
    while LedgerMachine.steps < FULL_STEPS // LIVES:
        play(8, number * 1_000 + LedgerMachine.steps)
    told(capsys, number == LIVES)
    assert LedgerMachine.commits > 20


def approved(store: SqlStore) -> Plan:
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["sup"], "Two trays", (purchase(2),), NOW)
    ledger.submit(store, POLICY, plan, NOW)
    who = people()["periop.manager"].id
    assert ledger.vote(store, POLICY, plan.id, who, "approve", plan.digest, "", "test", NOW).status == "committed"
    with store.reading() as world:
        kept = world.get(Plan, plan.id)
    assert kept is not None
    return kept


def broken(store: SqlStore) -> set[str]:
    with store.reading() as world:
        seen = Seen(world, POLICY.data, NOW, tuple(world.find(Plan)))
        return {check.__name__ for check in INVARIANTS if check(seen) is not None}


def a_commit_without_a_vote(store: SqlStore) -> None:
    with store.connection() as connection:
        connection.exec_driver_sql("DROP TRIGGER votes_stay")
        connection.exec_driver_sql("DELETE FROM votes")


def a_vote_of_the_asker(store: SqlStore) -> None:
    with store.working() as work:
        (vote,) = work.find(Vote)
        work.append(vote.changed(id="forged", user_id="sup"))


def a_second_effect(store: SqlStore) -> None:
    with store.working() as work:
        (bought,) = work.find(Requisition)
        work.put(bought.changed(id="REQ-2", key="other"))


def another_amount(store: SqlStore) -> None:
    with store.working() as work:
        (bought,) = work.find(Requisition)
        work.put(bought.changed(quantity=900, amount=90_000_000))


def a_link_less(store: SqlStore) -> None:
    with store.connection() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_stay")
        connection.exec_driver_sql("DELETE FROM audit_entries WHERE what = 'vote'")


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (a_commit_without_a_vote, "no_commit_without_votes"),
        (a_vote_of_the_asker, "no_vote_from_its_own_chain"),
        (a_second_effect, "effect_is_the_approved_lines"),
        (another_amount, "effect_is_the_approved_lines"),
        (a_link_less, "audit_chain_is_complete"),
    ],
)
def test_a_planted_violation_is_found(plant: Callable[[SqlStore], None], found: str, sqlite_store: SqlStore) -> None:
    approved(fill(sqlite_store))
    assert broken(sqlite_store) == set()
    plant(sqlite_store)
    assert found in broken(sqlite_store)
