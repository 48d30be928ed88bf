"""A name said in part goes by what was spoken about: after a total knee, "the revision one" is the revision knee."""

import re
from collections.abc import Mapping

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.lexicon_words import words_of

_BY_PART = ("procedure", "item", "equipment", "level_of_care")
_ALIKE = ("procedure", "item")
"""Kinds of which another one is meant only when it shares a word with the one spoken about."""
_SMALL = frozenset(
    "the a an and or no not on in at of for to with what how about is are it ones one instead then only just please "
    "ok okay i mean meant same other those these that this rather".split()
)
_MOST_WORDS = 2


def narrow(heard: Heard, earlier: Mapping[str, list[str]], lexicon: Lexicon) -> None:
    """Settle what a follow-up names in part, where the words and the matter before leave one thing."""
    said = {word.key.removesuffix("s") for word in words_of(heard.text)} - _SMALL
    for kind in _BY_PART:
        before = next(iter(earlier.get(kind, [])), None)
        if before is None or kind in heard.slots:
            continue
        blurs = heard.blurred.get(kind, ())
        if len(blurs) == 1 and blurs[0].known:
            ids = list(blurs[0].ids)
        elif not blurs and 0 < len(said) <= _MOST_WORDS:
            ids = [
                one.id for one in lexicon.entries(kind) if any(said <= name for name in _names(lexicon, kind, one.id))
            ]
        else:
            continue
        like = [id for id in ids if kind not in _ALIKE or _shared(lexicon, kind, id, before)]
        if len(like) == 1:
            heard.slots[kind] = like
            heard.blurred.pop(kind, None)


def _names(lexicon: Lexicon, kind: str, id: str) -> list[set[str]]:
    return [{word.key.removesuffix("s") for word in words_of(name)} for name in lexicon.entry(kind, id).names]


def _shared(lexicon: Lexicon, kind: str, one: str, other: str) -> bool:
    """Whether the names have a word in common that tells something."""
    first, second = (set().union(*_names(lexicon, kind, id)) for id in (one, other))
    return any(re.fullmatch(r"[a-z]{3,}", word) for word in first & second - _COMMON)


_COMMON = frozenset("total system standard tray loaner implant arthroplasty repair surgery".split())
