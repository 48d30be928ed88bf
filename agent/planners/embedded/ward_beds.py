"""A bed said as people of a ward say it, by its number: "22 is clean", "is 7 free", "room 12 has no suction"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.planners.embedded.bed_numbers import beds_called
from agent.planners.embedded.date_values import When
from agent.planners.embedded.lexicon import Candidate, Lexicon, Mention
from hospital.model.people import User

_STATE = (
    r"(?:empty|vacant|vacated|free|open|clean\w*|dirty|ready|available|occupied|taken|blocked|closed|stripped|done|"
    r"back\b(?! (?:to|from))|fixed|"
    r"broken|leaking|unusable|usable|gone|going|leaving|left|discharged|out of (?:use|service|order)|needs?|has no|"
    r"went home|transferred|moved (?:out|to)|passed|expired|"
    r"still (?:in|there|dirty|empty|being|waiting|here)|waiting (?:for|on))\b"
)
"""What a bed is said to be."""
_IN_A_ROOM = re.compile(r"\b(?:room|rm|bay)\s*(?:no\.?|#)?\s*(?P<number>\d{1,2})\b(?!\s?[:/-]\d)", re.IGNORECASE)
"""On a ward a room is where a bed stands; in recovery it is where the patient was operated."""
_TOLD = re.compile(
    rf"(?:^|[,;.!?]\s*|\b(?:that|so|and|because|patient in|pt in)\s+)(?:#\s?)?(?P<number>\d{{1,2}})(?:'?s)?\s+"
    rf"(?:(?:and|&)\s+(?P<other>\d{{1,2}})\s+)?"
    rf"(?:(?:is|was|has|are|been|both|just|now|finally|still|got|about|to be)\s+)*{_STATE}",
    re.IGNORECASE,
)
_IN_A_BED = re.compile(
    r"\b(?:broken|dead|gone|out|down|leak\w*|lying|patient|pt|lady|man|woman|guy|gentleman|suction|monitor|oxygen)\s+"
    r"(?:is\s+)?in\s+(?P<number>\d{1,2})(?=\s*(?:$|[,.;!?]|and\b|so\b|needs?\b|can(?:'?t|not)?\b|has\b|is\b|went\b|left\b|goes\b|"
    r"to\b))",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"(?:\b(?:can|could|should|may|is|move|send|transfer|put|take|bring)\s+)(?P<number>\d{1,2})\s+"
    r"(?=(?:go(?:es)?|come|move|be moved|(?:going|coming|over|up|down|across) to|to|up|down|over)\b)",
    re.IGNORECASE,
)
"""Whoever lies there is to go elsewhere: "can 14 go to 5 West"."""
_ASKED = re.compile(
    rf"\b(?:is|has|did|was)\s+(?:#\s?)?(?P<number>\d{{1,2}})\s+"
    rf"(?:(?:been|already|now|finally|still|actually|even|go(?:ne)?)\s+)*(?:{_STATE}|home\b|leave\b|clean\b)",
    re.IGNORECASE,
)


def with_ward_beds(
    text: str, mentions: Sequence[Mention], times: Sequence[When], user: User, lexicon: Lexicon
) -> tuple[tuple[Mention, ...], tuple[When, ...]]:
    """The names and times of a message, with the numbers in it by which somebody of a ward means its beds."""
    kept, found = tuple(mentions), tuple(times)
    ward = user.home.unit_id or ""
    if any(one.kind == "bed" for one in kept):
        return kept, found
    kept, found = _of_units_named(text, kept, found, user, lexicon)
    for name, start, end in () if not ward else _numbers(text, rooms=not ward.endswith("-pacu")):
        over = [one for one in kept if one.start < end and start < one.end]
        units = {id for one in kept if one.kind == "unit" for id in one.ids}
        called = beds_called(Mention("bed", start, end, f"bed {name}"), units, user, lexicon)
        if any(one.kind != "room" for one in over) or not called:
            continue
        bed = Mention("bed", start, end, f"bed {name}", tuple(Candidate("bed", one, 1.0) for one in called))
        kept = tuple(sorted([*(one for one in kept if one not in over), bed], key=lambda one: one.start))
        found = tuple(when for when in found if not (when.said.start < end and start < when.said.end))
    return kept, found


def _of_units_named(
    text: str, kept: tuple[Mention, ...], times: tuple[When, ...], user: User, lexicon: Lexicon
) -> tuple[tuple[Mention, ...], tuple[When, ...]]:
    """The beds said after their unit: "ICU 12 was transferred out"."""
    for unit in [one for one in kept if one.kind == "unit"]:
        said = _AFTER_UNIT.match(text, unit.end)
        if said is None or any(one.start < said.end() and unit.end < one.end for one in kept):
            continue
        bed = Mention("bed", unit.end, said.end("number"), f"bed {said['number']}")
        if called := beds_called(bed, set(unit.ids), user, lexicon):
            bed = replace(bed, candidates=tuple(Candidate("bed", one, 1.0) for one in called))
            kept = tuple(sorted([*kept, bed], key=lambda one: one.start))
            times = tuple(when for when in times if not (when.said.start < bed.end and bed.start < when.said.end))
    return kept, times


_AFTER_UNIT = re.compile(
    rf"[\s,]+(?:bed|room|rm)?\s*#?(?P<number>\d{{1,2}})(?:'?s)?\s+"
    rf"(?:(?:is|was|has|are|been|just|now|finally|still|got)\s+)*{_STATE}",
    re.IGNORECASE,
)


def _numbers(text: str, *, rooms: bool) -> Iterator[tuple[str, int, int]]:
    """The numbers said of beds, with the stretch of the message that says each."""
    for said in _IN_A_ROOM.finditer(text) if rooms else ():
        yield said["number"], said.start(), said.end("number")
    for pattern in (_TOLD, _ASKED, _IN_A_BED, _MOVED):
        for said in pattern.finditer(text):
            for group in ("number", "other") if pattern is _TOLD else ("number",):
                if said[group] is not None:
                    yield said[group], *said.span(group)
