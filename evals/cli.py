"""`wardline eval` and `wardline bench`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bots.settings import read_settings
from evals.benchmarks.catalogue import BENCHMARKS
from evals.dialogue import FROZEN, load_dialogues, scripts_of
from evals.run import run_scripts
from evals.scores import Score

app = typer.Typer(help="Play dialogues and see how they went.", no_args_is_help=True)
console = Console()


@app.command("run")
def run(
    only: Annotated[str, typer.Option(help="Only dialogues whose id starts with this")] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object per script")] = False,
) -> None:
    """Play every dialogue with its variants, each on a fresh copy of the sandbox."""
    scripts = [s for d in load_dialogues() for s in scripts_of(d) if d.id.startswith(only)]
    if not scripts:
        console.print(f"No dialogue starts with {only!r}.")
        raise typer.Exit(2)
    settings = read_settings().model_copy(update={"now": FROZEN})
    scores = []
    with Progress(console=console, transient=True, disable=json) as progress:
        bar = progress.add_task("playing", total=len(scripts))
        for score in run_scripts(scripts, settings):
            scores.append(score)
            progress.update(bar, advance=1, description=score.name)
            if json:
                console.print_json(score.model_dump_json())
    failed = [score for score in scores if not score.passed]
    if not json:
        _show(scores)
    raise typer.Exit(1 if failed else 0)


def _show(scores: list[Score]) -> None:
    table = Table("script", "outcome", "calls", "s", "")
    for score in scores:
        verdict = "[green]passed" if score.passed else "[red]" + "\n".join(score.wrong)
        table.add_row(score.name, score.outcome, " ".join(score.tools), f"{score.seconds:.2f}", verdict)
    console.print(table)
    passed = sum(score.passed for score in scores)
    outside = sum("outside commit" in wrong for score in scores for wrong in score.wrong)
    console.print(f"{passed} of {len(scores)} scripts passed; writes outside commit: {outside}")


def bench(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(BENCHMARKS)}")],
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Run a benchmark and print its figures."""
    if name not in BENCHMARKS:
        console.print(f"There is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}.")
        raise typer.Exit(2)
    BENCHMARKS[name](json)
