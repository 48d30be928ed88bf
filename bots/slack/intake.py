"""Keeps what comes in before it is acknowledged: in the store, or on the disk while the store is busy.

One thread writes for the whole door, everything that waits in one transaction, so that many events at once cost one
turn at the store.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from bots.slack.jobs import Jobs
from bots.slack.spool import Spool
from hospital.model.slack import SlackJob

log = logging.getLogger(__name__)
PATIENCE = 0.15
"""Seconds that an acknowledgement waits for the store."""
TOGETHER = 200
"""So many jobs are written in one transaction at most."""
TAKE_OVER_SECONDS = 10.0
"""How often the door looks for what another one left that died."""
AGAIN_SECONDS = 0.5


@dataclass(frozen=True)
class Kept:
    """How a request was kept."""

    new: bool | None
    """Whether it was not there before; None while only the file has it."""
    seconds: float


class Intake:
    """The writing side of the door."""

    def __init__(self, jobs: Jobs, spool: Spool, patience: float = PATIENCE) -> None:
        """Wire; the thread starts with the first request or with `start`."""
        self._jobs = jobs
        self._spool = spool
        self._patience = patience
        self._queue: SimpleQueue[tuple[SlackJob, Future[bool]] | None] = SimpleQueue()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="slack-spool")
        self._thread = threading.Thread(target=self._write, name="slack-intake", daemon=True)
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begin to write, with what was left by whoever died."""
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()

    def close(self) -> None:
        """Write what waits, then stop."""
        if self._thread.ident is not None:
            self._queue.put(None)
            self._thread.join(timeout=10)
        self._disk.shutdown(wait=True)
        self._spool.close()

    async def keep(self, job: SlackJob) -> Kept:
        """Keep a job; when this returns it survives a crash."""
        self.start()
        started = time.perf_counter()
        written: Future[bool] = Future()
        self._queue.put((job, written))
        try:
            new = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(written)), self._patience)
        except TimeoutError:
            await asyncio.get_running_loop().run_in_executor(self._disk, self._spool.write, job)
            if written.done():
                self._spool.forget((job.id,))
            return Kept(None, time.perf_counter() - started)
        return Kept(new, time.perf_counter() - started)

    def _write(self) -> None:
        self._take_over()
        while True:
            batch, ends = self._next()
            if batch:
                self._keep_all(batch)
            elif not ends:
                self._take_over()
            if ends:
                return

    def _next(self) -> tuple[list[tuple[SlackJob, Future[bool]]], bool]:
        """What waits, and whether it is the last; nothing when nothing came for a while."""
        found: list[tuple[SlackJob, Future[bool]]] = []
        try:
            one = self._queue.get(timeout=TAKE_OVER_SECONDS)
            while one is not None:
                found.append(one)
                if len(found) == TOGETHER:
                    return found, False
                one = self._queue.get_nowait()
        except Empty:
            return found, False
        return found, True

    def _keep_all(self, batch: list[tuple[SlackJob, Future[bool]]]) -> None:
        jobs = {job.id: job for job, _ in batch}
        while True:
            try:
                new = {job.id for job in self._jobs.add(*jobs.values())}
            except Exception:
                log.exception("the store does not take what Slack sent; it is tried again")
                time.sleep(AGAIN_SECONDS)
                continue
            break
        for job, written in batch:
            written.set_result(job.id in new)
            new.discard(job.id)  # the same twice in one batch: only the first was new
        self._spool.forget(jobs)

    def _take_over(self) -> None:
        try:
            self._spool.take_over(self._jobs.add)
        except Exception:
            log.exception("what another door left could not be taken over; it is tried again")
