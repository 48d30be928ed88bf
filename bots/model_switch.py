"""The sandbox's `llm=down`: a model that can be taken out of reach to see what happens then."""

from pathlib import Path

from agent.planners.port import Asked, Planner, PlannerUnavailable, Reply, ToolCalls
from middleware.sandbox.conditions import llm_is_down


class SwitchedPlanner:
    """The planner of a model, unreachable while the condition holds."""

    def __init__(self, planner: Planner, home: Path) -> None:
        self._planner = planner
        self._home = home

    @property
    def name(self) -> str:
        """The planner's own name."""
        return self._planner.name

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next step.

        Raises:
            PlannerUnavailable: while `llm=down` holds.
        """
        if llm_is_down(self._home):
            raise PlannerUnavailable("The language model is out of reach.")
        return await self._planner.next(asked)
