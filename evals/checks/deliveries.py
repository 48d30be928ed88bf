"""After the decision: what the other system has, and whether the plan's state tells the truth about it."""

from evals.checks.look import Wrong, audited, first_wrong, plan_of, same
from evals.replay import Played
from hospital.model.supply import Requisition
from hospital.model.work import OutboxMessage
from middleware.sandbox.services.base import file_of
from middleware.sandbox.services.erp import KIND
from policies.plans import Vote


def state_tells_truth(played: Played) -> Wrong:
    """After the last yes, after the first delivery, and after the other system is well again."""
    return same("the plan's states", " ".join(played.states), played.about("states"))


def decided_by_people(played: Played) -> Wrong:
    """As many votes as the plan needs, each of somebody who may and none of the asker's; then one commit."""
    plan = plan_of(played)
    if plan is None:
        return "no plan is shown"
    votes = played.after.find(Vote, plan_id=plan.id, decision="approve")
    may = {who for need in plan.needs for who in need.who} - {plan.asked_by}
    commits = [entry for entry in audited(played) if entry.what == "commit" and entry.plan_id == plan.id]
    return first_wrong(
        same("votes", len(votes), sum(need.count for need in plan.needs)),
        None if {vote.user_id for vote in votes} <= may else "somebody voted who may not",
        None if all(vote.digest == plan.digest for vote in votes) else "a vote is for another digest",
        same("commits", len(commits), 1),
    )


def one_requisition(played: Played) -> Wrong:
    """Exactly one in the ERP and one here, for the amount that was approved, and its number is known."""
    plan = plan_of(played)
    if plan is None:
        return "no plan is shown"
    with file_of(played.line.settings.home, "erp").reading() as books:
        there = [record for record in books.find(KIND, limit=5000) if record["plan_id"] == plan.id]
    here = played.after.find(Requisition, plan_id=plan.id)
    messages = played.after.find(OutboxMessage, plan_id=plan.id)
    return first_wrong(
        same("requisitions in the ERP", [record["amount"] for record in there], [plan.cost]),
        same("requisitions here", [one.amount for one in here], [plan.cost]),
        same("messages", [(m.state, m.reference) for m in messages], [("done", record["id"]) for record in there]),
    )
