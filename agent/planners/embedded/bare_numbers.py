"""Numbers that stand alone and name a record: "bump 402", where 402 is the number of a case."""

import re
from collections.abc import Sequence

from agent.planners.embedded.date_values import When
from agent.planners.embedded.lexicon import Mention
from hospital.ids import CaseId, RequisitionId
from hospital.model.bookings import SurgicalCase
from hospital.model.supply import Requisition
from hospital.ports import Reader

_NUMBER = re.compile(r"(?<![\w$€£.,:/–-])#?(\d{3,4})(?![\w%:/–-]|[.,]\d)")
_OTHER_THING_BEFORE = re.compile(
    r"(?:\b(?:at|room|bed|bay|ext(?:ension)?|order|buy|purchase|cost cent(?:re|er)|cc|account|budget|x)|"
    r"[$€£])\s*$",
    re.IGNORECASE,
)
_WANTED_BEFORE = re.compile(r"\b(?:need|get)\s*$", re.IGNORECASE)
_DONE_AFTER = re.compile(
    r"\s*(?:in|into|on|onto|off|out|moved|done|started|going|earlier|later|back|forward|away|up|to)\b", re.IGNORECASE
)
"""What is done with a case after "get" or "need": "get 403 in earlier", where "get 403 gloves" counts them."""
_CLOCK_BEFORE = re.compile(r"\b(?:by|until|till|to|from|after|before|around|about|since)\s*$", re.IGNORECASE)
_COUNTED_AFTER = re.compile(
    r"\s*(?:x|of|more|pcs|pieces?|units?|min\w*|hours?|hrs?|h|days?|weeks?|beds?|patients?|nurses?|dollars?|usd|"
    r"percent|cases|visits|slots|am|pm|o'?clock)\b",
    re.IGNORECASE,
)
_ROUND = 5
"""Clock times are said in steps of so many minutes."""


def with_bare_records(
    text: str, mentions: Sequence[Mention], times: Sequence[When], world: Reader
) -> tuple[list[Mention], tuple[When, ...]]:
    """The names and times of a message, with the bare numbers in it that are cases or requisitions of ours.

    A number that counts something, is money or is plainly a time of day is none. A "time" that is nothing but such a
    number was none.
    """
    found: list[Mention] = []
    kept = tuple(times)
    for number in _NUMBER.finditer(text):
        start, end = number.span(1)
        if any(one.start < end and start < one.end for one in mentions) or _counts(text, start, end, mentions):
            continue
        over = [when for when in kept if when.said.start < end and start < when.said.end]
        if any(re.sub(r"\D", "", when.said.words) != number[1] for when in over):
            continue
        if _is_clock(text, start, number[1]) or (kind := _kind(world, number[1])) is None:
            continue
        kept = tuple(when for when in kept if when not in over)
        found.append(Mention(kind, start, end, number[1]))
    return sorted([*mentions, *found], key=lambda one: one.start), kept


def _kind(world: Reader, digits: str) -> str | None:
    """The kind of record that has this number here."""
    if world.get(SurgicalCase, CaseId(f"CASE-{digits}")) is not None:
        return "case"
    known = len(digits) > 3 and world.get(Requisition, RequisitionId(f"REQ-{digits}")) is not None
    return "requisition" if known else None


def _counts(text: str, start: int, end: int, mentions: Sequence[Mention]) -> bool:
    if _OTHER_THING_BEFORE.search(text[:start]) or _COUNTED_AFTER.match(text, end):
        return True
    if _WANTED_BEFORE.search(text[:start]) and not _DONE_AFTER.match(text, end):
        return True
    return any(one.kind == "item" and not text[end : one.start].strip() for one in mentions if one.start >= end)


def _is_clock(text: str, start: int, digits: str) -> bool:
    """Whether "to 930" is half past nine rather than case 930."""
    hour, minute = int(digits[:-2]), int(digits[-2:])
    clock = hour < 24 and minute < 60 and minute % _ROUND == 0
    return clock and _CLOCK_BEFORE.search(text[:start]) is not None
