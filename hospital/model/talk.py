"""What was said: threads and turns. The transcript is ours; checkpoints hold ids only."""

from typing import Any

from hospital.entity import Entity, Time
from hospital.ids import ThreadId, TurnId, UserId


class Thread(Entity):
    """One conversation of one person on one surface; `state` is the dialogue state between turns."""

    id: ThreadId
    user_id: UserId
    surface: str
    opened_at: Time
    state: dict[str, Any] = {}


class TurnRecord(Entity):
    """One message and, once there is one, the answer to it (the Turn of the API, as JSON)."""

    id: TurnId
    thread_id: ThreadId
    number: int
    user_id: UserId
    text: str
    asked_at: Time
    answer: dict[str, Any] | None = None
    answered_at: Time | None = None
