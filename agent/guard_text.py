"""A message as the guard reads it: words by their stem, in clauses, with mood, negation and what is quoted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import yaml

Mood: TypeAlias = Literal["ask", "request", "tell"]
Concept: TypeAlias = frozenset[tuple[str, ...]]

VOCABULARY = Path(__file__).with_name("guard_words.yaml")

_TOKEN = re.compile(r"(?P<word>[^\W\d_]+(?:[’'][^\W\d_]+)?)|(?P<number>\d+(?::\d+)?)|(?P<mark>[^\w\s])")
_IRREGULAR = {
    "said": "say", "told": "tell", "gave": "give", "given": "give", "took": "take", "taken": "take", "had": "have",
    "has": "have", "bled": "bleed", "is": "be", "are": "be", "was": "be", "were": "be", "am": "be", "been": "be",
    "broke": "break", "broken": "break", "made": "make", "went": "go", "goes": "go", "sent": "send", "kept": "keep",
    "cannot": "can't", "cant": "can't", "dont": "don't", "isnt": "isn't", "wont": "won't", "wasn't": "isn't",
    "people": "person", "men": "man", "women": "woman", "written": "write", "wrote": "write", "ran": "run",
    "okayed": "okay", "ok'd": "okay", "oked": "okay", "dying": "die", "worse": "bad", "spoke": "speak",
    "does": "do", "did": "do", "done": "do", "having": "have", "giving": "give", "coming": "come", "used": "use",
    "going": "go", "doing": "do", "lying": "lie",
    "as": "as", "this": "this", "his": "his", "us": "us", "yes": "yes", "always": "always", "chest": "chest",
    "needs": "need", "less": "less", "pass": "pass", "process": "process", "illness": "illness", "access": "access",
}  # fmt: skip


def stem(word: str) -> str:
    """One form for a word's forms. Crude on purpose: concepts and messages go through the same door."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("sses", "xes", "zes", "ches", "shes")) else word[:-1]
        word = word[:-2] + "y" if word.endswith("ie") and len(word) > 4 else word
    for ending in ("ing", "ied", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3:
            word = root + "y" if ending == "ied" else _whole(root)
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _whole(root: str) -> str:
    """The verb that a stripped root comes from: "stopp" is stop, "tak" is take."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls":
        return root[:-1]
    vowels = [letter in "aeiou" for letter in root[-3:]]
    return root + "e" if len(root) == 3 and vowels == [False, True, False] and root[-1] not in "wxy" else root


def stems(words: Iterable[str]) -> frozenset[str]:
    """The words by their stems."""
    return frozenset(stem(word) for word in words)


_NEGATORS = stems({
    "no", "not", "without", "never", "deny", "none", "neither", "nor", "isn't", "don't", "doesn't", "didn't",
    "hasn't", "haven't", "aren't", "nobody", "negative", "free", "rule",
})  # fmt: skip
_FILLERS = stems({"please", "hey", "hi", "hello", "ok", "okay", "so", "and", "then", "but", "well", "also", "just"})
_URGING = stems({"you", "we", "i", "need", "want", "to", "go", "ahead", "must", "now"})
_ASKING = stems({
    "what", "why", "who", "whom", "whose", "which", "when", "where", "how", "be", "do", "have", "will", "isn't",
    "don't", "did", "does", "what's", "who's", "how's", "where's", "who'd", "what'd", "how'd", "who'll", "what'll",
})  # fmt: skip
_REQUESTING = stems({"can", "could", "may", "would", "should", "shall", "can't", "let's", "let"})
# "do it as four orders" is no question.
_DONE = stems({"it", "this", "that", "them", "so", "both"})
_CLAUSE_END = frozenset({",", ";", ".", "!", "?", ":", "—", "–", "\n", "(", ")"})
_SENTENCE_END = frozenset({".", "!", "?", "\n", ";"})
_CLAUSE_WORDS = stems({"but", "because", "however", "although", "so"})
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "st", "vs"})


def concept(*phrases: str) -> Concept:
    """A set of words and phrases that say the same thing."""
    return frozenset(tuple(stem(word) for word in phrase.split()) for phrase in phrases)


def concepts_of(section: str, path: Path = VOCABULARY) -> dict[str, Concept]:
    """The concepts of one section of the vocabulary file, by name. Raises KeyError for an unknown section."""
    sections: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        name: concept(*(phrase.strip() for phrase in phrases.split(",")))
        for name, phrases in sections[section].items()
    }


@dataclass(frozen=True)
class Word:
    """One word: `stem`, as written, the sentence and clause it stands in, whether it is quoted."""

    stem: str
    text: str
    sentence: int
    clause: int
    quoted: bool


@dataclass(frozen=True)
class Hit:
    """Words `first` <= i < `after` that express a concept."""

    first: int
    after: int


class Reading:
    """The message prepared for questions such as: is this said, here, and not denied?"""

    def __init__(self, message: str) -> None:
        self.message = message
        self.words = _read(message[:5_000])
        self._at: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self._at.setdefault(word.stem, []).append(at)

    def find(self, *concepts: Concept) -> list[Hit]:
        """Where any of the concepts is expressed; a phrase must stand together."""
        hits = []
        for phrase in frozenset().union(*concepts):
            for at in self._at.get(phrase[0], ()):
                if tuple(word.stem for word in self.words[at : at + len(phrase)]) == phrase:
                    hits.append(Hit(at, at + len(phrase)))
        return sorted(hits, key=lambda hit: (hit.first, -hit.after))

    def has(self, *concepts: Concept) -> bool:
        return bool(self.find(*concepts))

    def negated(self, hit: Hit, reach: int = 4) -> bool:
        """Whether a negation stands shortly before the hit, in its clause ("no chest pain", "denies ...")."""
        clause = self.words[hit.first].clause
        before = self.words[max(0, hit.first - reach) : hit.first]
        return any(word.stem in _NEGATORS and word.clause == clause for word in before)

    def together(self, left: Iterable[Hit], right: Iterable[Hit], reach: int = 8) -> list[tuple[Hit, Hit]]:
        """Pairs in one sentence at most `reach` words apart."""
        others = list(right)
        return [
            (one, other)
            for one in left
            for other in others
            if self.words[one.first].sentence == self.words[other.first].sentence
            and max(one.first, other.first) - min(one.after, other.after) <= reach
            and one != other
        ]

    def before(self, left: Iterable[Hit], right: Iterable[Hit], reach: int = 6) -> list[tuple[Hit, Hit]]:
        """Pairs in which the right follows the left within `reach` words of the same sentence."""
        return [pair for pair in self.together(left, right, reach) if pair[0].after <= pair[1].first]

    def mood(self, hit: Hit) -> Mood:
        """Whether the hit's clause asks about the world, asks for a deed, or tells."""
        clause = [word for word in self.words if word.clause == self.words[hit.first].clause]
        content = [word for word in clause if word.stem not in _FILLERS]
        lead = content[0].stem if content else ""
        if lead == "have" and content[0].text.lower() == "have" and len(content) > 1:
            return "ask" if content[1].stem in ("we", "you", "they", "i", "any", "anyon") else "tell"
        ordered = lead == "do" and len(content) > 1 and content[0].text.lower() == "do"
        if ordered and content[1].stem in _DONE and "?" not in self.message:
            return "tell"
        if lead in _ASKING:
            return "ask"
        return "request" if lead in _REQUESTING else "tell"

    def asks(self) -> bool:
        """Whether the message opens as a question about the world ("are we below ratio?")."""
        return bool(self.words) and self.mood(Hit(0, 1)) == "ask"

    def sentence(self, hit: Hit) -> list[Word]:
        number = self.words[hit.first].sentence
        return [word for word in self.words if word.sentence == number]

    def starts_clause(self, hit: Hit) -> bool:
        """Whether only polite or urging words stand before it in its clause: it is an order."""
        urging = _FILLERS | _REQUESTING | _URGING
        clause = self.words[hit.first].clause
        at = hit.first - 1
        while at >= 0 and self.words[at].clause == clause:
            if self.words[at].stem not in urging:
                return False
            at -= 1
        return True


def _read(message: str) -> list[Word]:
    words: list[Word] = []
    sentence = clause = 0
    quoted = False
    line_quoted = False
    for line in message.split("\n"):
        line_quoted = line.lstrip().startswith(">")
        for found in _TOKEN.finditer(line):
            text = found.group()
            if found.lastgroup == "mark":
                if text in '"“”«»„':
                    quoted = text not in "”»" and not quoted
                    clause += 1
                elif text == "." and words and words[-1].stem in _TITLES:
                    continue
                elif text in _CLAUSE_END:
                    clause += 1
                    sentence += text in _SENTENCE_END
                continue
            form = stem(text)
            if form in _CLAUSE_WORDS:
                clause += 1
            words.append(Word(form, text, sentence, clause, quoted or line_quoted))
        clause, sentence = clause + 1, sentence + 1
    return words
