"""How the intent classifier reads a sentence: what it means as a whole, and beside that what its words mean."""

from collections.abc import Sequence

import numpy as np

from agent.planners.embedded.intent_features import Matrix, SentenceEncoder
from knowledge.encoder import load_encoder
from knowledge.word_vectors import load_word_vectors

WORDS_SHARE = 0.15
"""How much of the likeness of two sentences is that of their words; found on examples written later than those
learnt from."""


class Reader:
    """Two encoders as one: the likeness of two sentences is the weighed mean of what both find."""

    def __init__(self, whole: SentenceEncoder, words: SentenceEncoder) -> None:
        self._whole, self._words = whole, words
        self.name = f"{whole.name}+{words.name}*{WORDS_SHARE}"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row per text, of unit length (shorter for a text without words)."""
        whole, words = self._whole.encode(texts), self._words.encode(texts)
        share = np.float32(WORDS_SHARE)
        return np.hstack([np.sqrt(1 - share) * whole, np.sqrt(share) * words])


def load_reader() -> SentenceEncoder:
    """Both readings, or the encoder alone when there are no word vectors."""
    whole, words = load_encoder(), load_word_vectors()
    return Reader(whole, words) if words else whole
