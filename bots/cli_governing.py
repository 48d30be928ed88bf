"""`wardline glass` and `wardline switch`: acting at once with a reason, and stopping all writing."""

from typing import Annotated, Literal

import typer

from bots.cli_approvals import Digest, PlanArgument, any_plan, full_digest, say_result
from bots.cli_common import AsJson, AsUser, Now, Sentences, console, opened, person

glass = typer.Typer(cls=Sentences, no_args_is_help=True, help="Act at once on what waits; reviewed afterwards.")
switch = typer.Typer(cls=Sentences, no_args_is_help=True, help="The kill switch: stop all writing.")

Why = Annotated[str, typer.Option("--reason", help="Why; it is kept in the audit.")]
Site = Annotated[str | None, typer.Option("--site", help="One site only; else the whole system.")]


@glass.command("break")
def break_glass(
    plan: PlanArgument, as_user: AsUser, digest: Digest, reason: Why, now: Now = None, as_json: AsJson = False
) -> None:
    """Carry out a waiting plan without its clinical votes. Never for money, rules or what is never done."""
    with opened(now) as wardline:
        user, found = person(wardline, as_user), any_plan(wardline, plan)
        context, full = wardline.context(user, "cli"), full_digest(found, digest)
        say_result(wardline, wardline.desk.commands.break_glass(found.id, full, reason, context), as_json)


@glass.command("list")
def list_broken(as_user: AsUser, now: Now = None, as_json: AsJson = False) -> None:
    """Every time the glass was broken, and whether compliance has reviewed it."""
    from bots.queues import broken_glass_for
    from bots.render import clock_time
    from bots.text_table import TextTable

    with opened(now) as wardline, wardline.store.reading() as world:
        user = person(wardline, as_user)
        rows, zone = broken_glass_for(world, user, wardline.policy.data), wardline.zone_of(user)
        if as_json:
            typer.echo(f"[{','.join(row.model_dump_json() for row in rows)}]")
            return
        if not rows:
            console().print("The glass was never broken.")
            return
        cells = [
            (row.review, row.plan_id, row.user_id, clock_time(row.at, zone), clock_time(row.due, zone), row.state,
             row.reason)
            for row in rows
        ]  # fmt: skip
        console().print(TextTable(("Review", "Plan", "Who", "When", "Due", "State", "Reason"), cells))


@glass.command()
def review(
    exception: Annotated[str, typer.Argument(help="The review, such as EXC-4K2M7Q-GLASS.")],
    as_user: AsUser,
    finding: Annotated[Literal["justified", "not_justified"], typer.Option("--finding", help="What was found.")],
    reason: Why,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """What compliance found about broken glass."""
    with opened(now) as wardline:
        context = wardline.context(person(wardline, as_user), "cli")
        result = wardline.desk.commands.review_glass(exception.strip().upper(), finding, reason, context)
        say_result(wardline, result, as_json)


@switch.command()
def on(as_user: AsUser, reason: Why, site: Site = None, now: Now = None, as_json: AsJson = False) -> None:
    """Stop all writing. Reading, handing over and withdrawing go on."""
    _turn(True, as_user, reason, site, now, as_json)


@switch.command()
def off(as_user: AsUser, reason: Why, site: Site = None, now: Now = None, as_json: AsJson = False) -> None:
    """Let writing go on."""
    _turn(False, as_user, reason, site, now, as_json)


@switch.command()
def show(now: Now = None, as_json: AsJson = False) -> None:
    """Where the kill switch is on."""
    import json

    from policies.switch import stopped_sites

    with opened(now) as wardline, wardline.store.reading() as world:
        stopped = [site or "the whole system" for site in stopped_sites(world)]
    if as_json:
        typer.echo(json.dumps(stopped))
    else:
        console().print(f"The kill switch is on for {', '.join(stopped)}." if stopped else "The kill switch is off.")


def _turn(on: bool, as_user: str, reason: str, site: str | None, now: str | None, as_json: bool) -> None:
    with opened(now) as wardline:
        context = wardline.context(person(wardline, as_user), "cli")
        say_result(wardline, wardline.desk.commands.kill_switch(on, site, reason, context), as_json)
