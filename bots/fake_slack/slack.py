"""The state of the fake Slack: its workspaces, its journal, and who listens to what happens."""

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from bots.fake_slack.faults import Chance, Faults
from bots.fake_slack.keys import Keys
from bots.fake_slack.model import App, Channel, Json, Message, Person, Team


class Refusal(Exception):
    """What Slack answers with `ok: false`; the code is Slack's own, `detail` says more."""

    def __init__(self, code: str, detail: str = "", **more: object) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.more = more


def need(team: Team, scope: str) -> None:
    """Refuse what the app was not given the scope for.

    Raises:
        Refusal: naming the scope.
    """
    if scope not in team.scopes:
        raise Refusal("missing_scope", scope, needed=scope, provided=",".join(sorted(team.scopes)))


class FakeSlack:
    """Everything this Slack knows. It keeps nothing between runs but its journal."""

    def __init__(self, app: App | None = None, *, seed: int = 7, journal: Path | None = None) -> None:
        self.app = app or App()
        self.teams: dict[str, Team] = {}
        self.faults = Faults()
        self.keys = Keys()
        """What signs who somebody is."""
        self.chance = Chance(Random(seed))
        self.journal: list[Json] = []
        """Every call, event and notification in order; also a file of JSON lines where one was named."""
        self.files: dict[str, Json] = {}
        self.codes: dict[str, Json] = {}
        """Sign-ins and installations on their way."""
        self.version = 0
        """Grows with everything that changes."""
        self.listeners: list[Callable[[], None]] = []
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._path = journal

    def id(self, letter: str) -> str:
        """A new id as Slack makes them: a letter and ten more."""
        return f"{letter}0{next(self._numbers):09d}"

    def ts(self) -> str:
        """The time as Slack names messages by, never twice."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def note(self, what: str, **told: object) -> None:
        """Write into the journal and wake whoever watches."""
        entry = {"n": len(self.journal) + 1, "at": time.time(), "what": what, **told}
        self.journal.append(entry)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
        self.changed()

    def changed(self) -> None:
        """Wake whoever watches."""
        self.version += 1
        for listener in list(self.listeners):
            listener()

    def team(self, team_id: str) -> Team:
        """The workspace.

        Raises:
            Refusal: when there is none.
        """
        team = self.teams.get(team_id)
        if team is None:
            raise Refusal("team_not_found", team_id)
        return team

    def team_of_token(self, token: str) -> Team:
        """Whose bot token this is.

        Raises:
            Refusal: when it is nobody's, or was revoked.
        """
        for team in self.teams.values():
            if token and team.token == token:
                return team
        raise Refusal("invalid_auth" if token else "not_authed")

    def channel(self, team: Team, channel_id: str) -> Channel:
        """A channel by its id; a user's id means the direct message with them.

        Raises:
            Refusal: when there is no such channel.
        """
        if channel_id in team.people:
            return self.dm_of(team, team.people[channel_id])
        channel = team.channels.get(channel_id)
        if channel is None:
            raise Refusal("channel_not_found", channel_id)
        return channel

    def person(self, team: Team, user_id: str) -> Person:
        """A member.

        Raises:
            Refusal: when there is none.
        """
        person = team.people.get(user_id)
        if person is None:
            raise Refusal("user_not_found", user_id)
        return person

    def dm_of(self, team: Team, person: Person) -> Channel:
        """The direct message between a person and the app."""
        if not person.dm:
            person.dm = self.id("D")
            team.channels[person.dm] = Channel(person.dm, "", "im", {person.id, team.bot_user})
        return team.channels[person.dm]

    def keep(self, team: Team, channel: Channel, message: Message) -> None:
        """Put a message into its channel, and tell the phones of those whom it reaches."""
        channel.messages.append(message)
        if message.user == team.bot_user and message.thread_ts and not message.streaming:
            team.session(channel.id, message.thread_ts).status = ""  # an answer takes the status away
        self.told(team, channel, message)

    def told(self, team: Team, channel: Channel, message: Message) -> None:
        """Note what lock screens show (direct messages) and what a whole channel can read."""
        if message.user != team.bot_user:
            self.changed()
            return
        if channel.kind == "im" or message.seen_by:
            self.note("notification", team=team.id, channel=channel.id, ts=message.ts, text=message.text)
        else:
            said = {"text": message.text, "blocks": message.blocks, "tasks": message.tasks}
            self.note("channel_text", team=team.id, channel=channel.id, ts=message.ts, **said)
