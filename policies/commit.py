"""The commit: in one transaction, everything that was approved and nothing else."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hospital.changes.base import Commit
from hospital.ids import UserId
from hospital.model.people import Scope, User
from hospital.ports import Reader, Store, UnitOfWork
from policies import audit
from policies.context import late_feeds, other_plans
from policies.decide import Decision, Policy
from policies.outcomes import LEDGER, Differs, Outcome, join, move, tell
from policies.people import Roster
from policies.plans import Attestation, Need, Plan, Vote, canonical, digest_of, may_move

CLOCK_FACTS = frozenset({"minutes"})
"""Facts that only say how much time is left; they differ at every moment."""


def commit(store: Store, policy: Policy, plan_id: str, now: datetime, surface: str = "workflow") -> Outcome:
    """Commit a plan whose votes are all there (the last vote does this by itself).

    Returns:
        `committed`; or `stale` with the differences in words, and nothing else changed; or `refused`.
    """
    try:
        with store.working() as uow:
            uow.lock((f"plan:{plan_id}",))
            plan = uow.get(Plan, plan_id)
            if plan is None:
                return Outcome(status="refused", sentence=f"There is no plan {plan_id}.")
            if not may_move(plan.state, "committed"):
                return Outcome(status="refused", sentence=f"{plan.id} is {plan.state} already.", plan=plan)
            decision = decide_again(uow, policy, plan, now)
            if decision is not None and decision.effect in ("needs", "attest"):
                return Outcome(status="refused", sentence=waiting_for(plan, decision), plan=plan)
            return settle(uow, policy, plan, now, plan.asked_by, surface)
    except Differs as differs:
        return mark_stale(store, plan_id, differs.differences, now, LEDGER, surface)


def settle(uow: UnitOfWork, policy: Policy, plan: Plan, now: datetime, actor: UserId, surface: str) -> Outcome:
    """Carry out a plan inside this transaction: lines, outbox, audit and state together.

    Raises:
        Differs: when the world, the rules or the votes are no longer what was approved; the caller's
            transaction must end with it, so that nothing happened.
    """
    uow.lock(plan.touches)
    if differences := differences_of(uow, policy, plan, now):
        raise Differs(differences)
    order = Commit(plan_id=plan.id, actor=plan.asked_by, at=now)
    for line in plan.lines:
        # Each line is checked on the world that the lines before it made.
        if broken := line.violations(uow, now):
            raise Differs([violation.sentence for violation in broken])
        line.apply(uow, order)
        for message in line.messages(uow, order):
            uow.send(message)
    done = move(uow, plan, "committed")
    audit.append(
        uow,
        at=now,
        actor=actor,
        on_behalf_of=plan.asked_by if actor != plan.asked_by else None,
        surface=surface,
        what="commit",
        why=", ".join(f"{need.rule} agreed" for need in plan.needs) or "allowed without a vote",
        plan_id=plan.id,
        digest=plan.digest,
        details={"lines": list(plan.snapshot), "cost": plan.cost, "policy": policy.version},
    )
    tell(uow, plan, (plan.asked_by,), "committed", f"{plan.title}: done.", now)
    return Outcome(status="committed", sentence=f"{plan.title}: committed as {plan.id}.", plan=done)


def differences_of(world: Reader, policy: Policy, plan: Plan, now: datetime) -> tuple[str, ...]:
    """Everything in which the world is no longer what was approved, in words; empty when nothing is."""
    if digest_of(plan) != plan.digest:
        return ("the plan is not what its digest says",)
    if plan.expires_at is not None and now >= plan.expires_at:
        return ("the time to decide is over",)
    found = [late.sentence() for late in late_feeds(world, policy.data, sources_of(plan), now)]
    found.extend(_lost_votes(world, policy, plan, now))
    decision = decide_again(world, policy, plan, now)
    if decision is None:
        return (*found, f"{plan.asked_by} asked for it and is not active any more")
    if decision.effect == "deny":
        return (*found, *(hit.why for hit in decision.rules if hit.id != "never.stale"))
    found.extend(changed_since(world, plan, decision))
    if not found and decision.effect != "allow":
        found.append(waiting_for(plan, decision))
    return tuple(dict.fromkeys(found))


def changed_since(world: Reader, plan: Plan, decision: Decision) -> list[str]:
    """In which obligations, facts and sentences a new decision differs from what the plan shows."""
    found: list[str] = []
    before, after = _obligations(plan.needs), _obligations(decision.needs)
    found.extend(f"now {_said(need)} must agree as well: {need.why}" for k, need in after.items() if k not in before)
    found.extend(f"{_said(need)} need not agree any more" for k, need in before.items() if k not in after)
    if set(decision.attests) != set(plan.attests):
        found.append("what must be confirmed is not the same any more")
    for shown, line in zip(plan.snapshot, plan.lines, strict=True):
        if (said := line.sentence(world)) != shown:
            found.append(f'it said "{shown}" and would say "{said}" now')
    for was, told in zip(plan.facts, decision.inputs, strict=True):
        for name in sorted({*was["line"], *told["line"]} - CLOCK_FACTS):
            old, new = was["line"].get(name), told["line"].get(name)
            if canonical(old) != canonical(new):
                found.append(f"{name.replace('_', ' ')} was {_word(old)} and is {_word(new)} now")
    return found


def decide_again(world: Reader, policy: Policy, plan: Plan, now: datetime) -> Decision | None:
    """The decision on the world as it is, with the votes and attestation on this digest; None: asker is gone."""
    asker = world.get(User, plan.asked_by)
    if asker is None or not asker.active:
        return None
    return policy.decide(
        world,
        asker,
        plan.lines,
        now,
        votes=votes_on(world, plan),
        attested=is_attested(world, plan),
        plans=counted_with(world, policy, plan, now),
        chain=plan.chain,
    )


def votes_on(world: Reader, plan: Plan) -> tuple[Vote, ...]:
    """The votes on this very digest."""
    return tuple(world.find(Vote, plan_id=plan.id, digest=plan.digest))


def is_attested(world: Reader, plan: Plan) -> bool:
    """Whether whoever asked has confirmed this very digest."""
    return world.count(Attestation, plan_id=plan.id, digest=plan.digest, user_id=plan.asked_by) > 0


def counted_with(world: Reader, policy: Policy, plan: Plan, now: datetime) -> list[Plan]:
    """The other plans whose amounts add up with this one: done ones, and open ones that were there before.

    A later one counts this one; counting it here too would let it make an approved plan stale.
    """
    mine = (plan.created_at, plan.id)
    return [
        other
        for other in other_plans(world, policy.data, plan.lines, now)
        if other.id not in (plan.id, plan.supersedes)
        and (other.state != "awaiting" or plan.state == "drafted" or (other.created_at, other.id) < mine)
    ]


def sources_of(plan: Plan) -> tuple[str, ...]:
    """The feeds that all lines depend on."""
    return tuple(sorted({source for line in plan.lines for source in line.sources}))


def waiting_for(plan: Plan, decision: Decision) -> str:
    """Who or what is missing, as a sentence."""
    if decision.effect == "attest":
        return f"{plan.id} waits for {plan.asked_by} to confirm it."
    return f"{plan.id} waits for {join([_said(need) for need in decision.needs], 'and')}."


def mark_stale(
    store: Store, plan_id: str, differences: Sequence[str], now: datetime, actor: UserId, surface: str
) -> Outcome:
    """Nothing was committed: only the state says so, with the differences in the audit."""
    said = "; ".join(differences)
    with store.working() as uow:
        uow.lock((f"plan:{plan_id}",))
        plan = uow.get(Plan, plan_id)
        if plan is not None and may_move(plan.state, "stale"):
            plan = move(uow, plan, "stale", said)
            voters = [vote.user_id for vote in votes_on(uow, plan)]
            tell(uow, plan, (plan.asked_by, *voters), "stale", f"{plan.title}: not done, {said}.", now)
        audit.append(
            uow,
            at=now,
            actor=actor,
            surface=surface,
            what="commit",
            why=f"stale: {said}",
            plan_id=plan.id if plan else None,
            digest=plan.digest if plan else None,
            details={"differences": list(differences)},
        )
    return Outcome(
        status="stale", sentence=f"Nothing was done, because {said}.", plan=plan, differences=tuple(differences)
    )


def _lost_votes(world: Reader, policy: Policy, plan: Plan, now: datetime) -> list[str]:
    """Votes whose voter may not fill that need any more."""
    votes = [vote for vote in votes_on(world, plan) if vote.decision == "approve"]
    if not votes:
        return []
    roster = Roster(world, policy.data, now)
    needs = {need.rule: need for need in plan.needs}
    escalated = plan.escalates_at is not None and now >= plan.escalates_at
    lost = []
    for vote in votes:
        need = needs.get(vote.rule)
        taken = fills_others(votes, vote.user_id, vote.rule)
        if need is None or vote.user_id not in roster.eligible(need, plan.chain, taken, escalated=escalated):
            lost.append(f"{vote.user_id} may not agree to this any more")
    return lost


def fills_others(votes: Iterable[Vote], user: str, rule: str) -> set[str]:
    """Who besides this person fills another need than this one."""
    return {vote.user_id for vote in votes if vote.rule != rule and vote.user_id != user}


def _obligations(needs: Iterable[Need]) -> dict[tuple[str, str, Scope, int, int, str | None], Need]:
    return {(need.rule, need.role, need.scope, need.count, need.order, need.of): need for need in needs}


def _said(need: Need) -> str:
    people = "" if need.count == 1 else f"{need.count} x "
    return people + join([role.replace("_", " ") for role in need.role.split("|")])


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not known" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
