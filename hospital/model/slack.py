"""What is remembered about Slack: what came in and must be done, who is who, what was posted, what people thought."""

from typing import Any, Literal

from hospital.entity import Entity, Time
from hospital.ids import PlanId, TurnId, UserId


class SlackJob(Entity):
    """Something to do once; the row is inbox and job in one, so that both are kept in one transaction.

    `id` is what makes it one: team and event id for what came in, the notice or card for what goes out.
    """

    team_id: str
    kind: str
    """What handles it: `event`, `command`, `action`, `view`, `shortcut`, `notice`, `card`, `home` ..."""
    payload: dict[str, Any]
    """Emptied when it is done: nothing that people said is kept twice."""
    about: str = ""
    """Channel and time of the message it is about, so that a deleted message takes its job along."""
    lane: str
    """Jobs of one lane are done one after the other: a thread, a plan, a person's home."""
    place: str
    """Within a lane and among those that wait: Slack's own time of it, so that late arrivals find their place."""
    urgent: bool = False
    """Whether a person looks at a button: done before what merely talks."""
    state: Literal["waiting", "working", "done", "dead"] = "waiting"
    attempts: int = 0
    next_at: Time
    """On the system clock: when it may be tried, or, while working, when its lease ends."""
    owner: str = ""
    received_at: Time
    note: str = ""


class SlackInstallation(Entity):
    """One workspace that installed the app; `id` is enterprise and team. The bot's token is kept encrypted."""

    team_id: str
    team_name: str
    app_id: str
    bot_user_id: str
    bot_id: str
    sealed_token: str
    scopes: str
    installed_by: str
    installed_at: Time


class SlackLink(Entity):
    """Which actor a Slack user is; made once by proofs of both, never by an e-mail address. `id` is team and user."""

    team_id: str
    slack_user: str
    user_id: UserId
    made_by: Literal["oidc", "sandbox"]
    at: Time
    ended_at: Time | None = None
    """When the person unlinked it: kept, since it never becomes somebody else's."""


class SlackPost(Entity):
    """A message (or a person's home) that shows what can change; `id` is channel and time, or `home` and person."""

    team_id: str
    channel: str
    ts: str
    plan_id: PlanId | None = None
    shown: str = ""
    """The fingerprint of what it says; when the plan says something else, it is updated."""
    final: bool = False
    """Whether it shows a state that never changes any more."""
    slack_user: str = ""


class SlackFeedback(Entity):
    """What a person thought of an answer, kept for evaluation; `id` is turn and person, the last word counts."""

    turn_id: TurnId
    user_id: UserId
    good: bool
    comment: str = ""
    at: Time


class SlackState(Entity):
    """A secret of one sign-in that is on its way: used once, or too old."""

    purpose: Literal["install", "link", "ticket", "hospital", "both"]
    data: dict[str, Any] = {}
    made_at: Time
    used: bool = False
