"""The scanners of a site: when they are out, and when technologists are on duty."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospital.model.people import Shift
from hospital.model.places import Maintenance, Room, Site
from hospital.planning.intervals import Interval, Spans, union
from hospital.ports import In, Range
from tools.open_slots import FreeSlot, Reason
from tools.or_day import down_span
from tools.tool import Toolbox
from tools.windows import say_span


@dataclass(frozen=True)
class Scanners:
    """The scanners of one site that fit, when they are out, and when technologists are on duty."""

    site: Site
    rooms: tuple[Room, ...]
    maintenance: dict[str, Spans]
    work_orders: dict[str, tuple[str, ...]]
    down: dict[str, Spans]
    technologists: tuple[tuple[datetime, datetime], ...]
    rostered_until: datetime | None

    def on_duty(self, slot: FreeSlot) -> int | None:
        """Technologists at the site throughout the slot; None where no roster is published yet."""
        if self.rostered_until is None or slot.end > self.rostered_until:
            return None
        return sum(1 for start, end in self.technologists if start <= slot.start and slot.end <= end)

    def why_not(self, slot: FreeSlot) -> Reason | None:
        """Why this free slot cannot be used."""
        span = Interval(slot.start, slot.end)
        if any(span.overlaps(out) for out in self.maintenance.get(slot.room_id, ())):
            return "maintenance"
        if any(span.overlaps(out) for out in self.down.get(slot.room_id, ())):
            return "down"
        return "no_technologist" if self.on_duty(slot) == 0 else None


def read_scanners(box: Toolbox, site: Site, rooms: list[Room], window: Interval) -> Scanners:
    """What is known about these scanners over the window."""
    ids = In(tuple(room.id for room in rooms))
    maintenance: dict[str, list[Interval]] = defaultdict(list)
    orders: dict[str, list[str]] = defaultdict(list)
    for room_id, start, end, order in box.world.values(
        Maintenance,
        ("room_id", "start", "end", "work_order"),
        room_id=ids,
        state="scheduled",
        start=Range(before=window.end),
    ):
        if end > window.start:
            maintenance[room_id].append(Interval(start, end))
            orders[room_id].append(f"{order} {say_span(site, start, end)}")
    shifts = box.world.values(
        Shift,
        ("start", "end"),
        site_id=site.id,
        role="imaging_tech",
        state=In(("rostered", "approved")),
        start=Range(at_least=window.start - timedelta(days=1), before=window.end),
    )
    down = {str(room.id): (span,) for room in rooms if (span := down_span(room, box.now))}
    return Scanners(
        site,
        tuple(rooms),
        {id: union(spans) for id, spans in maintenance.items()},
        {id: tuple(found) for id, found in orders.items()},
        dict(down),
        tuple(shifts),
        max((end for _, end in shifts), default=None),
    )
