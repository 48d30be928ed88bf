"""What kind of name a strange word is by its shape and place: a site, a code."""

from collections.abc import Sequence

from agent.planners.embedded.lexicon_words import ORDINARY, SHAPES, Word


def kind_of_place(words: Sequence[Word], at: int) -> str:
    """A strange capitalised word right after "at" is taken for a site that we do not have ("at Springfield")."""
    word = words[at]
    strange = word.capital and word.key.isalpha() and len(word.key) >= 4 and word.key not in ORDINARY
    return "site" if at and strange and words[at - 1].key == "at" else ""


def kind_of_code(key: str) -> str:
    """The kind of a code that is not in the lexicon, by its letters ("case-999") or length (a patient's number)."""
    if key.isdigit():
        return "patient" if len(key) in (5, 6, 7, 8) else ""
    prefix = key.partition("-")[0]
    return SHAPES.get(prefix, "code") if "-" in key and any(char.isdigit() for char in key) else ""
