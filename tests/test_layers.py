"""The house: imports only go down, siblings stay apart, nothing goes in circles."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEVELS: tuple[tuple[str, ...], ...] = (
    ("hospital",),
    ("policies", "knowledge"),
    ("tools",),
    ("agent", "middleware"),
    ("bots",),
    ("evals",),
    ("wardline",),
)
LEVEL_OF = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}


def _sources(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in LEVEL_OF:
        if (module := root / f"{folder}.py").exists():
            yield folder, module
        for path in sorted((root / folder).rglob("*.py")):
            yield ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def violations(root: Path) -> list[str]:
    """Every import that goes up or sideways, as sentences."""
    found = []
    for module, path in _sources(root):
        here = module.partition(".")[0]
        for target in _imports(path):
            there = target.partition(".")[0]
            if there not in LEVEL_OF or there == here:
                continue
            if LEVEL_OF[there] >= LEVEL_OF[here]:
                found.append(f"{module} imports {target}: {here} may only import from below itself")
    return found


def cycles(root: Path) -> list[str]:
    """Every module that, following imports made at import time or later, leads back to itself."""
    modules = dict(_sources(root))
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        targets = set()
        for target in _imports(path):
            name = target if target in modules else target.rpartition(".")[0]
            if name in modules and name != module:
                targets.add(name)
        graph[module] = targets
    found = []
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        if module in trail:
            found.append(" -> ".join([*trail[trail.index(module) :], module]))
            return
        if module in done:
            return
        for target in sorted(graph[module]):
            visit(target, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())
    return found


def test_imports_only_go_down() -> None:
    assert violations(ROOT) == []


def test_no_import_goes_in_a_circle() -> None:
    assert cycles(ROOT) == []


@pytest.mark.parametrize(("importing", "imported"), [("hospital", "tools.desk"), ("policies", "knowledge.search")])
def test_a_planted_import_upwards_or_sideways_is_found(tmp_path: Path, importing: str, imported: str) -> None:
    (tmp_path / importing).mkdir()
    (tmp_path / importing / "planted.py").write_text(f"import {imported}\n")
    assert len(violations(tmp_path)) == 1


def test_a_planted_circle_is_found(tmp_path: Path) -> None:
    (tmp_path / "hospital").mkdir()
    (tmp_path / "hospital" / "a.py").write_text("from hospital import b\n")
    (tmp_path / "hospital" / "b.py").write_text("from hospital import a\n")
    assert cycles(tmp_path) == ["hospital.a -> hospital.b -> hospital.a"]


def test_every_folder_says_what_it_owns_in_one_sentence() -> None:
    for module, path in _sources(ROOT):
        if path.name == "__init__.py":
            sentence = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert sentence, f"{module} does not say what it owns"
            assert "\n" not in sentence
