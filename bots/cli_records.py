"""Commands that look things up: exceptions, the audit, the handbook, the settings."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from bots.cli_common import FAILED, AsJson, AsUser, Now, Sentences, Sorry, console, opened, person, settings_for

exceptions = typer.Typer(cls=Sentences, no_args_is_help=True, help="What somebody must look at.")
audit = typer.Typer(cls=Sentences, no_args_is_help=True, help="The audit chain.")
knowledge = typer.Typer(cls=Sentences, no_args_is_help=True, help="The handbook.")


@exceptions.command("list")
def list_exceptions(as_user: AsUser, now: Now = None, as_json: AsJson = False) -> None:
    """Your exceptions that are not resolved (by role or because you opened them), the first due first."""
    from bots.queues import exceptions_for
    from bots.render import clock_time
    from bots.text_table import TextTable

    with opened(now) as wardline, wardline.store.reading() as world:
        user = person(wardline, as_user)
        found, zone = exceptions_for(world, user), wardline.zone_of(user)
        if as_json:
            typer.echo(f"[{','.join(one.model_dump_json() for one in found)}]")
            return
        if not found:
            console().print("No open exceptions for you.")
            return
        rows = [
            (one.id, one.kind, one.severity, one.owner_role, clock_time(one.due, zone), one.summary) for one in found
        ]
        console().print(TextTable(("Id", "Kind", "Severity", "Owner", "Due", "About"), rows))


@audit.command()
def verify(
    seals: Annotated[Path | None, typer.Option("--seals", help="A copy of the seals kept elsewhere.")] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Walk the whole chain, hold it against its seals, and name the first link that does not hold."""
    from policies.audit import verify as verify_chain

    with opened(now) as wardline, wardline.store.reading() as world:
        signed = wardline.sealer.read(seals)
        checked = verify_chain(world, signed)
    if as_json:
        typer.echo(checked.model_dump_json())
    elif checked.ok:
        sealed = f"sealed to link {checked.sealed_to:,}" if signed else "not sealed yet"
        where = f"Head {checked.head[:16]}, {sealed}."
        console().print(f"[green]✓[/green] {checked.entries:,} entries, every link holds. {where}")
    else:
        console().print(f"[red]The chain is broken at entry {checked.first_broken}: {checked.why}.[/red]")
    if not checked.ok:
        raise typer.Exit(FAILED)


@audit.command()
def export(
    to: Annotated[Path | None, typer.Option("--to", help="A file; else standard output.")] = None,
    form: Annotated[Literal["ndjson", "fhir"], typer.Option("--format", help="As kept, or FHIR R4.")] = "ndjson",
    now: Now = None,
) -> None:
    """Write every entry in order, one JSON object a line: as it is kept, or as FHIR R4 AuditEvents."""
    import json

    from policies.audit import links
    from policies.audit_fhir import audit_event

    written = 0
    stream = to.open("w", encoding="utf-8") if to else None
    try:
        with opened(now) as wardline, wardline.store.reading() as world:
            for entry in links(world):
                line = json.dumps(audit_event(entry)) if form == "fhir" else entry.model_dump_json()
                typer.echo(line, file=stream)
                written += 1
    finally:
        if stream:
            stream.close()
    if to:
        console().print(f"{written:,} entries written to {to}.")


@knowledge.command()
def ingest() -> None:
    """Read the handbook again and index what changed."""
    from knowledge.search import Handbook

    count = Handbook(settings_for().home / "handbook").ingest()
    console().print(f"{count} sections are indexed.")


@knowledge.command()
def search(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    k: Annotated[int, typer.Option("--k", min=1, max=20, help="How many sections at most.")] = 3,
    as_json: AsJson = False,
) -> None:
    """The handbook sections that answer a question."""
    from knowledge.search import Handbook

    found = Handbook(settings_for().home / "handbook").search(question, k)
    if as_json:
        typer.echo(f"[{','.join(passage.model_dump_json() for passage in found)}]")
        return
    if not found:
        raise Sorry("The handbook has nothing on that; try other words")
    for passage in found:
        console().print(Text(f"{passage.citation}  {passage.title}", style="bold cyan"))
        console().print(Text(f"{passage.text}\n"))


def settings(as_json: AsJson = False) -> None:
    """Every setting with its value, default and meaning; secrets are masked."""
    from bots.settings import rows_of
    from bots.text_table import TextTable

    rows = rows_of(settings_for())
    if as_json:
        import json

        typer.echo(json.dumps({name: value for name, value, _, _ in rows}))
        return
    console().print(TextTable(("Setting", "Value", "Default", "Meaning"), rows))
