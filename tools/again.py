"""Making a plan once more: by the same tool, with the same or changed arguments, on the world as it is now."""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from policies.plans import MadeBy, Plan, canonical, plain
from policies.surfaces import DECIDES
from tools.results import Refused
from tools.tool import Arguments, Compiled, Context, Draft, Options, Tool

CHANGEABLE = ("drafted", "awaiting", "stale")
"""The states in which a plan can give way to another."""


def made_by(tool: Tool, arguments: Arguments) -> MadeBy:
    """The call, as a plan remembers it."""
    args = plain(arguments.model_dump(mode="json", exclude_unset=True))
    return MadeBy(tool=tool.name, args=args, schema_version=schema_version(tool.arguments))


@cache
def schema_version(arguments: type[Arguments]) -> str:
    """12 characters of the hash of what a tool takes."""
    return hashlib.sha256(canonical(plain(arguments.model_json_schema())).encode()).hexdigest()[:12]


def draft_of(compiled: Compiled, number: int) -> Draft | None:
    """The draft that takes the place of the plan: of several options the same one, else the best."""
    if isinstance(compiled, Options):
        return (*compiled.drafts[number : number + 1], *compiled.drafts[:1], None)[0]
    return compiled if isinstance(compiled, Draft) else None


def cannot_change(
    plan: Plan | None, plan_id: str, digest: str, tools: Mapping[str, Tool], by: Context
) -> Refused | None:
    """Why this plan cannot be made anew from this surface by anybody; None when it can."""
    if by.surface not in DECIDES:
        return Refused(kind="role", sentence=f"Plans are not changed over {by.surface}.")
    if plan is None:
        return Refused(kind="unknown", sentence=f"There is no plan {plan_id}.", argument="plan")
    if digest != plan.digest:
        said = "What you looked at is not what the plan says; open it again and change that."
        return Refused(kind="conflict", sentence=said)
    if plan.state not in CHANGEABLE:
        return Refused(kind="conflict", sentence=f"{plan.id} is {plan.state} already.")
    if plan.made_by is None or plan.made_by.tool not in tools:
        return Refused(kind="conflict", sentence=f"{plan.id} can only be withdrawn and asked for again.")
    return None


def changed_arguments(plan: Plan, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the plan's call with these ones in their place; None takes one out."""
    assert plan.made_by is not None
    return {name: value for name, value in {**plan.made_by.args, **changes}.items() if value is not None}
