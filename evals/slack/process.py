"""A server that shares a store and a Slack with others, and its worker.

`python -m evals.slack.process SETTINGS server PORT [PLANNER]`, `... SETTINGS worker [PLANNER]`: `SETTINGS` is a file
of JSON; `PLANNER` is `module:class` of a planner at the port instead of the embedded one.
"""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import uvicorn

from bots.app import Wardline
from bots.background import lifespan_of, run_as_crew
from bots.cli_serve import until_told
from bots.crew import Crew
from bots.settings import Settings
from bots.web.api import create_api
from hospital.clocks import FrozenClock, SystemClock
from middleware.store.database import SqlStore


def main(settings_file: str, role: str, *rest: str) -> None:
    """Serve or work until killed."""
    settings = Settings.model_validate(json.loads(Path(settings_file).read_text(encoding="utf-8")))
    port, planner = (rest[0], rest[1:]) if role == "server" else ("", rest)
    given = None
    if planner:
        module, _, name = planner[0].partition(":")
        given = getattr(importlib.import_module(module), name)()
    clock = FrozenClock(settings.now) if settings.now else SystemClock()
    line = Wardline(settings, SqlStore(settings.store_url), clock, planner=given)
    if role == "worker":
        asyncio.run(until_told(run_as_crew(line, loops=True)))
        line.close()
        return
    command = [sys.executable, "-m", "evals.slack.process", settings_file, "worker", *planner]
    crew = Crew([command] * settings.workers)
    api = create_api(line, lifespan_of(line, crew=crew))
    uvicorn.Server(uvicorn.Config(api, port=int(port), proxy_headers=False, log_level="error")).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
