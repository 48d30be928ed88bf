"""Whether a message answers what was asked: with a name, a number, one of the choices, or a matter we offered."""

import re
from collections.abc import Mapping
from typing import Any

from agent.planners.embedded.deeds import asks_to_know
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.resolve import resolve

_ANSWERED_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "room"), ("staff", "room", "bed", "equipment")),
    **{missing: (missing, "code") for missing in ("plan", "item", "patient")},
    "appointment": ("appointment", "code", "patient"),
}
_FILLER = frozenset(
    "the a an and at on in for of to it is it's its s that this please pls thanks thank you ok okay yes no make i "
    "mean meant number record born dob mrn option one x them then what how about only just would be patient item "
    "pieces number: with her his anything any something some there and or but so also too as well instead rather "
    "again same ditto likewise then sorry actually hmm hm well um uh let try same wait nope not".split()
)
_NUMBERS = frozenset("two three four five six seven eight nine ten eleven twelve twenty dozen".split())
_TELLS_WHY = re.compile(r"\s*(?:because|since|as|due to|the reason|it'?s because)\b", re.IGNORECASE)
_PREFIXED: Mapping[str, str] = {"case": "CASE", "requisition": "REQ"}
_BY_CASE = ("case_show", "change_case")
_BY_ROOM = ("or_open_time", "schedule_show")
_SMALLEST_RECORD = 100


def read_names(heard: Heard, lexicon: Lexicon, intent: str | None = None) -> None:
    """Read what the message names as this matter (its own, unless said) means it."""
    heard.slots, heard.blurred = resolve(
        heard.mentions, intent or heard.intent, heard.user, lexicon, heard.text, everywhere=heard.everywhere
    )
    if heard.number_of == "room":
        heard.slots["room"] = _room_numbered(heard, lexicon)
    elif heard.number_of:
        heard.slots[heard.number_of] = [f"{_PREFIXED[heard.number_of]}-{heard.number()}"]


def _room_numbered(heard: Heard, lexicon: Lexicon) -> list[str]:
    """The room of this number at the site of the one spoken about: "and 7?" after OR 9."""
    before: str = heard.memory["slots"]["room"][0]
    site = lexicon.entry("room", before).home.get("site")
    name = f"room {heard.number()}"
    found = [one.id for one in lexicon.entries("room") if name in one.names and one.home.get("site") == site]
    return found or [before]


def is_fragment(masked: str) -> bool:
    """Whether nothing but names, times, numbers and small words is said: "HIP-REV-7", "4", "and on Thursday?"."""
    words = re.findall(r"[a-z']+", re.sub(r"<\w+>", " ", masked).casefold())
    return all(word in _FILLER | _NUMBERS for word in words) and len(words) <= 6


def number_answers(heard: Heard, fragment: bool) -> None:
    """A bare number is the record's that was asked for, or another one of the kind that was spoken about."""
    count, asked = heard.count, str(heard.memory.get("asks_for") or "")
    if not fragment or heard.mentions or count is None:
        return
    rooms = heard.memory.get("slots", {}).get("room")
    if 0 < count < _SMALLEST_RECORD and not asked and rooms and heard.memory["intent"] in _BY_ROOM:
        heard.number_of = "room"
        return
    if count < _SMALLEST_RECORD:
        return
    if asked in _PREFIXED:
        heard.number_of = asked
    elif not asked and heard.memory["intent"] in _BY_CASE and heard.memory.get("slots", {}).get("case"):
        heard.number_of = "case"


def chosen_matter(heard: Heard, fragment: bool) -> str | None:
    """Which of the matters we offered is meant, by place or by its words."""
    offered: list[list[str]] = heard.memory.get("matters") or []
    number = heard.ordinal() or (heard.number() if fragment else None)
    if number is not None and offered and -1 <= number <= len(offered) and number != 0:
        return offered[number - 1 if number > 0 else -1][0]
    said = heard.text.casefold().strip(" .?!")
    if len(offered) == 1 and heard.intent == "confirm_yes":
        return offered[0][0]
    return next((name for name, about in offered if said and said == about.casefold()), None)


def forget_our_words(heard: Heard) -> None:
    """Our own words for a matter, picked from a list, say and name nothing: what was said before is what is meant."""
    said = heard.text.casefold().strip(" .?!")
    if any(said == about.casefold() for _, about in heard.memory.get("matters") or []):
        heard.text = str(heard.memory.get("text") or heard.text)
        heard.mentions, heard.times, heard.time, heard.count = (), (), {}, None
        heard.everywhere = False
        heard.is_question = asks_to_know(heard.text.partition("\n")[0])


def answers(heard: Heard, asked: Mapping[str, Any], lexicon: Lexicon) -> bool:
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
    if asked.get("choices") and pick(heard, asked) is not None:
        return True
    return any(kind in heard.slots or kind in heard.blurred for kind in kinds)


def names_a_choice(heard: Heard, choices: list[list[str]]) -> bool:
    """Whether one of the choices offered is said by its place, or word for word."""
    said = heard.text.casefold().strip(" .?!")
    return bool(choices) and (heard.ordinal() is not None or said in {label.casefold() for _, label in choices})


def pick(heard: Heard, asked: Mapping[str, Any]) -> str | None:
    """The choice meant, by place or by its words."""
    choices: list[list[str]] = asked.get("choices") or []
    number = heard.ordinal()
    if number is not None and -1 <= number <= len(choices) and number != 0:
        return choices[number - 1 if number > 0 else -1][0]
    said = set(re.findall(r"\w+", heard.text.casefold())) - _FILLER
    fits = [id for id, label in choices if said and said <= set(re.findall(r"\w+", f"{label} {id}".casefold()))]
    return fits[0] if len(fits) == 1 else None
