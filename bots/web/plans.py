"""Plans and the decisions on them. Nothing here decides on GET."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.turn import PlanView
from bots.app import Wardline
from bots.plan_views import may_read_plan, plans_for, to_decide, view_of
from bots.web.problems import Trouble, refusal
from bots.web.who import Actor, App
from hospital.ids import PlanId
from hospital.model.people import User
from policies.plans import Plan
from tools.results import Refused, Result

router = APIRouter(prefix="/v1", tags=["plans and approvals"])


class Decision(BaseModel):
    """A yes or a no to exactly what the digest covers."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "reject"]
    digest: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")
    reason: str = Field(default="", max_length=500)


class Edit(BaseModel):
    """Other arguments for the call that made what the digest covers; null leaves one out."""

    model_config = ConfigDict(extra="forbid")

    digest: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")
    changes: dict[str, Any] = Field(min_length=1, max_length=20)


class Withdrawal(BaseModel):
    """Why it is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=300)


@router.get("/plans")
def list_plans(app: App, actor: Actor) -> list[PlanView]:
    """The plans one asked for, decides or took part in, the latest first."""
    with app.store.reading() as world:
        return [view_of(world, plan) for plan in plans_for(world, actor, app.policy.data)]


@router.get("/plans/{plan_id}", response_model=PlanView)
def show_plan(
    plan_id: str, app: App, actor: Actor, response: Response, if_none_match: Annotated[str, Header()] = ""
) -> PlanView | Response:
    """One plan with its votes; its ETag changes with its digest, state and votes."""
    with app.store.reading() as world:
        plan = world.get(Plan, plan_id)
        if plan is None or not may_read_plan(actor, plan, app.policy.data):
            raise Trouble(404, f"There is no plan {plan_id[:60]} that you may see.")
        view = view_of(world, plan)
    tag = _tag(view)
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return view


@router.post("/plans/{plan_id}/edits")
async def edit(
    plan_id: str,
    change: Edit,
    app: App,
    actor: Actor,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> dict[str, Any]:
    """Ask for something else instead of the plan with this very digest: a new plan that everybody votes on again."""
    context = app.context(actor, "api", idempotency_key)
    result = await app.turns.wait(app.desk.edit(plan_id, change.digest, change.changes, context))
    return answer(app, result)


@router.post("/plans/{plan_id}/withdrawal")
async def withdraw(plan_id: str, withdrawal: Withdrawal, app: App, actor: Actor) -> dict[str, Any]:
    """Take one's own plan back, as long as it is not committed."""
    args = {"plan": plan_id, **({"reason": withdrawal.reason} if withdrawal.reason else {})}
    result = await app.turns.wait(app.desk.call("withdraw_request", args, app.context(actor, "api")))
    return answer(app, result)


@router.get("/approvals")
def list_approvals(app: App, actor: Actor) -> list[dict[str, Any]]:
    """What waits for this person's decision now, the first to expire first."""
    with app.store.reading() as world:
        mine = to_decide(world, actor, app.policy.data, app.clock.now())
        names = {plan.asked_by: user.name for plan in mine if (user := world.get(User, plan.asked_by))}
        return [
            {**view_of(world, plan).model_dump(mode="json"), "asked_by": names.get(plan.asked_by, plan.asked_by)}
            for plan in mine
        ]


@router.post("/approvals/{plan_id}/decisions")
async def decide(
    plan_id: str,
    decision: Decision,
    app: App,
    actor: Actor,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> dict[str, Any]:
    """Approve or reject the plan with this very digest. The last needed yes commits it."""
    context = app.context(actor, "api", idempotency_key)
    result = await app.turns.wait(
        app.desk.decide(PlanId(plan_id), decision.decision, decision.digest, decision.reason, context)
    )
    return answer(app, result)


def answer(app: Wardline, result: Result) -> dict[str, Any]:
    """What a command answers: the sentence and the plan; a refusal is a problem."""
    if isinstance(result, Refused):
        raise refusal(result)
    with app.store.reading() as world:
        plan = world.get(Plan, result.plan.id) if result.plan else None
        view = view_of(world, plan).model_dump(mode="json") if plan else None
    return {"status": result.status, "headline": result.headline, "plan": view}


def _tag(view: PlanView) -> str:
    votes = "".join(str(need.have) for need in view.needs)
    return f'"{view.digest[:16]}-{view.state}-{votes}"'
