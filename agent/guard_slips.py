"""Slips of the finger in words of danger: "chset pain", "siezure", "unconscous".

A word of its own is no slip: no ordinary word, none of the guard's vocabulary, and none of its `twins`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from agent.guard_text import VOCABULARY

ORDINARY = Path(__file__).parent / "planners" / "embedded" / "ordinary_words.txt"
SHORTEST = 5
"""Shorter words have too many neighbours that are words: "gaps" is no "gasp"."""
_OF_DANGER = ("signs", "chest", "breathe", "bleed", "fallen")
_WORD = re.compile(r"[a-z]{4,}", re.IGNORECASE)


def put_right(message: str) -> str:
    """The message with every word that is surely a slip of a word of danger written as that word."""
    return _WORD.sub(lambda found: SLIPS.get(found[0].lower(), found[0]), message)


def _slips_of(word: str) -> Iterator[str]:
    """The word with two letters swapped, one left out, or one doubled; its first letter is right."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _read_slips() -> dict[str, str]:
    sections = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    written = [text for section in sections.values() for text in section.values()]
    words = {word for text in written for word in re.findall(r"[a-z]+", text)}
    words |= set(ORDINARY.read_text(encoding="utf-8").split())
    of_danger = {word for name in _OF_DANGER for word in re.findall(r"[a-z]+", sections["emergency"][name])}
    found: dict[str, set[str]] = {}
    for word in (one for one in of_danger if len(one) >= SHORTEST):
        for slip in _slips_of(word):
            if slip not in words and slip.removesuffix("s") not in words:
                found.setdefault(slip, set()).add(word)
    return {slip: meant.pop() for slip, meant in found.items() if len(meant) == 1}


SLIPS = _read_slips()
"""Each slip with the word that is meant; what could be two of them is none."""
