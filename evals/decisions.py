"""What people and other systems do after the last turn: everybody needed approves, and the outbox is emptied."""

import time
from pathlib import Path

from agent.turn import Turn
from bots.app import Wardline
from evals.dialogue import Script
from hospital.model.people import User
from hospital.model.work import OutboxMessage
from hospital.ports import Not
from middleware.sandbox.conditions import given
from policies.plans import Plan

LONGEST = 15.0
"""Seconds to wait for what was in doubt to be asked about again."""


def decide_and_deliver(home: Path, line: Wardline, script: Script, last: Turn) -> tuple[str, ...]:
    """Approve the plan of the last turn by all who must, deliver, bring about what comes `then`, and deliver again.

    Returns the plan's state after the decision, after the first delivery and after the last; nothing without a plan.
    """
    if last.plan is None:
        return ()
    plan_id, digest = last.plan.id, last.plan.digest
    for need in sorted(last.plan.needs, key=lambda need: need.order):
        for who in need.who[: need.need]:
            with line.store.reading() as world:
                person = world.get(User, who)
            if person is not None:
                context = line.context(person, "cli")
                line.turns.run(line.desk.decide(plan_id, "approve", digest, "", context))
    states = [_state(line, plan_id)]
    line.deliver()
    states.append(_state(line, plan_id))
    for condition in script.dialogue.then:
        given(home, line.store, condition)
    started = time.perf_counter()
    while _is_waiting(line, plan_id) and time.perf_counter() - started < LONGEST:
        if line.deliver() == 0:
            time.sleep(0.1)
    states.append(_state(line, plan_id))
    return tuple(states)


def _state(line: Wardline, plan_id: str) -> str:
    with line.store.reading() as world:
        plan = world.get(Plan, plan_id)
    return plan.state if plan else "gone"


def _is_waiting(line: Wardline, plan_id: str) -> bool:
    with line.store.reading() as world:
        return world.count(OutboxMessage, plan_id=plan_id, state=Not("done")) > 0
