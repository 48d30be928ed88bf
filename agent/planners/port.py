"""What a planner is: given the turn so far, it names the next calls or the reply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from agent.turn import ModelUse
from hospital.cards import Card
from hospital.model.people import User
from hospital.ports import Reader
from tools.results import Result
from tools.tool import Tool


@dataclass(frozen=True)
class Call:
    """One call through the desk. `id` is unique in the turn."""

    id: str
    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class ToolCalls:
    """These calls are independent of each other and may run in parallel."""

    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Reply:
    """What to say. `kind` is what the planner meant by it; the outcome is decided by code from what happened."""

    text: str
    kind: Literal["answer", "clarify", "refuse"] = "answer"
    cards: tuple[Card, ...] = ()
    memory: dict[str, Any] | None = None
    """The new dialogue state, when the planner keeps one."""
    hides: tuple[str, ...] = ()
    """Tools whose cards only led here and are not shown."""
    planner: str = ""
    """Who answered, when it was not the planner asked first."""


@dataclass
class Asked:
    """Everything a planner may look at in one turn. It can read the world; it cannot write."""

    user: User
    text: str
    now: datetime
    """The business clock."""
    world: Reader
    tools: Mapping[str, Tool]
    memory: dict[str, Any]
    history: Sequence[tuple[str, str]]
    """Earlier messages of this thread with their replies, oldest first."""
    results: list[tuple[Call, Result]] = field(default_factory=list)
    confirmed_plan: str | None = None
    """The plan this message says yes to, established before any planner runs."""
    work: dict[str, Any] = field(default_factory=dict)
    """What a planner keeps while this turn lasts, under its own name."""
    spent: list[ModelUse] = field(default_factory=list)
    """What the answers of a language model took in this turn."""
    retry_note: str = ""
    """Why the last reply was sent back, when it was."""

    def result_of(self, call_id: str) -> Result:
        """What came of a call.

        Raises:
            KeyError: when it was not made.
        """
        for call, result in self.results:
            if call.id == call_id:
                return result
        raise KeyError(call_id)


class PlannerUnavailable(Exception):
    """A planner cannot answer now; the message is a sentence without figures or names."""


class Planner(Protocol):
    """Names the next step of a turn. It has no authority: the desk decides."""

    @property
    def name(self) -> str:
        """`embedded`, or `openai:MODEL`."""

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next calls, or the reply."""
