"""Letting the sandbox's day go on, so that it is as alive tomorrow as today."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from hospital.model.work import Setting
from hospital.ports import Reader
from middleware.sandbox.day.beds import run_beds
from middleware.sandbox.day.demand import count_demand
from middleware.sandbox.day.endings import end_what_is_over
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.day.people import call_out, extend_roster
from middleware.sandbox.day.rooms import put_on_cases, release_blocks, run_cases
from middleware.sandbox.day.visits import extend_slots, fill_slots, hold_visits
from middleware.sandbox.feeds import keep_fresh
from middleware.sandbox.marks import ADVANCED_TO
from middleware.sandbox.world.frame import Frame
from middleware.store.database import SqlStore

GRAIN = timedelta(seconds=50)
"""Calls that come sooner after each other change nothing."""
BUILT_FOR = "sandbox_built_for"
"""The setting that says for which clock and seed the sandbox was built."""
USUAL_SEED = 7

STEPS: tuple[Callable[[Passing], None], ...] = (
    end_what_is_over,
    release_blocks,
    run_cases,
    hold_visits,
    run_beds,
    count_demand,
    extend_slots,
    fill_slots,
    put_on_cases,
    extend_roster,
    call_out,
)
"""What happens as time goes by, in this order."""


def advance(store: SqlStore, now: datetime) -> bool:
    """Bring the sandbox up to `now`, in one transaction; whether anything was to be done.

    The same moment twice is one time. What passed since the last call is played once, at most some days of it hour
    by hour; a feed under a condition stays as late as the condition says.
    """
    with store.reading() as world:
        if now - _reached(world, now) < GRAIN:
            return False
    with store.working() as work:
        work.lock((ADVANCED_TO,))
        since = _reached(work, now)
        if now - since < GRAIN:  # another process was faster
            return False
        passing = Passing(work, Frame(now, _seed(work)), since)
        for step in STEPS:
            step(passing)
        keep_fresh(work, now)
        work.put(Setting(id=ADVANCED_TO, value=now.isoformat()))
    return True


def _seed(world: Reader) -> int:
    stamp = world.get(Setting, BUILT_FOR)
    return int(json.loads(stamp.value)["seed"]) if stamp is not None else USUAL_SEED


def _reached(world: Reader, now: datetime) -> datetime:
    """Up to when the day was played: as noted, or the moment for which the sandbox was built."""
    if (noted := world.get(Setting, ADVANCED_TO)) is not None:
        return datetime.fromisoformat(noted.value)
    stamp = world.get(Setting, BUILT_FOR)
    return datetime.fromisoformat(json.loads(stamp.value)["moment"]) if stamp is not None else now - 2 * GRAIN
