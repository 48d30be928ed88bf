"""What the store remembers about its sandbox: up to when it was played, and the conditions that are not undone."""

from datetime import timedelta

from hospital.model.work import Setting
from hospital.ports import Range, Reader

ADVANCED_TO = "sandbox_advanced_to"
"""The setting that says up to which moment the sandbox's day was played."""
LAG = "condition:lag:"
"""Settings with this prefix say how many seconds late a feed is kept."""
AGE_BEFORE = "condition:age:"
"""Settings with this prefix say how many seconds old a feed was before it was made late."""
PLACE_BEFORE = "condition:place:"
"""Settings with this prefix keep a changed place as it was before, by `room:ID` or `bed:ID`."""


def marks(world: Reader, prefix: str) -> dict[str, str]:
    """The values of all settings with this prefix, by what follows it."""
    found = world.find(Setting, id=Range(at_least=prefix, before=f"{prefix}\U0010ffff"), order="id")
    return {setting.id.removeprefix(prefix): setting.value for setting in found}


def lags(world: Reader) -> dict[str, timedelta]:
    """How late feeds are kept, by feed; those that are well are left out."""
    return {feed: timedelta(seconds=int(value)) for feed, value in marks(world, LAG).items()}


def changed_places(world: Reader, kind: str) -> frozenset[str]:
    """The ids of the places of this kind (`room`, `bed`) that a condition holds."""
    return frozenset(mark.partition(":")[2] for mark in marks(world, PLACE_BEFORE) if mark.startswith(f"{kind}:"))
