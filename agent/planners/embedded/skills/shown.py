"""The slot of a list shown before that a message means: "the second one", "the 9:40", "book it"."""

import re
from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from agent.planners.embedded.counts import place_in
from agent.planners.embedded.date_values import Moment
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Do, do
from tools.results import Done, Result

_POINTS = re.compile(r"\b(?:it|that|this|there|the slot|one|the time)\b", re.IGNORECASE)
_NAMES_ANOTHER = ("clinic", "service", "clinician", "scanner", "site", "room")
_SUBJECTS = ("clinic", "imaging")


def slot_meant(heard: Heard) -> Generator[tuple[Do, ...], tuple[Result, ...], str | None]:
    """The id of the slot that was shown or held before and is meant now, or None when none is pointed at."""
    if any(heard.named(kind) for kind in _NAMES_ANOTHER) or heard.everywhere:
        heard.slots.pop("slot", None)
        return None
    hour = _hour(heard)
    if heard.times and hour is None:
        heard.slots.pop("slot", None)
        return None
    place = _place(heard)
    if hour is None and place is None:
        held = heard.one("slot") or next(iter(_before(heard, "slot")), None)
        if held is not None and (heard.follows or _POINTS.search(heard.text)):
            heard.slots["slot"] = [held]
            return held
    asked = _query(heard)
    if asked is None or not (hour or place or _POINTS.search(heard.text)):
        return None
    result = yield from do("query_capacity", **{**asked, "limit": 10})
    slots = slots_of(result) if isinstance(result, Done) else []
    chosen = _chosen(slots, hour, place, int(asked.get("limit", 3)))
    if chosen is not None:
        heard.slots["slot"] = [str(chosen["slot"])]
    return heard.one("slot")


def slots_of(result: Result) -> list[dict[str, Any]]:
    """The free slots of an answer, site by site in the order shown."""
    if not isinstance(result, Done):
        return []
    sites = [site for site in result.facts.get("sites", []) if isinstance(site, dict)] or [result.facts]
    return [slot for site in sites for slot in site.get("slots", [])]


def _before(heard: Heard, kind: str) -> list[str]:
    slots: Mapping[str, list[str]] = heard.memory.get("slots", {})
    return slots.get(kind, [])


def _query(heard: Heard) -> dict[str, Any] | None:
    """The last look at free slots that was shown, as it was asked; none while another matter goes on."""
    based: list[list[Any]] = heard.memory.get("based") or []
    asked = [args for name, args in based if name == "query_capacity" and args.get("subject") in _SUBJECTS]
    return dict(asked[-1]) if asked and not heard.follows else None


def _hour(heard: Heard) -> datetime | None:
    """An hour said without a day ("the 9:40"): one of the list."""
    only = [when for when in heard.times if isinstance(when, Moment) and not when.dated]
    return only[0].at if len(only) == 1 == len(heard.times) else None


def _place(heard: Heard) -> int | None:
    """Which one of the list, outside of dates ("the 3rd of May" is none of it)."""
    text = heard.text
    for when in sorted(heard.times, key=lambda when: -when.said.start):
        text = f"{text[: when.said.start]} {text[when.said.end :]}"
    return place_in(text)


def _chosen(
    slots: list[dict[str, Any]], hour: datetime | None, place: int | None, shown: int
) -> dict[str, Any] | None:
    if hour is not None:
        at = hour.strftime("%H:%M")
        return next((slot for slot in slots if str(slot["start"])[11:16] == at), None)
    if place == -1:
        return slots[:shown][-1] if slots else None
    return slots[(place or 1) - 1] if (place or 1) <= len(slots) else None
