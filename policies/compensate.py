"""A committed plan that another system refuses is taken back in our own tables too, so that the two agree."""

from collections.abc import Sequence
from datetime import datetime

from hospital.ports import UnitOfWork
from policies import audit
from policies.outcomes import LEDGER, move, tell
from policies.plans import AuditEntry, Plan, may_move
from policies.rows import RowChange, take_back


def compensate(uow: UnitOfWork, plan: Plan, why: str, now: datetime) -> Sequence[str]:
    """Restore what the commit changed, once every system has taken its part back.

    Returns:
        What stands against it, in words, and then nothing was restored; empty when the plan is `compensated`.
    """
    uow.lock((*plan.touches, audit.CHAIN))
    commits = uow.find(AuditEntry, plan_id=plan.id, what="commit", order="-sequence", limit=1)
    rows = commits[0].details.get("rows") if commits else None
    against: Sequence[str] = ("what its commit changed is not known",)
    if rows is not None:
        against = take_back(uow, [RowChange.model_validate(row) for row in rows])
    if not against and may_move(plan.state, "compensated"):
        move(uow, plan, "compensated", why)
        tell(uow, plan, (plan.asked_by,), "compensated", f"{plan.title}: taken back, {why}.", now)
    audit.append(
        uow,
        at=now,
        actor=LEDGER,
        surface="ledger",
        what="compensate",
        why="; ".join(against) or why,
        plan_id=plan.id,
        digest=plan.digest,
        details={"rows": [] if against else [row["id"] for row in rows or ()]},
    )
    return against
