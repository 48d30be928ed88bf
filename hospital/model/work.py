"""What waits for somebody: exceptions and hand-overs in the queue people can see."""

from typing import Literal

from hospital.entity import Entity, Time
from hospital.ids import ExceptionId, SiteId, UserId


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
