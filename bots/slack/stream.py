"""An answer that is seen to grow: a card per call, then the words. Sent at most so often, left out when it must."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from agent.turn import Progress
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.line import SlackLine
from bots.slack.speaker import TRIES, metadata_of
from hospital.model.slack import SlackJob

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.8
"""Between two appends to one message: several steps go together."""
LAST_CALL_SECONDS = 2.0
"""How long an answer waits for a call that shows a step."""
DOING = {
    "query": "Looking up",
    "search": "Searching",
    "forecast": "Forecasting",
    "predict": "Estimating",
    "list": "Listing",
    "propose": "Working out",
    "explain": "Explaining",
    "simulate": "Trying out",
}


ENDED, STILL_GROWS = "message_not_in_streaming_state", "streaming_state_conflict"
"""Slack's words for a stream that ended, by us, by the stop button or by time, and for one that has not."""


class Stream:
    """One growing message in a thread. Nothing of it is needed for the answer to arrive."""

    def __init__(
        self, line: SlackLine, job: SlackJob, channel: str, root: str, person: str, *, key: str, since: str
    ) -> None:
        """For the answer with this key to a message of that time."""
        self._line = line
        self._job = job
        self._where = {"channel": channel, "thread_ts": root}
        self._person = person
        self._key = key
        self._since = since
        self._tasks: list[Json] = []
        self._unsent: list[Json] = []
        self._sent_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()
        self.ts: str | None = job.payload.get("stream_ts")
        self._may_be_there = job.attempts > 1 and self.ts is None
        """Whether it may have begun without our knowing: by a worker that died, or when Slack gave no answer."""

    def tell(self, progress: Progress) -> None:
        """Hear of a step; from any thread."""
        self._loop.call_soon_threadsafe(self._hear, progress)

    def _hear(self, progress: Progress) -> None:
        if self._tasks and self._tasks[-1]["status"] == "in_progress":
            self._tasks[-1] = {**self._tasks[-1], "status": "complete"}
            self._unsent.append(self._tasks[-1])
        if progress.step == "act":
            task = {"type": "task_update", "id": f"call-{len(self._tasks)}", "status": "in_progress"}
            self._tasks.append({**task, "title": doing(progress.note)})
            self._unsent.append(self._tasks[-1])
        self._changed.set()

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Send what is new as long as the block lasts; a call that is under way then may still finish."""
        showing = asyncio.create_task(self._show())
        try:
            yield
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sending.acquire(), LAST_CALL_SECONDS)
            showing.cancel()
            await asyncio.wait([showing])

    async def _show(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(max(0.0, self._sent_at + SECONDS_BETWEEN - time.monotonic()))
            async with self._sending:
                try:
                    await self.resume()
                    await self._send()
                except (Unknown, SaidNo) as problem:
                    log.info("a step was not shown: %s", problem)

    async def _send(self) -> None:
        if not self._unsent:
            return
        method = "chat.appendStream" if self.ts else "chat.startStream"
        if not self._line.caller.budget.may(self._job.team_id, method):
            return
        chunks, self._unsent = latest(self._unsent), []
        self._sent_at = time.monotonic()
        if self.ts is not None:
            await self._call(method, ts=self.ts, channel=self._where["channel"], chunks=chunks)
            return
        recipient = {"recipient_user_id": self._person, "recipient_team_id": self._job.team_id}
        self._may_be_there = True
        try:
            said = await self._call(method, **self._where, chunks=chunks, task_display_mode="timeline", **recipient)
        except SaidNo:
            self._may_be_there = False
            raise
        self.ts, self._may_be_there = str(said["ts"]), False
        await asyncio.to_thread(self._line.jobs.remember, self._job, stream_ts=self.ts)

    async def resume(self) -> None:
        """Find what was begun without our knowing it, so that it is not begun a second time."""
        if self.ts is None and self._may_be_there:
            self.ts = await self._line.speaker.find(
                self._job.team_id,
                self._where["channel"],
                self._key,
                thread_ts=self._where["thread_ts"],
                since=self._since,
                streams=True,
            )
            self._may_be_there = False

    async def finish(self, text: str, notified: str, blocks: list[Json]) -> bool:
        """End it with the whole answer; False when there is no message to end.

        Args:
            text: the words that are streamed: they reach lock screens.
            notified: what the message is called when it can only be updated any more.

        Raises:
            Unknown: when Slack did not say that it ended.
        """
        await self.resume()
        if self.ts is None:
            return False
        closing = [{**task, "status": "complete"} for task in self._tasks if task["status"] != "complete"]
        chunks = latest([*self._unsent, *closing, *([{"type": "markdown_text", "text": text}] if text else [])])
        last: Json = {"blocks": blocks, "metadata": metadata_of(self._key), **({"chunks": chunks} if chunks else {})}
        whole = [*([{"type": "markdown", "text": text}] if text else []), *blocks][:50]
        for _ in range(TRIES):
            try:
                await self._call("chat.stopStream", channel=self._where["channel"], ts=self.ts, **last)
                if last:
                    return True
            except Unknown:
                continue  # it ended or it did not: the next attempt tells
            except SaidNo as no:
                if no.code == "message_not_found":
                    return False
                if no.code != ENDED and not last:
                    raise
                if no.code != ENDED:
                    log.warning("an answer could not end its stream: %s", no)
                    last = {}  # end it as it is, then set what it says
                    continue
            if await self._set(notified, whole):
                return True
        raise Unknown(f"chat.stopStream: no answer in {TRIES} attempts")

    async def _set(self, notified: str, blocks: list[Json]) -> bool:
        """Let the message that ended say all of it; False when it has not ended after all."""
        assert self.ts is not None
        try:
            await self._line.speaker.update(
                self._job.team_id, self._where["channel"], self.ts, self._key, notified, blocks
            )
        except SaidNo as no:
            if no.code != STILL_GROWS:
                raise
            return False
        return True

    async def _call(self, method: str, **args: Any) -> Json:
        return await self._line.caller.call(self._job.team_id, method, **args)


def doing(note: str) -> str:
    """A call as people say it: "query capacity" -> "Looking up capacity"."""
    verb, _, rest = note.partition(" ")
    return f"{DOING[verb]} {rest}" if verb in DOING and rest else note[:1].upper() + note[1:]


def latest(chunks: list[Json]) -> list[Json]:
    """Only the last state of each task, in order; words stay."""
    last = {chunk["id"]: at for at, chunk in enumerate(chunks) if chunk["type"] == "task_update"}
    return [chunk for at, chunk in enumerate(chunks) if chunk["type"] != "task_update" or last[chunk["id"]] == at]
