"""Which items and sets are meant: vendors' sets on loan, and items named by a kind only."""

import re
from typing import Literal

from agent.planners.embedded.heard import Heard
from hospital.ids import ItemId
from hospital.model.supply import Item, Loaner

_MOST_ITEMS = 6
_TELL_NOTHING = frozenset("for the and standard large small set with all any new".split())


def what_of(heard: Heard) -> Literal["loaners", "shortages"]:
    """What is asked of supplies: vendors' sets when one is so called, of that kind, or due for the case named."""
    world, item, case = heard.asked.world, heard.one("item"), heard.one("case")
    known = world.get(Item, ItemId(item)) if item is not None else None
    coming = case is not None and item is None and bool(world.find(Loaner, case_id=case))
    lent = coming or (known is not None and known.kind == "loaner") or "loaner" in heard.matter().casefold()
    return "loaners" if lent else "shortages"


def items_like(heard: Heard) -> list[Item]:
    """The items whose names hold a word that was said: "cups" are CUP-A and CUP-B."""
    said = _stems(heard.text) - _TELL_NOTHING
    return [one for one in heard.asked.world.find(Item, order="id") if said & _stems(one.name)][:_MOST_ITEMS]


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-z]{3,}", text.casefold())}
