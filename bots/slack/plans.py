"""A plan as Slack shows it: its standing for one person, and where it is shown."""

from datetime import datetime

from bots.plan_views import card_of, to_decide, view_of
from bots.slack.approval import Standing
from hospital.cards import PlanCard
from hospital.model.people import User
from hospital.ports import Reader
from policies.data import PolicyData
from policies.differences import differences_between
from policies.plans import Plan, Vote, is_open


def standing_of(world: Reader, plan: Plan, person: User | None, data: PolicyData, now: datetime) -> Standing:
    """What a card says about a plan to this person; to nobody in particular it has no buttons."""
    votes = tuple(world.find(Vote, plan_id=plan.id, order="at"))
    card = _named(world, plan)
    may = person is not None and is_open(plan, now) and plan in to_decide(world, person, data, now)
    newer = world.find(Plan, supersedes=plan.id, limit=1)
    older = world.get(Plan, plan.supersedes) if plan.supersedes else None
    pair = (plan, newer[0]) if newer else (older, plan) if older else None
    return Standing(
        card=card,
        votes=tuple(_by_name(world, vote) for vote in votes),
        reason=plan.reason,
        reference=view_of(world, plan).reference,
        replaced_by=newer[0].id if newer else None,
        replaces=older.id if older else None,
        differences=differences_between(*pair) if pair else (),
        may_decide=may,
        may_edit=plan.made_by is not None,
    )


def _named(world: Reader, plan: Plan) -> PlanCard:
    """The card with people by name."""
    card = card_of(world, plan)
    needs = tuple(
        need.model_copy(update={"who": tuple(name_of(world, who) for who in need.who)}) for need in card.needs
    )
    return card.model_copy(update={"needs": needs})


def _by_name(world: Reader, vote: Vote) -> Vote:
    return vote.model_copy(update={"user_id": name_of(world, vote.user_id)})


def name_of(world: Reader, user_id: str) -> str:
    """A person's name, or their id."""
    user = world.get(User, user_id)
    return user.name if user else user_id
