"""One conversation with the embedded planner on a filled sandbox, turn by turn."""

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from agent.conversation import Conversation
from agent.planners.embedded.planner import EmbeddedPlanner
from agent.turn import Turn
from hospital.clocks import FrozenClock
from hospital.model.people import User
from knowledge.search import Handbook
from middleware.store.database import SqlStore
from policies.decide import load_policy
from tools.desk import Desk

T = TypeVar("T")
MODELS = Path(tempfile.gettempdir()) / "wardline-test-models"
"""What the planner learnt, by version of its examples: learnt once for all test files."""


class Line:
    """The whole line from a message to a turn."""

    def __init__(self, store: SqlStore, home: Path, clock: FrozenClock, loop: asyncio.AbstractEventLoop) -> None:
        self.store = store
        self.clock = clock
        self._loop = loop
        desk = Desk(store, load_policy(), Handbook(home / "handbook"), clock)
        self.conversation = Conversation(store, desk, clock, EmbeddedPlanner(MODELS), home)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def talk(self, user_id: str, *texts: str) -> list[Turn]:
        """The turns of one thread."""
        with self.store.reading() as world:
            user = world.get(User, user_id)
        assert user is not None, user_id
        turns: list[Turn] = []
        for text in texts:
            thread = turns[-1].thread if turns else None
            turns.append(self.run(self.conversation.ask(user, text, thread, "cli")))  # type: ignore[arg-type]
        return turns

    def last(self, user_id: str, *texts: str) -> Turn:
        """The last turn of a thread."""
        return self.talk(user_id, *texts)[-1]


@contextmanager
def line_on(store: SqlStore, home: Path, clock: FrozenClock) -> Iterator[Line]:
    """A line that is closed afterwards."""
    loop = asyncio.new_event_loop()
    line = Line(store, home, clock, loop)
    yield line
    line.run(line.conversation.close())
    loop.close()


def calls_of(turn: Turn) -> dict[str, dict[str, Any]]:
    """What was called, with its arguments."""
    return {use.name: use.args for use in turn.tools}
