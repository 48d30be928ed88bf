"""Where something comes from and where it goes: "from 4 North to 5 West" is about 5 West, and leaves 4 North."""

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.planners.embedded.lexicon import Mention

_FROM = re.compile(r"\b(?:from|out of|off(?: of)?|leaving)\s+(?:(?:the|our|my|unit|ward|room)\s+)*$", re.IGNORECASE)
_TO = re.compile(
    r"\b(?:to|into|onto|for|gets?|takes?)\s+(?:(?:the|our|my|unit|ward|room|a|an|bed)\s+)*$", re.IGNORECASE
)
_LENDS = re.compile(r"\b(?:float\w*|borrow\w*|pull\w*|lend\w*|spare|take|send|shift|move)\b", re.IGNORECASE)
_PLACES = frozenset({"site", "unit", "room", "scanner", "bed", "clinic"})
_OF_CARE = frozenset({"unit", "level_of_care", "bed"})
_SENDING = frozenset({"ed", "pacu"})
"""Where patients come from, when another place of care is named beside it."""
_STAFFING = frozenset({"request_agency", "who_can_cover"})
_OF_BEDS = frozenset(
    {"bed_state", "bed_need_forecast", "what_if", "surge_beds", "place_waiting", "assign_bed", "staffing_need"}
)
_COMING_FROM = re.compile(
    r"\b(?:transfers?|patients?|pts?|admi\w+|cases|somebody|someone|more|\d+|one|two|three|four|five|six)\s+"
    r"(?:(?:coming|in|over|up|to us|of theirs)\s+)*from\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\s*(?:'s\s+)?(?:(?:wants?|would like|is trying|plans?|needs?|is going)\s+to\s+|"
    r"(?:is|are|could|will|might)\s+)?"
    r"(?:send\w*|transfer\w*|divert\w*|ship\w*|push\w*|offload\w*|unload\w*|dump\w*)\b"
    r"(?!\s+(?:patients? )?(?:out|away|elsewhere|to (?!us|me)))",
    re.IGNORECASE,
)
"""How a hospital is said to send patients to that of the speaker."""
_LEFT = frozenset({"displace"})
"""Matters that are about what is left, rather than about where things go."""


def sources(mentions: Sequence[Mention], intent: str, text: str) -> list[Mention]:
    """The mentions that only say where somebody or something comes from (for a lost room: where it may go)."""
    left = {one for one in mentions if one.kind in _PLACES and _FROM.search(text[: one.start])}
    others = {one.kind for one in mentions if one not in left}
    if intent in _LEFT:
        targets = [one for one in mentions if one.kind in _PLACES and _TO.search(text[: one.start])]
        if {one.kind for one in targets} & {one.kind for one in mentions if one not in targets}:
            return targets
        kinds = {one.kind for one in left}
        return [one for one in mentions if one.kind in kinds and one not in left]
    lent = intent in _STAFFING and _LENDS.search(text) is not None
    cares = intent == "assign_bed" and not others.isdisjoint(_OF_CARE)
    found = {
        one for one in left if one.kind in others or (lent and one.kind == "unit") or (cares and one.kind in _OF_CARE)
    }
    if intent == "assign_bed":
        found |= _where_they_lie(mentions, found, text)
    if lent:
        found |= _lenders(mentions, found, text)
    cared = [one for one in mentions if one.kind in _OF_CARE and one not in found]
    if intent in _OF_BEDS:
        found |= _sending_sites(mentions, text)
    sending = {one for one in cared if _SENDING & set(one.of("level_of_care"))}
    found |= sending if len(sending) < len(cared) else set()
    return [one for one in mentions if one in found]


def _sending_sites(mentions: Sequence[Mention], text: str) -> set[Mention]:
    """The hospitals that patients come from: "what if Harbor sends five over" is about where the speaker works."""
    sites = [one for one in mentions if one.kind == "site"]
    return {one for one in sites if _COMING_FROM.search(text[: one.start]) or _SENDS.match(text, one.end)}


_MOVES = re.compile(
    r"\b(?:move|transfer|send|shift|downgrade|swap)\s+(?:(?:the|bed|patient|in|from)\s+)*$", re.IGNORECASE
)


_GOES = re.compile(
    r"\s*(?:(?:can|could|should|may|needs? to|has to|is|ready to|be)\s+)*(?:go|goes|going|come|comes|moved?|moves)\b"
    r"(?!\s+(?:to|for)\s+(?:(?:the|a|our|my)\s+)?(?:\w+\s+)?(?:patient|pt|lady|man|woman|gentleman|boy|girl|one|person|"
    r"whoever|him|her|mr|mrs|ms)\b)",
    re.IGNORECASE,
)
"""Whoever lies in the bed just named is to leave it: "can 14 go to 5 West"."""


def _where_they_lie(mentions: Sequence[Mention], left: set[Mention], text: str) -> set[Mention]:
    """Of several places, those that nobody is to go to: "the man in 5 West bed 12 should go to 3 East"."""
    places = [one for one in mentions if one.kind in _OF_CARE]
    beside = {
        one
        for before, one in pairwise(places)
        if before in left and one.kind == "bed" and not text[before.end : one.start].strip(" ,")
    }
    beside |= {one for one in places if one.kind == "bed" and _MOVES.search(text[: one.start]) and one not in left}
    beside |= {one for one in places if one.kind == "bed" and _passes_through(one)}
    beside |= {one for one in places if one.kind == "bed" and _GOES.match(text, one.end) and one not in left}
    aims = [one for one in places if _TO.search(text[: one.start]) and one not in left]
    units = [one for one in places if one.kind == "unit"]
    if len(aims) == 1 and aims[0].kind == "unit" and len(units) > 1:
        return beside | {one for one in places if one is not aims[0] and one.start < aims[0].start}
    waits = len(places) == 1 and bool(beside) and _passes_through(places[0])
    return beside if waits or len(beside) < len(places) else set()


def _passes_through(bed: Mention) -> bool:
    """Whether it is a bed of emergency or recovery: nobody is put there, whoever lies there waits for another."""
    return all(label.partition("-")[0].casefold() in _SENDING for label in bed.ids) and bool(bed.ids)


def _lenders(mentions: Sequence[Mention], left: set[Mention], text: str) -> set[Mention]:
    """Of several units the one that nurses are sent to is meant; the others lend: "one of 2 West's to 5 West"."""
    units = [one for one in mentions if one.kind == "unit" and one not in left]
    aims = [one for one in units if _TO.search(text[: one.start])]
    return {one for one in units if one is not aims[0]} if len(aims) == 1 and len(units) > 1 else set()
