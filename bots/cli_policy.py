"""`wardline policy`: the rules, why they ask for whom, and how they are changed."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bots.cli_approvals import PlanArgument, any_plan, say_result
from bots.cli_common import FAILED, AsJson, AsUser, Now, Sentences, Sorry, console, opened, person

app = typer.Typer(cls=Sentences, no_args_is_help=True, help="The rules, why they ask for whom, and changing them.")

Changed = Annotated[Path, typer.Argument(help="A folder with the changed rules/*.cedar and data/*.toml only.")]


@app.command()
def check() -> None:
    """Whether the rules parse, fit their schema and data, and cover every kind of change."""
    from policies.check import check_policy

    problems = check_policy()
    for problem in problems:
        console().print(Text(f"• {problem}", style="red"))
    if problems:
        raise typer.Exit(FAILED)
    console().print("[green]✓[/green] The rules, their schema and their data hold together.")


@app.command("explain")
def explain_plan(plan: PlanArgument, now: Now = None, as_json: AsJson = False) -> None:
    """Which rule asked whom for what, line by line, and why."""
    from policies.explain import explain

    with opened(now) as wardline:
        found = any_plan(wardline, plan)
        reasons = explain(wardline.policy, found)
    if as_json:
        typer.echo(f"[{','.join(reason.model_dump_json() for reason in reasons)}]")
        return
    screen = console()
    screen.print(Text(f"{found.title} ({found.id}, {found.state}, rules {found.policy_version})", style="bold"))
    for reason in reasons:
        screen.print(Text(f"\n{reason.line}. {reason.said}"))
        screen.print(Text(f"   {reason.rule} ({reason.where}) asks: {reason.asks}", style="cyan"))
        screen.print(Text(f"   because {reason.why}", style="dim"))
    if not reasons:
        screen.print("No rule asks for anybody: it needs no human.")


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="A new folder; copy from it what you change into another.")],
    now: Now = None,
) -> None:
    """Write the active rules and data as files, to change some of them."""
    from hospital.changes.governing import active_rule_set
    from policies.activation import active_files

    if to.exists() and any(to.iterdir()):
        raise Sorry(f"{to} is not empty; name a new folder")
    with opened(now) as wardline, wardline.store.reading() as world:
        files, active = active_files(world), active_rule_set(world)
    for name, text in files.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(text, encoding="utf-8")
    console().print(f"{len(files)} files of the rule set {active[:16]} are in {to}.")


@app.command()
def activate(
    changed: Changed,
    as_user: AsUser,
    reason: Annotated[str, typer.Option("--reason", help="Why the rules change.")],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Ask for changed rules, limits, delegations, duty, packs or grants to become active; two owners decide."""
    from policies.activation import read_folder

    with opened(now) as wardline:
        context = wardline.context(person(wardline, as_user), "cli")
        result = wardline.desk.commands.activate_rules(read_folder(changed), reason, context)
        say_result(wardline, result, as_json)
