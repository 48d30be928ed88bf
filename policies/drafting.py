"""Drafting a plan: the lines as people will see them, decided, timed and sealed with a digest."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from hospital.changes.base import Change
from hospital.changes.catalogue import AnyChange
from hospital.changes.together import violations_of
from hospital.ids import PlanId, ThreadId, UserId
from hospital.model.people import User
from hospital.money import Cents
from hospital.ports import Reader
from policies.context import buying_keys, other_plans
from policies.decide import Decision, Policy
from policies.plans import ConstraintReport, Effect, MadeBy, Plan, canonical, digest_of

DRAFT_LASTS = timedelta(hours=24)
"""How long a draft that needs no vote may wait for whoever asked."""


def draft_plan(
    world: Reader,
    policy: Policy,
    actor: User,
    title: str,
    lines: Sequence[AnyChange],
    now: datetime,
    effect: Effect | None = None,
    report: ConstraintReport | None = None,
    thread_id: ThreadId | None = None,
    key: str | None = None,
    chain: Iterable[UserId] = (),
    supersedes: Plan | None = None,
    made_by: MadeBy | None = None,
    new_id: Callable[[str], PlanId] | None = None,
) -> Plan:
    """A plan in state `drafted`, with the decision of the rules on the world as it is.

    Lines that the rules refuse make a plan too: `report.violated` says why, and `submit` will refuse it.

    Args:
        chain: who edited, reported or triggered it, besides the actor.
        supersedes: the plan that this one replaces; its chain is carried on.
        new_id: makes the id from the canonical content; by default `PLAN-` and 8 characters of its hash.
    """
    before = supersedes.chain if supersedes is not None else ()
    people = tuple(dict.fromkeys((actor.id, *chain, *before)))
    replaced = supersedes.id if supersedes is not None else None
    others = [plan for plan in other_plans(world, policy.data, lines, now) if plan.id != replaced]
    decision = policy.decide(world, actor, lines, now, plans=others, chain=people)
    told = report or ConstraintReport()
    broken = [violation.sentence for violation in violations_of(lines, world, now)]
    refused = [hit.why for hit in decision.rules] if decision.effect == "deny" else []
    told = told.model_copy(update={"violated": tuple(dict.fromkeys((*told.violated, *broken, *refused)))})
    expected = effect or Effect()
    cost = sum(line.cost() for line in lines)
    expires = expiry_of(policy, decision, now)
    content = canonical(
        [actor.id, title, [line.model_dump(mode="json") for line in lines], thread_id, key, replaced, now.isoformat()]
    )
    plan = Plan(
        id=(new_id or name_plan)(content),
        title=title,
        state="drafted",
        lines=tuple(lines),
        effect=expected.model_copy(update={"cost": Cents(cost)}),
        report=told,
        touches=touched(lines),
        needs=decision.needs,
        attests=decision.attests,
        policy_version=decision.version,
        facts=decision.inputs,
        snapshot=tuple(line.sentence(world) for line in lines),
        asked_by=actor.id,
        chain=people,
        thread_id=thread_id,
        supersedes=replaced,
        made_by=made_by,
        key=key,
        created_at=now,
        expires_at=expires,
        escalates_at=now + (expires - now) / 2 if decision.needs else None,
    )
    return plan.model_copy(update={"digest": digest_of(plan)})


def name_plan(content: str) -> PlanId:
    """`PLAN-` and 8 letters or digits of the hash of what the plan says."""
    code = base64.b32encode(hashlib.sha256(content.encode()).digest()).decode()[:8]
    return PlanId(f"PLAN-{code}")


def touched(lines: Sequence[Change]) -> tuple[str, ...]:
    """The resource-days of all lines, and one key per need that is bought."""
    days = {key for line in lines for key in line.touches()}
    return tuple(sorted(days | buying_keys(lines)))


def expiry_of(policy: Policy, decision: Decision, now: datetime) -> datetime:
    """When the earliest of the needs expires (gates.md), never before `now`; a day when nobody is needed."""
    ends = [now + DRAFT_LASTS] if not decision.needs else []
    for need in decision.needs:
        rule = policy.rule(need.rule)
        ends.append(now + timedelta(minutes=rule.expires_minutes or 0))
        if rule.latest:
            ends.extend(
                _latest(rule.latest, told["line"]) for told in decision.inputs if _fact(rule.latest) in told["line"]
            )
    return max(now, min(ends))


def _fact(latest: str) -> str:
    return latest.rpartition("-")[0]


def _latest(latest: str, facts: dict[str, object]) -> datetime:
    """`starts_at-30m`: that much before the time the fact holds."""
    fact, _, before = latest.rpartition("-")
    amount, unit = int(before[:-1]), before[-1]
    return datetime.fromisoformat(str(facts[fact])) - timedelta(minutes=amount * (60 if unit == "h" else 1))
