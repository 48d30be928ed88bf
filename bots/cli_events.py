"""`wardline events`: the canonical events as others must send and may expect them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bots.cli_common import Sentences, Sorry, console

app = typer.Typer(cls=Sentences, no_args_is_help=True, help="The canonical events: their schemas, and checking one.")


@app.command()
def schemas(
    to: Annotated[Path | None, typer.Option("--to", help="Write one file per event into this folder.")] = None,
) -> None:
    """The JSON Schema of every canonical event's data."""
    from hospital.events.catalogue import json_schemas

    found = json_schemas()
    if to is None:
        typer.echo(json.dumps(found, indent=2))
        return
    to.mkdir(parents=True, exist_ok=True)
    for type, schema in found.items():
        (to / f"{type}.json").write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
    console().print(f"{len(found)} schemas are in {to}.")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A CloudEvent as JSON.")]) -> None:
    """Whether an event fits the catalogue; nothing is sent."""
    from hospital.events.catalogue import EVENTS, UnknownEvent, is_ours, read_event

    try:
        envelope, _ = read_event(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as problem:
        raise Sorry(f"There is no file {file}.") from problem
    except json.JSONDecodeError as problem:
        raise Sorry(f"{file} is not JSON: {problem}.") from problem
    except UnknownEvent as problem:
        raise Sorry(f"{file} does not fit: {problem}.") from problem
    who = " Only Wardline itself publishes it." if is_ours(envelope.type) else ""
    console().print(f"{envelope.type} {envelope.id} from {envelope.source} fits (1 of {len(EVENTS)} kinds).{who}")
