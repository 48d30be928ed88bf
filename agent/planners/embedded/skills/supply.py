"""Buying: one requisition."""

import re
from datetime import datetime, timedelta

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, question, settle
from tools.results import Refused

_CENTRE = (
    r"\b(?:cost cent(?:re|er)|cc|budget|charge|bill|account)\b\D{0,14}(\d{3,6})\b|\b(\d{4}) (?:budget|cost cent)"
)
_CENTRE_SAID = re.compile(_CENTRE, re.IGNORECASE)
_CENTRE_SAID_BEFORE = re.compile(_CENTRE + r"|\b(?:for|on|to|from|off) (\d{4})\b", re.IGNORECASE)


def create_requisition(heard: Heard) -> Script:
    """Order so many of an item; how many and what are asked for, never guessed."""
    item, quantity = heard.one("item"), heard.count
    if quantity is None and (long_number := heard.one("patient") or "").isdigit():
        quantity = int(long_number)  # a number as long as a record number, where only a quantity makes sense
    if quantity is not None and quantity <= 0:
        return question(f"{quantity} can't be ordered. How many should it be, one or more?", asks_for="quantity")
    if item is None:
        return question("Which item should I order? Please give its code or name.", asks_for="item")
    if quantity is None:
        stock = yield from do("query_inventory", about="stock", item=item, site="all")
        known = "" if isinstance(stock, Refused) else f"{stock.headline} "
        return question(f"{known}How many should I order?", asks_for="quantity")
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. By which day is it needed?", asks_for="day")
    result = yield from do(
        "create_requisition",
        item=item,
        quantity=quantity,
        need_by=_need_by(heard),
        cost_centre=_cost_centre(heard),
    )
    return (yield from settle("create_requisition", result, f"order {quantity} x {item}"))


def _need_by(heard: Heard) -> str | None:
    """The day by which it is needed: the one said, or the last of the stretch said."""
    if "end" in heard.time:
        return (datetime.fromisoformat(heard.time["end"]) - timedelta(minutes=1)).date().isoformat()
    return heard.time.get("day")


def _cost_centre(heard: Heard) -> str | None:
    """The cost centre said with this order, whether there is one of that number or not."""
    found = _CENTRE_SAID.search(heard.text) or _CENTRE_SAID_BEFORE.search(heard.earlier)
    return heard.one("cost_centre") or (next(filter(None, found.groups())) if found else None)
