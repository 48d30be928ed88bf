"""What the rules are told about one line: who asks, the line's facts, and the money of its need."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hospital.changes.base import Change
from hospital.freshness import Lateness, find_late
from hospital.model.governance import KILL_SWITCH
from hospital.model.history import Feed
from hospital.model.people import Scope, User
from hospital.model.supply import Requisition
from hospital.model.work import Setting
from hospital.ports import Holds, In, Range, Reader
from policies.data import PolicyData
from policies.hours import hours_fact
from policies.plans import Plan
from policies.ratios import ratio_fact

COUNTED = In(("awaiting", "committed", "delivered", "compensating", "ambiguous"))
"""The states of other plans whose amounts add up."""
NO_MONEY: Mapping[str, Any] = {"known": True, "amount": 0, "manager_to": 0, "director_to": 0}
"""The `money` of a line that costs nothing."""
_NOT_COUNTED = ("draft", "rejected", "returned", "withdrawn", "cancelled")


def roles_covering(user: User, scope: Scope) -> list[str]:
    """The roles held in a scope that covers everything the line names."""
    return sorted({grant.role for grant in user.grants if grant.scope.covers(scope)})


def roles_near(user: User, scope: Scope) -> list[str]:
    """The roles held in a scope that contradicts nothing the line names (a purchase names no site)."""
    return sorted({grant.role for grant in user.grants if not _contradicts(grant.scope, scope)})


def _contradicts(held: Scope, line: Scope) -> bool:
    return any(
        mine is not None and theirs is not None and mine != theirs
        for mine, theirs in ((value, getattr(line, name)) for name, value in held)
    )


def is_stopped(world: Reader, site_id: str | None) -> bool:
    """Whether the kill switch is on for the whole system or for this site."""
    names = [KILL_SWITCH] + ([f"{KILL_SWITCH}:{site_id}"] if site_id else [])
    return any((setting := world.get(Setting, name)) is not None and setting.value == "on" for name in names)


def late_feeds(world: Reader, data: PolicyData, sources: Iterable[str], now: datetime) -> tuple[Lateness, ...]:
    """Which of these sources are past their limit."""
    wanted = tuple(sorted(set(sources)))
    if not wanted:
        return ()
    return find_late(world.find(Feed), data.freshness.limits(wanted), now, wanted)


def other_plans(world: Reader, data: PolicyData, lines: Iterable[Change], now: datetime) -> list[Plan]:
    """The open and committed plans of the last days that buy for a need of these lines (see `buying_keys`)."""
    keys = buying_keys(lines)
    if not keys:
        return []
    since = now - timedelta(days=data.limits.window_days)
    return world.find(Plan, state=COUNTED, created_at=Range(at_least=since), touches=Holds(sorted(keys)))


def buying_keys(lines: Iterable[Change]) -> set[str]:
    """The keys under which a plan touches the needs it buys for, so that others find and lock it."""
    return {f"need:{need}" for line in lines if (need := line.same_need())}


def needs_bought(lines: Iterable[Change]) -> dict[str, int]:
    """What these lines spend on each need, in cents."""
    spent: dict[str, int] = {}
    for line in lines:
        if (need := line.same_need()) is not None and line.cost() > 0:
            spent[need] = spent.get(need, 0) + line.cost()
    return spent


def total_per_need(
    world: Reader, data: PolicyData, lines: Sequence[Change], now: datetime, plans: Iterable[Plan] | None
) -> dict[str, int]:
    """Per need of these lines: their own amounts, those of other plans, and requisitions made elsewhere.

    Source: gates.md, requisition: the same item or purpose, the same cost centre, 30 days.
    """
    totals = needs_bought(lines)
    if not totals:
        return {}
    for plan in other_plans(world, data, lines, now) if plans is None else plans:
        for need, amount in needs_bought(plan.lines).items():
            if need in totals:
                totals[need] += amount
    since = now - timedelta(days=data.limits.window_days)
    centres = sorted({need.rpartition("@")[2] for need in totals})
    for bought in world.find(Requisition, cost_centre_id=In(centres), created_at=Range(at_least=since), plan_id=None):
        need = f"{bought.item_id or bought.purpose}@{bought.cost_centre_id}"
        if need in totals and bought.state not in _NOT_COUNTED:
            totals[need] += bought.amount
    return totals


def money_of(
    line: Change, facts: Mapping[str, Any], scope: Scope, data: PolicyData, totals: Mapping[str, int]
) -> dict[str, Any]:
    """The `money` of the context: the total of the line's need, and the limits of its cost centre."""
    if line.cost() <= 0:
        return dict(NO_MONEY)
    centre = cost_centre_of(facts, scope)
    limits = data.limits.cost_centres.get(centre or "")
    need = line.same_need()
    return {
        "known": limits is not None,
        "amount": totals.get(need, line.cost()) if need is not None else line.cost(),
        "manager_to": limits.manager_to if limits else 0,
        "director_to": limits.director_to if limits else 0,
    }


def cost_centre_of(facts: Mapping[str, Any], scope: Scope) -> str | None:
    """Where the money of a line comes from."""
    named = facts.get("cost_centre")
    return str(named) if named else scope.cost_centre_id


def context_of(
    world: Reader,
    data: PolicyData,
    actor: User,
    line: Change,
    now: datetime,
    totals: Mapping[str, int],
    plan: Sequence[Change] = (),
) -> dict[str, Any]:
    """The canonical input of the decision about one line of a plan, before votes and attestation."""
    scope = line.scope(world)
    facts = {**line.facts(world, now), **hours_fact(world, data, line), **ratio_fact(world, data, line, plan)}
    stale = [late.source for late in late_feeds(world, data, line.sources, now)]
    return {
        "ask": ask_of(world, actor, scope, stale),
        "line": facts,
        "money": money_of(line, facts, scope, data, totals),
    }


def ask_of(world: Reader, actor: User, scope: Scope, stale: Sequence[str] = ()) -> dict[str, Any]:
    """The `ask` of the context: who asks and whether anything stands in the way there, before votes."""
    return {
        "roles": roles_covering(actor, scope),
        "near": roles_near(actor, scope),
        "stale": list(stale),
        "stopped": is_stopped(world, scope.site_id),
    }
