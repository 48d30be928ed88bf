"""Sending a plan on its way: to commit at once, to the asker's confirmation, or to its approvers."""

from datetime import datetime

from hospital.changes.together import violations_of
from hospital.ids import TurnId, UserId
from hospital.model.people import User
from hospital.ports import Store, UnitOfWork
from policies import audit
from policies.commit import mark_stale, settle
from policies.decide import Policy
from policies.outcomes import Differs, Outcome, Undone, join, move, tell
from policies.people import Roster
from policies.plans import Attestation, Plan, digest_of, may_move
from policies.recheck import changed_since, decide_again, is_attested, votes_on
from policies.surfaces import CONFIRMS


def keep_draft(store: Store, plan: Plan, now: datetime, surface: str = "api") -> Outcome:
    """Keep a draft (an option that was shown) to be submitted by its id; nothing waits, nothing is held."""
    with store.working() as uow:
        uow.lock(_locks_of(plan))
        if (kept := _earlier(uow, plan)) is not None:
            return Outcome(status="unchanged", sentence=f"{kept.id} is {kept.state}.", plan=kept)
        uow.put(plan)
        _write_down(uow, plan, now, surface, "draft", "kept as an option")
    return Outcome(status="drafted", sentence=f"{plan.title}: drafted as {plan.id}.", plan=plan)


def submit(store: Store, policy: Policy, plan: Plan, now: datetime, surface: str = "api") -> Outcome:
    """Send a drafted plan on its way.

    Returns:
        `committed` when nobody else is needed; `attest` when the asker must confirm; `awaiting` when others must
        agree; `refused` with the rules or conditions against it; `stale` with the differences when the world moved
        since the draft; `unchanged` with the first plan when it, or its key, was submitted before.
    """
    try:
        with store.working() as uow:
            uow.lock(_locks_of(plan))
            earlier = _earlier(uow, plan)
            if earlier is not None and earlier.state != "drafted":
                return Outcome(status="unchanged", sentence=f"{earlier.id} is {earlier.state} already.", plan=earlier)
            plan = earlier or plan
            if plan.state != "drafted" or digest_of(plan) != plan.digest:
                return _refuse(uow, plan, now, surface, "it is not the draft that was shown")
            if earlier is None:
                uow.put(plan)
            return _proceed(uow, policy, plan, now, surface)
    except Differs as differs:
        _keep(store, plan)
        return mark_stale(store, plan.id, differs.differences, now, plan.asked_by, surface)


def attest(
    store: Store,
    policy: Policy,
    plan_id: str,
    user_id: UserId,
    digest: str,
    turn_id: TurnId,
    surface: str,
    now: datetime,
) -> Outcome:
    """The asking person's own "yes, agreed" about exactly this digest; goes on at once, so it serves one turn."""
    with store.reading() as world:
        known = world.get(Plan, plan_id)
    try:
        with store.working() as uow:
            uow.lock(_locks_of(known) if known else ())
            plan = uow.get(Plan, plan_id)
            if plan is None:
                return Outcome(status="refused", sentence=f"There is no plan {plan_id}.")
            if plan.state != "drafted":
                return Outcome(status="unchanged", sentence=f"{plan.id} is {plan.state} already.", plan=plan)
            against = _cannot_attest(uow, plan, user_id, digest, surface)
            if against is not None:
                return _refuse(uow, plan, now, surface, against, user_id)
            uow.lock((*plan.touches, audit.CHAIN))
            uow.append(
                Attestation(
                    id=f"{plan.id}:{turn_id}",
                    plan_id=plan.id,
                    digest=digest,
                    user_id=user_id,
                    turn_id=turn_id,
                    at=now,
                )
            )
            _write_down(uow, plan, now, surface, "attest", ", ".join(plan.attests))
            done = _proceed(uow, policy, plan, now, surface)
            if done.status == "refused":
                raise Undone(done)
            return done
    except Differs as differs:
        return mark_stale(store, plan_id, differs.differences, now, user_id, surface)
    except Undone as undone:
        # A confirmation serves one turn: it does not stay behind when nothing came of it.
        with store.working() as uow:
            if (refused := undone.outcome.plan) is not None:
                _write_down(uow, refused, now, surface, "attest", f"refused: {undone.outcome.sentence}", user_id)
        return undone.outcome


def _proceed(uow: UnitOfWork, policy: Policy, plan: Plan, now: datetime, surface: str) -> Outcome:
    """From a kept draft to where the rules send it."""
    uow.lock((*plan.touches, audit.CHAIN))
    if plan.expires_at is not None and now >= plan.expires_at:
        raise Differs(("the draft has expired",))
    old = uow.get(Plan, plan.supersedes) if plan.supersedes else None
    if old is not None and not may_move(old.state, "superseded"):
        # Else both the plan and what was made of it could happen.
        return _refuse(uow, plan, now, surface, f"{old.id}, which it would replace, is {old.state} already")
    decision = decide_again(uow, policy, plan, now)
    if decision is None:
        return _refuse(uow, plan, now, surface, f"{plan.asked_by} is not an active user")
    if decision.effect == "deny":
        said = join([hit.why for hit in decision.rules], "and")
        refused = _refuse(uow, plan, now, surface, said)
        return refused.model_copy(update={"rules": decision.rules})
    broken = [violation.sentence for violation in violations_of(plan.lines, uow, now)]
    if broken:
        refused = _refuse(uow, plan, now, surface, join(broken, "and"))
        return refused.model_copy(update={"differences": tuple(broken)})
    if differences := changed_since(uow, plan, decision):
        raise Differs(differences)
    if decision.attests and not is_attested(uow, plan):
        _write_down(uow, plan, now, surface, "submit", f"waits for confirmation: {', '.join(decision.attests)}")
        asked = [policy.rules.by_id[rule].attest for rule in decision.attests]
        return Outcome(status="attest", sentence=f"Please confirm: {join(asked, 'and')}.", plan=plan)
    _replace(uow, plan, old, now)
    if decision.effect == "allow":
        return settle(uow, policy, plan, now, plan.asked_by, surface)
    waiting = move(uow, plan, "awaiting")
    first = min(need.order for need in plan.needs)
    asked = [user for need in plan.needs if need.order == first for user in need.who]
    tell(uow, plan, asked, "asked", f"{plan.title}: waits for you.", now)
    tell(uow, plan, _informed(uow, policy, plan, now), "informed", f"{plan.title}: asked for, for you to know.", now)
    _write_down(uow, plan, now, surface, "submit", f"waits for {', '.join(need.rule for need in plan.needs)}")
    whom = join([need.role.replace("_", " ").replace("|", " or ") for need in plan.needs], "and")
    return Outcome(status="awaiting", sentence=f"{plan.title}: {plan.id} waits for {whom}.", plan=waiting)


def _earlier(uow: UnitOfWork, plan: Plan) -> Plan | None:
    """The plan that was kept under this id or, failing that, this idempotency key."""
    kept = uow.get(Plan, plan.id)
    if kept is None and plan.key is not None:
        kept = next(iter(uow.find(Plan, key=plan.key)), None)
    return kept


def _cannot_attest(uow: UnitOfWork, plan: Plan, user_id: UserId, digest: str, surface: str) -> str | None:
    user = uow.get(User, user_id)
    if user is None or not user.active or user_id != plan.asked_by:
        return "only whoever asked for it confirms it"
    if surface not in CONFIRMS:
        return f"it cannot be confirmed over {surface}"
    if digest != plan.digest:
        return "what was confirmed is not what this plan says now"
    return None if plan.attests else "there is nothing to confirm"


def _replace(uow: UnitOfWork, plan: Plan, old: Plan | None, now: datetime) -> None:
    """The plan that this one was made from gives way; its votes are void with it, and who voted is told."""
    if old is None:
        return
    move(uow, old, "superseded", f"replaced by {plan.id}")
    _write_down(uow, old, now, "ledger", "supersede", f"replaced by {plan.id}", plan.asked_by)
    voters = [vote.user_id for vote in votes_on(uow, old) if vote.user_id not in plan.chain]
    tell(uow, plan, voters, "again", f"{plan.title}: it was changed, so your vote is void; look and vote again.", now)


def _informed(uow: UnitOfWork, policy: Policy, plan: Plan, now: datetime) -> list[UserId]:
    """Who is told of it without deciding (`@informs`)."""
    wanted = [(role, need.scope) for need in plan.needs for role in policy.rule(need.rule).informs]
    roster = Roster(uow, policy.data, now) if wanted else None
    return [user for role, scope in wanted if roster for user in roster.holders(role, scope)]


def _locks_of(plan: Plan) -> list[str]:
    """What is locked before anything of it is read: itself, its key, and the plan it replaces."""
    keys = [f"plan:{plan.id}"]
    if plan.key is not None:
        keys.append(f"key:{plan.key}")
    return [*keys, f"plan:{plan.supersedes}"] if plan.supersedes else keys


def _keep(store: Store, plan: Plan) -> None:
    """Keep a draft whose transaction was undone, so that it can be marked stale."""
    with store.working() as uow:
        if uow.get(Plan, plan.id) is None:
            uow.put(plan)


def _refuse(
    uow: UnitOfWork, plan: Plan, now: datetime, surface: str, said: str, actor: UserId | None = None
) -> Outcome:
    _write_down(uow, plan, now, surface, "submit", f"refused: {said}", actor)
    return Outcome(status="refused", sentence=f"{said[:1].upper()}{said[1:]}.", plan=plan)


def _write_down(
    uow: UnitOfWork, plan: Plan, now: datetime, surface: str, what: str, why: str, actor: UserId | None = None
) -> None:
    audit.append(
        uow,
        at=now,
        actor=actor or plan.asked_by,
        surface=surface,
        what=what,
        why=why,
        plan_id=plan.id,
        digest=plan.digest,
        details={"lines": list(plan.snapshot), "policy": plan.policy_version},
    )
