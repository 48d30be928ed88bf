"""How many of an item there are, and whether what a case needs is here."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, question, tell
from agent.planners.embedded.skills.items import items_like, what_of
from agent.planners.embedded.skills.reads import QUESTIONS, read


def stock(heard: Heard) -> Script:
    """The count of an item; "is the tray there", after a case, is about what that case needs."""
    case, named = heard.one("case"), heard.one("item") or heard.one("code")
    if case is not None and named is None and not heard.blurred.get("item"):
        result = yield from do("query_inventory", about=what_of(heard), case=case)
        return tell(result)
    if named is None and (near := items_like(heard)):
        if len(near) == 1:
            heard.slots["item"] = [str(near[0].id)]
            return (yield from read(heard))
        names = tuple(f"{item.id} {item.name}" for item in near)
        return question(QUESTIONS["item"], names, asks_for="item", ids=tuple(str(item.id) for item in near))
    return (yield from read(heard))
