"""`wardline approvals` and `wardline plan`: what waits for whom, and the two answers to it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bots.cli_common import FAILED, AsJson, AsUser, Now, Sentences, Sorry, console, opened, person

if TYPE_CHECKING:
    from bots.app import Wardline
    from hospital.model.people import User
    from policies.plans import Plan
    from tools.results import Result

SHORTEST_DIGEST = 8

app = typer.Typer(cls=Sentences, no_args_is_help=True, help="See and decide what waits for approval.")
plan_app = typer.Typer(cls=Sentences, no_args_is_help=True, help="Look at plans.")

PlanArgument = Annotated[str, typer.Argument(help="The plan, such as PLAN-4K2M7Q.")]
Digest = Annotated[str, typer.Option("--digest", help="What you saw: the digest or its first 8 or more characters.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; needed to reject.")]


@app.command("list")
def list_approvals(as_user: AsUser, now: Now = None, as_json: AsJson = False) -> None:
    """What waits for your decision now, the first to expire first."""
    from bots.plan_views import card_of, to_decide, view_of
    from bots.render import render_card

    with opened(now) as wardline:
        user = person(wardline, as_user)
        with wardline.store.reading() as world:
            mine = to_decide(world, user, wardline.policy.data, wardline.clock.now())
            if as_json:
                typer.echo(f"[{','.join(view_of(world, plan).model_dump_json() for plan in mine)}]")
                return
            screen = console()
            for plan in mine:
                screen.print(render_card(card_of(world, plan), wardline.zone_of(user)))
            if not mine:
                screen.print("Nothing waits for your decision.")


@app.command("show")
@plan_app.command("show")
def show(plan: PlanArgument, as_user: AsUser, now: Now = None, as_json: AsJson = False) -> None:
    """One plan at a glance: before and after, cost, who must say yes and why, what changed since."""
    from bots.plan_sheet import sheet_of
    from bots.render_sheet import render_sheet

    with opened(now) as wardline:
        user = person(wardline, as_user)
        found = readable_plan(wardline, plan, user)
        with wardline.store.reading() as world:
            sheet = sheet_of(world, wardline.policy, found, user, wardline.clock.now())
        if as_json:
            typer.echo(sheet.plan.model_dump_json())
            return
        console().print(render_sheet(sheet, wardline.zone_of(user)))


@app.command()
def approve(
    plan: PlanArgument, as_user: AsUser, digest: Digest, reason: Reason = "", now: Now = None, as_json: AsJson = False
) -> None:
    """Say yes to exactly what the digest covers. The last needed yes commits it."""
    _decide("approve", plan, as_user, digest, reason, now, as_json)


@app.command()
def reject(
    plan: PlanArgument, as_user: AsUser, digest: Digest, reason: Reason = "", now: Now = None, as_json: AsJson = False
) -> None:
    """Say no, and why."""
    _decide("reject", plan, as_user, digest, reason, now, as_json)


@plan_app.command()
def edit(
    plan: PlanArgument,
    as_user: AsUser,
    digest: Digest,
    change: Annotated[list[str], typer.Option("--set", help="What to ask for instead, such as quantity=3.")],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Ask for something else instead: a new plan with the difference said, for which everybody votes again."""
    changes = dict(part.partition("=")[::2] for part in change)
    if unsaid := [part for part in change if not part.partition("=")[2]]:
        raise Sorry(f"--set {unsaid[0]} says no value; write it as name=value.")
    with opened(now) as wardline:
        user, found = person(wardline, as_user), any_plan(wardline, plan)
        context = wardline.context(user, "cli")
        full = full_digest(found, digest)
        say_result(wardline, wardline.turns.run(wardline.desk.edit(found.id, full, changes, context)), as_json)


@plan_app.command()
def withdraw(
    plan: PlanArgument, as_user: AsUser, reason: Reason = "", now: Now = None, as_json: AsJson = False
) -> None:
    """Take back a plan that is not committed; only who asked for it can."""
    with opened(now) as wardline:
        user, found = person(wardline, as_user), any_plan(wardline, plan)
        args = {"plan": found.id, **({"reason": reason} if reason else {})}
        context = wardline.context(user, "cli")
        say_result(wardline, wardline.turns.run(wardline.desk.call("withdraw_request", args, context)), as_json)


def _decide(
    decision: Literal["approve", "reject"],
    plan_id: str,
    as_user: str,
    digest: str,
    reason: str,
    now: str | None,
    as_json: bool,
) -> None:
    with opened(now) as wardline:
        user = person(wardline, as_user)
        plan = any_plan(wardline, plan_id)
        full = full_digest(plan, digest)
        context = wardline.context(user, "cli")
        say_result(
            wardline, wardline.turns.run(wardline.desk.decide(plan.id, decision, full, reason, context)), as_json
        )


def say_result(wardline: "Wardline", result: "Result", as_json: bool) -> None:
    """Print what became of it, after other systems were told.

    Raises:
        Sorry: when it was refused.
    """
    from tools.results import Refused

    wardline.deliver()
    if as_json:
        typer.echo(result.model_dump_json())
    elif isinstance(result, Refused):
        raise Sorry(" ".join(part for part in (result.sentence, result.instead) if part))
    else:
        console().print(result.headline)
    if isinstance(result, Refused):
        raise typer.Exit(FAILED)


def full_digest(plan: "Plan", said: str) -> str:
    """The digest that these first characters name, if it is the one the plan has now.

    Raises:
        Sorry: when they are too few or belong to something else.
    """
    if len(said) < SHORTEST_DIGEST:
        raise Sorry(f"Give at least {SHORTEST_DIGEST} characters of the digest; {said!r} has {len(said)}.")
    if not plan.digest.startswith(said.lower()):
        raise Sorry(
            f"{plan.id} does not say what you saw: its digest begins with {plan.digest[:12]}, not {said[:12]}. "
            "Look at it again and decide on that."
        )
    return plan.digest


def any_plan(wardline: "Wardline", plan_id: str) -> "Plan":
    """The plan with this id.

    Raises:
        Sorry: when there is none, naming the nearest.
    """
    from difflib import get_close_matches

    from policies.plans import Plan

    with wardline.store.reading() as world:
        plan = world.get(Plan, plan_id.strip().upper())
        if plan is not None:
            return plan
        near = get_close_matches(plan_id, [id for (id,) in world.values(Plan, ("id",))], n=3)
    hint = f" Near are {', '.join(near)}." if near else ""
    raise Sorry(f"There is no plan {plan_id}.{hint}")


def readable_plan(wardline: "Wardline", plan_id: str, user: "User") -> "Plan":
    """The plan with this id, if this person may see it.

    Raises:
        Sorry: when there is none or it is not theirs to see.
    """
    from bots.plan_views import may_read_plan

    plan = any_plan(wardline, plan_id)
    if not may_read_plan(user, plan, wardline.policy.data):
        raise Sorry(f"{plan.id} is not yours to see: only those who ask, decide or audit it may.")
    return plan
