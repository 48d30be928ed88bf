"""How many of an item there are, and whether what a case needs is here."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, do_all, question, tell
from agent.planners.embedded.skills.items import items_like, what_of
from agent.planners.embedded.skills.reads import QUESTIONS, read
from agent.planners.embedded.skills.unclear import which

_SIDE_BY_SIDE = 4
"""So many items that the words fit are counted side by side."""


def stock(heard: Heard) -> Script:
    """The count of an item; "is the tray there", after a case, is about what that case needs."""
    case, named = heard.one("case"), heard.one("item") or heard.one("code")
    if case is not None and named is None and not heard.blurred.get("item"):
        result = yield from do("query_inventory", about=what_of(heard), case=case)
        return tell(result)
    blurs = heard.blurred.get("item", ())
    if named is None and blurs and not (len(blurs) == 1 and blurs[0].known):
        return which("item", next((blur for blur in blurs if not blur.known), blurs[0]))
    meant = [id for blur in blurs for id in blur.ids]
    several = heard.slots.get("item", []) if len(heard.slots.get("item", [])) > 1 else []
    if named is None or several:
        near = [] if meant or several else items_like(heard)
        ids = several or meant or [str(one.id) for one in near]
        if 1 < len(ids) <= _SIDE_BY_SIDE:
            return (yield from _each(heard, ids))
        if len(ids) == 1:
            heard.slots["item"] = ids
            return (yield from read(heard))
        if blurs:
            return which("item", blurs[0])
        if not near:
            return (yield from read(heard))
        names = tuple(f"{item.id} {item.name}" for item in near)
        return question(QUESTIONS["item"], names, asks_for="item", ids=tuple(str(item.id) for item in near))
    return (yield from read(heard))


def _each(heard: Heard, items: list[str]) -> Script:
    """The count of each of several items."""
    site = heard.site() or "all"
    results = yield from do_all("query_inventory", [{"about": "stock", "item": id, "site": site} for id in items])
    return Say(" ".join(tell(one).text for one in results))
