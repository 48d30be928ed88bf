"""Whoever was asked and has not answered is reminded: at half the time, and once more shortly before it ends."""

from collections.abc import Iterator
from datetime import datetime

from hospital.model.work import Notice
from hospital.ports import In, Reader, Store
from policies.outcomes import tell
from policies.plans import Plan
from policies.recheck import open_needs, votes_on

REMINDED, LAST = "reminded", "reminded_last"
"""What the two reminders are called in the id of their notices."""
LAST_SHARE = 0.75
"""Of the time between the first reminder and the end: when the last one is due."""


def remind_due(store: Store, now: datetime) -> int:
    """Leave the notices that are due at `now` (business clock), each once; how many plans."""
    with store.reading() as world:
        due = list(_due(world, now))
    for plan, about, _ in due:
        with store.working() as uow:
            uow.lock((f"plan:{plan.id}",))
            current = uow.get(Plan, plan.id)
            if current is None or current.state != "awaiting":
                continue
            words = "half the time is over" if about == REMINDED else "it ends soon"
            people = _silent(uow, current)
            tell(uow, current, people, about, f"{current.title}: {words}, and it waits for you.", now)
    return len(due)


def _due(world: Reader, now: datetime) -> Iterator[tuple[Plan, str, list[str]]]:
    for plan in world.find(Plan, state="awaiting"):
        if plan.escalates_at is None or now < plan.escalates_at or (plan.expires_at and now >= plan.expires_at):
            continue
        about = LAST if _is_late(plan, now) else REMINDED
        people = _silent(world, plan)
        told = world.count(Notice, id=In(tuple(f"{plan.id}:{about}:{one}" for one in people)))
        if told < len(people):
            yield plan, about, people


def _is_late(plan: Plan, now: datetime) -> bool:
    if plan.expires_at is None or plan.escalates_at is None:
        return False
    return now >= plan.escalates_at + (plan.expires_at - plan.escalates_at) * LAST_SHARE


def _silent(world: Reader, plan: Plan) -> list[str]:
    """Who was asked for what is still open, and has not voted on this digest."""
    votes = votes_on(world, plan)
    voted = {vote.user_id for vote in votes if vote.digest == plan.digest}
    asked = dict.fromkeys(who for need in open_needs(plan, votes) for who in need.who)
    return [who for who in asked if who not in voted]
