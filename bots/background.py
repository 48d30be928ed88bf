"""What runs beside the server: telling other systems, ending what expired, the sandbox's day, warming up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING

from fastapi import FastAPI

from bots.app import Wardline
from bots.crew import Crew, join_crew
from bots.web.api import Lifespan

if TYPE_CHECKING:
    from bots.slack.front import Front

log = logging.getLogger(__name__)

OUTBOX_SECONDS = 0.5
EXPIRY_SECONDS = 15.0
SIMULATOR_SECONDS = 60.0
WARMED_UP_SECONDS = 30.0
FORECAST_SECONDS = 3600.0
"""Forecasts are looked at every hour; only those that do not know yesterday are fitted again."""


async def every(seconds: float, work: Callable[[], object], name: str) -> None:
    """Do this again and again on a thread until cancelled; a failure is logged and tried again next time.

    What is rare is also slow: it begins only once the server has warmed up.
    """
    if seconds >= FORECAST_SECONDS:
        await asyncio.sleep(WARMED_UP_SECONDS)
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
        "seals": (OUTBOX_SECONDS, wardline.seal),
        "forecasts": (FORECAST_SECONDS, wardline.forecast),
    }
    if wardline.is_alive:
        loops["simulator"] = (SIMULATOR_SECONDS, wardline.simulate)
    return loops


async def run_loops(wardline: Wardline, front: "Front | None" = None) -> None:
    """Run every loop until cancelled; where Slack is set up also what it keeps and tells."""
    try:
        async with asyncio.TaskGroup() as group:
            if wardline.settings.has_slack:
                from bots.slack.line import SlackLine
                from bots.slack.service import run_slack

                group.create_task(run_slack(front.line if front else SlackLine(wardline), front), name="slack")
            for name, (seconds, work) in loops_of(wardline).items():
                group.create_task(every(seconds, work, name), name=name)
    finally:
        wardline.closing.set()


async def run_as_crew(wardline: Wardline, *, loops: bool) -> None:
    """Work as one of a server's workers, until it ends."""
    from bots.slack.line import SlackLine
    from bots.slack.service import run_slack

    line, here = SlackLine(wardline), asyncio.get_running_loop()
    join_crew(lambda: here.call_soon_threadsafe(line.wake.set))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(warm, wardline))
            group.create_task(run_slack(line, looks=loops))
            for name, (seconds, work) in loops_of(wardline).items() if loops else ():
                group.create_task(every(seconds, work, name), name=name)
    finally:
        wardline.closing.set()


async def open_door(api: FastAPI, crew: Crew, front: "Front") -> "asyncio.Task[None]":
    """The door, once its workers were started and a first request was answered: none waits for either later."""
    from bots.slack.rehearsal import rehearse

    running = asyncio.create_task(run_door(crew, front))
    up = asyncio.create_task(crew.up.wait())
    await asyncio.wait([running, up], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        up.cancel()
        await running
    await rehearse(api, front.signing_secret)
    return running


async def run_door(crew: Crew, front: "Front") -> None:
    """Keep the workers running and what Slack sends, until cancelled; the work itself is theirs."""
    from bots.slack.service import listening

    front.on_news = crew.ring
    try:
        async with listening(front):
            await crew.run()
    finally:
        await front.line.close()


def lifespan_of(
    wardline: Wardline,
    started: Callable[[], None] = lambda: None,
    stopped: Callable[[], None] = lambda: None,
    crew: Crew | None = None,
) -> Lifespan:
    """Runs the loops and the warm-up while the server runs, and closes everything after it.

    With a crew and a Slack front the crew does that, and the server only answers.
    """

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        front = getattr(api.state, "slack", None)
        if crew is not None and front is not None:
            wardline.before_talk = cache(lambda: Thread(target=warm, args=(wardline,), daemon=True).start())
            running = [await open_door(api, crew, front)]
        else:
            warming = asyncio.create_task(asyncio.to_thread(warm, wardline))
            running = [asyncio.create_task(run_loops(wardline, front)), warming]
        started()
        try:
            yield
        finally:
            stopped()
            running[0].cancel()
            await close_after(wardline, running)

    return lifespan


async def close_after(wardline: Wardline, running: Collection["asyncio.Task[None]"]) -> None:
    """Close the line at the end of a server: a cancelled task leaves its thread at work, on a store that is open."""
    await asyncio.wait(running)
    await asyncio.get_running_loop().shutdown_default_executor()
    wardline.close()


def warm(wardline: Wardline) -> None:
    """Load the heavy engines before the first question needs them."""
    try:
        wardline.warm()
    except Exception:
        log.exception("warming up failed")
