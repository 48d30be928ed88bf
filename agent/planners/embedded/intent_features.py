"""What the intent classifier sees of a message: what it means (sentence vector) and how it is worded (n-grams)."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

# Shares of the two views; found by cross-validation on the shipped examples.
MEANING_SHARE = 1.0
WORDING_SHARE = 0.8
COLUMNS = 4096
_LONGEST = 600
_PIECE = re.compile(r"<\w+>|[^\W\d_]+|\?")


class SentenceEncoder(Protocol):
    """Sentences in, unit vectors out (`knowledge.encoder.Encoder` is one)."""

    name: str

    def encode(self, texts: Sequence[str]) -> Matrix: ...


def spoken(masked: str) -> str:
    """The masked message as a sentence encoder reads it best: "<site>" becomes "site"."""
    return masked[:_LONGEST].replace("<", "").replace(">", "").strip() or "nothing"


def meaning(encoder: SentenceEncoder, masked: Sequence[str]) -> Matrix:
    """One unit sentence vector per masked message."""
    return encoder.encode([spoken(text) for text in masked])


def wording(masked: Sequence[str]) -> Matrix:
    """Damped counts of words, word pairs and letter groups, hashed into `COLUMNS`; not yet weighted by rarity."""
    rows = np.zeros((len(masked), COLUMNS), dtype=np.float32)
    for row, text in enumerate(masked):
        for feature, count in Counter(_grams(text[:_LONGEST].lower())).items():
            rows[row, zlib.crc32(feature.encode()) % COLUMNS] += 1 + float(np.log(count))
    return rows


def joined(meanings: Matrix, words: Matrix, rarity: Matrix) -> Matrix:
    """Both views side by side, the wording weighted by rarity and brought to unit length."""
    weighted = words * rarity
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    weighted = weighted / np.where(lengths == 0, 1, lengths)
    return np.hstack([MEANING_SHARE * meanings, WORDING_SHARE * weighted]).astype(np.float32)


def _grams(text: str) -> Iterator[str]:
    pieces = _PIECE.findall(text)
    padded = ["^", *pieces, "$"]
    yield from (f"w:{piece}" for piece in pieces)
    yield from (f"p:{first} {second}" for first, second in pairwise(padded))
    for piece in pieces:
        if not piece.startswith("<") and len(piece) > 2:
            framed = f"^{piece}$"
            yield from (f"c:{framed[at : at + 4]}" for at in range(len(framed) - 3))
