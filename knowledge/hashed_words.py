"""The encoder of last resort: shared words instead of shared meaning, with nothing but numpy."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_COMMON = (
    "a about all an and any are as at be been but by can do does for from had has have how i if in into is "
    "it its may me more must my no not of on one or our so some than that the their them then there these "
    "they this to up us was we were what when where which who why will with would you your"
)


class HashedWords:
    """Words, word pairs and letter triples hashed into a fixed number of signed columns.

    Deterministic and without a model: it finds shared words, not shared meaning. Counts are damped by a
    logarithm as in TF-IDF; with no corpus at hand, a list of common words stands in for the rare-word weight.
    """

    name = "hashed-words-v1"
    dimension = 2048

    _common = frozenset(_COMMON.split())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text, shape (n, dimension); a text without words is a row of zeros."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature, weight in self._features(text).items():
                code = zlib.crc32(feature.encode())
                vectors[row, (code >> 1) % self.dimension] += weight if code & 1 else -weight
        return unit_rows(vectors)

    def knows(self, word: str) -> bool:
        """It has no words of its own."""
        return False

    def _features(self, text: str) -> dict[str, float]:
        words = re.findall(r"\w+", text.lower())
        content = [_stem(word) for word in words if word not in self._common]
        counts: Counter[str] = Counter()
        counts.update(f"w:{word}" for word in content)
        counts.update(f"p:{first} {second}" for first, second in pairwise(content))
        for word in content:
            padded = f"^{word}$"
            counts.update(f"t:{padded[i : i + 3]}" for i in range(len(padded) - 2))
        counts.update(f"c:{word}" for word in words if word in self._common)
        weights = {"w": 1.0, "p": 0.5, "t": 0.25, "c": 0.1}
        return {feature: weights[feature[0]] * (1 + float(np.log(n))) for feature, n in counts.items()}


def unit_rows(vectors: Vectors) -> Vectors:
    """The same directions with length one; a row of zeros stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return unit


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
