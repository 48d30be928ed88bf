"""A fake Slack and a server beside it, both on real sockets, with the real slack-bolt and slack_sdk in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from fastapi import FastAPI

from bots.app import Wardline
from bots.background import close_after, run_loops
from bots.fake_slack.model import App, Json, Message, Team
from bots.fake_slack.people import People
from bots.fake_slack.seeds import HOME_TEAM, furnish
from bots.fake_slack.server import create_fake
from bots.fake_slack.slack import FakeSlack
from bots.settings import Settings
from bots.slack.front import SCOPES
from bots.slack.sandbox import connect_sandbox, slack_user_of
from bots.web.api import Lifespan, create_api
from evals.slack.serving import free_port, served
from hospital.model.people import User

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds to wait for what must come."""


class Town:
    """Acts in the fake Slack and looks at what came of it."""

    def __init__(self, slack: FakeSlack, app: FastAPI, line: Wardline, fake_port: int, bot_port: int) -> None:
        self.slack = slack
        self.line = line
        self.people: People = app.state.people
        self.slack_address = f"http://127.0.0.1:{fake_port}"
        self.bot = f"http://127.0.0.1:{bot_port}"
        self._app = app

    @property
    def team(self) -> Team:
        """The workspace."""
        return self.slack.teams[HOME_TEAM]

    def run(self, act: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Do something on the fake Slack's own loop."""

        async def doing() -> Any:
            done = act(*args, **named)
            return await done if asyncio.iscoroutine(done) else done

        return asyncio.run_coroutine_threadsafe(doing(), self._app.state.loop).result(PATIENCE)

    def user(self, user_id: str) -> str:
        """A person's id in Slack."""
        return slack_user_of(HOME_TEAM, user_id)

    def dm(self, user_id: str) -> str:
        """Their direct message with the app."""
        return str(self.run(lambda: self.slack.dm_of(self.team, self.team.people[self.user(user_id)]).id))

    def say(self, user_id: str, text: str, channel: str = "", **more: Any) -> str:
        """Write something there, or elsewhere; the time of the message."""
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
        """Press a button of a message."""
        return self.run(
            self.people.click, HOME_TEAM, self.user(user_id), action, channel=message.channel, ts=message.ts, **more
        )

    def idle(self) -> None:
        """Wait until nothing is left to do."""
        from bots.slack.jobs import Jobs

        jobs = Jobs(self.line.store, self.line.system_clock)
        self.until(lambda: jobs.left() == 0, "the jobs to be done")

    def calls(self, method: str) -> list[Json]:
        """Every call of a method, from the journal."""
        return [one for one in self.slack.journal if one["what"] == "call" and one["method"] == method]


def slack_settings(
    settings: Settings, slack: FakeSlack, fake_port: int, bot: str, *, socket_mode: bool = False
) -> Settings:
    """The settings of a server that talks to this fake Slack."""
    app = slack.app
    return Settings.model_validate(
        {
            **settings.model_dump(),
            "slack_signing_secret": app.signing_secret,
            "slack_client_id": app.client_id,
            "slack_client_secret": app.client_secret,
            "slack_app_token": app.app_token if socket_mode else "",
            "slack_api_url": f"http://127.0.0.1:{fake_port}/api/",
            "public_url": bot,
        }
    )


def working(line: Wardline) -> Lifespan:
    """The loops beside the server, without the engines that warm up; the line is closed after it."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        loops = asyncio.create_task(run_loops(line, api.state.slack))
        yield
        loops.cancel()
        await close_after(line, [loops])

    return lifespan


@contextmanager
def town(
    open_line: Callable[[Callable[[Settings], Settings]], Wardline],
    *,
    socket_mode: bool = False,
    install: bool = True,
    name: str = "Northgate Health",
) -> Iterator[Town]:
    """A hospital with Slack.

    Args:
        open_line: makes the line, given what turns its settings into those of a server with this Slack.
        install: whether the app is in the workspace from the beginning.
    """
    fake_port, bot_port = free_port(), free_port()
    bot = f"http://127.0.0.1:{bot_port}"
    slack = FakeSlack(App(request_urls=() if socket_mode else (f"{bot}/slack/events",)))
    line = open_line(lambda settings: slack_settings(settings, slack, fake_port, bot, socket_mode=socket_mode))
    with line.store.reading() as world:
        users = world.find(User, order="id")
    made = furnish(slack, HOME_TEAM, name, users, SCOPES if install else ())
    if install:
        connect_sandbox(line.store, slack.app.client_secret, made)
    app = create_fake(slack)
    with served(app, fake_port), served(create_api(line, working(line)), bot_port):
        yield Town(slack, app, line, fake_port, bot_port)
