"""Who may decide a plan now: the open needs, in order, and the people who may fill them."""

from datetime import datetime

from hospital.ids import UserId
from hospital.ports import Reader
from policies.data import PolicyData
from policies.people import Roster
from policies.plans import Plan, is_escalated
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
