"""Buying: one requisition."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, question, settle


def create_requisition(heard: Heard) -> Script:
    """Order so many of an item; how many and what are asked for, never guessed."""
    item = heard.one("item") or heard.one("code")
    if item is None:
        return question("Which item should I order? Please give its code or name.", asks_for="item")
    quantity = heard.number()
    if quantity is None and heard.memory.get("asks_for") == "item":
        quantity = heard.memory.get("quantity")
    if quantity is None:
        return question(f"How many {item} should I order?", asks_for="quantity")
    day = heard.time.get("day")
    result = yield from do("create_requisition", item=item, quantity=quantity, need_by=day)
    return (yield from settle("create_requisition", result, f"order {quantity} x {item}"))
