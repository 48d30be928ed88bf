"""What a message asks for: one of the intents in `examples/`, with an honest probability."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import yaml

from agent.planners.embedded import intent_features
from agent.planners.embedded.intent_features import SentenceEncoder, joined, meaning, wording

EXAMPLES = Path(__file__).with_name("examples")
OUTSIDE = frozenset({"out_of_scope", "other_language"})
# Below this probability of being inside, or this likeness to any example, a message is not ours.
LEAST_INSIDE = 0.5
LEAST_LIKENESS = 0.33


@dataclass(frozen=True)
class Ranking:
    """Intents with their probabilities, best first.

    `margin`: how far the best leads the second (0 to 1). `in_scope`: whether it is one of our matters at all.
    `likeness`: cosine similarity to the nearest example of an intent of ours.
    """

    intents: tuple[tuple[str, float], ...]
    in_scope: bool
    likeness: float

    @property
    def best(self) -> str:
        return self.intents[0][0]

    @property
    def confidence(self) -> float:
        return self.intents[0][1]

    @property
    def margin(self) -> float:
        return self.intents[0][1] - self.intents[1][1]

    def probability(self, intent: str) -> float:
        """The probability of one intent. Raises KeyError for a name that is no intent."""
        return dict(self.intents)[intent]


@dataclass(frozen=True)
class Intent:
    """One thing people ask for: its name, what it means in a line, and how people say it (names masked)."""

    name: str
    about: str
    examples: tuple[str, ...]


def load_intents(folder: Path = EXAMPLES) -> tuple[Intent, ...]:
    """The intents, one file each. Raises ValueError for a file that is not as it should be."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if set(content) != {"intent", "about", "examples"} or content["intent"] != path.stem:
            raise ValueError(f"{path.name} must hold intent (named like the file), about and examples")
        if not all(isinstance(example, str) for example in content["examples"]):
            raise ValueError(f"{path.name}: every example must be text; quote words like yes and no")
        found.append(Intent(content["intent"], content["about"], tuple(content["examples"])))
    return tuple(found)


class IntentClassifier:
    """Ranks the intents for a message; prediction needs only numpy and the encoder."""

    def __init__(self, arrays: Mapping[str, np.ndarray], encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._names = [str(name) for name in arrays["intents"]]
        self._weights = arrays["weights"]
        self._bias = arrays["bias"]
        self._rarity = arrays["rarity"]
        self._temperature = float(arrays["temperature"])
        inside = np.array([str(name) not in OUTSIDE for name in arrays["example_intents"]])
        self._examples = arrays["examples"][inside]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names)

    def classify(self, masked: str) -> Ranking:
        """The ranking for a message whose names, times and numbers are masked (see `masking.mask`)."""
        vector = meaning(self._encoder, [masked])
        features = joined(vector, wording([masked]), self._rarity)
        scores = (features @ self._weights + self._bias)[0] / self._temperature
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        order = np.argsort(-likely)
        ranked = tuple((self._names[at], float(likely[at])) for at in order)
        likeness = float((self._examples @ vector[0]).max())
        inside = 1 - sum(chance for name, chance in ranked if name in OUTSIDE)
        in_scope = ranked[0][0] not in OUTSIDE and inside >= LEAST_INSIDE and likeness >= LEAST_LIKENESS
        return Ranking(ranked, in_scope, likeness)


def load_classifier(encoder: SentenceEncoder, cache: Path, folder: Path = EXAMPLES) -> IntentClassifier:
    """The classifier for these examples and this encoder; trained once (about 10 s), then read from `cache`."""
    path = cache / f"intents-{_version(encoder, folder)}.npz"
    if not path.exists():
        from agent.planners.embedded.intent_training import train

        trained = train({intent.name: intent.examples for intent in load_intents(folder)}, encoder)
        cache.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.stem}.{os.getpid()}.tmp.npz")
        np.savez_compressed(
            draft,
            intents=np.array(trained.intents),
            weights=trained.weights,
            bias=trained.bias,
            rarity=trained.rarity,
            temperature=np.array(trained.temperature),
            examples=trained.examples,
            example_intents=np.array(trained.example_intents),
        )
        draft.replace(path)
    with np.load(path, allow_pickle=False) as stored:
        return IntentClassifier({name: stored[name] for name in stored.files}, encoder)


def _version(encoder: SentenceEncoder, folder: Path) -> str:
    """A hash of everything the trained weights depend on: examples, code of features and training, encoder."""
    digest = hashlib.sha256(encoder.name.encode())
    code = [Path(intent_features.__file__), Path(intent_features.__file__).with_name("intent_training.py")]
    for path in [*sorted(folder.glob("*.yaml")), *code]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
