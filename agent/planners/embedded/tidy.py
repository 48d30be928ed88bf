"""Mentions before they are read: what only looks like a name goes, neighbours that name one thing are joined."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from agent.planners.embedded.lexicon import Candidate, Lexicon, Mention
from agent.planners.embedded.lexicon_words import words_of

PEOPLE = ("clinician", "staff", "patient")
_FEWEST_DIGITS = 3
"""A requisition's number has at least so many digits: "Requisition 4 x CUP-A" orders four."""
_BED = re.compile(r"\bbeds?\b[^.;!?]*$", re.IGNORECASE)
_MONEY = re.compile(r"budget|cost cent|funds?\b|money", re.IGNORECASE)
_PLACES = ("site", "unit", "room", "scanner")
_RULED_OUT = re.compile(
    r"\b(?:not|except|excluding|avoid|other than|anywhere but)\s+(?:(?:in|at|on|for|the)\s+)*$", re.IGNORECASE
)
_LEAVE_OUT = re.compile(
    r"\b(?:leave|leaving|take|taking|keep|rule|strip) out (?:the )?(?:\w+ (?:and|or|&) )?(?:the )?$", re.IGNORECASE
)
"""Before what is not meant: "leave out ED and PACU"."""
_LEFT_OUT = re.compile(r"\b(?:keep|keeping|leave|leaving|take|taking|with)\s+(?:the )?$", re.IGNORECASE)
_OUT = re.compile(r"\s+(?:left )?out(?:\s+of\s+(?:it|this|that)|\W*$|\s*[,;.])", re.IGNORECASE)
"""A place on both sides of which it says that it is not meant: "keep Harbor out of it"."""
_THINGS = frozenset({"bed", "room", "scanner", "equipment"})
_SURNAME = 0.85
"""A surname fits a person's name at least so well; a first name alone does not."""
_KINDS_OF_ITEM = re.compile(r"(?:(?:loaners|implants|trays|sets|kits|and|&)\W*)+", re.IGNORECASE)
_SOME_OTHER = re.compile(
    r"\b(?:(?:the|some|an?) other|other|(?:a )?different|alternative)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_OPERATION = re.compile(r"\s+(?:[\w-]+\s+)?(?:cases?|surger\w+|operations?|add-?ons?|procedures?)\b", re.IGNORECASE)


def tidy(mentions: Iterable[Mention], text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """Mentions that are none left out, and neighbours that name one thing together made one."""
    kept: list[Mention] = []
    found = list(mentions)
    for mention, after in zip_longest(found, found[1:]):
        if _is_none(mention, text) or _is_stray(mention, found) or _is_urgency(mention, after, text):
            continue
        if _is_ward_room(mention, found) or _is_kind_of_item(mention) or _is_some_other(mention, text):
            continue
        joined = _joined(kept[-1], mention, text, lexicon) if kept else None
        if joined is not None:
            kept[-1] = joined
        else:
            kept.append(mention)
    return tuple(kept)


def _is_none(mention: Mention, text: str) -> bool:
    """Whether the words only look like a name (a short number, a bed not called so), or name what is not meant."""
    before = text[: mention.start]
    if mention.kind in _PLACES and (_RULED_OUT.search(before) or _LEAVE_OUT.search(before)):
        return True
    if mention.kind in _PLACES and _LEFT_OUT.search(text[: mention.start]) and _OUT.match(text[mention.end :]):
        return True
    match mention.kind:
        case "requisition":
            return digits_in(mention.words) < _FEWEST_DIGITS
        case "bed":
            return " " in mention.words and not _BED.search(text[: mention.end])
        case "cost_centre":
            return not digits_in(mention.words) and not _MONEY.search(mention.words)
        case _:
            return False


def _is_stray(mention: Mention, found: Sequence[Mention]) -> bool:
    """Whether a small word only looks like a first name, where a bed or device is what is told about."""
    bare = mention.kind in PEOPLE and mention.words.islower() and len(mention.words.split()) == 1
    return bare and mention.score < _SURNAME and any(one.kind in _THINGS for one in found)


def _is_ward_room(mention: Mention, found: Sequence[Mention]) -> bool:
    """Whether "room 12" is a patient's room: a ward or bed is named beside it."""
    said = mention.words.casefold()
    return mention.kind == "room" and said.startswith("room") and any(one.kind in ("unit", "bed") for one in found)


def _is_kind_of_item(mention: Mention) -> bool:
    """Whether only a kind is said, of which there are many: "loaners"; "the loaner" is the one there is."""
    return mention.kind == "item" and _KINDS_OF_ITEM.fullmatch(mention.words) is not None


def _is_some_other(mention: Mention, text: str) -> bool:
    """Whether "the other revision set" names no item: which other one is left open."""
    named = digits_in(mention.words) or mention.words.isupper()
    return mention.kind == "item" and not named and _SOME_OTHER.search(text[: mention.start]) is not None


def _is_urgency(mention: Mention, after: Mention | None, text: str) -> bool:
    """Whether "emergency" says how urgent the operation is, not which service does it."""
    if mention.kind != "service" or mention.words.casefold() != "emergency":
        return False
    operation = after is not None and after.kind == "procedure" and not text[mention.end : after.start].strip()
    return operation or _OPERATION.match(text[mention.end :]) is not None


def digits_in(words: str) -> int:
    return sum(letter.isdigit() for letter in words)


def _joined(left: Mention, right: Mention, text: str, lexicon: Lexicon) -> Mention | None:
    """ "revision" and "total knee" side by side are the one operation that most of their words name."""
    if left.kind != right.kind or text[left.end : right.start].strip():
        return None
    unclear, other = (left, right) if len(left.of(left.kind)) > 1 else (right, left)
    if len(unclear.of(unclear.kind)) < 2:
        return None
    said = {word.key for word in words_of(text[left.start : right.end])}
    fits = {id: _shared(lexicon, left.kind, id, said) for id in unclear.of(unclear.kind)}
    best = [id for id in fits if fits[id] == max(fits.values())]
    apart = {word.key for word in words_of(other.words)}
    if len(best) != 1 or not _shared(lexicon, left.kind, best[0], apart):
        return None
    one = Candidate(left.kind, best[0], 1.0)
    return replace(left, end=right.end, words=text[left.start : right.end], candidates=(one,))


def _shared(lexicon: Lexicon, kind: str, id: str, said: set[str]) -> int:
    names = lexicon.entry(kind, id).names
    return max(len(said & {word.key for word in words_of(name)}) for name in names)
