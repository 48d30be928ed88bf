"""The handbook's vectors on disk: one Chroma collection per content and encoder, built once, then only read.

Embedded Chroma does not see what another process writes while it has the same folder open. So each content gets
a folder of its own, which is filled under a file lock, marked as finished, and never written again.
Importing this module imports Chroma (over a second): import it where it is first needed.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import chromadb
from chromadb.api import ClientAPI
from chromadb.api.types import Embeddable, EmbeddingFunction, Embeddings, Space
from chromadb.config import Settings
from chromadb.errors import ChromaError

from knowledge.encoder import Encoder, load_encoder
from knowledge.ingest import Section, content_hash

FINISHED = ".finished"  # a mark's name says which index is ready, its content in which folder
KEEP_OLD = 2  # earlier indexes stay for servers that still read them


class SentenceEmbedding(EmbeddingFunction[Embeddable]):
    """Chroma's view of our encoder; without one, Chroma would fetch a model of its own."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def __call__(self, input: Embeddable) -> Embeddings:
        """One unit vector per text."""
        return list(self._encoder.encode([str(text) for text in input]))

    @staticmethod
    def name() -> str:
        """What Chroma stores, to refuse another embedding on this collection."""
        return "wardline-sentence"

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> "SentenceEmbedding":
        """The embedding of this process; the collection's own name already says which encoder filled it."""
        return SentenceEmbedding(load_encoder())

    def get_config(self) -> dict[str, Any]:
        """What Chroma stores next to the name."""
        return {"encoder": self._encoder.name}

    def default_space(self) -> Space:
        """Unit vectors are compared by cosine."""
        return "cosine"


class HandbookIndex:
    """Nearest readings of the handbook's sections."""

    def __init__(self, path: Path, sections: Sequence[Section], encoder: Encoder) -> None:
        """Open the index of exactly this content under `path`, building it first if it is not there."""
        self.name = index_name(sections, encoder)
        self._embedding = SentenceEmbedding(encoder)
        path.mkdir(parents=True, exist_ok=True)
        finished = path / f"{self.name}{FINISHED}"
        with _locked(path / "index.lock"):
            if finished.exists():
                folder = path / finished.read_text()
                # Chroma may still answer for a folder that is gone, for as long as it happens to hold it open.
                with suppress(ChromaError):
                    if folder.is_dir():
                        self._collection = self._open(folder)
                        return
                finished.unlink()
            _forget_old(path)
            folder = path / f"{self.name}-{uuid4().hex[:8]}"  # never one that this process may still hold open
            self._collection = self._build(folder, sections)
            finished.write_text(folder.name)

    def cosines(self, question: str) -> list[tuple[str, float]]:
        """(section id, cosine -1..1) of every reading, nearest first; a section occurs once per reading."""
        found = self._collection.query(
            query_texts=[question], n_results=self._collection.count(), include=["metadatas", "distances"]
        )
        metadatas, distances = found["metadatas"], found["distances"]
        assert metadatas is not None
        assert distances is not None
        return [
            (str(metadata["section"]), 1.0 - float(distance))
            for metadata, distance in zip(metadatas[0], distances[0], strict=True)
        ]

    def _open(self, folder: Path) -> chromadb.Collection:
        return _client(folder).get_collection(self.name, embedding_function=self._embedding)

    def _build(self, folder: Path, sections: Sequence[Section]) -> chromadb.Collection:
        readings = [(section, number, text) for section in sections for number, text in enumerate(section.readings)]
        collection = _client(folder).create_collection(
            self.name,
            embedding_function=self._embedding,
            # A handbook has hundreds of readings: search wide enough to be exact.
            configuration={"hnsw": {"space": "cosine", "ef_search": max(100, len(readings))}},
        )
        collection.add(
            ids=[f"{section.id}.{number}" for section, number, _ in readings],
            documents=[text for _, _, text in readings],
            metadatas=[{"section": section.id} for section, _, _ in readings],
        )
        return collection


def index_name(sections: Sequence[Section], encoder: Encoder) -> str:
    """The collection's name: other words or another encoder, another index."""
    encoded = hashlib.sha256(f"{encoder.name}/{encoder.dimension}".encode()).hexdigest()
    return f"handbook-{content_hash(sections)[:16]}-{encoded[:8]}"


def _client(folder: Path) -> ClientAPI:
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _forget_old(path: Path) -> None:
    """Remove all but the latest indexes, and those that were never finished."""
    marks = sorted(path.glob(f"*{FINISHED}"), key=lambda mark: mark.stat().st_mtime, reverse=True)
    for mark in marks[KEEP_OLD:]:
        mark.unlink()
    kept = {mark.read_text() for mark in marks[:KEEP_OLD]}
    for folder in path.glob("handbook-*/"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
