"""Where public benchmark data is read from; none of it is kept in the project."""

from pathlib import Path
from typing import Annotated

import typer

from bots.settings import read_settings

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="The folder with the data; unstated: WARDLINE_BENCH_DATA")
]


def data_file(name: str, folder: Path | None) -> Path:
    """The file in the folder given or set; without one the benchmark is skipped with a sentence (exit code 0).

    Raises:
        typer.Exit: when the file is not there.
    """
    place = folder or read_settings().bench_data
    if place is None:
        typer.echo(f"Skipped: {name} is needed; name its folder with --data or WARDLINE_BENCH_DATA.", err=True)
        raise typer.Exit(0)
    path = place / name
    if not path.is_file():
        typer.echo(f"Skipped: there is no {name} in {place}.", err=True)
        raise typer.Exit(0)
    return path
