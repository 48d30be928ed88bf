"""One of the racing processes: votes, commits and delivers in an order of its own, and may kill itself on the way."""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event

from evals.races.shop import NOW, voters
from hospital.clocks import FrozenClock
from hospital.ports import Delivery, Downstream, Message
from middleware.connectors.sandbox import sandbox_downstream
from middleware.outbox import deliver_due
from middleware.store.database import SqlStore
from policies import ledger
from policies.decide import load_policy
from policies.plans import Plan

EVERY = 5
"""Plans that are voted on before the outbox is looked at."""


def work(url: str, home: str, seed: int, plan_ids: tuple[str, ...], die_after: int | None) -> None:
    """Decide and deliver all of these plans, together with whoever else does it.

    Args:
        die_after: after so many statements and calls of other systems this process kills itself with SIGKILL.
    """
    random, store, policy = Random(seed), SqlStore(url), load_policy()
    doom = _Doom(die_after)
    # Statements are the points at which a process can die with something half done.
    event.listen(store._engine, "before_cursor_execute", lambda *_: doom.step())
    event.listen(store._engine, "commit", lambda *_: doom.step())
    systems: dict[str, Downstream] = {
        name: _Doomed(system, doom) for name, system in sandbox_downstream(Path(home), FrozenClock(NOW)).items()
    }
    order = list(plan_ids)
    random.shuffle(order)
    for number, plan_id in enumerate(order):
        with store.reading() as world:
            plan = world.get(Plan, plan_id)
        assert plan is not None
        for who in random.sample(voters(policy), 2):
            said = (who, "approve", plan.digest, "", "api", NOW)
            ledger.vote(store, policy, plan_id, *said)  # type: ignore[arg-type]
        ledger.commit(store, policy, plan_id, NOW)
        if number % EVERY == 0:
            deliver_due(store, systems, datetime.now(UTC), limit=2 * EVERY)
    deliver_due(store, systems, datetime.now(UTC), limit=len(order))
    store.close()


class _Doom:
    """Counts down to the end of this process."""

    def __init__(self, left: int | None) -> None:
        self._left = left

    def step(self) -> None:
        """One point at which it may end."""
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class _Doomed:
    """A system; the process may die before and after each call of it."""

    def __init__(self, system: Any, doom: _Doom) -> None:
        self._system = system
        self._doom = doom

    def deliver(self, message: Message) -> Delivery:
        """Pass it on."""
        self._doom.step()
        done: Delivery = self._system.deliver(message)
        self._doom.step()
        return done

    def state_of(self, key: str) -> Delivery:
        """Ask."""
        self._doom.step()
        known: Delivery = self._system.state_of(key)
        return known
