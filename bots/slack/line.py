"""Everything the Slack front is made of, wired once on the line behind it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

from bots.app import Wardline
from bots.slack.budget import Budget
from bots.slack.caller import Caller
from bots.slack.installs import Installations, Seal, States
from bots.slack.jobs import Jobs
from bots.slack.privacy import Privacy
from bots.slack.speaker import Speaker
from bots.slack.who import SERVICE, People
from hospital.model.people import User
from hospital.model.slack import SlackJob
from tools.tool import Context

T = TypeVar("T")


class SlackLine:
    """The parts, and the few things that all handlers need."""

    def __init__(self, wardline: Wardline) -> None:
        self.wardline = wardline
        self.store = wardline.store
        self.clock = wardline.clock
        settings = wardline.settings
        self.jobs = Jobs(self.store, wardline.system_clock)
        self.installs = Installations(self.store, wardline.system_clock, lambda: self.seal)
        self.states = States(self.store, wardline.system_clock)
        self.people = People(self.store, wardline.system_clock, settings.slack_api_url)
        self.privacy = Privacy(self.store, self.clock)
        self.caller = Caller(settings.slack_api_url, self.installs.token, Budget())
        self.speaker = Speaker(self.caller, self.bot_of)
        self._door = ThreadPoolExecutor(2, thread_name_prefix="slack-door")
        """Threads that only keep what comes in: an acknowledgement never waits for work that goes on."""
        self.wake = asyncio.Event()
        """Set when a job came in, so that this process does not wait to look."""

    @cached_property
    def seal(self) -> Seal:
        """What tokens are kept under."""
        settings = self.wardline.settings
        secret = settings.slack_client_secret.get_secret_value() or settings.slack_signing_secret.get_secret_value()
        return Seal(secret or settings.slack_app_token.get_secret_value())

    def bot_of(self, team_id: str) -> str:
        """The app's own user in a workspace."""
        found = self.installs.of_team(team_id)
        return found.bot_user_id if found else ""

    async def close(self) -> None:
        """Close connections and threads."""
        await self.caller.close()
        self._door.shutdown(wait=False)

    async def take(self, *jobs: SlackJob) -> tuple[SlackJob, ...]:
        """Keep jobs; those that are new wake a worker."""
        new = await asyncio.get_running_loop().run_in_executor(self._door, self.jobs.add, *jobs)
        if new:
            self.wake.set()
        return new

    def read(self, look: Callable[..., T], *args: Any) -> T:
        """What a function finds in one snapshot of the hospital."""
        with self.store.reading() as world:
            return look(world, *args)

    def context(self, user: User, job: SlackJob) -> Context:
        """Who calls the desk from Slack, once per job."""
        return self.wardline.context(user, "slack", f"slack:{job.id}")

    def refuse(self, rule: str, sentence: str, user: User = SERVICE) -> None:
        """Write down that something was refused before it reached the desk."""
        self.wardline.desk.note_refusal(rule, sentence, Context(actor=user, surface="slack"))
