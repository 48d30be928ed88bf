"""An answer that is seen to grow: a card per call, then the words. Sent at most so often, left out when it must."""

import asyncio
import logging
import time
from typing import Any

from agent.turn import Progress
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.line import SlackLine
from bots.slack.speaker import metadata_of
from hospital.model.slack import SlackJob

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.8
"""Between two appends to one message: several steps go together."""
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


class Stream:
    """One growing message in a thread. Nothing of it is needed for the answer to arrive."""

    def __init__(self, line: SlackLine, job: SlackJob, channel: str, root: str, person: str) -> None:
        self._line = line
        self._job = job
        self._where = {"channel": channel, "thread_ts": root}
        self._person = person
        self._tasks: list[Json] = []
        self._unsent: list[Json] = []
        self._sent_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self.ts: str | None = job.payload.get("stream_ts")

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

    async def run(self) -> None:
        """Send what is new until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(max(0.0, self._sent_at + SECONDS_BETWEEN - time.monotonic()))
            try:
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
        said = await self._call(method, **self._where, chunks=chunks, task_display_mode="timeline", **recipient)
        self.ts = str(said["ts"])
        await asyncio.to_thread(self._line.jobs.remember, self._job, stream_ts=self.ts)

    async def finish(self, key: str, text: str, notified: str, blocks: list[Json]) -> bool:
        """End it with the whole answer; False when there is no message to end.

        Args:
            text: the words that are streamed: they reach lock screens.
            notified: what the message is called when it can only be updated any more.
        """
        if self.ts is None:
            return False
        closing = [{**task, "status": "complete"} for task in self._tasks if task["status"] != "complete"]
        chunks = latest([*self._unsent, *closing, *([{"type": "markdown_text", "text": text}] if text else [])])
        try:
            await self._call(
                "chat.stopStream",
                channel=self._where["channel"],
                ts=self.ts,
                blocks=blocks,
                metadata=metadata_of(key),
                **({"chunks": chunks} if chunks else {}),
            )
        except (Unknown, SaidNo) as problem:
            # It ended before, by us, by the stop button or by time: what it says now can still be set.
            if isinstance(problem, SaidNo) and problem.code == "message_not_found":
                return False
            whole = [*([{"type": "markdown", "text": text}] if text else []), *blocks]
            await self._line.speaker.update(
                self._job.team_id, self._where["channel"], self.ts, key, notified, whole[:50]
            )
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
