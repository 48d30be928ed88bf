"""The two clocks: one may be frozen for hospital facts, the other always runs."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class FrozenClock:
    """A business clock that stands still, for tests and dialogues."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"clock: {self.at.isoformat()} has no time zone")

    def now(self) -> datetime:
        """The frozen instant, in UTC."""
        return self.at.astimezone(UTC)


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The current instant, in UTC."""
        return datetime.now(UTC)
