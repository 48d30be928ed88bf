"""A server's workers: started again when they die, rung when there is work, and gone when the server is."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fastapi.testclient import TestClient
from pydantic import SecretStr
from small_hospital import NOW, fill
from small_line import WordPlanner

from bots.app import Wardline
from bots.background import lifespan_of
from bots.crew import Crew
from bots.fake_slack.deliver import sign
from bots.settings import Settings
from bots.web.api import create_api
from hospital.clocks import FrozenClock
from hospital.model.slack import SlackJob
from middleware.store.database import create

T = TypeVar("T")

MEMBER = """
import os, sys, time
from pathlib import Path
from bots.crew import join_crew
folder = Path(sys.argv[1])
join_crew(lambda: (folder / "rung").touch())
(folder / "nice").write_text(str(os.nice(0)))
(folder / str(os.getpid())).touch()
time.sleep(60)
"""
EVENT = {"type": "message", "channel": "D1", "user": "U1", "ts": "1.000001", "text": "hello there"}
SERVER = """
import asyncio, sys
from bots.crew import Crew
asyncio.run(Crew([sys.argv[1:]]).run())
"""


def _until(look: Callable[[], T]) -> T:
    ended = time.monotonic() + 30
    while time.monotonic() < ended:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def _pids(folder: Path) -> set[int]:
    return {int(one.name) for one in folder.iterdir() if one.name.isdigit()}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_dies_is_started_again_and_hears_the_bell(tmp_path: Path) -> None:
    async def play() -> set[int]:
        crew = Crew([[sys.executable, "-c", MEMBER, str(tmp_path)]])
        running = asyncio.ensure_future(crew.run())
        (first,) = await asyncio.to_thread(_until, lambda: _pids(tmp_path))
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(_until, lambda: len(_pids(tmp_path)) == 2)
        crew.ring()
        await asyncio.to_thread(_until, lambda: (tmp_path / "rung").exists())
        running.cancel()
        await asyncio.wait([running])
        return _pids(tmp_path)

    started = asyncio.run(play())
    assert int((tmp_path / "nice").read_text()) >= min(19, os.nice(0) + 10)
    assert not any(_alive(pid) for pid in started)


def test_workers_do_not_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SERVER, sys.executable, "-c", MEMBER, str(tmp_path)]
    server = subprocess.Popen(command, env=environment)
    (worker,) = _until(lambda: _pids(tmp_path))
    server.kill()
    server.wait()
    _until(lambda: not _alive(worker))


def test_a_server_rehearses_before_it_opens_and_leaves_the_work_to_its_workers(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, now=NOW, slack_signing_secret=SecretStr("a secret"))
    line = Wardline(settings, fill(create(settings.store_url, sandbox=True)), FrozenClock(NOW), planner=WordPlanner())
    crew = Crew([[sys.executable, "-c", MEMBER, str(tmp_path)]])
    api = create_api(line, lifespan_of(line, crew=crew))
    raw = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": EVENT})
    with TestClient(api) as http:
        signed = {**sign("a secret", raw), "Content-Type": "application/json"}
        answer = http.post("/slack/events", content=raw, headers=signed)
        assert answer.status_code == 200
        assert "store;dur=" in answer.headers["server-timing"]
        _until(lambda: (tmp_path / "rung").exists())
        with line.store.reading() as world:
            (job,) = world.find(SlackJob)
        assert (job.id, job.state) == ("T1:Ev1", "waiting")
    assert not any(_alive(pid) for pid in _pids(tmp_path))
