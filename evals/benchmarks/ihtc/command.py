"""`wardline bench ihtc FILE`: solve one instance of the competition, write the solution, print what it costs."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from evals.benchmarks.ihtc.instance import read_instance
from evals.benchmarks.ihtc.scorer import Score, score
from evals.benchmarks.ihtc.solution import read_solution, write_solution
from evals.benchmarks.ihtc.solve import solve


def bench_ihtc(
    file: Annotated[Path, typer.Argument(help="An instance of IHTC-2024", exists=True, dir_okay=False)],
    seconds: Annotated[float, typer.Option(help="How long to search, loading included", min=2)] = 60,
    out: Annotated[Path | None, typer.Option(help="Where the solution is written")] = None,
    reference: Annotated[Path | None, typer.Option(help="A solution to compare with", exists=True)] = None,
    threads: Annotated[int, typer.Option(help="Chains that search side by side", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="Of the first chain")] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Plan admissions, rooms, theatres and nurses of an IHTC-2024 instance; print violations and cost."""
    begun = time.monotonic()
    instance = read_instance(file)
    solved = solve(instance, seconds, lambda: time.monotonic() - begun, threads, seed)
    counted = score(instance, solved.solution)
    if out is not None:
        write_solution(instance, solved.solution, out)
    figures: dict[str, Any] = {
        "instance": file.stem,
        "violations": counted.broken,
        "cost": counted.cost,
        "proven": solved.proven,
        "method": solved.method,
        "seconds": round(time.monotonic() - begun, 1),
        "parts": dict(counted.parts),
        "broken": {name: count for name, count in counted.violations.items() if count},
    }
    if reference is not None:
        against = score(instance, read_solution(instance, reference))
        figures |= {"reference_cost": against.cost, "ratio": round(counted.cost / against.cost, 4)}
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        _show(figures, counted)
    if counted.broken:
        raise typer.Exit(1)


def _show(figures: dict[str, Any], counted: Score) -> None:
    table = Table("", "", show_header=False)
    for name in ("instance", "violations", "cost", "proven", "method", "reference_cost", "ratio", "seconds"):
        if name in figures:
            table.add_row(name.replace("_", " "), str(figures[name]))
    for name, cost in counted.parts.items():
        table.add_row(f"  {name}", str(cost))
    for name, count in figures["broken"].items():
        table.add_row(f"  broken: {name}", str(count))
    Console().print(table)
