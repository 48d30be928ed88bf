"""The exceptions and reviews a person sees, on every surface the same."""

from datetime import datetime

from hospital.entity import Record
from hospital.model.governance import BrokenGlass
from hospital.model.people import User
from hospital.model.work import WorkException
from hospital.ports import In, Reader
from policies.access import is_for, may_read
from policies.data import PolicyData
from tools.list_exceptions import OPEN


def exceptions_for(world: Reader, user: User, limit: int = 200) -> list[WorkException]:
    """What is not resolved and theirs to see, the first due first."""
    found = world.find(WorkException, state=In(OPEN), order="due")
    return [one for one in found if is_for(user, one)][:limit]


class Review(Record):
    """One time the glass was broken, and how far its review is."""

    review: str
    plan_id: str
    user_id: str
    reason: str
    at: datetime
    due: datetime
    state: str
    summary: str


def broken_glass_for(world: Reader, user: User, data: PolicyData) -> list[Review]:
    """Every time the glass was broken, the latest first: all for whom the audit is open, else one's own."""
    everything = may_read(data, user, "audit") is None
    found = []
    for one in world.find(BrokenGlass, order="-at"):
        matter = world.get(WorkException, one.review)
        if matter is not None and (everything or one.user_id == user.id):
            found.append(
                Review(
                    review=one.review,
                    plan_id=one.plan_id,
                    user_id=one.user_id,
                    reason=one.reason,
                    at=one.at,
                    due=matter.due,
                    state="reviewed" if matter.state == "resolved" else "to review",
                    summary=matter.summary,
                )
            )
    return found
