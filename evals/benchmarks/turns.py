"""What a turn costs: read questions and one proposal in a warm process, beside a bare desk call."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bots.settings import read_settings
from evals.dialogue import FROZEN, load_dialogues
from evals.replay import open_line
from hospital.model.people import User
from hospital.model.places import Site
from hospital.ports import Store

ROUNDS = 5
READS = ("OR-01", "OR-03", "CN-01", "BM-01", "SC-01", "CC-01")
"""Dialogues whose first turn is a read question."""
PROPOSAL = "OR-04"


def bench_turns(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print p50 and p95 of read turns in ms, the time of a proposal, and the reference in the same run."""
    dialogues = {dialogue.id: dialogue for dialogue in load_dialogues()}
    settings = read_settings().model_copy(update={"now": FROZEN})
    with tempfile.TemporaryDirectory(prefix="wardline-bench-") as folder:
        line = open_line(settings, Path(folder) / "home")
        try:
            reads: list[float] = []
            proposals: list[float] = []
            for round_number in range(ROUNDS + 1):
                for id in (*READS, PROPOSAL):
                    dialogue = dialogues[id]
                    with line.store.reading() as world:
                        user = world.get(User, dialogue.user)
                    assert user is not None
                    seconds = _timed(partial(line.ask, user, dialogue.turns[0], None, "cli"))
                    if round_number:  # the first round warms engines and caches
                        (proposals if id == PROPOSAL else reads).append(seconds)
            reference = [_timed(partial(_bare_read, line.store)) for _ in range(200)]
        finally:
            line.close()
    figures = {
        "read_p50_ms": _quantile(reads, 0.5),
        "read_p95_ms": _quantile(reads, 0.95),
        "read_turns": len(reads),
        "proposal_p50_ms": _quantile(proposals, 0.5),
        "proposal_max_ms": round(max(proposals) * 1000, 1),
        "reference_read_p50_ms": _quantile(reference, 0.5),
    }
    _show(figures, as_json)


def _bare_read(store: Store) -> None:
    """The reference: one snapshot and one small query."""
    with store.reading() as world:
        world.find(Site)


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _quantile(seconds: list[float], share: float) -> float:
    ranked = statistics.quantiles(seconds, n=100, method="inclusive")
    return round(ranked[round(share * 100) - 1] * 1000, 1)


def _show(figures: dict[str, float], as_json: bool) -> None:
    console = Console()
    if as_json:
        console.print_json(json.dumps(figures))
        return
    table = Table("figure", "value", title="Turns with the embedded planner, warm process")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    console.print(table)
