"""What waits for somebody: exceptions and hand-overs in the queue people can see."""

from typing import Any, Literal

from hospital.entity import Entity, Time
from hospital.ids import ExceptionId, PlanId, SiteId, ThreadId, UserId


class WorkException(Entity):
    """Something a named role must look at before it is due; breaches escalate."""

    id: ExceptionId
    kind: str
    owner_role: str
    site_id: SiteId | None = None
    severity: Literal["low", "medium", "high", "critical"] = "medium"
    summary: str
    opened_at: Time
    due: Time
    opened_by: UserId
    links: tuple[str, ...] = ()
    state: Literal["open", "assigned", "resolved", "breached"] = "open"


class OutboxMessage(Entity):
    """A message to a downstream system, committed with the plan that causes it. `id` is its key."""

    sequence: int
    system: Literal["ehr", "wfm", "erp"]
    operation: str
    payload: dict[str, Any]
    plan_id: PlanId | None = None
    undoes: str | None = None
    """The message that this one takes back."""
    state: Literal["pending", "sending", "done", "ambiguous", "refused"] = "pending"
    attempts: int = 0
    next_at: Time
    """On the system clock."""
    reference: str | None = None
    detail: str = ""


class Notice(Entity):
    """Something to tell a person outside the conversation, such as a decision on their plan."""

    user_id: UserId
    thread_id: ThreadId | None = None
    plan_id: PlanId | None = None
    subject: str
    at: Time
    seen: bool = False


class HandledEvent(Entity):
    """A canonical event that was taken in once; `id` is source and event id."""

    type: str
    received_at: Time
    data: dict[str, Any]


class Setting(Entity):
    """A switch kept with the data: the sandbox mark, the kill switch."""

    value: str
