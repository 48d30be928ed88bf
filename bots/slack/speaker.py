"""Says things in Slack so that a repetition changes what was said instead of saying it again.

Slack has no idempotency for posting. Each message of ours carries a key in its metadata, and before a second
attempt we look in the thread for our own message with that key.
"""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from bots.slack.caller import Caller, Json, SaidNo, Unknown
from bots.slack.limits import wrong_with_message

log = logging.getLogger(__name__)
EVENT_TYPE = "wardline_message"
PAGE = 100
QUIET = {"unfurl_links": False, "unfurl_media": False}
"""Nothing we say is unfolded into more than we said."""
TRIES = 5


class Speaker:
    """Posts and updates; knows nothing of what is said."""

    def __init__(self, caller: Caller, bot_of: Callable[[str], str]) -> None:
        """Wire; `bot_of` is the app's own user in a workspace."""
        self._caller = caller
        self._bot_of = bot_of

    async def post(
        self,
        team: str,
        channel: str,
        key: str,
        text: str,
        blocks: list[Json],
        *,
        thread_ts: str | None = None,
        again: bool = False,
        since: str = "0",
    ) -> str:
        """Say something once; its time.

        Args:
            key: the same key again is the same message.
            text: what lock screens show: never about a patient.
            again: whether it may have been said before, by a worker that died.
            since: nothing older than this can be it.
        """
        wrong = wrong_with_message(blocks)
        if wrong:
            log.error("a message was about to be refused by Slack: %s", "; ".join(wrong))
            blocks = []
        for _ in range(TRIES):
            known = await self.find(team, channel, key, thread_ts=thread_ts, since=since) if again else None
            if known is not None:
                await self.update(team, channel, known, key, text, blocks)
                return known
            args: Json = {"channel": channel, "text": text, "blocks": blocks, "metadata": metadata_of(key)}
            if thread_ts:
                args["thread_ts"] = thread_ts
            try:
                said = await self._caller.call(team, "chat.postMessage", **QUIET, **args)
            except Unknown:
                again = True
                continue
            return str(said["ts"])
        raise Unknown(f"chat.postMessage: no answer in {TRIES} attempts")

    async def update(self, team: str, channel: str, ts: str, key: str, text: str, blocks: list[Json]) -> None:
        """Let a message say this from now on. Doing it twice changes nothing."""
        for attempt in range(TRIES):
            try:
                await self._caller.call(
                    team,
                    "chat.update",
                    channel=channel,
                    ts=ts,
                    text=text,
                    blocks=blocks,
                    metadata=metadata_of(key),
                )
            except Unknown:
                if attempt == TRIES - 1:
                    raise
                continue
            return

    async def whisper(
        self, team: str, channel: str, user: str, text: str, blocks: list[Json] | None = None, thread_ts: str = ""
    ) -> None:
        """Say something to one person where they are; in a direct message when the app is not in the channel."""
        args: Json = {"channel": channel, "user": user, "text": text, "blocks": blocks or section(text)}
        if thread_ts:
            args["thread_ts"] = thread_ts
        try:
            await self._caller.call(team, "chat.postEphemeral", **args)
        except SaidNo as no:
            if no.code not in ("not_in_channel", "channel_not_found", "user_not_in_channel"):
                raise
            where = await self.dm(team, user)
            said: Json = {"channel": where, "text": text, "blocks": args["blocks"]}
            await self._caller.call(team, "chat.postMessage", **QUIET, **said)
        except Unknown:
            log.warning("whether %s saw a whisper is not known", user)

    async def dm(self, team: str, user: str) -> str:
        """The direct message with a person."""
        for attempt in range(TRIES):
            try:
                found = await self._caller.call(team, "conversations.open", users=user)
            except Unknown:
                if attempt == TRIES - 1:
                    raise
                continue
            return str(found["channel"]["id"])
        raise AssertionError("unreachable")

    async def find(
        self, team: str, channel: str, key: str, *, thread_ts: str | None, since: str, streams: bool = False
    ) -> str | None:
        """Our own message with this key; with `streams` also one that was begun and never got a key.

        A message that grows gets its metadata only at its end; in a thread, whose turns run one after the other,
        one of ours without any is what a worker left behind that died.
        """
        found = [one async for one in self._own(team, channel, thread_ts, since)]
        same = [one["ts"] for one in found if _key_in(one) == hashed(key)]
        if len(same) > 1:
            log.warning("said %d times: %s in %s (%s)", len(same), hashed(key), channel, ", ".join(same))
        if not same and streams:
            same = [one["ts"] for one in found if "metadata" not in one]
        return str(same[0]) if same else None

    async def _own(self, team: str, channel: str, thread_ts: str | None, since: str) -> Any:
        bot = self._bot_of(team)
        method = "conversations.replies" if thread_ts else "conversations.history"
        args: Json = {"channel": channel, "limit": PAGE, "oldest": since, "include_all_metadata": True}
        if thread_ts:
            args["ts"] = thread_ts
        while True:
            page = await self._ask(team, method, **args)
            for one in page.get("messages", []):
                if one.get("user") == bot and one["ts"] != thread_ts:
                    yield one
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            args["cursor"] = cursor

    async def _ask(self, team: str, method: str, **args: Any) -> Json:
        for _ in range(TRIES - 1):
            try:
                return await self._caller.call(team, method, **args)
            except Unknown:
                continue
        return await self._caller.call(team, method, **args)


def hashed(key: str) -> str:
    """A key as other apps may see it: it says nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def metadata_of(key: str) -> Json:
    """What a message of ours carries so that we know it again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": hashed(key)}}


def section(text: str) -> list[Json]:
    """Plain words as blocks."""
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000] or " "}}]


def _key_in(message: Json) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("key") if metadata.get("event_type") == EVENT_TYPE else None
