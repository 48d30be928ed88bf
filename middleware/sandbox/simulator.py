"""Letting the sandbox's day go on, so that it is as alive tomorrow as today."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hospital.model.history import Feed
from hospital.model.work import Setting
from middleware.sandbox.day.beds import run_beds
from middleware.sandbox.day.demand import count_demand
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.day.people import extend_roster
from middleware.sandbox.day.rooms import put_on_cases, release_blocks, run_cases
from middleware.sandbox.day.visits import extend_slots, fill_slots, hold_visits
from middleware.sandbox.feeds import keep_fresh
from middleware.sandbox.world.frame import Frame
from middleware.store.database import SqlStore

ADVANCED_TO = "sandbox_advanced_to"
"""The setting that says up to which moment the sandbox's day was played."""
GRAIN = timedelta(seconds=50)
"""Calls that come sooner after each other change nothing."""
SEED = 7

STEPS: tuple[Callable[[Passing], None], ...] = (
    release_blocks,
    run_cases,
    hold_visits,
    run_beds,
    count_demand,
    extend_slots,
    fill_slots,
    put_on_cases,
    extend_roster,
)
"""What happens as time goes by, in this order."""


def advance(store: SqlStore, now: datetime) -> bool:
    """Bring the sandbox up to `now`, in one transaction; whether anything was to be done.

    The same moment twice is one time. What passed since the last call is played once, at most some days of it hour
    by hour; a feed under a condition stays as late as the condition says.
    """
    with store.reading() as world:
        if now - _reached(world.get(Setting, ADVANCED_TO), world.find(Feed), now) < GRAIN:
            return False
    with store.working() as work:
        since = _reached(work.get(Setting, ADVANCED_TO), work.find(Feed), now)
        if now - since < GRAIN:  # another process was faster
            return False
        passing = Passing(work, Frame(now, SEED), since)
        for step in STEPS:
            step(passing)
        keep_fresh(work, now)
        work.put(Setting(id=ADVANCED_TO, value=now.isoformat()))
    return True


def _reached(setting: Setting | None, feeds: list[Feed], now: datetime) -> datetime:
    """Up to when the day was played: as noted, or when the newest feed was heard of."""
    if setting is not None:
        return datetime.fromisoformat(setting.value)
    return max((feed.last_event_at for feed in feeds), default=now)
