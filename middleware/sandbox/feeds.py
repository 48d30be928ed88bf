"""How fresh the sandbox's feeds are kept under a live clock."""

from datetime import datetime, timedelta

from hospital.model.history import Feed
from hospital.ports import UnitOfWork
from middleware.sandbox.marks import lags

HEARD = timedelta(minutes=2)
"""How long ago a healthy feed was last heard of."""


def keep_fresh(work: UnitOfWork, now: datetime) -> None:
    """Let every feed have been heard of just now, those under a condition as late as it says."""
    late = lags(work)
    for feed in work.find(Feed):
        heard = now - late.get(feed.id, HEARD)
        if feed.id in late or heard > feed.last_event_at:
            work.put(feed.changed(last_event_at=heard))
