"""Where the imaging orders that nobody has booked could go: spread over scanners and sites, longest waiting first."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from hospital.cards import TableCard
from hospital.model.bookings import ImagingOrder
from hospital.model.places import Room, Site
from hospital.planning.imaging_route import ScanSlot
from tools.tool import Options, Problem, Toolbox
from tools.windows import listed, plural, say_span

SHOWN = 20
"""So many orders are shown with their place; all are counted."""
SlotsFor = Callable[[ImagingOrder], list[ScanSlot]]
"""The scanner times for an order, with what stands against each."""


def spread(box: Toolbox, orders: list[ImagingOrder], sites: list[Site], slots_for: SlotsFor) -> Options:
    """The earliest time that fits each order and that no order before it takes; nothing is booked or held.

    Raises:
        Problem: no order is open.
    """
    if not orders:
        raise Problem("conflict", "No imaging order is open that nobody has booked.", argument="procedure")
    placed = _placed(orders, slots_for)
    rooms = {str(room.id): room.name for room in box.world.find(Room, kind="imaging")}
    names = {str(site.id): site.name for site in sites}
    per_site = Counter(slot.site for slot in placed.values())
    per_room = Counter((slot.site, slot.room) for slot in placed.values())
    left = len(orders) - len(placed)
    where = listed([f"{per_site[site]} at {name}" for site, name in names.items() if per_site[site]], 10)
    rows = tuple(
        (
            n,
            str(order.id),
            order.protocol,
            names[slot.site],
            rooms[slot.room],
            say_span(box.local(slot.site), slot.start, slot.end),
        )
        for n, (order, slot) in enumerate(((one, placed[one.id]) for one in orders if one.id in placed), 1)
        if n <= SHOWN
    )
    facts: dict[str, Any] = {
        "orders": len(orders),
        "placed": len(placed),
        "left": left,
        "sites": {names[site]: count for site, count in per_site.items()},
        "rows": [[str(cell) for cell in row] for row in rows],
        "shown": len(rows),
    }
    none = f" {plural(left, 'order')} fit nowhere in that time." if left else ""
    return Options(
        headline=f"{plural(len(orders), 'open imaging order')}: {len(placed)} can be placed"
        f"{f', {where}' if where else ''}.{none} Nothing is booked or held: each patient has to agree first. "
        "Name a patient to get the options for one order.",
        drafts=(),
        facts=facts,
        cards=(
            TableCard(
                title="Orders by scanner",
                columns=("Site", "Scanner", "Orders"),
                rows=tuple((names[site], rooms[room], count) for (site, room), count in sorted(per_room.items())),
            ),
            TableCard(
                title=f"The {len(rows)} that have waited longest",
                columns=("#", "Order", "Protocol", "Site", "Scanner", "When"),
                rows=rows,
                note="Times are on each site's own clock.",
            ),
        ),
    )


def _placed(orders: list[ImagingOrder], slots_for: SlotsFor) -> dict[str, ScanSlot]:
    """Per order the earliest time left that nothing stands against."""
    fitting: dict[tuple[object, ...], list[ScanSlot]] = {}
    taken: set[str] = set()
    reached: dict[tuple[object, ...], int] = defaultdict(int)
    placed: dict[str, ScanSlot] = {}
    for order in orders:
        alike = (order.protocol, order.modality, order.contrast, order.minutes)
        if alike not in fitting:
            free = [slot for slot in slots_for(order) if not slot.against]
            fitting[alike] = sorted(free, key=lambda slot: (slot.start, slot.id))
        while reached[alike] < len(fitting[alike]) and fitting[alike][reached[alike]].id in taken:
            reached[alike] += 1
        if reached[alike] < len(fitting[alike]):
            slot = fitting[alike][reached[alike]]
            taken.add(slot.id)
            placed[str(order.id)] = slot
    return placed
