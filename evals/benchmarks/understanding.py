"""How much of the held-aside set is understood, how seldom a change is attempted by mistake, and what it costs."""

import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from agent.guard import guard
from agent.planners.embedded.intent_reader import load_reader
from agent.planners.embedded.intents import load_classifier
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.understanding.cost import measured
from evals.understanding.items import blind_set, conversations, guard_pairs, outside_set, practice_set, singles
from evals.understanding.noise import noisy
from evals.understanding.play import Judged
from evals.understanding.report import Figures, counted, failures_of, figures_of, percent
from evals.understanding.stage import Stage


def bench_understanding(
    noise: Annotated[bool, typer.Option(help="Also play everything with a typo per sentence in lower case")] = True,
    failures: Annotated[bool, typer.Option(help="List what was misheard")] = False,
    practice: Annotated[
        bool, typer.Option("--practice", help="Play the practice set alone, and list failures")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Figures, and the misheard messages by class")] = False,
) -> None:
    """Play the held-aside set and print its figures, in percent, ms, MB and seconds."""
    settings = read_settings().model_copy(update={"now": FROZEN})
    models = settings.home / "planner"
    load_classifier(load_reader(), models)  # learns what is new, once per version
    with tempfile.TemporaryDirectory(prefix="wardline-bench-") as folder:
        stage = Stage(settings, Path(folder) / "home", models)
        stage.build()
        if practice:
            _practise(stage)
            return
        figures = measured(stage.home, models)
        judged, spoiled, others = _all(stage) if noise else (_played(stage), [], _played_outside(stage))
        unread = stage.play("blind", blind_set())
    figures |= figures_of(judged)
    wrong = {"as written": failures_of(judged)}
    if noise:
        figures |= {f"noisy_{name}": value for name, value in figures_of(spoiled).items()}
        wrong["noisy"] = failures_of(spoiled)
    # Of the outside and the blind set only figures are told, never a sentence: whoever writes examples reads this.
    figures |= {f"outside_set_{name}": value for name, value in figures_of(others).items()}
    figures |= {f"blind_set_{name}": value for name, value in figures_of(unread).items()}
    figures |= _guard_figures()
    if as_json:
        classes = {name: counted(found) for name, found in wrong.items()}
        Console().print_json(json.dumps({**figures, "classes": classes, "failures": wrong}))
        return
    if failures:
        for one in wrong["as written"]:
            typer.echo(f"{one['talk']}: {one['said']!r}: {'; '.join(one['problems'])}")
    _show(figures)


def _practise(stage: Stage) -> None:
    judged = stage.play("practice", practice_set())
    for one in failures_of(judged):
        typer.echo(f"{one['talk']}: {one['said']!r}: {'; '.join((*one['problems'], *one['wrong_writes']))}")
    _show(figures_of(judged))


def _all(stage: Stage) -> tuple[list[Judged], list[Judged], list[Judged]]:
    """The set as written and with slips, and the outside set, side by side on two cores."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        plain, spoiled = processes.submit(_played, stage), processes.submit(_played, stage, True)
        others = processes.submit(_played_outside, stage)
        return plain.result(), spoiled.result(), others.result()


def _played(stage: Stage, noise: bool = False) -> list[Judged]:
    name, spoil = ("noisy", noisy) if noise else ("plain", str)
    return stage.play(name, (*singles(), *conversations()), spoil)


def _played_outside(stage: Stage) -> list[Judged]:
    return stage.play("outside", outside_set())


def _guard_figures() -> Figures:
    """How many of the pairs are stopped by their rule, and how many allowed twins pass."""
    pairs = guard_pairs()
    stopped = [(verdict := guard(pair.say)) is not None and verdict.rule == pair.rule for pair in pairs]
    return {
        "guard_stopped": percent(stopped),
        "guard_twins_pass": percent(guard(pair.twin) is None for pair in pairs),
    }


def _show(figures: dict[str, Any]) -> None:
    table = Table("figure", "value", title="The held-aside set, embedded planner")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)
