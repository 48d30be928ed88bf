"""Sentences as the mean of their words' vectors: what is said, where the encoder reads what it means together."""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.hashed_words import Vectors, unit_rows
from knowledge.pinned_files import FileUnavailable, packaged_file, verified

PACKAGE = "wordllama"  # only its files are read; the package is never imported, for it sets up everybody's logging
WEIGHTS_FILE = "weights/l2_supercat_256.safetensors"
TOKENIZER_FILE = "tokenizers/l2_supercat_tokenizer_config.json"
WEIGHTS_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
TOKENIZER_SHA256 = "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68"

_LOG = logging.getLogger(__name__)


class WordVectors:
    """WordLlama: vectors of 256 numbers for pieces of words, taken from a large model; .1 ms a sentence."""

    name = "wordllama-l2-256"
    dimension = 256

    def __init__(self, weights: bytes, tokenizer: str) -> None:
        """From the contents of the two files, already verified."""
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        self._pieces: Any = load(weights)["embedding.weight"]
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One float32 row per text, shape (n, 256), unit length; a text without words is a row of zeros."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            if ids := self._tokenizer.encode(text, add_special_tokens=False).ids:
                vectors[row] = self._pieces[ids].mean(axis=0, dtype=np.float32)
        return unit_rows(vectors)


@cache
def load_word_vectors() -> WordVectors | None:
    """The word vectors of this process, loaded once; None and one warning when they cannot be used."""
    return open_word_vectors(packaged_file(PACKAGE, WEIGHTS_FILE), packaged_file(PACKAGE, TOKENIZER_FILE))


def open_word_vectors(weights: Path | None, tokenizer: Path | None) -> WordVectors | None:
    """The word vectors from these files; None and one warning if they are absent or altered."""
    try:
        return WordVectors(
            verified(weights, WEIGHTS_SHA256, WEIGHTS_FILE),
            verified(tokenizer, TOKENIZER_SHA256, TOKENIZER_FILE).decode(),
        )
    except (FileUnavailable, ImportError) as problem:
        _LOG.warning(
            "The word vectors cannot be used: %s. A little less is understood until they are installed again.",
            problem,
        )
        return None
