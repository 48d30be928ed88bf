"""What came of a storm, in figures and in words, and how late the one who measures was himself."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

ACK_MS = 500
"""Within so many ms an acknowledgement must be there, at the 99th percentile."""


@dataclass(frozen=True)
class After:
    """What came of it. Everything but `clicks`, `acks`, `seconds` and `messages` should be 0."""

    messages: int
    unanswered: int
    turns_not_once: int
    plans_not_once: int
    duplicates: tuple[str, ...]
    clicks: int
    votes_not_once: int
    commits_not_once: int
    dead_jobs: tuple[str, ...]
    leaks: tuple[str, ...]
    acks: tuple[float, ...]
    """Seconds as Slack saw them, the way there and back included."""
    door: tuple[float, ...]
    """Seconds of the same as the servers say."""
    kept: tuple[float, ...]
    """Of these, until the request was kept."""
    on_disk: int
    """How many were acknowledged from the file because the store was busy."""
    lag: tuple[float, ...]
    """How late the fake Slack's own loop was while all this went on, in seconds: what of `acks` is its own."""
    seconds: float

    @property
    def ack_p99_ms(self) -> float:
        """The slowest acknowledgement but one in a hundred, in ms."""
        return p_ms(self.acks, 0.99)

    def wrong(self, *, crashed: bool) -> list[str]:
        """What was not as it must be, in words. After a crash between post and record a duplicate may remain."""
        found = [f"{getattr(self, name)} {words}" for name, words in WORDS.items() if getattr(self, name)]
        if self.duplicates and not crashed:
            found.append(f"{len(self.duplicates)} answers were posted twice: {', '.join(self.duplicates)}")
        return found

    def too_slow(self) -> list[str]:
        """Whether Slack would have waited too long for acknowledgements."""
        slow = f"acks took {self.ack_p99_ms} ms at p99; they must stay below {ACK_MS}"
        return [slow] if self.ack_p99_ms >= ACK_MS else []


def p_ms(seconds: Sequence[float], share: float) -> float:
    """The value below which this share lies, in ms."""
    ranked = sorted(seconds)
    return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000, 1) if ranked else 0.0


WORDS = {
    "unanswered": "messages got no answer",
    "turns_not_once": "messages did not have exactly one turn",
    "plans_not_once": "requests did not make exactly one plan",
    "votes_not_once": "cards that were pressed did not count exactly once",
    "commits_not_once": "plans were not committed exactly once",
    "dead_jobs": "jobs died or were left",
    "leaks": "notifications or channel texts identify a patient",
}


class Lag:
    """How late a loop is with what it must do every 50 ms."""

    EVERY = 0.05

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, on this loop."""
        self._task = asyncio.ensure_future(self._look())

    def stop(self) -> None:
        """Look no longer."""
        if self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        while True:
            due = time.perf_counter() + self.EVERY
            await asyncio.sleep(self.EVERY)
            self.seconds.append(max(0.0, time.perf_counter() - due))
