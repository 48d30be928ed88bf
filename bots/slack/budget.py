"""How often we call each method for each workspace: a token bucket, stopped for as long as Slack says."""

import asyncio
import time
from collections.abc import Mapping

TIERS: Mapping[str, float] = {
    "chat.postMessage": 200,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "chat.startStream": 20,
    "chat.appendStream": 100,
    "chat.stopStream": 20,
    "assistant.threads.setStatus": 300,
    "conversations.list": 20,
    "views.open": 100,
    "views.update": 100,
    "views.publish": 100,
    "users.info": 100,
}
"""Calls a minute, by Slack's tiers; what is not named here is in tier 3."""
TIER_3 = 50.0
SHARE = 0.9
"""Of a tier: another process may be at work too."""


class Bucket:
    """One method in one workspace."""

    def __init__(self, per_minute: float) -> None:
        self._rate = per_minute / 60
        self._most = max(1.0, per_minute / 4)
        self._left = self._most
        self._at = time.monotonic()
        self._closed_until = 0.0

    def wait(self, *, take: bool = True) -> float:
        """Seconds until one more call may go; 0 takes it, unless one only looks."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if now < self._closed_until:
            return self._closed_until - now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= take
        return 0.0

    def close(self, seconds: float) -> None:
        """Slack said to wait."""
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)


class Budget:
    """The buckets of all methods and workspaces in this process."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def bucket(self, team_id: str, method: str) -> Bucket:
        """The bucket of a method in a workspace."""
        key = (team_id, method)
        if key not in self._buckets:
            self._buckets[key] = Bucket(TIERS.get(method, TIER_3) * SHARE)
        return self._buckets[key]

    def may(self, team_id: str, method: str) -> bool:
        """Whether a call may go now: for what can be left out."""
        return self.bucket(team_id, method).wait(take=False) == 0.0

    async def take(self, team_id: str, method: str) -> None:
        """Wait for one's turn: for what must be said."""
        while (seconds := self.bucket(team_id, method).wait()) > 0:
            await asyncio.sleep(seconds)
