"""A fake Slack and the bot beside it, both on real sockets, with the real slack-bolt and slack_sdk in between."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from small_hospital import NOW, fill
from small_line import WordPlanner

from bots.app import Wardline
from bots.background import run_loops
from bots.fake_slack.model import App, Json, Message, Team
from bots.fake_slack.people import People
from bots.fake_slack.seeds import HOME_TEAM, furnish
from bots.fake_slack.server import create_fake
from bots.fake_slack.slack import FakeSlack
from bots.settings import Settings
from bots.slack.front import SCOPES
from bots.slack.sandbox import connect_sandbox, slack_user_of
from bots.web.api import Lifespan, create_api
from hospital.clocks import FrozenClock
from hospital.model.people import User
from middleware.store.database import SqlStore, create

T = TypeVar("T")
PATIENCE = 15.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    config = uvicorn.Config(app, port=port, proxy_headers=False, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class Town:
    """Acts in the fake Slack and looks at what came of it."""

    def __init__(self, slack: FakeSlack, app: FastAPI, line: Wardline, bot_port: int) -> None:
        self.slack = slack
        self.line = line
        self.people: People = app.state.people
        self.bot = f"http://127.0.0.1:{bot_port}"
        self._app = app

    @property
    def team(self) -> Team:
        return self.slack.teams[HOME_TEAM]

    def run(self, act: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Do something on the fake Slack's own loop."""

        async def doing() -> Any:
            done = act(*args, **named)
            return await done if asyncio.iscoroutine(done) else done

        return asyncio.run_coroutine_threadsafe(doing(), self._app.state.loop).result(PATIENCE)

    def user(self, user_id: str) -> str:
        return slack_user_of(HOME_TEAM, user_id)

    def dm(self, user_id: str) -> str:
        return str(self.run(lambda: self.slack.dm_of(self.team, self.team.people[self.user(user_id)]).id))

    def say(self, user_id: str, text: str, channel: str = "", **more: Any) -> str:
        where = channel or self.dm(user_id)
        return str(self.run(self.people.say, HOME_TEAM, self.user(user_id), where, text, **more))

    def said(self, channel: str, root: str | None = None) -> list[Message]:
        """What the bot said there, finished or not."""
        found = [one for one in self.team.channels[channel].messages if one.user == self.team.bot_user]
        return [one for one in found if root is None or one.thread_ts == root]

    def until(self, look: Callable[[], T | None], what: str = "something") -> T:
        """What a look finds as soon as it finds anything."""
        ended = time.monotonic() + PATIENCE
        while time.monotonic() < ended:
            found = look()
            if found:
                return found
            time.sleep(0.03)
        raise AssertionError(f"waited {PATIENCE} s for {what}")

    def answer(self, channel: str, root: str) -> Message:
        """The finished answer in a thread."""
        return self.until(
            lambda: next((one for one in self.said(channel, root) if not one.streaming and one.blocks), None),
            "an answer",
        )

    def ask(self, user_id: str, text: str) -> Message:
        """Say something in one's direct message and wait for the answer."""
        channel = self.dm(user_id)
        return self.answer(channel, self.say(user_id, text, channel))

    def card(self, user_id: str, holding: str = "") -> Message:
        """The latest approval card in somebody's direct message."""
        channel = self.dm(user_id)

        def look() -> Message | None:
            cards = [one for one in self.said(channel) if "decide:" in str(one.blocks) and holding in str(one.blocks)]
            return cards[-1] if cards else None

        return self.until(look, f"a card for {user_id}")

    def click(self, user_id: str, message: Message, action: str, **more: Any) -> Any:
        return self.run(
            self.people.click, HOME_TEAM, self.user(user_id), action, channel=message.channel, ts=message.ts, **more
        )

    def idle(self) -> None:
        """Wait until nothing is left to do."""
        from bots.slack.jobs import Jobs

        jobs = Jobs(self.line.store, self.line.system_clock)
        self.until(lambda: jobs.left() == 0, "the jobs to be done")

    def calls(self, method: str) -> list[Json]:
        return [one for one in self.slack.journal if one["what"] == "call" and one["method"] == method]


def settings_for(home: Path, slack: FakeSlack, port: int) -> Settings:
    return Settings.model_validate(
        {
            "home": home,
            "now": NOW,
            "slack_signing_secret": slack.app.signing_secret,
            "slack_client_id": slack.app.client_id,
            "slack_client_secret": slack.app.client_secret,
            "slack_api_url": f"http://127.0.0.1:{port}/api/",
            "public_url": slack.app.request_url.removesuffix("/slack/events"),
        }
    )


def working(line: Wardline) -> Lifespan:
    """The loops beside the server, without the engines that warm up for real questions."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        loops = asyncio.create_task(run_loops(line, api.state.slack))
        yield
        loops.cancel()
        await asyncio.wait([loops])
        await asyncio.to_thread(line.close)

    return lifespan


@contextmanager
def town(home: Path, *, socket_mode: bool = False, install: bool = True) -> Iterator[Town]:
    """The small hospital with Slack."""
    fake_port, bot_port = free_port(), free_port()
    request_url = "" if socket_mode else f"http://127.0.0.1:{bot_port}/slack/events"
    slack = FakeSlack(App(request_url=request_url))
    settings = settings_for(home, slack, fake_port)
    if socket_mode:
        settings = settings.model_copy(update={"slack_app_token": Settings.model_validate({"slack_app_token": slack.app.app_token}).slack_app_token})  # fmt: skip  # noqa: E501
    store: SqlStore = fill(create(settings.store_url, sandbox=True))
    line = Wardline(settings, store, FrozenClock(NOW), planner=WordPlanner())
    with store.reading() as world:
        users = world.find(User, order="id")
    made = furnish(slack, HOME_TEAM, "Hill Health", users, SCOPES if install else ())
    if install:
        connect_sandbox(store, slack.app.client_secret, made)
    app = create_fake(slack)
    api = create_api(line, working(line))
    with served(app, fake_port), served(api, bot_port):
        yield Town(slack, app, line, bot_port)
