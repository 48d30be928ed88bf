"""From a plan that waits for its last vote to its commit: the part of `wardline bench decisions` with a database."""

import tempfile
import time
from collections.abc import Callable

from evals.races.shop import NOW, ask, stock, voters
from middleware.store.database import SqlStore, create
from policies import ledger
from policies.decide import Policy
from policies.plans import Plan

LIMIT_MS = 10.0
"""What plan to commit may cost in work, without waiting for the disk, at the 95th of 100."""
PLANS = 200
Spent = tuple[float, float]
"""Seconds of this thread's own work, and on the wall; the difference is the disk and what else runs."""


def commit_times(policy: Policy, plans: int = PLANS) -> dict[str, list[Spent]]:
    """The last vote of each plan with its commit; the whole way from the draft; an empty durable transaction."""
    with tempfile.TemporaryDirectory(prefix="wardline-commits-") as folder:
        store = create(f"sqlite:///{folder}/wardline.db", sandbox=True)
        try:
            stock(store, policy, plans)
            return _times(store, policy, plans)
        finally:
            store.close()


def _times(store: SqlStore, policy: Policy, plans: int) -> dict[str, list[Spent]]:
    found: dict[str, list[Spent]] = {"plan_to_commit": [], "draft_to_commit": [], "empty_transaction": []}
    for number in range(plans):
        waiting: list[Plan] = []
        asked = _spent(lambda number=number, waiting=waiting: waiting.append(_ask(store, policy, number)))  # type: ignore[misc]
        voted = _spent(lambda waiting=waiting: _vote(store, policy, waiting[0]))  # type: ignore[misc]
        found["plan_to_commit"].append(voted)
        found["draft_to_commit"].append((asked[0] + voted[0], asked[1] + voted[1]))
        found["empty_transaction"].append(_spent(lambda: _touch(store)))
    return found


def _ask(store: SqlStore, policy: Policy, number: int) -> Plan:
    (plan_id,) = ask(store, policy, range(number, number + 1))
    with store.reading() as world:
        plan = world.get(Plan, plan_id)
    assert plan is not None
    return plan


def _vote(store: SqlStore, policy: Policy, plan: Plan) -> None:
    outcome = ledger.vote(store, policy, plan.id, voters(policy)[0], "approve", plan.digest, "", "api", NOW)
    if outcome.status != "committed":
        raise ValueError(f"{plan.id} was to be committed: {outcome.sentence}")


def _touch(store: SqlStore) -> None:
    """The least that any durable change costs."""
    with store.connection() as connection:
        connection.exec_driver_sql("UPDATE feeds SET last_event_at = last_event_at WHERE id = 'erp'")


def _spent(act: Callable[[], object]) -> Spent:
    wall, busy = time.perf_counter(), time.thread_time()
    act()
    return time.thread_time() - busy, time.perf_counter() - wall
