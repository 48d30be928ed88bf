"""Everything the Slack front is made of, wired once on the line behind it."""

import asyncio
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from bots.app import Wardline
from bots.sign_in import HospitalSignIn
from bots.slack.budget import Budget
from bots.slack.caller import Caller
from bots.slack.installs import Installations, Seal, States
from bots.slack.intake import Intake
from bots.slack.jobs import Jobs
from bots.slack.openid import SignIn
from bots.slack.privacy import Privacy
from bots.slack.speaker import Speaker
from bots.slack.spool import Spool
from bots.slack.who import SERVICE, People
from hospital.model.people import User
from hospital.model.slack import SlackJob
from tools.tool import Context

T = TypeVar("T")
LOOK_AGAIN_SECONDS = 30.0
"""What a card says is worked out anew after so long, even when nobody voted: duties and delegations begin and end."""


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
        self.sign_in = SignIn(settings, self.caller)
        self.hospital = HospitalSignIn(settings, wardline.doors)
        self.speaker = Speaker(self.caller, self.bot_of)
        self.intake = Intake(self.jobs, Spool(settings.home / "slack-inbox"))
        self._drawn: dict[str, tuple[str, float]] = {}
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

    def is_as_drawn(self, post_id: str, mark: str) -> bool:
        """Whether a card was found to say what it must, not long ago and with the same votes and state."""
        known, at = self._drawn.get(post_id, ("", 0.0))
        return known == mark and time.monotonic() - at < LOOK_AGAIN_SECONDS

    def drawn(self, post_id: str, mark: str) -> None:
        """A card says what it must."""
        self._drawn[post_id] = (mark, time.monotonic())

    async def close(self) -> None:
        """Close connections and threads."""
        await self.caller.close()
        await asyncio.to_thread(self.intake.close)

    async def take(self, *jobs: SlackJob) -> None:
        """Keep jobs; those that are new wake a worker."""
        if jobs and await asyncio.to_thread(self.jobs.add, *jobs):
            self.wake.set()

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
