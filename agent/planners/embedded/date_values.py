"""What a sentence can say about time, as values that refuse nonsense."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal, TypeAlias

Grain: TypeAlias = Literal["minute", "hour", "part", "day", "days", "week", "month", "quarter", "year"]
Bound: TypeAlias = Literal["at", "by", "before", "until", "after", "from"]

WHOLE_WEEK = frozenset(range(7))


@dataclass(frozen=True)
class Said:
    """Where in the message the words stood, and the words themselves."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Window:
    """A stretch of time, `start` <= t < `end`, both aware and in the asked site's zone.

    `daily` limits it to some hours of each of its days ("next week, mornings"). `past`: it is over already.
    `doubt`: another reading was possible; the sentence says which one was taken. `excluded`: the speaker
    ruled it out ("not Thursday"). `joined`: the two ends as said ("Monday to Wednesday").
    """

    start: datetime
    end: datetime
    said: Said
    grain: Grain
    bound: Bound = "at"
    daily: tuple[time, time] | None = None
    past: bool = False
    doubt: str = ""
    excluded: bool = False
    joined: "tuple[Window, Window] | None" = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"a window needs aware times, not {self.start} to {self.end}")
        if self.end.timestamp() <= self.start.timestamp():
            raise ValueError(f"a window must end after it starts: {self.start} to {self.end}")


@dataclass(frozen=True)
class Moment:
    """A point in time in the asked site's zone. `dated`: the day was said, not assumed to be today."""

    at: datetime
    said: Said
    bound: Bound = "at"
    dated: bool = True
    past: bool = False
    doubt: str = ""
    excluded: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"a moment needs an aware time, not {self.at}")


@dataclass(frozen=True)
class Minutes:
    """How long something takes, in minutes."""

    minutes: int
    said: Said
    doubt: str = ""

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError(f"a duration must be positive, not {self.minutes} minutes")


@dataclass(frozen=True)
class Daily:
    """Hours that repeat ("mornings", "Tuesday afternoons"); weekdays count from Monday = 0."""

    start: time
    end: time
    said: Said
    weekdays: frozenset[int] = field(default=WHOLE_WEEK)
    excluded: bool = False


When: TypeAlias = Window | Moment | Minutes | Daily
