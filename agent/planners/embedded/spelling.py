"""Slips of the finger put right before a message is read: "tomorow", "requsition"; names are left to the lexicon."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent.planners.embedded import date_words

_WORD = re.compile(r"(?<![\w@./<'’-])[A-Za-z]{4,}(?![\w@/>-])")
_TALK = re.compile(r"[a-z]{4,}")
_MOST_LOOKUPS = 12
DATE_WORDS = frozenset(
    word
    for words in (
        date_words.WEEKDAYS, date_words.MONTHS, date_words.MINUTES_OF, date_words.PERIODS, date_words.PART_WORDS,
        ("today", "tomorrow", "tonight", "yesterday", "weekend", "midnight", "noon", "mornings", "afternoons"),
    )
    for word in words
    if len(word) >= 4
)  # fmt: skip


def words_said(texts: Iterable[str]) -> Mapping[str, int]:
    """The words of these texts with how often each is said, the words of time included."""
    said = Counter(word for text in texts for word in _TALK.findall(text.lower()))
    return said + Counter(dict.fromkeys(DATE_WORDS, 20))


class Spelling:
    """Puts one slip per word right, towards words that people say here.

    `said`: those words with how often. `known`: whether a word is right as it is, though nobody says it here.
    """

    def __init__(self, said: Mapping[str, int], known: Callable[[str], bool]) -> None:
        self._said = said
        self._words = list(said)
        self._known = known

    def corrected(self, text: str) -> str:
        """The text with what are surely slips put right; capitals inside a sentence mark a name and stay."""
        lookups = 0

        def mended(found: re.Match[str]) -> str:
            nonlocal lookups
            word, lower = found[0], found[0].lower()
            named = word[0].isupper() and found.start() > 0 and not word.isupper()
            if named or lower in self._said or lookups >= _MOST_LOOKUPS or self._known(lower):
                return word
            lookups += 1
            near = self._near(lower)
            return word if near is None else near.capitalize() if word[0].isupper() else near

        return _WORD.sub(mended, text)

    def _near(self, word: str) -> str | None:
        """The word one slip away that is said most; its first letter counts as right, another ending is no slip."""
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=1, limit=8)
        if any(word in (f"{other}s", f"{other}d", f"{other}r") for other, _, _ in near):
            return None
        fits = [other for other, _, _ in near if other[0] == word[0]]
        return max(fits, key=lambda other: self._said[other], default=None)
