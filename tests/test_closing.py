"""What is opened is closed: the connections to a model with the line, and everything else when a script just ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openai_server import running
from small_hospital import NOW, fill, people

from bots.app import Wardline
from bots.settings import Settings
from hospital.clocks import FrozenClock
from middleware.store.database import create

FORGETS = """
import asyncio
import sys
from pathlib import Path

from small_hospital import NOW, fill, people
from small_line import WordPlanner

from bots.app import Wardline
from bots.settings import Settings
from hospital.clocks import FrozenClock
from middleware.store.database import create

settings = Settings.model_validate({"home": Path(sys.argv[1]), "now": NOW})
line = Wardline(settings, fill(create(settings.store_url, sandbox=True)), FrozenClock(NOW), planner=WordPlanner())
turn = ASKED
print(turn.model_dump_json())
"""
ASKED = (
    'line.ask(people()["sup"], "hello there", None, "cli")',
    'asyncio.run(line.conversation.ask(people()["sup"], "hello there", None, "cli"))',
)


def test_the_connections_to_a_model_are_closed_with_the_line(tmp_path: Path) -> None:
    with running() as endpoint:
        settings = Settings.model_validate({"home": tmp_path, "now": NOW, "model": "small", "base_url": endpoint.url})
        line = Wardline(settings, fill(create(settings.store_url, sandbox=True)), FrozenClock(NOW))
        assert "Hello." in line.ask(people()["sup"], "hello there", None, "cli").model_dump_json()
        assert endpoint.connections() == 1
        line.close()
        until = time.monotonic() + 5
        while endpoint.connections() and time.monotonic() < until:
            time.sleep(0.05)
        assert endpoint.connections() == 0


@pytest.mark.parametrize("asked", ASKED, ids=["the line's loop", "a loop of its own"])
def test_a_script_that_forgets_to_close_ends_all_the_same(tmp_path: Path, asked: str) -> None:
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(("tests", ".", os.environ.get("PYTHONPATH", "")))}
    script = FORGETS.replace("ASKED", asked)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=Path(__file__).parent.parent, env=told, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, "You said: hello there" in ended.stdout) == (0, True), ended.stderr
