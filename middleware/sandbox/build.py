"""The sandbox's front door for whoever wires Wardline: a home, an address, and a moment or none."""

from datetime import datetime
from pathlib import Path

from hospital.clocks import FrozenClock, SystemClock
from middleware.sandbox import ensure
from middleware.store.database import SqlStore


def ensure_sandbox(
    home: Path,
    store_url: str,
    now: datetime | None,
    seed: int = 7,
    *,
    progress: ensure.Progress | None = None,
) -> SqlStore:
    """The sandbox store for a business clock frozen at `now` (None: live), made when there is none that fits."""
    clock = FrozenClock(now) if now is not None else SystemClock()
    return ensure.ensure_sandbox(store_url, home, clock, progress, seed)
