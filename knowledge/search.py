"""Answer a question with the handbook sections that fit it, or with nothing."""

import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from knowledge.encoder import Encoder, load_encoder
from knowledge.hashed_words import HashedWords
from knowledge.ingest import HANDBOOK, Page, Section, read_pages, sections_of

if TYPE_CHECKING:
    from knowledge.index import HandbookIndex

# Below this score a section does not answer the question. Chosen on questions about the handbook and about other
# things, so that most of the second kind find nothing; shared words alone separate the two less well.
FITS = {"default": 0.30, HashedWords.name: 0.22}

_CODE = re.compile(r"\b[\w]+(?:-[\w]+)+\b")
_QUOTED = re.compile(r"`([^`]+)`")
_SECTION = re.compile(r"(?:§|\bsection|\bsec\.)\s*(\d+)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


class Passage(BaseModel):
    """A section of the handbook that fits a question, ready to be cited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str  # the page's title
    section: str  # "§3"
    title: str
    text: str
    score: float = Field(ge=0, le=1)  # 1 = named exactly; otherwise a cosine similarity

    @property
    def citation(self) -> str:
        """For example "Ratios and breaks §3"."""
        return f"{self.source} {self.section}"


class Handbook:
    """The public door to what is written down. Opening it is free; the first search loads what it needs."""

    def __init__(self, path: Path, folder: Path = HANDBOOK, encoder: Encoder | None = None) -> None:
        """Keep the index under `path`; read pages from `folder`; use `encoder` or the one of this process."""
        self._path, self._folder, self._encoder = path, folder, encoder
        self._opening = threading.Lock()
        self._opened: tuple[tuple[Section, ...], HandbookIndex, float] | None = None

    def pages(self) -> tuple[Page, ...]:
        """The pages as they are written now. Raises PageProblem for one that does not hold together."""
        return read_pages(self._folder)

    def ingest(self) -> int:
        """Read the pages again and index them if a word or the encoder changed; the number of sections."""
        with self._opening:
            self._opened = self._open()
            return len(self._opened[0])

    def search(self, question: str, k: int = 3) -> list[Passage]:
        """The k best sections for the question, best first; fewer or none when no more of them fit."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
        sections, index, fits = self._opened
        return search_handbook(question, k, sections, index.cosines(question), fits)

    def _open(self) -> tuple[tuple[Section, ...], "HandbookIndex", float]:
        from knowledge.index import HandbookIndex  # Chroma is slow to import

        encoder = self._encoder or load_encoder()
        sections = sections_of(self.pages())
        fits = FITS.get(encoder.name, FITS["default"])
        return sections, HandbookIndex(self._path, sections, encoder), fits


def search_handbook(
    question: str, k: int, sections: Sequence[Section], cosines: Iterable[tuple[str, float]], fits: float
) -> list[Passage]:
    """The best k sections at or above `fits`, given each reading's cosine to the question, nearest first.

    A section scores the mean of its two nearest readings: one chance likeness is not enough. Only an exact
    reference (a gate's name, "§3" of a named page) overrides meaning; blending word scores in made results worse.
    """
    if k < 1:
        raise ValueError(f"k is {k}; ask for at least one section")
    if not _WORD.search(question):
        return []
    nearest: dict[str, list[float]] = {}
    for section_id, cosine in cosines:
        nearest.setdefault(section_id, []).append(cosine)
    scores = {
        section.id: 1.0 if _names(question, section) else min(1.0, sum(nearest[section.id][:2]) / 2)
        for section in sections
    }
    best = sorted(sections, key=lambda section: (-scores[section.id], section.id))[:k]
    return [
        Passage(
            source=section.source,
            section=section.section,
            title=section.title,
            text=section.text,
            score=scores[section.id],
        )
        for section in best
        if scores[section.id] >= fits
    ]


def _names(question: str, section: Section) -> bool:
    """Does the question name this section exactly?"""
    asked = question.lower()
    if section.number in map(int, _SECTION.findall(asked)) and _words(section.source) <= _words(asked):
        return True
    gates = set(_QUOTED.findall(section.text))
    named = set(_CODE.findall(asked)) | set(_QUOTED.findall(asked))
    if "gate" in _words(asked):  # a gate called like an ordinary word counts only when it is called a gate
        named |= _words(asked)
    return bool(gates & named)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
