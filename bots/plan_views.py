"""What people see of plans outside a conversation: one plan, those they may see, those they must decide."""

from collections.abc import Sequence
from datetime import datetime

from agent.turn import PlanView
from hospital.cards import PlanCard
from hospital.ids import UserId
from hospital.model.people import User
from hospital.model.work import OutboxMessage
from hospital.ports import Reader
from policies.access import may_read
from policies.data import PolicyData
from policies.ledger import open_needs
from policies.people import Roster
from policies.plans import Plan, Vote, is_escalated, is_open, needs_view
from policies.recheck import spoken_for, votes_on
from tools.sentences import plan_card


def view_of(world: Reader, plan: Plan) -> PlanView:
    """The plan with the votes it has and, once it reached another system, that system's reference."""
    votes = tuple(world.find(Vote, plan_id=plan.id, order="at"))
    references = [message.reference for message in world.find(OutboxMessage, plan_id=plan.id, order="sequence")]
    return PlanView(
        id=plan.id,
        digest=plan.digest,
        state=plan.state,
        approval_id=plan.id if plan.state == "awaiting" and plan.needs else None,
        title=plan.title,
        lines=plan.snapshot,
        needs=needs_view(plan, votes),
        cost=plan.cost,
        effect=plan.effect.model_dump(mode="json"),
        expires_at=plan.expires_at,
        reference=next((reference for reference in references if reference), None),
    )


def card_of(world: Reader, plan: Plan) -> PlanCard:
    """The plan as people look at it, with the votes it has by now."""
    return plan_card(world, plan).model_copy(update={"needs": view_of(world, plan).needs})


def may_read_plan(user: User, plan: Plan, data: PolicyData) -> bool:
    """Whether this person asked for it, is asked to decide it, took part in it, or may read the audit."""
    people = {plan.asked_by, *plan.chain, *(who for need in plan.needs for who in need.who)}
    return user.id in people or may_read_audit(user, data)


def may_read_audit(user: User, data: PolicyData) -> bool:
    """Whether the read matrix opens the audit to one of the person's roles."""
    return may_read(data, user, "audit") is None


def plans_for(world: Reader, user: User, data: PolicyData, limit: int = 50) -> list[Plan]:
    """The latest plans this person may read, newest first; drafts only of their own asking."""
    if may_read_audit(user, data):
        return world.find(Plan, order="-created_at", limit=limit)
    found = [
        plan
        for plan in world.find(Plan, order="-created_at", limit=limit * 10)
        if may_read_plan(user, plan, data) and (plan.state != "drafted" or plan.asked_by == user.id)
    ]
    return found[:limit]


def to_decide(world: Reader, user: User, data: PolicyData, now: datetime) -> list[Plan]:
    """The plans that wait for this very person now, the one that expires first first."""
    waiting = [
        plan for plan in world.find(Plan, state="awaiting") if is_open(plan, now) and user.id not in plan.chain
    ]
    roster = Roster(world, data, now) if waiting else None
    mine = [plan for plan in waiting if roster and _asked(user.id, plan, votes_on(world, plan), roster, now)]
    return sorted(mine, key=lambda plan: (plan.expires_at is None, plan.expires_at or plan.created_at))


def _asked(user: UserId, plan: Plan, votes: Sequence[Vote], roster: Roster, now: datetime) -> bool:
    """Whether an open need that is next in order may be filled by this person."""
    if any(vote.user_id == user for vote in votes):
        return False
    still = open_needs(plan, votes)
    first = min((need.order for need in still), default=0)
    escalated = is_escalated(plan, now)
    return any(
        user in roster.eligible(need, plan.chain, spoken_for(votes, user), escalated=escalated)
        for need in still
        if need.order == first
    )
