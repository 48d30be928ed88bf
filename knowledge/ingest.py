"""Read the handbook: pages with an owner and dates, cut into sections that can be cited."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

HANDBOOK = Path(__file__).parent / "handbook"

Basis = Literal["public source", "our judgement"]

_HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n# ([^\n]+)\n(.*?)(?=^## )", re.DOTALL | re.MULTILINE)


class PageProblem(ValueError):
    """A handbook page that cannot be read; the message names the page and what is wrong."""


class Section(BaseModel):
    """One numbered section of a page, the smallest thing that is cited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+#\d+$")  # stable: the file's name and the section's number
    source: str
    number: int = Field(ge=1)
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)
    asked: tuple[str, ...] = Field(min_length=1)  # how people ask for it, in words the text need not contain

    @property
    def section(self) -> str:
        """How the section is cited after its page, for example "§3"."""
        return f"§{self.number}"

    @property
    def readings(self) -> tuple[str, ...]:
        """What is searched for this section: the whole of it, then each way of asking for it."""
        return (f"{self.source}. {self.title}. {self.text}", *self.asked)


class Page(BaseModel):
    """One page of the handbook: who answers for it, from when to when, and what each section rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    effective: date
    review: date
    basis: dict[Basis, tuple[int, ...]]
    purpose: str = Field(min_length=1)
    sections: tuple[Section, ...] = Field(min_length=3, max_length=7)

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        numbers = [section.number for section in self.sections]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"sections are numbered {numbers}; count from 1 without gaps")
        based = sorted(number for chosen in self.basis.values() for number in chosen)
        if based != numbers:
            raise ValueError(f"basis names sections {based}; name each of {numbers} once")
        if self.review <= self.effective:
            raise ValueError(f"review {self.review} must come after effective {self.effective}")
        return self


def read_pages(folder: Path = HANDBOOK) -> tuple[Page, ...]:
    """Every page of the folder, by file name. Raises PageProblem for a page that does not hold together."""
    pages = tuple(_read_page(path) for path in sorted(folder.glob("*.md")))
    titles = [page.title for page in pages]
    if doubled := {title for title in titles if titles.count(title) > 1}:
        raise PageProblem(f"two pages share the title {', '.join(sorted(doubled))}")
    return pages


def sections_of(pages: Sequence[Page]) -> tuple[Section, ...]:
    """All sections, in reading order."""
    return tuple(section for page in pages for section in page.sections)


def content_hash(sections: Sequence[Section]) -> str:
    """SHA-256 over everything that is searched; it changes when any word of it does."""
    digest = hashlib.sha256()
    for section in sections:
        digest.update("\x1f".join((section.id, *section.readings)).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def _read_page(path: Path) -> Page:
    content = path.read_text(encoding="utf-8")
    front = _FRONT.match(content)
    if front is None:
        raise PageProblem(f"{path.name}: expected front matter, a '# Title', a purpose and '## 1. ...' sections")
    try:
        about = yaml.safe_load(front[1])
    except yaml.YAMLError as problem:
        raise PageProblem(f"{path.name}: the front matter is not YAML: {problem}") from problem
    if not isinstance(about, dict) or about.get("title") != front[2].strip():
        raise PageProblem(f"{path.name}: the front matter's title and the heading {front[2]!r} differ")
    _, *parts = _HEADING.split(content)
    asked = about.pop("asked", {})
    try:
        sections = tuple(
            Section(
                id=f"{path.stem}#{number}",
                source=str(about["title"]),
                number=int(number),
                title=title.strip(),
                text=" ".join(text.split()),
                asked=asked.get(int(number), ()),
            )
            for number, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        )
        return Page.model_validate({**about, "purpose": " ".join(front[3].split()), "sections": sections})
    except ValidationError as problem:
        raise PageProblem(f"{path.name}: {problem}") from problem
