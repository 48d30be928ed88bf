"""Voting: one authenticated person, one need, one digest; the last needed vote commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from hospital.ids import UserId
from hospital.model.people import User
from hospital.ports import AlreadyThere, Store, UnitOfWork
from policies import audit
from policies.commit import mark_stale, settle
from policies.context import is_stopped, late_feeds
from policies.data import MONEY_ROLES
from policies.decide import Policy
from policies.lifecycle import expire
from policies.outcomes import Differs, VoteOutcome, join, move, tell
from policies.people import Roster
from policies.plans import Need, Plan, Vote, is_escalated
from policies.recheck import open_needs, sources_of, spoken_for, votes_on
from policies.surfaces import DECIDES

Ballot = Literal["approve", "reject"]


def vote(
    store: Store,
    policy: Policy,
    plan_id: str,
    user: UserId,
    decision: Ballot,
    digest: str,
    reason: str,
    surface: str,
    now: datetime,
) -> VoteOutcome:
    """One authenticated person's decision on what they were shown.

    Returns:
        `recorded` when others must still agree, `committed` when this was the last yes, `rejected`, `expired`,
        `stale` with the differences, or `refused` with a sentence; a refused one counts for nothing.
    """
    try:
        with store.working() as uow:
            uow.lock((f"plan:{plan_id}",))
            return _vote(uow, policy, plan_id, user, decision, digest, reason, surface, now)
    except Differs as differs:
        outcome = mark_stale(store, plan_id, differs.differences, now, user, surface)
        return VoteOutcome.model_validate({**dict(outcome)})
    except AlreadyThere:
        return VoteOutcome(status="refused", sentence="You have decided on this already.")


def _vote(
    uow: UnitOfWork,
    policy: Policy,
    plan_id: str,
    user_id: UserId,
    decision: Ballot,
    digest: str,
    reason: str,
    surface: str,
    now: datetime,
) -> VoteOutcome:
    plan = uow.get(Plan, plan_id)
    if plan is None:
        return VoteOutcome(status="refused", sentence=f"There is no plan {plan_id}.")
    if plan.state == "awaiting" and plan.expires_at is not None and now >= plan.expires_at:
        ended = expire(uow, plan, now)
        return VoteOutcome(status="expired", sentence=f"The time to decide on {plan.id} is over.", plan=ended)
    # Always in this order, also in `submit`: the plan, then what it touches with the audit, then the outbox.
    uow.lock((*plan.touches, audit.CHAIN))
    votes = votes_on(uow, plan)
    against = _may_not(uow, policy, plan, user_id, decision, digest, reason, surface, votes, now)
    if against is not None:
        return _refused(uow, plan, user_id, surface, now, against)
    found = _need_for(uow, policy, plan, user_id, decision, votes, now)
    if isinstance(found, str):
        return _refused(uow, plan, user_id, surface, now, found)
    need, name = found
    cast = Vote(
        id=f"{plan.id}:{user_id}",
        plan_id=plan.id,
        digest=digest,
        user_id=user_id,
        in_name_of=name if name != user_id else None,
        decision=decision,
        role=need.role,
        rule=need.rule,
        reason=reason,
        surface=surface,
        at=now,
    )
    uow.append(cast)
    stands = f" in the name of {name}" if name != user_id else ""
    _write_down(uow, plan, user_id, surface, now, f"{decision} for {need.rule}{stands}: {reason}".removesuffix(": "))
    if decision == "reject":
        ended = move(uow, plan, "rejected", reason)
        tell(uow, plan, (plan.asked_by,), "rejected", f"{plan.title}: rejected by {user_id}: {reason}", now)
        return VoteOutcome(status="rejected", sentence=f"{plan.id} is rejected: {reason}", plan=ended, vote=cast)
    return _after_yes(uow, policy, plan, cast, (*votes, cast), now, surface)


def _after_yes(
    uow: UnitOfWork, policy: Policy, plan: Plan, cast: Vote, votes: Sequence[Vote], now: datetime, surface: str
) -> VoteOutcome:
    """Commit when this was the last yes; else say who is next."""
    still = open_needs(plan, votes)
    if not still:
        done = settle(uow, policy, plan, now, cast.user_id, surface)
        return VoteOutcome.model_validate({**dict(done), "vote": cast})
    first = min(need.order for need in still)
    asked = [user for need in still if need.order == first for user in need.who if user != cast.user_id]
    tell(uow, plan, asked, "asked", f"{plan.title}: waits for you.", now)
    whom = join([need.role.replace("_", " ").replace("|", " or ") for need in still], "and")
    return VoteOutcome(
        status="recorded", sentence=f"Recorded. {plan.id} still waits for {whom}.", plan=plan, vote=cast
    )


def _may_not(
    uow: UnitOfWork,
    policy: Policy,
    plan: Plan,
    user_id: UserId,
    decision: Ballot,
    digest: str,
    reason: str,
    surface: str,
    votes: Sequence[Vote],
    now: datetime,
) -> str | None:
    """Why this vote cannot be taken, whatever the need; None when it can."""
    if decision not in ("approve", "reject"):  # whatever came from outside: only the word itself is a yes
        return "say approve or reject"
    if surface not in DECIDES:
        return f"nothing is decided over {surface}"
    person = uow.get(User, user_id)
    if person is None or not person.active:
        return "only an active, signed-in person decides"
    if plan.state != "awaiting":
        return f"{plan.id} is {plan.state} already"
    if digest != plan.digest:
        return "what you decided on is not what the plan says; open it again and decide on that"
    if user_id in plan.chain:
        return "whoever asked for, changed, reported or triggered it does not decide on it"
    if any(one.user_id == user_id for one in votes):
        return "you have decided on this already; one person fills one need"
    if decision == "reject":
        return None if reason.strip() else "say why you reject it"
    if any(is_stopped(uow, line.scope(uow).site_id) for line in plan.lines):
        return "the kill switch is on, so nothing is decided"
    if late := late_feeds(uow, policy.data, sources_of(plan), now):
        return f"{late[0].sentence()}; decide again when it is fresh"
    return None


def _need_for(
    uow: UnitOfWork,
    policy: Policy,
    plan: Plan,
    user_id: UserId,
    decision: Ballot,
    votes: Sequence[Vote],
    now: datetime,
) -> tuple[Need, UserId] | str:
    """The need that this person fills and in whose name, or why there is none."""
    roster = Roster(uow, policy.data, now)
    escalated = is_escalated(plan, now)
    taken = spoken_for(votes, user_id)
    mine = [
        (need, name)
        for need in (plan.needs if decision == "reject" else open_needs(plan, votes))
        if (name := roster.authority(need, user_id, plan.chain, taken, escalated=escalated)) is not None
    ]
    if not mine:
        whom = join([need.role.replace("_", " ").replace("|", " or ") for need in plan.needs], "and")
        return f"it is for {whom} to decide"
    if decision == "reject":
        return mine[0]
    first = min(need.order for need in open_needs(plan, votes))
    now_open = [(need, name) for need, name in mine if need.order == first]
    if not now_open:
        before = [need for need in open_needs(plan, votes) if need.order == first]
        return f"{join([need.role.replace('_', ' ') for need in before], 'and')} decides first"
    # Money can also be filled by the next level, so whoever may fill both fills the other one.
    return min(now_open, key=lambda one: one[0].role in MONEY_ROLES)


def _refused(uow: UnitOfWork, plan: Plan, user_id: UserId, surface: str, now: datetime, against: str) -> VoteOutcome:
    _write_down(uow, plan, user_id, surface, now, f"refused: {against}")
    return VoteOutcome(status="refused", sentence=f"{against[:1].upper()}{against[1:]}.", plan=plan)


def _write_down(uow: UnitOfWork, plan: Plan, user_id: UserId, surface: str, now: datetime, why: str) -> None:
    audit.append(
        uow, at=now, actor=user_id, surface=surface, what="vote", why=why, plan_id=plan.id, digest=plan.digest
    )
