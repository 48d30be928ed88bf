"""Looking again: in what the world, the rules and the votes differ from what was approved."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hospital.model.governance import BrokenGlass
from hospital.model.people import Scope, User
from hospital.ports import Reader
from policies.context import late_feeds, other_plans
from policies.decide import Decision, Policy
from policies.outcomes import join
from policies.people import Roster
from policies.plans import Attestation, AuditEntry, Need, Plan, Vote, digest_of, is_escalated

CLOCK_FACTS = frozenset({"minutes"})
"""Facts that only say how much time is left; they differ at every moment."""


def differences_of(
    world: Reader, policy: Policy, plan: Plan, now: datetime, *, waiting: bool = False
) -> tuple[str, ...]:
    """Everything in which the world is no longer what was approved, in words; empty when nothing is.

    Args:
        waiting: whether it may still lack votes and confirmations, as when somebody only looks at it.
    """
    if digest_of(plan) != plan.digest:
        return ("the plan is not what its digest says",)
    if plan.expires_at is not None and now >= plan.expires_at:
        return ("the time to decide is over",)
    found = [late.sentence() for late in late_feeds(world, policy.data, sources_of(plan), now)]
    votes = votes_on(world, plan)
    found.extend(_lost_votes(world, policy, plan, votes, now))
    decision = decide_again(world, policy, plan, now, votes)
    if decision is None:
        return (*found, f"{plan.asked_by} asked for it and is not active any more")
    if decision.effect == "deny":
        return (*found, *(hit.why for hit in decision.rules if hit.id != "never.stale"))
    found.extend(changed_since(world, plan, decision))
    if waiting:
        found.extend(one.sentence for line in plan.lines for one in line.violations(world, now))
    elif not found and decision.effect != "allow":
        found.append(waiting_for(plan, decision))
    return tuple(dict.fromkeys(found))


def changed_since(world: Reader, plan: Plan, decision: Decision) -> list[str]:
    """In which obligations, facts and sentences a new decision differs from what the plan shows."""
    found: list[str] = []
    before, after = obligations(plan.needs), obligations(decision.needs)
    found.extend(
        f"now {need_words(need)} must agree as well: {need.why}" for k, need in after.items() if k not in before
    )
    found.extend(f"{need_words(need)} need not agree any more" for k, need in before.items() if k not in after)
    if set(decision.attests) != set(plan.attests):
        found.append("what must be confirmed is not the same any more")
    for shown, line in zip(plan.snapshot, plan.lines, strict=True):
        if (said := line.sentence(world)) != shown:
            found.append(f'it said "{shown}" and would say "{said}" now')
    for was, told in zip(plan.facts, decision.inputs, strict=True):
        for name in sorted({*was["line"], *told["line"]} - CLOCK_FACTS):
            old, new = was["line"].get(name), told["line"].get(name)
            if type(old) is not type(new) or old != new:  # 1 is not True here
                found.append(f"{name.replace('_', ' ')} was {_word(old)} and is {_word(new)} now")
    return found


def decide_again(
    world: Reader, policy: Policy, plan: Plan, now: datetime, votes: Iterable[Vote] | None = None
) -> Decision | None:
    """The decision on the world as it is, with the votes and attestation on this digest; None: asker is gone.

    Args:
        votes: those on this digest, when they were read already.
    """
    asker = world.get(User, plan.asked_by)
    if asker is None or not asker.active:
        return None
    # Those of this very transaction: others may have been activated since the caller looked.
    return policy.active_in(world).decide(
        world,
        asker,
        plan.lines,
        now,
        votes=votes_on(world, plan) if votes is None else votes,
        attested=is_attested(world, plan),
        plans=counted_with(world, policy, plan, now),
        chain=plan.chain,
        glass=is_glass_broken(world, plan),
    )


def votes_on(world: Reader, plan: Plan) -> tuple[Vote, ...]:
    """The votes on this very digest."""
    return tuple(world.find(Vote, plan_id=plan.id, digest=plan.digest))


def open_needs(plan: Plan, votes: Sequence[Vote]) -> tuple[Need, ...]:
    """The needs that still lack a yes on this digest."""
    have: dict[str, set[str]] = {}
    for one in votes:
        if one.decision == "approve" and one.digest == plan.digest:
            have.setdefault(one.rule, set()).add(one.user_id)
    return tuple(need for need in plan.needs if len(have.get(need.rule, ())) < need.count)


def is_glass_broken(world: Reader, plan: Plan) -> bool:
    """Whether somebody who may broke the glass on this very digest."""
    return world.count(BrokenGlass, plan_id=plan.id, digest=plan.digest) > 0


def is_attested(world: Reader, plan: Plan) -> bool:
    """Whether whoever asked has confirmed this very digest; only a plan that asks for it can be confirmed."""
    return (
        bool(plan.attests)
        and world.count(Attestation, plan_id=plan.id, digest=plan.digest, user_id=plan.asked_by) > 0
    )


def counted_with(world: Reader, policy: Policy, plan: Plan, now: datetime) -> list[Plan]:
    """The other plans whose amounts add up with this one: done ones, and open ones that were there before.

    A later one counts this one; counting it here too would let it make an approved plan stale.
    """
    return [
        other
        for other in other_plans(world, policy.data, plan.lines, now)
        if other.id not in (plan.id, plan.supersedes)
        and (other.state != "awaiting" or plan.state == "drafted" or _came_before(world, other, plan))
    ]


def _came_before(world: Reader, other: Plan, plan: Plan) -> bool:
    """Of two made at the same moment (a frozen clock), the one that was sent on its way first."""
    if other.created_at != plan.created_at:
        return other.created_at < plan.created_at
    return (_sent(world, other), other.id) < (_sent(world, plan), plan.id)


def _sent(world: Reader, plan: Plan) -> int:
    found = world.find(AuditEntry, plan_id=plan.id, what="submit", order="-sequence", limit=1)
    return found[0].sequence if found else 0


def sources_of(plan: Plan) -> tuple[str, ...]:
    """The feeds that all lines depend on."""
    return tuple(sorted({source for line in plan.lines for source in line.sources}))


def waiting_for(plan: Plan, decision: Decision) -> str:
    """Who or what is missing, as a sentence."""
    if decision.effect == "attest":
        return f"{plan.id} waits for {plan.asked_by} to confirm it."
    return f"{plan.id} waits for {join([need_words(need) for need in decision.needs], 'and')}."


def _lost_votes(world: Reader, policy: Policy, plan: Plan, on_it: Iterable[Vote], now: datetime) -> list[str]:
    """Votes whose voter may not fill that need any more."""
    votes = [vote for vote in on_it if vote.decision == "approve"]
    if not votes:
        return []
    roster = Roster(world, policy.data, now)
    needs = {need.rule: need for need in plan.needs}
    escalated = is_escalated(plan, now)
    lost = []
    for vote in votes:
        need = needs.get(vote.rule)
        taken = spoken_for(votes, vote.user_id)
        if need is None or vote.user_id not in roster.eligible(need, plan.chain, taken, escalated=escalated):
            lost.append(f"{vote.user_id} may not agree to this any more")
    return lost


def spoken_for(votes: Iterable[Vote], user: str) -> set[str]:
    """Who besides this person has voted, and in whose name: nobody's authority counts twice on one plan."""
    others = [vote for vote in votes if vote.user_id != user]
    return {name for vote in others for name in (vote.user_id, vote.in_name_of) if name is not None}


def obligations(needs: Iterable[Need]) -> dict[tuple[str, str, Scope, int, int, str | None], Need]:
    """The needs by everything that makes two of them the same obligation."""
    return {(need.rule, need.role, need.scope, need.count, need.order, need.of): need for need in needs}


def need_words(need: Need) -> str:
    """How many of which role, as people say it."""
    people = "" if need.count == 1 else f"{need.count} x "
    return people + join([role.replace("_", " ") for role in need.role.split("|")])


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not known" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
