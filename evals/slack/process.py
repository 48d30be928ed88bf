"""One of several servers that share a store and a Slack: `python -m evals.slack.process SETTINGS PORT [PLANNER]`.

`SETTINGS` is a file of JSON; `PLANNER` is `module:class` of a planner at the port instead of the embedded one.
"""

import importlib
import json
import sys
from pathlib import Path

import uvicorn

from bots.app import Wardline
from bots.settings import Settings
from bots.web.api import create_api
from evals.slack.town import working
from hospital.clocks import FrozenClock, SystemClock
from middleware.store.database import SqlStore


def main(settings_file: str, port: str, planner: str = "") -> None:
    """Serve until killed."""
    settings = Settings.model_validate(json.loads(Path(settings_file).read_text(encoding="utf-8")))
    given = None
    if planner:
        module, _, name = planner.partition(":")
        given = getattr(importlib.import_module(module), name)()
    clock = FrozenClock(settings.now) if settings.now else SystemClock()
    line = Wardline(settings, SqlStore(settings.store_url), clock, planner=given)
    config = uvicorn.Config(create_api(line, working(line)), port=int(port), proxy_headers=False, log_level="error")
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
