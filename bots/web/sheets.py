"""One plan at a glance, for the page at /plans/ID."""

from fastapi import APIRouter

from bots.plan_sheet import PlanSheet, sheet_of
from bots.plan_views import may_read_plan
from bots.web.problems import Trouble
from bots.web.who import Actor, App
from policies.plans import Plan

router = APIRouter(prefix="/v1", tags=["plans and approvals"])


@router.get("/plans/{plan_id}/sheet")
def show_sheet(plan_id: str, app: App, actor: Actor) -> PlanSheet:
    """Before and after, who must agree and why, what changed since, and what one may do with it."""
    with app.store.reading() as world:
        plan = world.get(Plan, plan_id)
        if plan is None or not may_read_plan(actor, plan, app.policy.data):
            raise Trouble(404, f"There is no plan {plan_id[:60]} that you may see.")
        return sheet_of(world, app.policy, plan, actor, app.clock.now())
