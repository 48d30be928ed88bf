"""What a message goes on with: a follow-up, an answer to our question, or a return to a question left open."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.heard import CARRIED, Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.resolve import counterpart, resolve
from agent.planners.embedded.structure import CHANGING, what_is_asked
from agent.planners.embedded.take_along import take_along

FOLLOW_UPS = ("refine", "confirm_no")
AT_A_SITE = ("unit", "room", "clinic", "scanner", "bed")
_ANSWERED_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "room"), ("staff", "room", "bed", "equipment")),
    **{missing: (missing, "code") for missing in ("appointment", "plan", "item")},
}
PATIENCE = 3
"""A question left open is come back to for so many turns."""
_FILLER = frozenset(
    "the a an and at on in for of to it is it's its s that this please pls thanks thank you ok okay yes no make i "
    "mean meant number record born dob mrn option one x them then what how about only just would be patient item "
    "pieces number: with her his".split()
)
_TELLS_WHY = re.compile(r"\s*(?:because|since|as|due to|the reason|it'?s because)\b", re.IGNORECASE)
_REJECTS = re.compile(
    r"\b(?:not (?:with )?(?:that|this|the same) (?:doctor|surgeon|physician|person|one)|not (?:dr|doctor|her|him)\b|"
    r"(?:another|other|different) (?:doctor|surgeon|physician|person)|(?:some|any)(?:body|one) else)\b",
    re.IGNORECASE,
)


_MAKE_IT = re.compile(
    r"^\W*(?:(?:no|actually|ok|please|and|then|but)\W+)*(?:let'?s )?(?:make|change) (?:it|that|them)\b", re.I
)
_PREFIXED: Mapping[str, str] = {"case": "CASE", "requisition": "REQ"}
_BY_CASE = ("case_show", "change_case")
_SMALLEST_RECORD = 100


def matter_of(heard: Heard) -> dict[str, Any]:
    """The matter as the next turn may go on with it."""
    return {
        "intent": heard.intent,
        "slots": {kind: ids for kind, ids in heard.slots.items() if kind in CARRIED},
        "time": heard.time,
        "everywhere": heard.everywhere,
        "count": heard.count,
        "text": heard.matter()[:1500],
    }


def go_on(heard: Heard, masked: str, sure: float, lexicon: Lexicon) -> Heard:
    """The message together with what it goes on with; a new matter takes nothing from the old one.

    The names of a message are read for the matter it belongs to, so they are read again when that changes.
    """
    memory = heard.memory
    if not memory.get("intent"):
        return heard
    fragment = is_fragment(masked)
    _number_answers(heard, fragment)
    chosen = _chosen_matter(heard, fragment)
    if chosen is not None:
        return _resume(heard, {**memory, "intent": chosen}, lexicon, answer=False)
    unsure = heard.ranking.confidence < sure or heard.intent in ("out_of_scope", *FOLLOW_UPS)
    for asked in (memory, memory.get("open") or {}):
        if asked.get("asks_for") and _answers(heard, asked, lexicon):
            same = asked is memory and heard.intent == asked.get("intent")
            chosen_one = asked is memory and _names_a_choice(heard, asked.get("choices") or [])
            told_why = asked is memory and asked["asks_for"] == "reason"
            if fragment or same or chosen_one or told_why or (asked is memory and unsure):
                return _resume(heard, asked, lexicon, answer=True)
    news = bool(heard.mentions or heard.times or heard.count is not None or heard.everywhere or _slots_said(heard))
    if _MAKE_IT.search(heard.text) and news and heard.intent in ("refine", "submit_option"):
        return _resume(heard, memory, lexicon, answer=False)
    if heard.intent == "refine" and memory["intent"] in CHANGING and (heard.is_question or not news):
        # nothing new was said: what changes something is never done a second time because of it
        heard.intent, heard.settled = what_is_asked(heard.ranking), True
    elif heard.intent == "refine" or (fragment and bool(heard.mentions or heard.times or _slots_said(heard))):
        return _resume(heard, memory, lexicon, answer=False)
    read_names(heard, lexicon)
    take_along(heard)
    return heard


def _slots_said(heard: Heard) -> bool:
    """Whether a bare number was read as the number of a record."""
    return bool(heard.number_of)


def _number_answers(heard: Heard, fragment: bool) -> None:
    """A bare number is the record's that was asked for, or another one of the kind that was spoken about."""
    count, asked = heard.count, str(heard.memory.get("asks_for") or "")
    if not fragment or heard.mentions or count is None or count < _SMALLEST_RECORD:
        return
    if asked in _PREFIXED:
        heard.number_of = asked
    elif not asked and heard.memory["intent"] in _BY_CASE and heard.memory.get("slots", {}).get("case"):
        heard.number_of = "case"


def read_names(heard: Heard, lexicon: Lexicon, intent: str | None = None) -> None:
    """Read what the message names as this matter (its own, unless said) means it."""
    heard.slots, heard.blurred = resolve(
        heard.mentions, intent or heard.intent, heard.user, lexicon, everywhere=heard.everywhere
    )
    if heard.number_of:
        heard.slots[heard.number_of] = [f"{_PREFIXED[heard.number_of]}-{heard.number()}"]


def is_fragment(masked: str) -> bool:
    """Whether nothing but names, times, numbers and small words is said: "HIP-REV-7", "4", "and on Thursday?"."""
    words = re.findall(r"[a-z']+", re.sub(r"<\w+>", " ", masked).casefold())
    return all(word in _FILLER for word in words) and len(words) <= 6


def _chosen_matter(heard: Heard, fragment: bool) -> str | None:
    """Which of the matters we offered is meant, by place or by its words."""
    offered: list[list[str]] = heard.memory.get("matters") or []
    number = heard.ordinal() or (heard.number() if fragment else None)
    if number is not None and offered and -1 <= number <= len(offered) and number != 0:
        return offered[number - 1 if number > 0 else -1][0]
    said = heard.text.casefold().strip(" .?!")
    return next((name for name, about in offered if said and said == about.casefold()), None)


def _answers(heard: Heard, asked: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether the message holds what was asked for."""
    missing = asked["asks_for"]
    read_names(heard, lexicon, asked["intent"])
    kinds = _ANSWERED_BY.get(missing, (missing,))
    if missing in ("minutes", "quantity"):
        return heard.number() is not None or "minutes" in heard.time
    if missing == "reason":
        return _TELLS_WHY.match(heard.text) is not None
    if missing in ("day", "start", "end"):
        return bool(heard.time) or (heard.ordinal() is not None and bool(asked.get("choices")))
    if asked.get("choices") and _pick(heard, asked) is not None:
        return True
    return any(kind in heard.slots or kind in heard.blurred for kind in kinds)


def _names_a_choice(heard: Heard, choices: list[list[str]]) -> bool:
    """Whether one of the choices offered is said by its place, or word for word."""
    said = heard.text.casefold().strip(" .?!")
    return bool(choices) and (heard.ordinal() is not None or said in {label.casefold() for _, label in choices})


def _pick(heard: Heard, asked: Mapping[str, Any]) -> str | None:
    """The choice meant, by place or by its words."""
    choices: list[list[str]] = asked.get("choices") or []
    number = heard.ordinal()
    if number is not None and -1 <= number <= len(choices) and number != 0:
        return choices[number - 1 if number > 0 else -1][0]
    said = set(re.findall(r"\w+", heard.text.casefold())) - _FILLER
    fits = [id for id, label in choices if said and said <= set(re.findall(r"\w+", f"{label} {id}".casefold()))]
    return fits[0] if len(fits) == 1 else None


def _resume(heard: Heard, matter: Mapping[str, Any], lexicon: Lexicon, *, answer: bool) -> Heard:
    heard.intent = matter["intent"]
    read_names(heard, lexicon)
    heard.follows = True
    heard.earlier = str(matter.get("text", ""))
    missing = matter.get("asks_for") if answer else None
    if missing and (picked := _pick(heard, matter)) is not None:
        heard.slots[missing], heard.count = [picked], None
        heard.blurred.pop(missing, None)
    if heard.number_of:
        heard.count = None
    if heard.count is None or missing in ("patient", "appointment", "plan", "day"):
        heard.count = matter.get("count")
    if missing == "patient":
        heard.time = {}
    if _REJECTS.search(heard.text):
        heard.rejects = True
        heard.rejected = tuple(heard.slots.pop("clinician", []) or matter.get("slots", {}).get("clinician", []))
        matter = {**matter, "slots": {k: v for k, v in matter.get("slots", {}).items() if k != "clinician"}}
    _keep_slots(heard, matter.get("slots", {}), lexicon)
    if not heard.everywhere and "site" not in heard.slots:
        heard.everywhere = bool(matter.get("everywhere"))
    earlier: dict[str, str] = matter.get("time", {})
    fresh = heard.time.keys() & {"day", "start", "at"}
    kept = {key: value for key, value in earlier.items() if not fresh or key == "minutes"}
    heard.time = {**kept, **heard.time}
    return heard


def _keep_slots(heard: Heard, earlier: Mapping[str, list[str]], lexicon: Lexicon) -> None:
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
    for kind in AT_A_SITE:
        there = [_moved(lexicon, kind, id, site) for id in heard.slots.get(kind, [])]
        if kept := [id for id in there if id is not None]:
            heard.slots[kind] = kept
        elif there:
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


def _service_of(lexicon: Lexicon, clinic: str) -> str | None:
    try:
        return lexicon.entry("clinic", clinic).home.get("service")
    except KeyError:
        return None


def born_in(heard: Heard) -> date | None:
    """A date of birth: a day some years back, where it is said to be one or a patient is the matter."""
    if not (_SAYS_BORN.search(heard.text) or heard.named("patient") or heard.memory.get("asks_for") == "patient"):
        return None
    for when in heard.times:
        if isinstance(when, Window) and when.grain == "day":
            day = when.start.date()
            if heard.asked.now.date() - day > timedelta(days=2 * 365):
                return day
    return None


_SAYS_BORN = re.compile(r"\b(?:born|birth\w*|d\.?o\.?b\.?)", re.IGNORECASE)
