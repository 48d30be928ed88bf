"""The documents are true: links lead somewhere, commands and make targets exist, nothing names this machine."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from bots.cli import app as people_commands
from evals.cli import app as evaluations
from evals.cli import bench

ROOT = Path(__file__).parent.parent
TEXT = (".md", ".py", ".toml", ".yaml", ".yml", ".txt", ".cedar", ".html", ".js", ".css", ".svg", ".mako", "")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")
PROMPTED = re.compile(r"^(?:\$ )?((?:wardline|make)\b.*)$", re.MULTILINE)
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
FORBIDDEN = {
    "a path of some machine": re.compile(r"/(?:work|home|Users)/\w|/root\b"),
    "a package registry": re.compile(r"\b(?:pypi|pythonhosted|npmjs|registry)\.(?:org|com|npmjs\.org)\b"),
    "a folder outside the project": re.compile(r"\.\./" + "shared"),
}


def tracked() -> list[Path]:
    """Every text file that belongs to the project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / line for line in listed.splitlines()]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def documents() -> list[Path]:
    """Every page about Wardline; the handbook is the hospital's."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(pages) > 10
    return sorted(pages)


def headings(text: str) -> set[str]:
    """The anchors of a page, as they are made from its headings."""
    said = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.casefold()).replace(" ", "-") for one in said}


def broken_links(page: Path) -> list[str]:
    """Every relative link of a page that leads nowhere."""
    found = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        where, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        to = (page.parent / where).resolve() if where else page
        if not to.exists() or (anchor and anchor not in headings(to.read_text(encoding="utf-8"))):
            found.append(target)
    return found


def commands(text: str, name: str) -> Iterator[list[str]]:
    """The words after `wardline` or `make`, wherever a page names a command."""
    unfenced = FENCE.sub("", text)
    said = [" ".join(one.split()) for one in INLINE.findall(unfenced)]
    said += [line for fence in FENCE.findall(text) for line in PROMPTED.findall(fence)]
    for line in said:
        first, *rest = line.split() or [""]
        if first == name:
            yield rest


def wardline() -> dict[str, Any]:
    """The commands there are, composed as `wardline.py` does."""
    whole = typer.Typer()
    whole.add_typer(people_commands)
    whole.add_typer(evaluations, name="eval")
    whole.add_typer(bench, name="bench")
    group = typer.main.get_command(whole)
    assert isinstance(group, TyperGroup)
    return dict(group.commands)


def unknown_command(words: list[str]) -> str | None:
    """What of these words is no command or option of `wardline`, if anything."""
    names: dict[str, Any] = wardline()
    command: Any = None
    for word in words:
        if word.startswith("-") or not names:
            break
        command = names.get(word)
        if command is None:
            return word
        names = dict(command.commands) if isinstance(command, TyperGroup) else {}
    known = {option for parameter in (command.params if command else ()) for option in parameter.opts}
    options = [word for word in words if re.fullmatch(r"--[a-z-]+", word)]
    return next((option for option in options if option not in known | {"--help"}), None)


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_every_command_in_the_documents_exists() -> None:
    named = [(page, words) for page in documents() for words in commands(page.read_text("utf-8"), "wardline")]
    assert len(named) > 20
    assert [(page.name, words) for page, words in named if unknown_command(words)] == []


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = [(page, words) for page in documents() for words in commands(page.read_text("utf-8"), "make")]
    assert len(named) > 5
    assert [(page.name, words) for page, words in named if words and words[0] not in targets] == []


@pytest.mark.parametrize(
    ("words", "unknown"),
    [
        (["plan", "show", "PLAN-1", "--as", "x"], None),
        (["plan", "paint"], "paint"),
        (["sing"], "sing"),
        (["ask", "x", "--loud"], "--loud"),
    ],
)
def test_a_command_that_does_not_exist_is_found(words: list[str], unknown: str | None) -> None:
    assert unknown_command(words) == unknown


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](#one) [b](#two) [c](gone.md) [d](page.md)\n", encoding="utf-8")
    assert broken_links(page) == ["#two", "gone.md"]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in tracked()
        if path.name != Path(__file__).name
        for found in FORBIDDEN[what].finditer(path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}


def test_the_settings_in_the_documents_are_all_there_are() -> None:
    from bots.settings import Settings, variable_of

    written = (ROOT / "docs" / "operators" / "deploy.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `(WARDLINE_\w+)`", written, re.MULTILINE))
    assert table == {variable_of(name) for name in Settings.model_fields}
