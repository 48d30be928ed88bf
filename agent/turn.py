"""A turn: one message and everything that came of it, in the shape that every surface and script gets."""

from datetime import datetime
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from hospital.cards import Card, Citation, NeedView
from hospital.entity import Record

Outcome = Literal["answer", "propose", "await_approval", "clarify", "refuse", "escalate"]


class ToolUse(Record):
    """One call through the desk and how it ended."""

    name: str
    args: dict[str, Any]
    effect: Literal["read", "write"]
    result: Literal["done", "waiting", "refused"]


class PlanView(Record):
    """The plan a turn is about; `approval_id` is the plan's id once somebody else must decide."""

    id: str
    digest: str
    state: str
    approval_id: str | None
    title: str
    lines: tuple[str, ...]
    needs: tuple[NeedView, ...]
    cost: int
    effect: dict[str, Any]
    expires_at: datetime | None = None
    reference: str | None = None


class OptionView(Record):
    """One ranked option: a drafted plan that can be submitted."""

    rank: int
    plan_id: str
    digest: str
    summary: str
    cost: int
    why_not: tuple[str, ...] = ()


class ModelUse(Record):
    """What one answer of a language model took.

    `counted`: the endpoint told the tokens; otherwise they are estimated from the letters. `cost`: millionths of a
    dollar, None when no prices are set. `first_token_ms`: until the first word of the answer that was used, `ms`:
    until it was whole, attempts before it and their waits included. `failed`: no answer came.
    """

    model: str
    tokens_in: int
    tokens_out: int
    counted: bool
    cost: int | None
    first_token_ms: int | None
    ms: int
    failed: bool = False


class Turn(Record):
    """What `wardline ask --json` prints and the API returns."""

    thread: str
    turn: str
    user: str
    outcome: Outcome
    text: str
    tools: tuple[ToolUse, ...] = ()
    plan: PlanView | None = None
    options: tuple[OptionView, ...] = ()
    citations: tuple[Citation, ...] = ()
    as_of: dict[str, datetime] = {}
    cards: tuple[Card, ...] = ()
    planner: str = "embedded"
    model_use: tuple[ModelUse, ...] = ()
    """One per answer of a language model, in order; not written out when none was asked."""
    trace: str = ""

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        if not self.model_use:
            fields.pop("model_use", None)
        return fields


class Progress(Record):
    """Something a surface may show while a turn runs."""

    step: Literal["guard", "plan", "act", "verify", "reply"]
    note: str
