"""`wardline policy replay`: which past decisions would have been others under changed rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from hospital.changes.base import Change
from hospital.entity import Record
from hospital.ports import Reader
from policies.context import cost_centre_of
from policies.decide import Policy
from policies.plans import Plan
from policies.rulebook import Rule


class Flip(Record):
    """One plan about which the changed rules say something else than the active ones, on the same stored input."""

    plan_id: str
    title: str
    asked_by: str
    at: datetime
    state: str
    before: str
    after: str


class Replayed(Record):
    """How many past decisions were looked at, and those that flip."""

    looked_at: int
    flips: tuple[Flip, ...]


def replay(world: Reader, active: Policy, changed: Policy, since: datetime | None = None) -> Replayed:
    """Decide every kept plan again by both policies, on the input that was stored with its decision.

    The people asked, and facts that data packs gave at that time (hours, ratios), are taken as they were stored;
    limits are those of each policy.
    """
    looked, flips = 0, []
    for plan in world.find(Plan, order="created_at"):
        if not plan.facts or (since is not None and plan.created_at < since):
            continue
        looked += 1
        before, after = say(active, plan, world), say(changed, plan, world)
        if before != after:
            flips.append(
                Flip(
                    plan_id=plan.id,
                    title=plan.title,
                    asked_by=plan.asked_by,
                    at=plan.created_at,
                    state=plan.state,
                    before=before,
                    after=after,
                )
            )
    return Replayed(looked_at=looked, flips=tuple(flips))


def say(policy: Policy, plan: Plan, world: Reader) -> str:
    """What a policy says about a plan's stored input: refused and by which rules, whom it asks, or allowed."""
    told = [
        {**facts, "money": _money(policy, line, facts, world)}
        for line, facts in zip(plan.lines, plan.facts, strict=True)
    ]
    asked = list(zip([line.action for line in plan.lines], told, strict=True))
    if refused := [hit.id for action, one in asked for hit in policy.refusals(plan.asked_by, action, one)]:
        return f"refused: {_join(refused)}"
    rules = [rule for action, one in asked for rule in policy.reasons(plan.asked_by, action, one)]
    needs = [_said(rule) for rule in rules if rule.needs]
    attests = [rule.attest for rule in rules if rule.kind == "attest"]
    return _join([*needs, *attests]) or "allowed"


def _money(policy: Policy, line: Change, facts: Mapping[str, Any], world: Reader) -> dict[str, Any]:
    """The stored amounts against the limits of this policy."""
    stored: dict[str, Any] = dict(facts["money"])
    if not stored["amount"]:
        return stored
    limits = policy.data.limits.cost_centres.get(cost_centre_of(facts["line"], line.scope(world)) or "")
    stored["known"] = limits is not None
    stored["manager_to"] = limits.manager_to if limits else 0
    stored["director_to"] = limits.director_to if limits else 0
    return stored


def _said(rule: Rule) -> str:
    count = f"{rule.count} x " if rule.count > 1 else ""
    return f"{count}{'|'.join(rule.needs)} ({rule.id})"


def _join(parts: Sequence[str] | Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(parts))
