"""Slips of the finger put right before a message is read: "tomorow", "requsition", "4 norh", "net week"."""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from agent.planners.embedded import date_words
from agent.planners.embedded.lexicon_words import SAME_PHRASE, SAME_WORD, SHAPES, TITLES

_WORD = re.compile(r"(?<![\w@./<'’])[A-Za-z]{3,}(?![\w@/>])")
_TALK = re.compile(r"[a-z]{4,}")
_MOST_LOOKUPS = 12
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {letter: row[max(at - 1, 0) : at + 2] for row in _KEYS for at, letter in enumerate(row)}
_COMPASS = ("north", "south", "east", "west")
_PERIOD = re.compile(rf"\W+(?:{'|'.join((*date_words.PERIODS, *date_words.WEEKDAYS))})\b", re.IGNORECASE)
_SURE = 20
_MOST = 15
"""Beyond so many times it does not matter how often a word is said."""
_ENGLISH = 1
_FIELD = 6
_NAME = 2
_SHORT_NEEDS = 3.9
"""A word of three letters is put right only towards a word that is said so often."""
_NAME_LIKE = 5
"""Longer words behind a title that is none ("miss tongiht") may be no name."""
DATE_WORDS = frozenset(
    word
    for words in (
        date_words.WEEKDAYS, date_words.MONTHS, date_words.MINUTES_OF, date_words.PERIODS, date_words.PART_WORDS,
        date_words.NUMBERS, date_words.FORWARD, date_words.BACKWARD, date_words.HERE, date_words.PART_PLURALS,
        ("today", "tomorrow", "tonight", "yesterday", "weekend", "midnight", "noon"),
    )
    for word in words
    if len(word) >= 4
)  # fmt: skip
FIELD_WORDS = frozenset(
    word
    for words in (*SAME_WORD.values(), " ".join((*SAME_WORD, *SHAPES, *_COMPASS)), *map(" ".join, SAME_PHRASE))
    for word in words.split()
    if len(word) >= 4 and word.isalpha()
)


def words_said(texts: Iterable[str]) -> Counter[str]:
    """The words of these texts with how often each is said; those of time and of the field count more."""
    said = Counter(word for text in texts for word in _TALK.findall(text.lower()))
    said = Counter({word: min(count, _MOST) for word, count in said.items()})
    return said + Counter(dict.fromkeys(DATE_WORDS, _SURE)) + Counter(dict.fromkeys(FIELD_WORDS, _FIELD))


def named_as_well(said: Counter[str], names: Iterable[str]) -> Mapping[str, int]:
    """The words said, and those of which names are made."""
    return said + Counter(dict.fromkeys(names, _NAME))


_JOINED = re.compile(
    r"\b(?:(do|does|did|is|are|was|have|has|had|ca|could|would|should|wo|need|must)nt|(that|what|where|who|how|there|here)s)\b",
    re.IGNORECASE,
)


def with_apostrophes(text: str) -> str:
    """The text with the apostrophes that are left out in haste: "dont" is "don't", "whats" is "what's"."""
    return _JOINED.sub(lambda found: f"{found[1]}n't" if found[1] else f"{found[2]}'s", text)


class Spelling:
    """Puts one slip per word right, towards words that people say here.

    `said`: those words with how often. `known`: whether a word is right as it is, though nobody says it here.
    `names`: words of which people's names are made: the only ones looked for behind a title.
    """

    def __init__(
        self, said: Mapping[str, int], known: Callable[[str], bool], names: frozenset[str] = frozenset()
    ) -> None:
        self._said = said
        self._known = known
        self._names = names

    def corrected(self, text: str) -> str:
        """The text with what are surely slips put right; capitals inside a sentence mark a name and stay."""
        lookups = 0

        def mended(found: re.Match[str]) -> str:
            nonlocal lookups
            word, lower = found[0], found[0].lower()
            if (meant := _by_place(lower, text[: found.start()], text[found.end() :])) is not None:
                return _as(word, meant)
            around = text[max(found.start() - 1, 0) : found.end() + 1]
            named = word[0].isupper() and found.start() > 0 and not word.isupper()
            code = word.isupper() and (len(word) == 3 or "-" in around)
            if named or code or lookups >= _MOST_LOOKUPS or self._is_right(lower):
                return word
            lookups += 1
            before = text[: found.start()].lower().rstrip(" .").rpartition(" ")[2]
            near = self._near(lower, after_title=before in TITLES)
            return word if near is None else _as(word, near)

        return _WORD.sub(mended, text)

    def _is_right(self, word: str) -> bool:
        """Whether it is a word, or a word with another ending."""
        return word in self._said or self._known(word) or (word[-1] in "sdr" and word[:-1] in self._said)

    def _near(self, word: str, after_title: bool) -> str | None:
        """The word one slip away that is likeliest meant; its first letter counts as right."""
        slips = _slips(word)
        fits = {other: likely * self._weight(other) for other, likely in slips.items()}
        if after_title:
            people = {other: score for other, score in fits.items() if other in self._names}
            sure = {other: score for other, score in fits.items() if slips[other] == 1 and len(word) > _NAME_LIKE}
            fits = people or sure
        fits = {other: score for other, score in fits.items() if score > (_SHORT_NEEDS if len(word) == 3 else 0)}
        best = max(fits.values(), default=0.0)
        meant = [other for other, score in fits.items() if score == best]
        return meant[0] if len(meant) == 1 else None

    def _weight(self, word: str) -> float:
        """How likely anybody says it."""
        return self._said.get(word) or (_ENGLISH if len(word) >= 4 and self._known(word) else 0)


def _by_place(word: str, before: str, after: str) -> str | None:
    """What a word must be where it stands, though it is one of its own: "5 wet" is a unit, "net week" a time."""
    if word not in _COMPASS and re.search(r"(?<![\w.:/-])\d\s$", before):
        return next((one for one in _COMPASS if word in _slips(one)), None)
    if len(word) == 3 and _PERIOD.match(after):
        return next((one for one in ("next", "last", "this") if word in _slips(one)), None)
    return None


def _as(word: str, other: str) -> str:
    return other.capitalize() if word[0].isupper() else other


def _slips(word: str) -> dict[str, float]:
    """Every string one slip away, with how likely that slip is; the first letter is never the slip."""
    found: dict[str, float] = {}
    for other, likely in _changed(word):
        if other != word:
            found[other] = max(likely, found.get(other, 0.0))
    return found


def _changed(word: str) -> Iterator[tuple[str, float]]:
    for at in range(1, len(word)):
        head, letter, rest = word[:at], word[at], word[at + 1 :]
        doubled = letter == word[at - 1]
        yield head + rest, 1.0 if doubled else 0.5
        if rest:
            yield head + rest[0] + letter + rest[1:], 1.0
        for other in string.ascii_lowercase:
            yield head + other + rest, 1.0 if other in _BESIDE.get(letter, "") else 0.3
            yield head + other + word[at:], 0.8
    for other in string.ascii_lowercase:
        yield word + other, 0.8
