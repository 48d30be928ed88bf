"""`wardline policy`: the rules, why they ask for whom, and how they are changed."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bots.cli_approvals import PlanArgument, any_plan, say_result
from bots.cli_common import FAILED, AsJson, AsUser, Now, Sentences, Sorry, console, opened, person

app = typer.Typer(cls=Sentences, no_args_is_help=True, help="The rules, why they ask for whom, and changing them.")

Changed = Annotated[Path, typer.Argument(help="A folder with the changed rules/*.cedar and data/*.toml only.")]


@app.command()
def check(
    changed: Annotated[Path | None, typer.Argument(help="A folder with changed files.")] = None,
    now: Now = None,
) -> None:
    """Whether rules, schema and data hold together, each rule can decide, and every gate finds somebody."""
    from policies.activation import changed_policy, read_folder
    from policies.check import problems_of
    from policies.gaps import gaps_of

    with opened(now) as wardline, wardline.store.reading() as world:
        policy = wardline.policy
        if changed is not None:
            policy, _ = changed_policy(world, policy, read_folder(changed))
        problems = problems_of(policy.rules, policy.data)
        gaps = gaps_of(world, policy.rules, policy.data, wardline.clock.now())
    for problem in problems:
        console().print(Text(f"• {problem}", style="red"))
    for gap in gaps:
        console().print(Text(f"• nobody there: {gap.sentence()}", style="yellow"))
    if problems:
        raise typer.Exit(FAILED)
    console().print(f"[green]✓[/green] {len(policy.rules.by_id)} rules, their schema and their data hold together.")


@app.command()
def replay(changed: Changed, now: Now = None, as_json: AsJson = False) -> None:
    """Which past decisions the changed rules would have decided otherwise, as a table. Nothing is changed."""
    from bots.render import clock_time
    from bots.settings import HOUSE_ZONE
    from bots.text_table import TextTable
    from policies.activation import changed_policy, read_folder
    from policies.replay import replay as replay_decisions

    with opened(now) as wardline, wardline.store.reading() as world:
        new, _ = changed_policy(world, wardline.policy, read_folder(changed))
        found = replay_decisions(world, wardline.policy, new)
    if as_json:
        typer.echo(found.model_dump_json())
        return
    if found.flips:
        rows = [
            (one.plan_id, clock_time(one.at, HOUSE_ZONE), one.title, one.state, one.before, one.after)
            for one in found.flips
        ]
        console().print(TextTable(("Plan", "Asked", "What", "State", "Decided", "Would be"), rows))
    console().print(f"{len(found.flips)} of {found.looked_at} past decisions would be others.")


@app.command("explain")
def explain_plan(plan: PlanArgument, now: Now = None, as_json: AsJson = False) -> None:
    """Which rule asked whom for what, line by line, and why; and who has voted."""
    from bots.render import clock_time
    from bots.settings import HOUSE_ZONE
    from policies.explain import explain
    from policies.plans import Vote
    from tools.sentences import say_role

    with opened(now) as wardline, wardline.store.reading() as world:
        found = any_plan(wardline, plan)
        reasons, votes = explain(wardline.policy, found), world.find(Vote, plan_id=found.id, order="at")
    if as_json:
        told = {"reasons": reasons, "votes": votes}
        typer.echo(json.dumps({name: [one.model_dump(mode="json") for one in ones] for name, ones in told.items()}))
        return
    screen = console()
    screen.print(Text(f"{found.title} ({found.id}, {found.state}, rules {found.policy_version})", style="bold"))
    for reason in reasons:
        screen.print(Text(f"\n{reason.line}. {reason.said}"))
        screen.print(Text(f"   {reason.rule} ({reason.where}) asks: {reason.asks}", style="cyan"))
        screen.print(Text(f"   because {reason.why}", style="dim"))
    if not reasons:
        screen.print("No rule asks for anybody: it needs no human.")
    for vote in votes:
        name = f" in the name of {vote.in_name_of}" if vote.in_name_of else ""
        when = clock_time(vote.at, HOUSE_ZONE)
        screen.print(
            Text(f"\n{vote.user_id}{name} as {say_role(vote.role)}: {vote.decision} {when} by {vote.surface}")
        )
        screen.print(Text(f"   on digest {vote.digest[:12]} for {vote.rule}", style="cyan"))
        if vote.reason:
            screen.print(Text(f"   because {vote.reason}", style="dim"))
    if reasons and not votes:
        screen.print("\nNobody has voted.")


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
