"""Taking back a request that still waits."""

from pydantic import Field

from tools.directory import find_own_plan
from tools.tool import Arguments, Toolbox, Withdraw, tool


class WithdrawRequest(Arguments):
    plan: str = Field(description="The id of the plan to take back")
    reason: str = Field(default="withdrawn by the asker", max_length=300)


@tool(WithdrawRequest, "write")
async def withdraw_request(args: WithdrawRequest, box: Toolbox) -> Withdraw:
    """Take back a request that still waits. Only its asker can."""
    return Withdraw(find_own_plan(box, args.plan).id, args.reason)
