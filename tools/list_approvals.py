"""Plans that wait: those this person may decide now, and those this person asked for."""

from collections import defaultdict

from pydantic import Field

from hospital.cards import TableCard
from hospital.ports import In
from policies.people import Roster
from policies.plans import Plan, Vote, is_open
from policies.recheck import open_needs
from policies.voters import may_decide
from tools.sentences import plan_card, say_role, say_time
from tools.tool import Answer, Arguments, Toolbox, tool
from tools.windows import listed, plural

CARDS = 5
"""Plans shown in full; the rest are in the table."""


class ListApprovals(Arguments):
    limit: int = Field(default=20, ge=1, le=100, description="How many plans at most")


@tool(ListApprovals, "read")
async def list_approvals(args: ListApprovals, box: Toolbox) -> Answer:
    """Plans waiting for my decision, and my own requests that still wait, with who decides. It decides nothing."""
    me = box.context.actor.id
    waiting = [plan for plan in box.world.find(Plan, state="awaiting", order="created_at") if is_open(plan, box.now)]
    votes: dict[str, list[Vote]] = defaultdict(list)
    for vote in box.world.find(Vote, plan_id=In(tuple(plan.id for plan in waiting))):
        votes[vote.plan_id].append(vote)
    roster = Roster(box.world, box.policy.data, box.now)
    mine = [plan for plan in waiting if may_decide(plan, me, votes[plan.id], roster, box.now)]
    asked = [plan for plan in waiting if plan.asked_by == me]
    rows = [_row(box, plan, votes[plan.id], plan in mine) for plan in (*mine, *(p for p in asked if p not in mine))][
        : args.limit
    ]
    facts = {"to_decide": len(mine), "asked_for": len(asked), "plans": rows}
    if not rows:
        return Answer(headline="Nothing waits for your decision, and none of your own requests waits.", facts=facts)
    names = listed([f"{plan.id} {plan.title}" for plan in mine])
    to_decide = (
        f"{plural(len(mine), 'plan waits', 'plans wait')} for your decision: {names}. Decide on the approval card."
        if mine
        else "Nothing waits for your decision."
    )
    own = listed([f"{plan.id} {plan.title} (with {_with_whom(plan, votes[plan.id])})" for plan in asked])
    return Answer(
        headline=to_decide
        + (
            f" {plural(len(asked), 'request')} of your own {'waits' if len(asked) == 1 else 'wait'}: {own}."
            if asked
            else ""
        ),
        facts=facts,
        cards=(
            *(plan_card(box.world, plan) for plan in mine[:CARDS]),
            TableCard(
                title="Plans that wait",
                columns=("Plan", "What", "Yours to decide", "Waits for", "Asked by", "Expires"),
                rows=tuple(
                    (row["plan"], row["title"], row["yours"], row["waits_for"], row["asked_by"], row["expires"])
                    for row in rows
                ),
            ),
        ),
    )


def _with_whom(plan: Plan, votes: list[Vote]) -> str:
    return listed([say_role(need.role) for need in open_needs(plan, votes)])


def _row(box: Toolbox, plan: Plan, votes: list[Vote], yours: bool) -> dict[str, str | bool]:
    return {
        "plan": plan.id,
        "title": plan.title,
        "yours": yours,
        "waits_for": _with_whom(plan, votes),
        "asked_by": plan.asked_by,
        "expires": say_time(box.world, plan) if plan.expires_at else "",
    }
