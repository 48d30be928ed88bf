"""What the intent classifier sees of a message: what it means (a sentence vector) and how it is worded (n-grams)."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

# Weight of each view of the wording beside a meaning of length 1; found on labelled examples of other fields.
WORD_SHARE = 0.35
LETTER_SHARE = 0.35
COLUMNS = 16_384
"""Words and word pairs are hashed into the first half, letter groups into the second."""
_HALF = COLUMNS // 2
_LONGEST = 600
_PIECE = re.compile(r"<\w+>|[^\W_]+|\?")


class SentenceEncoder(Protocol):
    """Sentences in, unit vectors out (`knowledge.encoder.Encoder` is one)."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Matrix: ...


@dataclass(frozen=True)
class Wording:
    """The n-grams of one message: their columns, ascending, with how much each counts."""

    columns: NDArray[np.int64]
    values: Matrix


def spoken(masked: str) -> str:
    """The masked message as a sentence encoder reads it best: "<site>" becomes "site"."""
    return masked[:_LONGEST].replace("<", "").replace(">", "").strip() or "nothing"


def meaning(encoder: SentenceEncoder, masked: Sequence[str]) -> Matrix:
    """One unit sentence vector per masked message."""
    return encoder.encode([spoken(text) for text in masked])


def wording(masked: str) -> Wording:
    """Damped counts of words, word pairs and letter groups; not yet weighted by rarity."""
    counts: Counter[int] = Counter()
    pieces = _PIECE.findall(masked[:_LONGEST].lower())
    counts.update(zlib.crc32(gram.encode()) % _HALF for gram in _words(pieces))
    counts.update(_HALF + zlib.crc32(gram.encode()) % _HALF for gram in _letters(pieces))
    columns = np.array(sorted(counts), dtype=np.int64)
    return Wording(columns, np.array([1 + np.log(counts[int(at)]) for at in columns], dtype=np.float32))


def rarity_of(rows: Sequence[Wording]) -> Matrix:
    """How telling each column is: the logarithm of how few of the rows have it."""
    seen = np.zeros(COLUMNS, dtype=np.float32)
    for row in rows:
        seen[row.columns] += 1
    return (1 + np.log((1 + len(rows)) / (1 + seen))).astype(np.float32)


def weighed(row: Wording, rarity: Matrix) -> Wording:
    """The wording weighted by rarity, each view brought to the length of its share."""
    values = row.values * rarity[row.columns]
    words = row.columns < _HALF
    for view, share in ((words, WORD_SHARE), (~words, LETTER_SHARE)):
        length = float(np.linalg.norm(values[view]))
        values[view] *= share / length if length else 0.0
    return Wording(row.columns, values)


def _words(pieces: Sequence[str]) -> Iterator[str]:
    yield from pieces
    yield from (f"{first} {second}" for first, second in pairwise(["^", *pieces, "$"]))


def _letters(pieces: Sequence[str]) -> Iterator[str]:
    for piece in pieces:
        if not piece.startswith("<"):
            framed = f" {piece} "
            yield from (framed[at : at + n] for n in (3, 4, 5) for at in range(len(framed) - n + 1))
