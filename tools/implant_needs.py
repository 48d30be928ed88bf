"""Planned cases against the shelf: who gets the scarce item, in order of start, and who goes without."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hospital.model.bookings import SurgicalCase
from hospital.model.supply import Item, Loaner, Stock
from hospital.ports import In, Range
from tools.tool import Toolbox


@dataclass(frozen=True)
class Need:
    """One item of one planned case, and how many of it are there for this case."""

    case_id: str
    site_id: str
    start: datetime
    surgeon_id: str | None
    item: Item
    quantity: int
    on_hand: int
    """On the shelf of the site, before any case took one."""
    given: int
    """Left for this case after the cases before it."""

    @property
    def short(self) -> int:
        """How many are missing."""
        return self.quantity - self.given

    @property
    def need_by(self) -> datetime:
        """When it must be there: start minus processing."""
        return self.start - timedelta(hours=self.item.processing_hours)

    def arrives(self, now: datetime) -> datetime:
        """When an order placed now would come, by the supplier's lead time."""
        return now + timedelta(days=self.item.lead_time_days)

    def in_time(self, now: datetime) -> bool:
        """Whether an order placed now comes in time."""
        return self.arrives(now) <= self.need_by


def read_needs(box: Toolbox, sites: Iterable[str], until: datetime) -> list[Need]:
    """Every item of every planned case from now until then, in order of start; a site's shelf is its own.

    An item that comes as a loaner for the very case is not taken from the shelf.
    """
    ids = In(tuple(sites))
    cases = box.world.values(
        SurgicalCase,
        ("id", "site_id", "start", "surgeon_id", "items"),
        site_id=ids,
        state="scheduled",
        start=Range(at_least=box.now, before=until),
    )
    wanted = [(start, id, site, surgeon, item) for id, site, start, surgeon, items in cases for item in items or ()]
    wanted.sort(key=lambda need: (need[0], need[1]))
    codes = In(tuple({_code(item) for *_, item in wanted}))
    items: dict[str, Item] = {str(item.id): item for item in box.world.find(Item, id=codes)}
    shelf: dict[tuple[str, str], int] = defaultdict(int)
    for site, code, count in box.world.values(Stock, ("site_id", "item_id", "on_hand"), site_id=ids, item_id=codes):
        shelf[site, code] += count
    on_hand = dict(shelf)
    on_loan = set(box.world.values(Loaner, ("case_id", "item_id"), case_id=In(tuple({need[1] for need in wanted}))))
    needs = []
    for start, case_id, site, surgeon, raw in wanted:
        code, quantity = _code(raw), int(raw["quantity"])
        if code not in items or (case_id, code) in on_loan:
            continue
        given = min(quantity, shelf[site, code])
        shelf[site, code] -= given
        needs.append(Need(case_id, site, start, surgeon, items[code], quantity, on_hand.get((site, code), 0), given))
    return needs


def _code(raw: dict[str, Any]) -> str:
    return str(raw["item_id"])
