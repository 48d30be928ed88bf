"""Another implant or set in place of the planned one: what is planned and what comes instead is read from both."""

import re
from datetime import datetime, timedelta

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.changed_cases import submit_each
from hospital.ids import CaseId, ItemId
from hospital.model.bookings import SurgicalCase
from hospital.model.places import Site
from hospital.model.supply import Item
from hospital.ports import Range
from tools.results import Done

_DAYS_AHEAD = 14
_MOST_CHOICES = 6
_NEW_FIRST = re.compile(r"\b(?:instead of|in place of|rather than|for)\b", re.IGNORECASE)
_SWAPS = re.compile(r"\b(?:swap|replace|switch|exchange)\b", re.IGNORECASE)
_SOME_OTHER = re.compile(r"\b(?:other|another|different|alternative|alternate)\s+(?:\w+\s+)?$", re.IGNORECASE)


def substitute_item(heard: Heard) -> Script:
    """One plan per surgeon, each sent to its surgeon; a question only shows them."""
    cases, items = tuple(heard.slots.get("case", ())), _clear_items(heard)
    planned = _planned(heard, cases)
    replaceable = [one for one in planned if _has_alternative(heard, one)]
    if not items and cases and len(replaceable or planned) == 1:
        items = [(replaceable or planned)[0]]
    if not items:
        return question("Which planned item should be replaced?", tuple(planned[:_MOST_CHOICES]), asks_for="item")
    item, instead = _which_for_which(heard, items)
    if instead is not None and item not in planned and instead in planned:
        item, instead = instead, item  # what nobody is planned with is what comes instead
    if instead is None and item not in planned:
        replaced = [one for one in planned if _serves(heard, one, item)]
        if len(replaced) > 1:
            return question(f"Which planned item should {item} replace?", tuple(replaced), asks_for="item")
        if replaced:
            item, instead = replaced[0], item
            cases = cases or tuple(str(one.id) for one in _coming(heard, ()) if item in _items(one))
    elif not cases and (heard.window() or len(heard.slots.get("clinician", [])) > 1):
        cases = tuple(str(one.id) for one in _coming(heard, ()) if item in _items(one))
    if _only_asks(heard) and _one_surgeon(heard, cases, item):
        return (yield from _shown(heard, item, instead))
    result = yield from do(
        "substitute_item",
        item=item,
        substitute=instead,
        cases=cases or None,
        surgeon=_surgeon(heard, cases),
        site=heard.one("site"),
    )
    about = f"use another item than {item}"
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("substitute_item", result, about))
    if _only_asks(heard):
        return Say(f"{result.headline} Say so and I ask each surgeon.")
    return (yield from submit_each(result, about))


_MAY_I = re.compile(r"^\W*(?:(?:so|and|hi|hey|ok)\W+)*(?:can|could|may|would it be ok to)\b.*\?\s*$", re.IGNORECASE)


def _only_asks(heard: Heard) -> bool:
    return heard.is_question or _MAY_I.match(heard.text) is not None


def _one_surgeon(heard: Heard, cases: tuple[str, ...], item: str) -> bool:
    """Whether it would be one surgeon's cases only; then asking the desk would already be asking that surgeon."""
    return len({case.surgeon_id for case in _coming(heard, cases) if item in _items(case)}) == 1


def _shown(heard: Heard, item: str, instead: str | None) -> Script:
    """What there is of the other item; nothing is asked of anybody."""
    planned = heard.asked.world.get(Item, ItemId(item))
    other = instead or next(iter(planned.alternatives if planned else ()), None)
    if other is None:
        return question(f"Nothing is listed as an alternative to {item}. What should be used?", asks_for="item")
    stock = yield from do("query_inventory", about="stock", item=other, site=heard.one("site"))
    if not isinstance(stock, Done):
        return tell(stock)
    asks = f'That is for the case\'s surgeon to decide; say "use {other}" with the case and I ask.'
    return question(f"{stock.headline} {asks}")


def _clear_items(heard: Heard) -> list[str]:
    """The items named; "the other revision set" names none, whatever it sounds like."""
    vague = {
        one.ids[0]
        for one in heard.named("item")
        if len(one.ids) == 1 and _SOME_OTHER.search(heard.text[: one.start]) and not re.search(r"\d", one.words)
    }
    return [id for id in heard.slots.get("item", []) if id not in vague]


def _coming(heard: Heard, cases: tuple[str, ...]) -> list[SurgicalCase]:
    """The coming cases meant: those named, else those of the time, surgeon, operation and site said."""
    world, now = heard.asked.world, heard.asked.now
    if cases:
        return [case for id in cases if (case := world.get(SurgicalCase, CaseId(id))) is not None]
    start, end = now, now + timedelta(days=_DAYS_AHEAD)
    home = heard.one("site") or heard.user.home.site_id
    site = world.get(Site, home) if home else None
    found = world.find(SurgicalCase, state="scheduled", start=Range(at_least=start, before=end), order="start")
    window = heard.window()
    surgeons = heard.slots.get("clinician", []) or [one for one in (_surgeon(heard, ()),) if one]
    operations = {
        *heard.slots.get("procedure", ()),
        *(id for b in heard.blurred.get("procedure", ()) for id in b.ids),
    }
    return [
        case
        for case in found
        if (site is None or case.site_id == site.id)
        and (not operations or case.procedure_id in operations)
        and (not surgeons or case.surgeon_id in surgeons)
        and _is_within(case, window, site)
    ]


def _is_within(case: SurgicalCase, window: dict[str, str], site: Site | None) -> bool:
    if not window or case.start is None:
        return True
    if "day" in window:
        local = site.local(case.start) if site else case.start
        return local.date().isoformat() == window["day"]
    return datetime.fromisoformat(window["start"]) <= case.start < datetime.fromisoformat(window["end"])


def _surgeon(heard: Heard, cases: tuple[str, ...]) -> str | None:
    """Whose cases: those of the surgeon named, or of the surgeon who speaks."""
    own = heard.user.clinician_id if not cases else None
    if len(heard.slots.get("clinician", [])) > 1:
        return None  # the cases say whose they are
    return heard.one("clinician") or (str(own) if own else None)


def _items(case: SurgicalCase) -> list[str]:
    return [str(one.item_id) for one in case.items]


def _planned(heard: Heard, cases: tuple[str, ...]) -> list[str]:
    """What the cases meant are planned with, without doubles."""
    return list(dict.fromkeys(item for case in _coming(heard, cases) for item in _items(case)))


def _serves(heard: Heard, planned: str, instead: str) -> bool:
    """Whether one is listed as the other's alternative."""
    first, second = (heard.asked.world.get(Item, ItemId(id)) for id in (planned, instead))
    return (
        first is not None and second is not None and (instead in first.alternatives or planned in second.alternatives)
    )


def _has_alternative(heard: Heard, id: str) -> bool:
    item = heard.asked.world.get(Item, ItemId(id))
    return item is not None and bool(item.alternatives)


def _which_for_which(heard: Heard, items: list[str]) -> tuple[str, str | None]:
    """What is planned and what comes instead: "use B instead of A", "replace A with B", "A is short, use B"."""
    if len(items) < 2:
        return items[0], None
    first, second = (mention for mention in heard.named("item")[:2]) if len(heard.named("item")) > 1 else (None, None)
    if first is not None and second is not None:
        between = heard.text[first.end : second.start]
        swaps = _SWAPS.search(heard.text[: first.start]) is not None
        if _NEW_FIRST.search(between) and not (swaps and not re.search(r"instead|rather|place", between)):
            return items[1], items[0]
    return items[0], items[1]
