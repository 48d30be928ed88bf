"""The embedded planner: no network, deterministic. Understands a message, then follows the skill for its intent."""

from collections.abc import Callable
from pathlib import Path

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.several import Asks
from agent.planners.embedded.understand import Understanding
from agent.planners.port import Asked, Reply, ToolCalls
from hospital.ports import Reader

NAME = "embedded"


class EmbeddedPlanner:
    """Follows one skill per ask of a message; what it needs between turns is in its memory, never in the object."""

    def __init__(self, cache: Path, on_heard: Callable[[Heard], None] | None = None) -> None:
        """`on_heard` is told what each message was taken for, before anything is done about it."""
        self._understanding = Understanding(cache)
        self._on_heard = on_heard

    @property
    def name(self) -> str:
        """`embedded`."""
        return NAME

    def warm(self, world: Reader) -> None:
        """Load what the first message would wait for."""
        self._understanding.warm(world)

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next calls of the skill, or what it says in the end."""
        asks: Asks | None = asked.work.get(NAME)
        if asks is None:
            asks = asked.work[NAME] = Asks(asked, self._understanding.hear, self._on_heard)
        return asks.step()
