"""Letting the sandbox's day go on."""

from datetime import datetime

from hospital.ports import Store


def advance(store: Store, now: datetime) -> None:
    """Bring the sandbox up to `now`."""
