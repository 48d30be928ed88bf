"""How the intent classifier reads a sentence: what it means as a whole, and beside that what its words mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent.planners.embedded.intent_features import Matrix, SentenceEncoder
from agent.planners.embedded.tuning.model import tuned_model
from knowledge.encoder import MiniLM, load_encoder
from knowledge.word_vectors import load_word_vectors

WORDS_SHARE = 0.15
"""How much of the likeness of two sentences is that of their words; found on examples written later than those
learnt from."""


@dataclass(frozen=True)
class Reader:
    """Two encoders as one: the likeness of two sentences is the weighed mean of what both find.

    `learnt`: what `taught` has just made of the model of the first, for `reading_with`; else empty. `fixed`: it is
    never taught.
    """

    whole: SentenceEncoder
    words: SentenceEncoder | None = None
    learnt: bytes = b""
    fixed: bool = False

    @property
    def name(self) -> str:
        return f"{self.whole.name}+{self.words.name}*{WORDS_SHARE}" if self.words else self.whole.name

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row per text, of unit length (shorter for a text without words)."""
        if self.words is None:
            return self.whole.encode(texts)
        share = np.float32(WORDS_SHARE)
        return np.hstack([np.sqrt(1 - share) * self.whole.encode(texts), np.sqrt(share) * self.words.encode(texts)])

    def taught(self, texts: Sequence[str], truth: np.ndarray) -> "Reader":
        """One that finds texts of a label (`truth`: its number, from 0) more alike; this one if it cannot learn."""
        if self.fixed or not isinstance(self.whole, MiniLM):
            return self
        learnt = tuned_model(self.whole, texts, truth)
        return replace(self.reading_with(learnt), learnt=learnt)

    def reading_with(self, learnt: bytes) -> "Reader":
        """The reader that was once `taught`, from what it learnt; this one when that was nothing."""
        if not learnt or not isinstance(self.whole, MiniLM):
            return self
        return replace(self, whole=self.whole.with_model(learnt))


def load_reader() -> Reader:
    """Both readings, or the encoder alone when there are no word vectors."""
    return Reader(load_encoder(), load_word_vectors())
