"""What the ledger answers: values with a sentence for the person, never exceptions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from hospital.entity import Record
from hospital.ids import PlanId, UserId
from hospital.model.work import Notice
from hospital.ports import UnitOfWork
from policies.decide import RuleHit
from policies.plans import Plan, PlanState, Vote

LEDGER = UserId("wardline")
"""Who acts when time does."""

Status = Literal[
    "drafted",
    "awaiting",
    "attest",
    "committed",
    "refused",
    "stale",
    "rejected",
    "expired",
    "withdrawn",
    "recorded",
    "unchanged",
]


class Outcome(Record):
    """What became of a plan. `unchanged`: it was submitted before; `differences` says why it is stale."""

    status: Status
    sentence: str
    forecasts: str = ""
    """Which forecasts a commit moved, as a sentence; also part of `sentence`."""
    plan: Plan | None = None
    rules: tuple[RuleHit, ...] = ()
    differences: tuple[str, ...] = ()


class VoteOutcome(Outcome):
    """What became of a decision: `recorded` when others must still agree, else as `Outcome`."""

    vote: Vote | None = None


class Differs(Exception):
    """Inside a commit: the world is no longer what was approved; undoes everything done so far."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__("; ".join(differences))
        self.differences = tuple(differences)


class Undone(Exception):
    """Inside a transaction: it ends without any effect, and this is the answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.sentence)
        self.outcome = outcome


def move(uow: UnitOfWork, plan: Plan, state: PlanState, reason: str = "") -> Plan:
    """The plan in its next state; the database refuses a move that its life does not allow."""
    moved = plan.model_copy(update={"state": state, "reason": reason or plan.reason})
    uow.put(moved)
    return moved


def tell(uow: UnitOfWork, plan: Plan, users: Sequence[str], about: str, subject: str, now: datetime) -> None:
    """Leave each of these people a notice about a plan, once per `about`; it names no patient."""
    for user in dict.fromkeys(users):
        notice_id = f"{plan.id}:{about}:{user}"
        if uow.get(Notice, notice_id) is None:
            thread = plan.thread_id if user == plan.asked_by else None
            uow.put(
                Notice(
                    id=notice_id,
                    user_id=UserId(user),
                    thread_id=thread,
                    plan_id=PlanId(plan.id),
                    subject=subject,
                    at=now,
                )
            )


def join(words: Sequence[str], by: str = "or") -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {by} {words[-1]}"
