"""The message joined with the matter it goes on with: what stays, what moves to another site, what is replaced."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from agent.planners.embedded.answers import pick, read_names
from agent.planners.embedded.date_values import Moment, Window
from agent.planners.embedded.heard import Blur, Heard, says_whole_house
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.narrow import narrow
from agent.planners.embedded.resolve import counterpart

AT_A_SITE = ("unit", "room", "clinic", "scanner", "bed")
REJECTS = re.compile(
    r"\b(?:not (?:\w+ ){0,2}(?:that|this|the same) (?:doctor|surgeon|physician|person|one)|"
    r"not (?:dr|doctor|her|him)\b|(?:another|other|different) (?:doctor|surgeon|physician|person)|"
    r"(?:some|any)(?:body|one) else)\b",
    re.IGNORECASE,
)


OPENINGS = frozenset({"or_open_time", "clinic_earliest_slot", "imaging_slot"})
"""Matters of what is free: of operating rooms, of clinics, of scanners."""
_ELSEWHERE = re.compile(
    r"\belsewhere\b|\b(?:another|an other|other|different) (?:site|hospital|campus|location|place)s?\b", re.IGNORECASE
)
OTHER_ONE = re.compile(r"\bthe other(?: \w+){0,2}\W*$|\bthe other one\b", re.IGNORECASE)
"""Of two that were offered, the one that was not taken."""
_NOT_THIS_NAME = re.compile(
    r"\b(?:not(?: with)?|except(?: for)?|(?:any|some)(?:one|body) but|other than|without|but not)\s+$", re.IGNORECASE
)


def rejects_by_name(heard: Heard) -> bool:
    """Whether the doctor named is one who is not wanted: "not with Dr. Lund"."""
    return any(_NOT_THIS_NAME.search(heard.text[: doctor.start]) for doctor in heard.named("clinician"))


def resume(heard: Heard, matter: Mapping[str, Any], lexicon: Lexicon, *, answer: bool) -> Heard:
    heard.intent = matter["intent"]
    read_names(heard, lexicon)
    heard.follows = True
    heard.everywhere = heard.everywhere or (heard.intent in OPENINGS and _ELSEWHERE.search(heard.text) is not None)
    earlier_said = str(matter.get("text", ""))
    heard.earlier = earlier_said if heard.text != earlier_said else ""
    missing = matter.get("asks_for") if answer else None
    heard.offered = dict(matter.get("offered") or {})
    if missing and matter.get("choices"):
        heard.offered[missing] = [id for id, _ in matter["choices"]]
    if missing and (picked := pick(heard, matter)) is not None:
        heard.slots[missing], heard.count = [picked], None
        heard.blurred.pop(missing, None)
    elif OTHER_ONE.search(heard.text):
        _the_other(heard, matter.get("slots", {}))
    if heard.number_of:
        heard.count = None
    if heard.count is None or missing in ("patient", "appointment", "plan", "day"):
        heard.count = matter.get("count")
    if missing == "patient":
        heard.time = {}
    if REJECTS.search(heard.text) or rejects_by_name(heard):
        heard.rejects = True
        heard.rejected = tuple(heard.slots.pop("clinician", []) or matter.get("slots", {}).get("clinician", []))
        matter = {**matter, "slots": {k: v for k, v in matter.get("slots", {}).items() if k != "clinician"}}
    if says_whole_house(heard.text):
        matter = {**matter, "slots": {k: v for k, v in matter.get("slots", {}).items() if k not in _PARTS_OF_A_HOUSE}}
    narrow(heard, matter.get("slots", {}), lexicon)
    keep_slots(heard, matter.get("slots", {}), lexicon)
    keep_unclear(heard, matter, lexicon)
    if not heard.everywhere and "site" not in heard.slots:
        heard.everywhere = bool(matter.get("everywhere"))
    earlier: dict[str, str] = matter.get("time", {})
    heard.time = _on_day_of(heard, earlier)
    fresh = heard.time.keys() & {"day", "start", "at"}
    kept = {key: value for key, value in earlier.items() if not fresh or key == "minutes"}
    heard.time = {**kept, **heard.time}
    return heard


_PARTS_OF_A_HOUSE = ("unit", "level_of_care", "bed")


def _the_other(heard: Heard, earlier: Mapping[str, list[str]]) -> None:
    """Take the one of two that is not the one spoken about."""
    for kind, ids in heard.offered.items():
        left = [id for id in ids if id not in earlier.get(kind, [])]
        if len(ids) == 2 and len(left) == 1:
            heard.slots[kind] = left
            heard.blurred.pop(kind, None)


def keep_unclear(heard: Heard, matter: Mapping[str, Any], lexicon: Lexicon) -> None:
    """What was unclear stays so, unless something of the kind, or the site of one of them, is named now."""
    site = heard.one("site")
    for kind, choices in matter.get("unclear", {}).items():
        if kind in heard.slots or kind in heard.blurred:
            continue
        here = [(id, said) for id, said in choices if site is None or _is_at(lexicon, kind, id, site)]
        if len(here) == 1:
            heard.slots[kind] = [here[0][0]]
        elif choices:
            ids, said = zip(*(here or choices), strict=True)
            heard.blurred[kind] = (Blur(kind, ids, said),)


def _is_at(lexicon: Lexicon, kind: str, id: str, site: str) -> bool:
    try:
        return lexicon.entry(kind, id).home.get("site") in (None, site)
    except KeyError:
        return True


def _on_day_of(heard: Heard, earlier: Mapping[str, str]) -> dict[str, str]:
    """An hour said without a day ("only from 2") is on the day that was spoken about."""
    known = earlier.get("day") or earlier.get("start") or earlier.get("at")
    spans = [when for when in heard.times if isinstance(when, Moment | Window)]
    if known is None or not spans or not all(isinstance(when, Moment) and not when.dated for when in spans):
        return heard.time
    day = date.fromisoformat(known[:10])
    moved = {
        key: datetime.combine(day, datetime.fromisoformat(value).timetz()).isoformat()
        for key, value in heard.time.items()
        if key in ("at", "until")
    }
    return {**heard.time, **moved, "day": day.isoformat()}


def keep_slots(heard: Heard, earlier: Mapping[str, list[str]], lexicon: Lexicon) -> None:
    """Earlier things stay unless others of the kind are named; those at a site move along to a new one."""
    new_site = heard.one("site") if not heard.everywhere else None
    _go_along(heard, earlier, lexicon)
    for kind, ids in earlier.items():
        if kind in heard.slots or kind in heard.blurred or (kind == "site" and heard.everywhere):
            continue
        if kind in AT_A_SITE and heard.everywhere and "site" not in earlier:
            continue
        moved = [_moved(lexicon, kind, id, new_site) if kind in AT_A_SITE and new_site else id for id in ids]
        if kept := [id for id in moved if id is not None]:
            heard.slots[kind] = kept
        elif kind == "clinic" and (service := _service_of(lexicon, ids[0])):
            heard.slots.setdefault("service", [service])
    if "clinic" in heard.slots and "service" in heard.slots and "service" not in earlier and "clinic" in earlier:
        _new_service(heard, lexicon)


def _go_along(heard: Heard, earlier: Mapping[str, list[str]], lexicon: Lexicon) -> None:
    """A room or unit named in a follow-up is the one at the site we speak about, if that has one of the name."""
    site = next(iter(earlier.get("site", [])), None)
    if site is None or "site" in heard.slots or heard.everywhere:
        return
    for kind in (kind for kind in AT_A_SITE if kind in heard.blurred):
        there = [[id for id in blur.ids if _site_of(lexicon, kind, id) == site] for blur in heard.blurred[kind]]
        if all(len(ids) == 1 for ids in there):
            heard.slots[kind] = [*heard.slots.get(kind, []), *(id for ids in there for id in ids)]
            heard.blurred.pop(kind)
    for kind in AT_A_SITE:
        moved = [_moved(lexicon, kind, id, site) for id in heard.slots.get(kind, [])]
        if kept := [id for id in moved if id is not None]:
            heard.slots[kind] = kept
        elif moved:
            heard.slots["site"] = []


def _new_service(heard: Heard, lexicon: Lexicon) -> None:
    """ "and cardiology?" after one clinic asks for the other service, not for that clinic."""
    if not any(mention.kind == "clinic" for mention in heard.mentions):
        heard.slots.pop("clinic")


def _moved(lexicon: Lexicon, kind: str, id: str, site: str) -> str | None:
    try:
        return counterpart(lexicon, kind, id, site)
    except KeyError:
        return None


def _site_of(lexicon: Lexicon, kind: str, id: str) -> str | None:
    try:
        return lexicon.entry(kind, id).home.get("site")
    except KeyError:
        return None


def _service_of(lexicon: Lexicon, clinic: str) -> str | None:
    try:
        return lexicon.entry("clinic", clinic).home.get("service")
    except KeyError:
        return None
