"""What people see of plans outside a conversation: one plan, those they may see, those they must decide."""

from datetime import datetime

from agent.turn import PlanView
from hospital.cards import PlanCard
from hospital.model.people import User
from hospital.model.work import OutboxMessage
from hospital.ports import Reader
from policies.access import may_read
from policies.data import MONEY_ROLES, PolicyData
from policies.people import Roster
from policies.plans import Need, Plan, Vote, needs_view
from policies.recheck import votes_on
from policies.voters import may_decide
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
    """Whether this person asked for it, is or may come to be asked, took part in it, or may read the audit."""
    people = {plan.asked_by, *plan.chain, *(who for need in plan.needs for who in need.who)}
    return user.id in people or any(_is_next(user, need, data) for need in plan.needs) or may_read_audit(user, data)


def _is_next(user: User, need: Need, data: PolicyData) -> bool:
    """Whether the need goes to this person when it escalates, or to the next level of its cost centre."""
    if any(grant.role in need.escalates_to and grant.scope.covers(need.scope) for grant in user.grants):
        return True
    if need.role not in MONEY_ROLES:
        return False
    return any(user.id in data.limits.who(need.scope.cost_centre_id, level) for level in MONEY_ROLES.values())


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
    waiting = world.find(Plan, state="awaiting")
    roster = Roster(world, data, now)
    mine = [plan for plan in waiting if may_decide(plan, user.id, votes_on(world, plan), roster, now)]
    return sorted(mine, key=lambda plan: (plan.expires_at is None, plan.expires_at or plan.created_at))
