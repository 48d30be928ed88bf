"""Sending a drafted plan to its approvers."""

from pydantic import Field

from tools.directory import find_own_plan
from tools.tool import Arguments, Submit, Toolbox, tool


class SubmitPlan(Arguments):
    plan: str = Field(description="The id of a drafted plan, e.g. an option of propose_allocation")


@tool(SubmitPlan, "write")
async def submit_plan(args: SubmitPlan, box: Toolbox) -> Submit:
    """Send a drafted plan to the people who must agree, or carry it out when nobody else must."""
    return Submit(find_own_plan(box, args.plan).id)
