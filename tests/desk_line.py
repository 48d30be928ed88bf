"""A desk over a store of its own, with the clock frozen, for tests that act through the one door."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asking import handbook, policy

from agent.conversation import Conversation
from agent.planners.port import Asked, Call, Planner, Reply, ToolCalls
from agent.turn import Turn
from hospital.clocks import FrozenClock
from hospital.entity import Entity
from hospital.model.people import User
from hospital.ports import E
from middleware.store.database import SqlStore
from tools.desk import Desk
from tools.results import Done, Refused, Result, Waiting
from tools.tool import Context


@dataclass
class DeskLine:
    """Store, clock and desk together."""

    store: SqlStore
    now: datetime

    def __post_init__(self) -> None:
        self.clock = FrozenClock(self.now)
        self.desk = Desk(self.store, policy(), handbook(), self.clock)

    def user(self, id: str) -> User:
        """The person of the store with this id."""
        return self.get(User, id)

    def get(self, kind: type[E], id: str) -> E:
        """What is there under this id."""
        with self.store.reading() as world:
            found = world.get(kind, id)
        assert found is not None, f"no {kind.__name__} {id}"
        return found

    def find(self, kind: type[E], **where: Any) -> list[E]:
        """All that match."""
        with self.store.reading() as world:
            return world.find(kind, **where)

    def put(self, *entities: Entity) -> None:
        """What a feed would have brought."""
        with self.store.working() as work:
            work.put(*entities)

    def at(self, now: datetime) -> "DeskLine":
        """The same store at another moment."""
        return DeskLine(self.store, now)

    def call(self, who: str, name: str, /, key: str | None = None, **args: Any) -> Result:
        """One call of the desk."""
        context = Context(actor=self.user(who), surface="test", key=key)
        return asyncio.run(self.desk.call(name, args, context))

    def confirm(self, who: str, name: str, waiting: Result, digest: str | None = None) -> Result:
        """The asking person's yes, as the conversation gives it in the very next turn."""
        assert isinstance(waiting, Waiting)
        plan = waiting.plan
        context = Context(
            actor=self.user(who), surface="test", turn_id="TURN-2", attested=(plan.id, digest or plan.digest)
        )
        return asyncio.run(self.desk.call(name, {"confirms": plan.id}, context))

    def vote(self, who: str, waiting: Result, decision: Any = "approve") -> Result:
        """One person's decision on what waits."""
        assert isinstance(waiting, Waiting)
        context = Context(actor=self.user(who), surface="test")
        return asyncio.run(self.desk.decide(waiting.plan.id, decision, waiting.plan.digest, "", context))

    def conversation(self, home: Path, planner: Planner, **more: Any) -> Conversation:
        """A conversation through this desk."""
        return Conversation(self.store, self.desk, self.clock, planner, home, **more)


class Scripted:
    """A planner at the port: makes the calls given for a message, then says what came of them."""

    name = "embedded"

    def __init__(self, calls: dict[str, tuple[str, dict[str, Any]]] | None = None) -> None:
        self.calls = calls or {}
        self.seen: list[str] = []

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next call, or what came of it."""
        if asked.results:
            return Reply(say(asked.results[-1][1]))
        self.seen.append(asked.text)
        if asked.confirmed_plan is not None:
            return ToolCalls((Call("yes", "book_appointment", {"confirms": asked.confirmed_plan}),))
        found = self.calls.get(asked.text)
        return ToolCalls((Call("1", *found),)) if found else Reply("I heard you.")


def say(result: Result) -> str:
    """What a result says."""
    return result.sentence if isinstance(result, Refused) else result.headline


def talk(conversation: Conversation, who: User, *texts: str, thread: str | None = None, **more: Any) -> list[Turn]:
    """One turn after the other on one thread; the conversation is closed after them."""

    async def go() -> list[Turn]:
        turns: list[Turn] = []
        for text in texts:
            on: Any = turns[-1].thread if turns else thread
            turns.append(await conversation.ask(who, text, on, "terminal", **more))
        await conversation.close()
        return turns

    return asyncio.run(go())


def done(result: Result) -> Done:
    """The same result, which must have happened."""
    assert isinstance(result, Done), say(result)
    return result


def refused(result: Result) -> Refused:
    """The same result, which must be a refusal."""
    assert isinstance(result, Refused), say(result)
    return result


def waiting(result: Result) -> Waiting:
    """The same result, which must wait."""
    assert isinstance(result, Waiting), say(result)
    return result
