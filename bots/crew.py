"""The processes that work beside a server: started with it, started again when they end, and ended with it.

Each has a pipe from the server as its standard input: a line in it is a bell, its end is the end.
"""

import asyncio
import logging
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before a worker that ended is started again: doubled while it ends at once."""
STEADY_SECONDS = 60.0
"""After so long it is not one that ends at once."""
STOP_SECONDS = 10.0
NICE = 10
"""Whoever works leaves the processor to whoever answers the door."""


class Crew:
    """The workers of one server."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        """One worker for each command."""
        self._commands = commands
        self._running: dict[int, Process] = {}
        self.up = asyncio.Event()
        """Set once every worker was started."""

    async def run(self) -> None:
        """Keep all of them running until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(len(self._commands)):
                group.create_task(self._keep_up(number))

    def ring(self) -> None:
        """Tell them that there is something to do."""
        for process in self._running.values():
            if process.stdin is not None and not process.stdin.is_closing():
                process.stdin.write(b"\n")

    async def _keep_up(self, number: int) -> None:
        wait = FIRST_WAIT
        while True:
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *self._commands[number], stdin=PIPE, stdout=DEVNULL, stderr=None
            )
            self._running[number] = process
            if len(self._running) == len(self._commands):
                self.up.set()
            try:
                code = await process.wait()
            finally:
                del self._running[number]
                await _stop(process)
            wait = FIRST_WAIT if time.monotonic() - started > STEADY_SECONDS else min(LONGEST_WAIT, wait * 2)
            log.error("worker %d ended with %d; it is started again in %g s", number, code, wait)
            await asyncio.sleep(wait)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()


def join_crew(ring: Callable[[], object]) -> None:
    """Be one of a server's workers: give way to it, hear its bell, and end when it does."""
    os.nice(NICE)
    Thread(target=_heed, args=(ring,), name="bell", daemon=True).start()


def _heed(ring: Callable[[], object]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        ring()
    os._exit(1)  # the server is gone: end as if killed, which everything here is made for
