"""Names by their words: whole names, parts of names, codes, and words spelt nearly right."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from agent.planners.embedded.lexicon_words import ORDINARY, TITLES, Word, words_of

PEOPLE = frozenset({"clinician", "staff", "patient"})
# Words that do not tell one name from another.
_EMPTY = frozenset({*TITLES, "clinic", "unit", "room", "hospital", "the", "of", "and", "center", "department", "bed"})
_TELLING = 6
"""A word of so many letters may name an item alone."""
_MOST_LOOKUPS = 40
_MOST_WORDS = 2_000


@dataclass(frozen=True)
class Entry:
    """Something with a name: `home` says where it belongs, e.g. {"site": "northgate", "unit": "5-west"}.

    Of `phrases` no part is a name: "family doctor" is general medicine, "the family" is not.
    """

    kind: str
    id: str
    names: tuple[str, ...]
    home: Mapping[str, str] = field(default_factory=dict)
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Words `first` <= i < `after` of a message that name these entries, with how well each fits (0 to 1)."""

    first: int
    after: int
    scores: Mapping[int, float]
    whole: bool


class _Node:
    __slots__ = ("entries", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.entries: set[int] = set()


class NameIndex:
    """The entries' names, prepared once; see `matches`."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._root = _Node()
        self._codes: dict[str, set[int]] = defaultdict(set)
        self._holding: dict[str, set[int]] = defaultdict(set)
        self._names: dict[int, list[tuple[str, ...]]] = defaultdict(list)
        for number, entry in enumerate(entries):
            for name in (*entry.names, entry.id):
                self._add(number, name)
            for phrase in entry.phrases:
                self._add_whole(number, tuple(word.key for word in words_of(phrase)))
        self._weights = {word: 1 / (1 + math.log(len(held))) for word, held in self._holding.items()}
        self._spellable = [
            word for word in self._holding if len(word) >= 4 and word.isalpha() and word not in ORDINARY
        ]

    def _add(self, number: int, name: str) -> None:
        keys = tuple(word.key for word in words_of(name))
        if not keys:
            return
        self._add_whole(number, keys)
        bare = tuple(key for key in keys if key not in _EMPTY)
        if bare and bare != keys and self.entries[number].kind in PEOPLE:
            self._add_whole(number, bare)
        squeezed = "".join(keys).replace("-", "")
        if any(char.isdigit() for char in squeezed) and any(char.isalpha() for char in squeezed):
            self._codes[squeezed].add(number)
        self._names[number].append(bare)
        for key in bare:
            self._holding[key].add(number)

    def _add_whole(self, number: int, keys: tuple[str, ...]) -> None:
        node = self._root
        for key in keys:
            node = node.next.setdefault(key, _Node())
        node.entries.add(number)

    def spellings(self, words: Sequence[Word]) -> list[list[tuple[str, float]]]:
        """For each word the known words it may stand for, itself first, with how close each is (0 to 1)."""
        known: dict[str, list[tuple[str, float]]] = {}
        lookups = 0
        before = ""
        for word in words[:_MOST_WORDS]:
            key, marked = word.key, word.capital or before in TITLES
            before = key
            if key in known:
                continue
            known[key] = [(key, 1.0)]
            if key in TITLES:
                continue
            if key.endswith("s") and key not in self._holding and key[:-1] in self._holding:
                known[key].append((key[:-1], 0.98))
            unknown = key not in self._holding and key not in self._root.next and key not in ORDINARY
            if unknown and 4 <= len(key) <= 30 and key.isalpha() and lookups < _MOST_LOOKUPS:
                lookups += 1
                known[key] += self._near(key, marked)
        return [known[word.key] for word in words[:_MOST_WORDS]]

    def knows(self, key: str) -> bool:
        """Whether a word is in a name."""
        return key in self._holding or key in self._root.next

    def words(self, kinds: Collection[str] = ()) -> list[str]:
        """The words of four letters or more that are in names; `kinds` limits it to names of these kinds."""
        of_kind = [
            word
            for word, held in self._holding.items()
            if not kinds or any(self.entries[number].kind in kinds for number in held)
        ]
        return [word for word in of_kind if len(word) >= 4 and word.isalpha()]

    def _near(self, key: str, marked: bool) -> list[tuple[str, float]]:
        cutoff = (78 if marked else 84) if len(key) >= 5 else 85
        near = process.extract(key, self._spellable, scorer=fuzz.ratio, score_cutoff=cutoff, limit=3)
        return [(word, score / 100) for word, score, _ in near if word[0] == key[0] or score >= 92]

    def nearest(self, text: str, kinds: Iterable[str], limit: int = 3) -> list[int]:
        """The entries of these kinds whose names look most like the text, best first, for a "did you mean"."""
        wanted = set(kinds)
        names = {
            (number, " ".join(name)): " ".join(name)
            for number, named in self._names.items()
            if self.entries[number].kind in wanted
            for name in named
        }
        target = " ".join(word.key for word in words_of(text) if word.key not in TITLES)
        found = process.extract(
            target, names, scorer=fuzz.WRatio, score_cutoff=70 if wanted <= PEOPLE else 45, limit=limit * 3
        )
        return list(dict.fromkeys(number for _, _, (number, _) in found))[:limit]

    def matches(self, words: Sequence[Word]) -> list[Match]:
        """Every stretch of words that names something, whole names, codes and distinctive parts of names."""
        spellings = self.spellings(words)
        found: list[Match] = []
        for first in range(len(spellings)):
            found += self._whole(spellings, first)
            found += self._coded(words, first)
            found += self._partial(words, spellings, first)
        return found

    def _whole(self, spellings: list[list[tuple[str, float]]], first: int) -> list[Match]:
        found: list[Match] = []
        paths: list[tuple[_Node, float]] = [(self._root, 1.0)]
        for after in range(first, min(first + 8, len(spellings))):
            paths = [
                (node.next[key], min(score, close))
                for node, score in paths
                for key, close in spellings[after]
                if key in node.next
            ]
            if not paths:
                break
            scores: dict[int, float] = {}
            for node, score in paths:
                for number in node.entries:
                    scores[number] = max(scores.get(number, 0.0), score)
            if scores:
                found.append(Match(first, after + 1, scores, whole=True))
        return found

    def _coded(self, words: Sequence[Word], first: int) -> list[Match]:
        """Codes said with other gaps: "hip rev 7", "case401"."""
        squeezed = ""
        found = []
        for after in range(first, min(first + 4, len(words))):
            squeezed += words[after].key.replace("-", "")
            if squeezed in self._codes:
                found.append(Match(first, after + 1, dict.fromkeys(self._codes[squeezed], 1.0), whole=True))
        return found

    def _partial(self, words: Sequence[Word], spellings: list[list[tuple[str, float]]], first: int) -> list[Match]:
        """Distinctive words of a longer name: a surname, "Keller", or "revision hip" of "revision hip tray"."""
        found: list[Match] = []
        alive: dict[int, float] | None = None
        said: dict[int, set[str]] = defaultdict(set)
        for after in range(first, min(first + 5, len(spellings))):
            held: dict[int, float] = {}
            for key, close in spellings[after]:
                if key in _EMPTY or (key == "a" and not words[after].capital and after == first):
                    continue  # "a cup" is no cup A
                for number in self._holding.get(key, ()):
                    if alive is None or (number in alive and key not in said[number]):
                        before = 1.0 if alive is None else alive[number]
                        held[number] = max(held.get(number, 0.0), min(before, close))
                        said[number].add(key)
            if not held:
                break
            alive = held
            covered = self._evened({number: self._covered(number, said[number]) for number in held}, said)
            scores = {
                number: close * covered[number]
                for number, close in held.items()
                if covered[number] >= 0.45
                and self._tells(words[first : after + 1], words[first - 1] if first else None, number)
            }
            if scores:
                found.append(Match(first, after + 1, scores, whole=False))
        return found

    def _evened(self, covered: Mapping[int, float], said: Mapping[int, set[str]]) -> dict[int, float]:
        """Items of whose names the same words were said fit alike, however rare the words are that were not."""
        items = {number: frozenset(said[number]) for number in covered if self.entries[number].kind == "item"}
        best: dict[frozenset[str], float] = {}
        for number, words in items.items():
            best[words] = max(best.get(words, 0.0), covered[number])
        return {number: best[items[number]] if number in items else share for number, share in covered.items()}

    def _covered(self, number: int, said: set[str]) -> float:
        """Which share of the name was said, rare words counting more; a surname counts .9, a first name .6."""
        best = 0.0
        person = self.entries[number].kind in PEOPLE
        for name in self._names[number]:
            if person and name and name[-1] in said and said <= set(name):
                best = max(best, 0.95 if len(said) == len(name) else 0.9)
            elif person and said <= set(name):
                best = max(best, 0.6)
            if len(said) == 1 and said <= set(name) and self._tells_alone(next(iter(said)), number):
                best = max(best, 0.5)
            total = sum(self._weights[key] for key in name)
            part = sum(self._weights[key] for key in name if key in said)
            best = max(best, 0.95 * part / total if total else 0.0)
        return best

    def _tells_alone(self, key: str, number: int) -> bool:
        """Whether this one word belongs to a single item of all that has a name ("gadolinium")."""
        return len(key) >= _TELLING and self._holding[key] == {number} and self.entries[number].kind == "item"

    def _tells(self, words: Sequence[Word], before: Word | None, number: int) -> bool:
        """Whether these words can be a name at all: ordinary words alone need a title or, for people, a capital."""
        if any(word.key not in ORDINARY and not word.key.isdigit() and len(word.key) > 1 for word in words):
            return True
        titled = before is not None and before.key in TITLES
        person = self.entries[number].kind in PEOPLE
        return titled if person else False
