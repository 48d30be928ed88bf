"""Who may decide a plan now: the open needs, in order, and the people who may fill them."""

from collections.abc import Sequence
from datetime import datetime

from hospital.ids import UserId
from hospital.ports import Reader
from policies.data import PolicyData
from policies.people import Roster
from policies.plans import Plan, Vote, is_escalated, is_open
from policies.recheck import open_needs, spoken_for, votes_on


def takes_part(world: Reader, data: PolicyData, plan: Plan, user: str, now: datetime) -> bool:
    """Whether this person asked for it (or changed, reported, triggered it) or may fill one of its open needs."""
    if user in plan.chain:
        return True
    votes, roster = votes_on(world, plan), Roster(world, data, now)
    taken, escalated = spoken_for(votes, user), is_escalated(plan, now)
    return any(
        UserId(user) in roster.eligible(need, plan.chain, taken, escalated=escalated)
        for need in open_needs(plan, votes)
    )


def may_decide(plan: Plan, user: str, votes: Sequence[Vote], roster: Roster, now: datetime) -> bool:
    """Whether an open need that is next in order may be filled by this person, who has not voted yet."""
    if not is_open(plan, now) or user in plan.chain or any(vote.user_id == user for vote in votes):
        return False
    still = open_needs(plan, votes)
    first = min((need.order for need in still), default=0)
    taken, escalated = spoken_for(votes, user), is_escalated(plan, now)
    return any(
        UserId(user) in roster.eligible(need, plan.chain, taken, escalated=escalated)
        for need in still
        if need.order == first
    )
