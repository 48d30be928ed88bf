"""What a message asks for: one of the intents in `examples/`, with an honest probability."""

import hashlib
import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from agent.planners.embedded import intent_features, intent_nearness, intent_training, tuning
from agent.planners.embedded.intent_features import Matrix, meaning, weighed, wording
from agent.planners.embedded.intent_nearness import Neighbours
from agent.planners.embedded.intent_reader import Reader
from agent.planners.embedded.intent_training import train

EXAMPLES = Path(__file__).with_name("examples")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe, and ten times faster where the library behind it is there."""
OUTSIDE = frozenset({"out_of_scope", "other_language"})
# Below this probability of being inside, this likeness to any example, or so far from belonging, it is not ours.
LEAST_INSIDE = 0.5
LEAST_LIKENESS = 0.27
LEAST_BELONGING = -3.0
STRANGE, BARELY_BELONGING = 0.1, -1.0
"""What may well be outside and hardly belongs is strange: the probability, and how well it fits."""


@dataclass(frozen=True)
class Ranking:
    """Intents with their probabilities, best first.

    `margin`: how far the best leads the second (0 to 1). `in_scope`: whether it is one of our matters at all.
    `likeness`: cosine similarity to the nearest example of an intent of ours. `belonging`: how well it fits what
    was learnt, 0 for what is usual, in spreads.
    """

    intents: tuple[tuple[str, float], ...]
    in_scope: bool
    likeness: float
    belonging: float = 0.0

    @property
    def best(self) -> str:
        return self.intents[0][0]

    @property
    def confidence(self) -> float:
        return self.intents[0][1]

    @property
    def margin(self) -> float:
        return self.intents[0][1] - self.intents[1][1]

    @property
    def strange(self) -> bool:
        """Whether it may well be outside and hardly belongs, so that only a name of ours makes it ours."""
        outside = sum(chance for name, chance in self.intents if name in OUTSIDE)
        return outside >= STRANGE and self.belonging <= BARELY_BELONGING

    def without(self, intent: str) -> "Ranking":
        """The same ranking in which one intent is not to be had; what it took stays taken, so nothing gets surer."""
        return replace(self, intents=tuple(pair for pair in self.intents if pair[0] != intent))

    def among(self, foreign: Collection[str]) -> "Ranking":
        """The same ranking for somebody who means none of `foreign`: what these took goes to the rest."""
        rest = tuple(pair for pair in self.intents if pair[0] not in foreign)
        whole = sum(chance for _, chance in rest)
        return replace(self, intents=tuple((name, chance / whole) for name, chance in rest))

    def probability(self, intent: str) -> float:
        """The probability of one intent. Raises KeyError for a name that is no intent."""
        return dict(self.intents)[intent]


@dataclass(frozen=True)
class Intent:
    """One thing people ask for: its name, what it means in a line, and how people say it (names masked)."""

    name: str
    about: str
    examples: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it means in a few words, as it is offered in a question."""
        return self.about.split(":")[0].rstrip(".")


@cache
def load_intents(folder: Path = EXAMPLES) -> tuple[Intent, ...]:
    """The intents, one file each, read once. Raises ValueError for a file that is not as it should be."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        if set(content) != {"intent", "about", "examples"} or content["intent"] != path.stem:
            raise ValueError(f"{path.name} must hold intent (named like the file), about and examples")
        if not all(isinstance(example, str) for example in content["examples"]):
            raise ValueError(f"{path.name}: every example must be text; quote words like yes and no")
        if twice := [example for example, times in Counter(content["examples"]).items() if times > 1]:
            raise ValueError(f"{path.name} holds an example twice: {twice[0]}")
        found.append(Intent(content["intent"], content["about"], tuple(content["examples"])))
    return tuple(found)


class IntentClassifier:
    """Ranks labels for messages; prediction needs only numpy and the reader."""

    def __init__(self, arrays: Mapping[str, np.ndarray], reader: Reader) -> None:
        self._reader = reader.reading_with(arrays["model"].tobytes())
        self.names = tuple(str(name) for name in arrays["labels"])
        """Every label it can give."""
        self._to_meaning, self._bias, self._rarity = arrays["to_meaning"], arrays["bias"], arrays["rarity"]
        self._temperature, self._usual = float(arrays["temperature"]), arrays["usual"]
        inside = np.array([str(name) not in OUTSIDE for name in arrays["example_labels"]])
        self._neighbours = Neighbours(arrays["examples"], arrays["votes"], np.flatnonzero(inside))
        self._votes_wording = arrays["votes_wording"]

    def classify(self, masked: str) -> Ranking:
        """The ranking for a message whose names, times and numbers are masked (see `masking.mask`)."""
        return self.classify_all([masked])[0]

    def classify_all(self, masked: Sequence[str]) -> list[Ranking]:
        """The rankings of many messages, faster than one by one."""
        vectors = meaning(self._reader, masked)
        votes, likeness = self._neighbours.near(vectors)
        for row, text in enumerate(masked):
            words = weighed(wording(text), self._rarity)
            votes[row] += words.values @ self._votes_wording[words.columns]
        scores = vectors @ self._to_meaning + self._bias + votes
        usual, spread = self._usual
        belonging = (scores.max(axis=1) - usual) / spread
        scores /= self._temperature
        return [self._ranking(*row) for row in zip(scores, likeness, belonging, strict=True)]

    def _ranking(self, scores: Matrix, likeness: float, belonging: float) -> Ranking:
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        ranked = tuple((self.names[at], float(likely[at])) for at in np.argsort(-likely))
        inside = 1 - sum(chance for name, chance in ranked if name in OUTSIDE)
        fits = likeness >= LEAST_LIKENESS and belonging >= LEAST_BELONGING
        in_scope = bool(ranked[0][0] not in OUTSIDE and inside >= LEAST_INSIDE and fits)
        return Ranking(ranked, in_scope, float(likeness), float(belonging))


def learn(examples: Mapping[str, Sequence[str]], reader: Reader) -> IntentClassifier:
    """A classifier of any labelled examples; the words of a label's name teach too."""
    named = {label: (label.replace("_", " ").replace("-", " "),) for label in examples}
    return IntentClassifier(vars(train(examples, reader, named)), reader)


LEARNT = Path(__file__).with_name("learnt")
"""What was learnt from the shipped examples, kept beside them like byte code: every home of a checkout shares it."""


def load_classifier(reader: Reader, cache: Path, folder: Path = EXAMPLES) -> IntentClassifier:
    """The classifier of these intents for this reader; trained once (about two minutes), then read.

    It is kept in `LEARNT`, or in `cache` where the program's own folder cannot be written.
    """
    name = f"intents-{_version(reader, folder)}.npz"
    places = [place / name for place in (LEARNT, cache)]
    path = next((place for place in places if place.exists()), None)
    if path is None:
        intents = load_intents(folder)
        also = {one.name: _about(one) for one in intents}
        trained = train({one.name: one.examples for one in intents}, reader, also)
        path = _kept({name: np.asarray(value) for name, value in vars(trained).items()}, places)
    with np.load(path, allow_pickle=False) as stored:
        return IntentClassifier(stored, reader)


def _kept(arrays: Mapping[str, Any], places: Sequence[Path]) -> Path:
    """Where the arrays were written: the first place that takes them."""
    *first, last = places
    for path in first:
        with suppress(OSError):
            return _write(arrays, path)
    return _write(arrays, last)


def _write(arrays: Mapping[str, Any], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.stem}.{os.getpid()}.tmp.npz")
    np.savez(draft, **arrays)
    return draft.replace(path)


def _about(intent: Intent) -> tuple[str, ...]:
    return () if intent.name in OUTSIDE else (intent.about,)


def _version(reader: Reader, folder: Path) -> str:
    """A hash of everything the trained weights depend on: examples, code of features and training, reader."""
    digest = hashlib.sha256(reader.name.encode())
    code = [Path(str(module.__file__)) for module in (intent_features, intent_nearness, intent_training)]
    code += sorted(Path(str(tuning.__file__)).parent.glob("*.py"))
    for path in [*sorted(folder.glob("*.yaml")), *code]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
