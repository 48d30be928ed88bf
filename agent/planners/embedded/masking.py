"""A message with its names, times and numbers replaced by their kinds, so that what is asked stands out."""

import re
from collections.abc import Iterable

from agent.planners.embedded.date_values import Daily, Minutes, Moment, When, Window
from agent.planners.embedded.lexicon import Mention

TAG_OF_KIND: dict[str, str] = {
    "site": "site", "unit": "unit", "room": "room", "bed": "bed", "clinic": "clinic", "service": "service",
    "clinician": "person", "staff": "person", "patient": "patient", "item": "item", "procedure": "procedure",
    "equipment": "equipment", "case": "case", "requisition": "requisition", "scanner": "scanner",
    "level_of_care": "level", "code": "item",
}  # fmt: skip
TAG_OF_TIME: dict[type[When], str] = {Window: "date", Moment: "time", Minutes: "duration", Daily: "date"}

_NUMBER = re.compile(r"(?<![\w<])\d+(?:[.,]\d+)*(?![\w>])")


WRITTEN_OUT: dict[str, str] = {
    "appt": "appointment", "appts": "appointments", "dcs": "discharges", "dna": "no-show", "dnas": "no-shows",
    "dx": "diagnosis", "evs": "housekeeping", "fcots": "first case on time starts", "los": "length of stay",
    "ot": "overtime", "pls": "please", "po": "purchase order", "pos": "purchase orders", "pts": "patients",
    "req": "requisition", "reqs": "requisitions", "rn": "nurse", "rns": "nurses", "sx": "surgery", "thx": "thanks",
    "tnaa": "third next available appointment", "tx": "treatment", "u": "you", "util": "utilisation", "vs": "versus",
    "xfer": "transfer", "xfers": "transfers",
}  # fmt: skip
"""Abbreviations of the field that a sentence encoder does not know."""
_SHORT = re.compile(rf"(?<![\w<])(?:{'|'.join(WRITTEN_OUT)})(?![\w>])", re.IGNORECASE)


def mask(text: str, mentions: Iterable[Mention], times: Iterable[When]) -> str:
    """ "Is OR 4 free Thursday?" -> "Is <room> free <date>?". Where a name and a time overlap, the longer counts."""
    spans = [(found.start, found.end, _tag(found)) for found in mentions if found.kind in TAG_OF_KIND]
    spans += [(when.said.start, when.said.end, TAG_OF_TIME[type(when)]) for when in times]
    pieces: list[str] = []
    at = 0
    for start, end, tag in _apart(spans):
        pieces += [_plain(text[at:start]), f"<{tag}>"]
        at = end
    return "".join([*pieces, _plain(text[at:])])


def _tag(found: Mention) -> str:
    return "appointment" if found.words.upper().startswith("APT-") else TAG_OF_KIND[found.kind]


def _plain(text: str) -> str:
    """The words between the names: numbers masked, abbreviations written out."""
    return _SHORT.sub(lambda short: WRITTEN_OUT[short[0].lower()], _NUMBER.sub("<number>", text))


def _apart(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return sorted(kept)
