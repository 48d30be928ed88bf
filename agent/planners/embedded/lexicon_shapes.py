"""What kind of name a strange word is by its shape and place: a site, the owner of a visit, a code."""

from collections.abc import Sequence

from agent.planners.embedded.lexicon_words import ORDINARY, SHAPES, Word


def kind_of_place(words: Sequence[Word], at: int) -> str:
    """A strange capitalised word right after "at" is taken for a site that we do not have ("at Springfield")."""
    word = words[at]
    strange = word.capital and word.key.isalpha() and len(word.key) >= 4 and word.key not in ORDINARY
    return "site" if at and strange and words[at - 1].key == "at" else ""


_VISITS = frozenset(
    "visit visits appointment appointments appt scan scans mri ct ultrasound echo exam examination slot booking "
    "bookings follow followup consult check checkup review recheck".split()
)
_NO_NAMES = frozenset(
    "mum mother dad father daughter son wife husband somebody someone nobody everybody lady gentleman man woman kid "
    "child tomorrow today tonight yesterday".split()
)


def kind_of_owner(words: Sequence[Word], at: int, text: str) -> str:
    """A strange capitalised name that owns a visit ("Weber's scan", "Diaz's cardiology follow-up") is a patient's."""
    word = words[at]
    strange = word.capital and word.key.isalpha() and len(word.key) >= 3 and word.key not in ORDINARY | _NO_NAMES
    owns = text[word.end : word.end + 2].lower() in ("'s", "’s")
    return "patient" if strange and owns and any(near.key in _VISITS for near in words[at + 2 : at + 6]) else ""


def kind_of_code(key: str) -> str:
    """The kind of a code that is not in the lexicon, by its letters ("case-999") or length (a patient's number)."""
    if key.isdigit():
        return "patient" if len(key) in (5, 6, 7, 8) else ""
    prefix = key.partition("-")[0]
    return SHAPES.get(prefix, "code") if "-" in key and any(char.isdigit() for char in key) else ""
