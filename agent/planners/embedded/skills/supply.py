"""Buying: one requisition."""

import dataclasses
import re
from datetime import datetime, timedelta

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, question, settle, tell
from agent.planners.embedded.skills.items import items_like
from hospital.changes.supply import OpenRequisition
from policies.plans import Plan
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
        near = items_like(heard)
        names, ids = tuple(f"{one.id} {one.name}" for one in near), tuple(str(one.id) for one in near)
        return question("Which item should I order? Please give its code or name.", names, asks_for="item", ids=ids)
    if quantity is None:
        stock = yield from do("query_inventory", about="stock", item=item, site="all")
        known = "" if isinstance(stock, Refused) else f"{stock.headline} "
        return question(f"{known}How many should I order?", asks_for="quantity")
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. By which day is it needed?", asks_for="day")
    replaced = _replaced(heard, item)
    if replaced is not None:
        taken = yield from do("withdraw_request", plan=replaced, reason="asked for again with other figures")
        if isinstance(taken, Refused):
            return tell(taken)
    result = yield from do(
        "create_requisition",
        item=item,
        quantity=quantity,
        need_by=_need_by(heard),
        cost_centre=_cost_centre(heard),
    )
    said = yield from settle("create_requisition", result, f"order {quantity} x {item}")
    return said if replaced is None else dataclasses.replace(said, text=f"{said.text} {replaced} is taken back.")


_CORRECTS = re.compile(
    r"^\W*(?:no|nope|sorry|actually|wait|oops|rather|i meant?|make (?:it|that)|change (?:it|that))\b|"
    r"^\W*(?:on )?cost cent",
    re.IGNORECASE,
)


def _replaced(heard: Heard, item: str) -> str | None:
    """The plan of the turn before that a correction ("no, two") takes the place of, while it still waits."""
    if (
        not heard.follows
        or _CORRECTS.search(heard.text) is None
        or item not in heard.memory.get("slots", {}).get("item", [])
    ):
        return None
    plan = heard.asked.world.get(Plan, heard.memory.get("plan") or "")
    mine = plan is not None and plan.asked_by == heard.user.id and plan.state == "awaiting"
    return str(plan.id) if plan is not None and mine and isinstance(plan.lines[0], OpenRequisition) else None


def _need_by(heard: Heard) -> str | None:
    """The day by which it is needed: the one said, or the last of the stretch said."""
    if "end" in heard.time:
        return (datetime.fromisoformat(heard.time["end"]) - timedelta(minutes=1)).date().isoformat()
    return heard.time.get("day")


def _cost_centre(heard: Heard) -> str | None:
    """The cost centre said with this order, whether there is one of that number or not."""
    found = _CENTRE_SAID.search(heard.text) or _CENTRE_SAID_BEFORE.search(heard.earlier)
    return heard.one("cost_centre") or (next(filter(None, found.groups())) if found else None)
