"""Lines of one plan are carried out one after the other: each is checked on the world that those before it make."""

from collections.abc import Sequence
from datetime import datetime

from hospital.changes.base import Change, Commit, Violation
from hospital.overlay import Overlay
from hospital.ports import Reader


def violations_of(lines: Sequence[Change], world: Reader, now: datetime) -> list[Violation]:
    """Every condition that does not hold when the lines are carried out in their order."""
    if len(lines) == 1:
        return list(lines[0].violations(world, now))
    ahead = Overlay(world)
    found: list[Violation] = []
    for line in lines:
        broken = line.violations(ahead, now)
        found += broken
        if not broken:
            line.apply(ahead, Commit(plan_id="", actor="", at=now))
    return found
