"""What runs beside the server: telling other systems, ending what expired, the sandbox's day, warming up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bots.app import Wardline
from bots.web.api import Lifespan

log = logging.getLogger(__name__)

OUTBOX_SECONDS = 0.5
EXPIRY_SECONDS = 15.0
SIMULATOR_SECONDS = 60.0


async def every(seconds: float, work: Callable[[], object], name: str) -> None:
    """Do this again and again on a thread until cancelled; a failure is logged and tried again next time."""
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            log.exception("%s failed; it is tried again in %g s", name, seconds)
        await asyncio.sleep(seconds)


def loops_of(wardline: Wardline) -> dict[str, tuple[float, Callable[[], object]]]:
    """What is done again and again, and how often in seconds."""
    loops: dict[str, tuple[float, Callable[[], object]]] = {
        "outbox": (OUTBOX_SECONDS, wardline.deliver),
        "expiry": (EXPIRY_SECONDS, wardline.expire),
    }
    if wardline.is_alive:
        loops["simulator"] = (SIMULATOR_SECONDS, wardline.simulate)
    return loops


async def run_loops(wardline: Wardline) -> None:
    """Run every loop until cancelled."""
    async with asyncio.TaskGroup() as group:
        for name, (seconds, work) in loops_of(wardline).items():
            group.create_task(every(seconds, work, name), name=name)


def lifespan_of(wardline: Wardline, started: Callable[[], None], stopped: Callable[[], None]) -> Lifespan:
    """Runs the loops and the warm-up while the server runs, and closes everything after it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loops = asyncio.create_task(run_loops(wardline))
        warming = asyncio.create_task(asyncio.to_thread(warm, wardline))
        started()
        try:
            yield
        finally:
            stopped()
            loops.cancel()
            await asyncio.wait([loops, warming])
            await asyncio.to_thread(wardline.close)

    return lifespan


def warm(wardline: Wardline) -> None:
    """Load the heavy engines before the first question needs them."""
    try:
        wardline.warm()
    except Exception:
        log.exception("warming up failed")
