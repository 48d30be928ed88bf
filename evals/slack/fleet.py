"""Several servers on one store behind one fake Slack: killed and started again while people write and press."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bots.app import Wardline
from bots.fake_slack.model import App
from bots.fake_slack.seeds import HOME_TEAM, furnish
from bots.fake_slack.server import create_fake
from bots.fake_slack.slack import FakeSlack
from bots.settings import Settings
from bots.slack.front import SCOPES
from bots.slack.sandbox import connect_sandbox
from evals.slack.serving import free_port, served
from evals.slack.town import Town, slack_settings
from hospital.model.people import User
from hospital.model.places import Site

STARTING_SECONDS = 180.0


class Fleet:
    """The processes, by number."""

    def __init__(self, file: Path, ports: tuple[int, ...], planner: str) -> None:
        self._file = file
        self._ports = ports
        self._planner = planner
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, number: int) -> None:
        """Start one; it takes no events until it is up."""
        command = [sys.executable, "-m", "evals.slack.process", str(self._file), "server", str(self._ports[number])]
        given = [self._planner] if self._planner else []
        paths = os.pathsep.join(path for path in sys.path if path)
        with self._file.with_name(f"server-{number}.log").open("ab") as log:
            self._running[number] = subprocess.Popen(
                [*command, *given], stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": paths}
            )

    def wait(self, number: int) -> None:
        """Wait until it answers.

        Raises:
            TimeoutError: when it does not.
        """
        ended = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < ended:
            try:
                connection = HTTPConnection("127.0.0.1", self._ports[number], timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        raise TimeoutError(f"server {number} did not start; see {self._file.parent}")

    def kill(self, number: int) -> None:
        """End one at once, in the middle of whatever it does."""
        self._running[number].send_signal(signal.SIGKILL)
        self._running.pop(number).wait()

    def kill_worker(self, number: int) -> None:
        """End the worker of one server, which starts it again."""
        for child in _children(self._running[number].pid):
            os.kill(child, signal.SIGKILL)

    def close(self) -> None:
        """End all."""
        for number in list(self._running):
            self.kill(number)


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(one) for one in found.stdout.split()]


@contextmanager
def fleet_town(
    line: Wardline, settings: Settings, folder: Path, size: int, planner: str = ""
) -> Iterator[tuple[Town, Fleet]]:
    """So many servers beside a fake Slack; `line` only looks and makes the workspace."""
    ports = tuple(free_port() for _ in range(size))
    fake_port = free_port()
    slack = FakeSlack(App(request_urls=tuple(f"http://127.0.0.1:{port}/slack/events" for port in ports)))
    with line.store.reading() as world:
        users = world.find(User, order="id")
        assert world.count(Site)
    made = furnish(slack, HOME_TEAM, "Fleet Health", users, SCOPES)
    connect_sandbox(line.store, slack.app.client_secret, made)
    shared = slack_settings(settings, slack, fake_port, f"http://127.0.0.1:{ports[0]}")
    file = folder / "settings.json"
    secrets = {
        name: getattr(shared, name).get_secret_value()
        for name in ("slack_signing_secret", "slack_client_secret", "slack_app_token", "api_key")
    }
    file.write_text(json.dumps({**shared.model_dump(mode="json"), **secrets}), encoding="utf-8")
    fleet = Fleet(file, ports, planner)
    app = create_fake(slack)
    with served(app, fake_port):
        try:
            for number in range(size):
                fleet.start(number)
            for number in range(size):
                fleet.wait(number)
            made_town = Town(slack, app, line, fake_port, ports[0])
            assert all(made_town.run(made_town.people.delivery.greet)), "not every server answered the challenge"
            yield made_town, fleet
        finally:
            fleet.close()
