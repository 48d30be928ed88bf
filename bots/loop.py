"""An event loop on a thread of its own: turns run there, so that the server's loop always answers."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines on one background loop until it is closed."""

    def __init__(self, name: str = "turns") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin some work; it goes on even when nobody waits for it any more."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work and wait for it (not from within this loop)."""
        return self.start(work).result()

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work and await it from another loop; a cancelled wait does not stop the work."""
        return await asyncio.shield(asyncio.wrap_future(self.start(work)))

    def close(self) -> None:
        """Finish what is running, then stop."""
        if self._loop.is_closed():
            return
        self.run(_finish_others())
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


async def _finish_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    if others:
        await asyncio.wait(others, timeout=10)
