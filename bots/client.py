"""Finding and using a running server of the same home, with nothing but the standard library."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

FILE = "server.json"
ALIVE_SECONDS = 0.4
ANSWER_SECONDS = 120.0


class Running(BaseModel):
    """A server that runs for a home; holds no secret."""

    model_config = ConfigDict(frozen=True)

    pid: int
    host: str
    port: int
    now: datetime | None
    """Where its clock stands still; None when it runs."""

    @property
    def address(self) -> str:
        """Where people find it."""
        return f"http://{self.host}:{self.port}"


class ServerSaid(Exception):
    """The server refused; its sentence and status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def announce(home: Path, running: Running) -> None:
    """Let commands find this server."""
    home.mkdir(parents=True, exist_ok=True)
    part = home / f"{FILE}.{running.pid}"
    part.write_text(running.model_dump_json(), encoding="utf-8")
    part.replace(home / FILE)


def withdraw(home: Path, pid: int) -> None:
    """Take the announcement back, unless another server made its own."""
    found = read(home)
    if found is not None and found.pid == pid:
        (home / FILE).unlink(missing_ok=True)


def read(home: Path) -> Running | None:
    """The announcement in this home, believed or not."""
    try:
        return Running.model_validate_json((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def find_running(home: Path, now: datetime | None) -> "Client | None":
    """The server of this home if it is alive and its clock is the one that is wanted."""
    running = read(home)
    if running is None or running.now != now or not _alive(running.pid):
        return None
    client = Client(running)
    try:
        client.call("GET", "/healthz", timeout=ALIVE_SECONDS)
    except (OSError, HTTPException, ServerSaid, ValueError):
        return None
    return client


class Client:
    """Asks a running server as a sandbox user."""

    def __init__(self, running: Running) -> None:
        self.running = running

    def ask(self, user: str, text: str, thread: str | None) -> dict[str, Any]:
        """One message and its turn.

        Raises:
            ServerSaid: when the server refused.
        """
        if thread is None:
            thread = str(self.call("POST", "/v1/threads", {}, user)["id"])
        else:
            self.call("PUT", f"/v1/threads/{quote(thread, safe='')}", None, user)
        turn: dict[str, Any] = self.call(
            "POST", f"/v1/threads/{quote(thread, safe='')}/messages", {"text": text}, user
        )
        return turn

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        user: str | None = None,
        timeout: float = ANSWER_SECONDS,
    ) -> Any:
        """One request and its JSON."""
        connection = HTTPConnection(self.running.host, self.running.port, timeout=timeout)
        headers = {"Accept": "application/json"}
        if user is not None:
            headers["Authorization"] = f"Bearer sandbox:{user}"
        sent = None
        if body is not None:
            sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400:
            raise ServerSaid(response.status, str(answer.get("detail", f"The server answered {response.status}.")))
        return answer


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
