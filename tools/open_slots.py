"""Bookable slots in order of time, without those that are held or reserved, and how many those were."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from hospital.model.bookings import Hold, Slot
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.tool import Toolbox
from tools.windows import plural

Reason = Literal["held", "urgent", "same_day", "notice", "maintenance", "down", "no_technologist"]
SAID: dict[Reason, str] = {
    "held": "held for somebody",
    "urgent": "reserved for urgent visits",
    "same_day": "kept for patients of the same day",
    "notice": "inside the clinic's notice for complex visits",
    "maintenance": "under maintenance",
    "down": "on a scanner that is out of service",
    "no_technologist": "without a technologist on duty",
}
FIRST_LOOK = timedelta(days=14)
FIELDS = ("id", "start", "end", "status", "urgent_reserved", "clinic_id", "room_id", "clinician_id", "visit_type")


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """One slot as it is kept."""

    id: str
    start: datetime
    end: datetime
    status: str
    urgent_reserved: bool
    clinic_id: str | None
    room_id: str
    clinician_id: str | None
    visit_type: str

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // timedelta(minutes=1)


@dataclass
class Found:
    """Slots to offer, earliest first, and why earlier or equally early ones are not among them."""

    looked: Interval
    offered: list[FreeSlot] = field(default_factory=list)
    free: int = 0
    """Free slots in what was looked at, offered or not."""
    skipped: Counter[Reason] = field(default_factory=Counter)

    def sentence(self) -> str:
        """The slots not offered, by reason; empty when there were none."""
        told = [f"{count} {SAID[reason]}" for reason, count in sorted(self.skipped.items())]
        total = sum(self.skipped.values())
        return f"Not offered: {plural(total, 'slot')} ({', '.join(told)})." if told else ""


def find_slots(
    box: Toolbox,
    window: Interval,
    limit: int,
    why_not: Callable[[FreeSlot], Reason | None],
    suits: Callable[[FreeSlot], bool] = lambda slot: True,
    **where: object,
) -> Found:
    """The first `limit` slots of the window that are free and for which `why_not` has no reason.

    Looks at two weeks first and doubles while there are too few, so that a question about the earliest slot
    does not read a year of slots. What does not suit is left out; all else up to the end of what was looked at is
    counted.
    """
    looked = FIRST_LOOK
    while True:
        part = Interval(window.start, min(window.end, window.start + looked))
        found = _look(box, part, limit, why_not, suits, where)
        if len(found.offered) >= limit or part.end == window.end:
            return found
        looked *= 2


def _look(
    box: Toolbox,
    window: Interval,
    limit: int,
    why_not: Callable[[FreeSlot], Reason | None],
    suits: Callable[[FreeSlot], bool],
    where: dict[str, object],
) -> Found:
    rows = box.world.values(
        Slot,
        FIELDS,
        status=In(("free", "busy-tentative")),
        start=Range(at_least=window.start, before=window.end),
        **where,
    )
    slots = [slot for row in sorted(rows, key=lambda row: (row[1], row[0])) if suits(slot := FreeSlot(*row))]
    held = held_slots(box, [slot.id for slot in slots])
    found = Found(window)
    for slot in slots:
        reason: Reason | None = "held" if slot.status != "free" or slot.id in held else why_not(slot)
        if reason is None:
            found.free += 1
            if len(found.offered) < limit:
                found.offered.append(slot)
        elif len(found.offered) < limit:
            found.skipped[reason] += 1
    return found


def held_slots(box: Toolbox, ids: Iterable[str]) -> frozenset[str]:
    """Which of these slots somebody holds now."""
    wanted = {f"slot:{id}" for id in ids}
    holds = box.world.values(Hold, ("resource",), state="held", expires_at=Range(at_least=box.now))
    return frozenset(resource.removeprefix("slot:") for (resource,) in holds if resource in wanted)
