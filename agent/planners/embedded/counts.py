"""Counts and places in a list, said in digits or words, outside names, dates and codes."""

import re
from collections.abc import Iterable

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "last": -1, "former": 1, "latter": -1,
}  # fmt: skip
_COUNT = re.compile(
    r"(?:(?<![\w.,])|(?<=\bx))(?:(?P<minus>-|minus |negative )\s?)?"
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?=\s?x\b|(?![\w:]|[.,]\d|-\w))|(?P<word>[a-z]+)\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:the|this|that|these|those|which|every|each|any|no|another|other|same|last|first|next)\s+"
    r"(?:(?!(?:for|of|at|to|from|in|on|and|or|with|by)\b)[a-z-]+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a "one" that counts nothing: "the standard one"."""
_MAKE_THAT = re.compile(r"\b(?:make|change) (?:it|that|this)(?: to)?\s+$", re.IGNORECASE)
"""... but "make that one" counts."""
_PLACE = re.compile(r"(?:option|number|no\.?|nr\.?|#)\s*(\d)\b", re.IGNORECASE)


def count_in(text: str, taken: Iterable[tuple[int, int]]) -> int | None:
    """The first count in the text outside the stretches taken by names and times; may be zero or negative."""
    spans = list(taken)
    for found in _COUNT.finditer(text):
        digits, word = found["digits"], (found["word"] or "").casefold()
        at = found.start("digits") if digits else found.start("word")
        if any(start <= at < end for start, end in spans):
            continue
        if word == "one" and _PRONOUN.search(text[:at]) and not _MAKE_THAT.search(text[:at]):
            continue
        value = int(digits.replace(",", "")) if digits else _NUMBER_WORDS.get(word)
        if value is not None:
            return -value if found["minus"] else value
    return None


def place_in(text: str) -> int | None:
    """Which one of a list is meant: 1 for the first, -1 for the last."""
    for word in re.findall(r"[a-z]+|\d+[a-z]*", text.casefold()):
        if word in _ORDINALS:
            return _ORDINALS[word]
    found = _PLACE.search(text)
    return int(found.group(1)) if found else None
