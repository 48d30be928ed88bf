"""What a workspace is made of, in the words and shapes of Slack's Web API."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]


@dataclass
class Person:
    """A member of a workspace; `subject` is who they are at the hospital's own identity provider."""

    id: str
    name: str
    real_name: str
    subject: str
    title: str = ""
    deleted: bool = False
    is_bot: bool = False
    dm: str = ""


@dataclass
class Message:
    """One message; `seen_by` names the only person an ephemeral one is shown to."""

    ts: str
    channel: str
    user: str
    text: str
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    app_id: str | None = None
    seen_by: str | None = None
    edited: bool = False
    streaming: bool = False
    stopped_by_person: bool = False
    tasks: list[Json] = field(default_factory=list)

    def shown(self, *, metadata: bool = False) -> Json:
        """The message as the Web API gives it."""
        told: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        for name in ("thread_ts", "bot_id", "app_id"):
            if (value := getattr(self, name)) is not None:
                told[name] = value
        if self.blocks:
            told["blocks"] = self.blocks
        if self.files:
            told["files"] = self.files
        if self.edited:
            told["edited"] = {"user": self.user, "ts": self.ts}
        if metadata and self.metadata is not None:
            told["metadata"] = self.metadata
        return told


@dataclass
class Channel:
    """A channel or a direct message; `members` are user ids, the bot's among them once it was invited."""

    id: str
    name: str
    kind: Literal["channel", "im"]
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    private: bool = False
    """Seen only by its members, and by apps with scopes of their own for it."""

    def find(self, ts: str) -> Message | None:
        """The message of this time."""
        return next((one for one in reversed(self.messages) if one.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """The first message of a thread and its replies, in order."""
        return [one for one in self.messages if one.seen_by is None and ts in (one.ts, one.thread_ts)]


@dataclass
class View:
    """A modal or a person's home tab."""

    id: str
    user: str
    view: Json
    hash: str
    trigger: str = ""
    open: bool = True


@dataclass
class Session:
    """What is shown beside an assistant thread: its title, its status, what one might ask."""

    title: str = ""
    status: str = ""
    prompts: list[Json] = field(default_factory=list)
    prompts_title: str = ""
    processing: bool = False


@dataclass
class Team:
    """A workspace with the app in it, once it is installed."""

    id: str
    name: str
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    token: str = ""
    scopes: frozenset[str] = frozenset()
    bot_user: str = ""
    bot_id: str = ""

    def session(self, channel: str, thread_ts: str) -> Session:
        """The assistant thread there, begun now if it is new."""
        return self.sessions.setdefault((channel, thread_ts), Session())


@dataclass(frozen=True)
class App:
    """The app as it is registered at this Slack; every secret here is made up."""

    id: str = "A0WARDLINE"
    client_id: str = "100.200"
    client_secret: str = "fake-client-secret"
    signing_secret: str = "fake-signing-secret"
    app_token: str = "xapp-fake"
    request_urls: tuple[str, ...] = ()
    """Where events go: one of these, as behind a load balancer; none: Socket Mode only."""
