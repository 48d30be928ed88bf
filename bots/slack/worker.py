"""Does what came in and what goes out: any number of processes share the table of jobs."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bots.slack.caller import NotInstalled, SaidNo, Unknown
from bots.slack.clicks import click
from bots.slack.commands import command, shortcut
from bots.slack.decisions import submitted
from bots.slack.digest import tell_digest
from bots.slack.events import begin_thread, deleted, edited, gone, stop
from bots.slack.exceptions import tell_exceptions
from bots.slack.home import open_home
from bots.slack.line import SlackLine
from bots.slack.news import look
from bots.slack.notices import tell_notice
from bots.slack.posts import update_card
from bots.slack.turns import answer
from hospital.model.slack import SlackJob
from tools.naming import fresh_id

log = logging.getLogger(__name__)
Handler = Callable[[SlackLine, SlackJob], Awaitable[str]]
ROUTES: dict[str, Handler] = {
    "message": answer,
    "app_mention": answer,
    "message.message_changed": edited,
    "message.message_deleted": deleted,
    "assistant_thread_started": begin_thread,
    "agent_session_stopped": stop,
    "app_home_opened": open_home,
    "app_uninstalled": gone,
    "tokens_revoked": gone,
    "command": command,
    "message_action": shortcut,
    "block_actions": click,
    "view_submission": submitted,
    "notice": tell_notice,
    "digest": tell_digest,
    "exception": tell_exceptions,
    "card": update_card,
}
"""The table of contents of the Slack front: what is done for each kind of job."""
TALKERS, QUICK = 4, 2
"""How many jobs run side by side in one process: turns, and what somebody waits for with a finger on a button."""
POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
LONGEST_WAIT = 60.0


class Worker:
    """One process's share of the work."""

    def __init__(self, line: SlackLine, *, looks: bool = True) -> None:
        """Wire; `looks` is whether it also looks for what must be told, which one process does for all."""
        self._line = line
        self._looks = looks
        self._name = f"{fresh_id('W')}-{os.getpid()}"

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(TALKERS):
                group.create_task(self._work(f"{self._name}-{number}", urgent_only=False))
            for number in range(QUICK):
                group.create_task(self._work(f"{self._name}-quick-{number}", urgent_only=True))
            if self._looks:
                group.create_task(self._look())

    async def _work(self, owner: str, *, urgent_only: bool) -> None:
        line = self._line
        while True:
            try:
                job = await asyncio.to_thread(line.jobs.claim, owner, urgent_only=urgent_only)
            except Exception:
                log.exception("looking for work failed")
                job = None
            if job is None:
                await self._rest()
            else:
                await self.do(job)

    async def _rest(self) -> None:
        """Until something comes in here, or for as long as nothing may have come in elsewhere."""
        wake = self._line.wake
        try:
            await asyncio.wait_for(wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return
        wake.clear()

    async def do(self, job: SlackJob) -> None:
        """One job, with its lease renewed; whatever happens is written down."""
        line, jobs = self._line, self._line.jobs
        renewing = asyncio.create_task(self._renew(job))
        try:
            handler = ROUTES.get(job.kind)
            note = await handler(line, job) if handler else "nothing is done for this"
            await asyncio.to_thread(jobs.done, job, note)
            line.wake.set()  # the next in its lane may go
        except (NotInstalled, SaidNo) as problem:
            log.warning("%s is dead: %s", job.id, problem)
            await asyncio.to_thread(jobs.dead, job, str(problem))
        except Unknown as problem:
            await asyncio.to_thread(jobs.again, job, wait_after(job.attempts), str(problem))
        except Exception as problem:
            log.exception("%s failed", job.id)
            await asyncio.to_thread(jobs.again, job, wait_after(job.attempts), type(problem).__name__)
        finally:
            renewing.cancel()

    async def _renew(self, job: SlackJob) -> None:
        while True:
            await asyncio.sleep(self._line.jobs.lease.total_seconds() / 3)
            await asyncio.to_thread(self._line.jobs.renew, job)

    async def _look(self) -> None:
        while True:
            started = time.monotonic()
            try:
                if await asyncio.to_thread(look, self._line):
                    self._line.wake.set()
            except Exception:
                log.exception("looking for news failed")
            await asyncio.sleep(max(0.1, LOOK_SECONDS - (time.monotonic() - started)))


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 ... seconds, at most a minute."""
    return timedelta(seconds=min(LONGEST_WAIT, 2.0 ** (attempts - 1)))
