"""Which actor a Slack user is. An e-mail address grants nothing: people are linked once, with proofs of both."""

from dataclasses import dataclass
from datetime import datetime

from bots.slack.sandbox import is_fake, link_everybody, sandbox_link
from hospital.ids import UserId
from hospital.model.people import User
from hospital.model.slack import SlackInstallation, SlackLink
from hospital.ports import Clock, Reader, Store, UnitOfWork
from policies import audit

SERVICE = User(id=UserId("wardline.slack"), name="Slack", grants=())
"""In whose name the front writes down what it refused before anybody was known."""
UNKNOWN = (
    "I do not know yet who you are at the hospital, so I can look up and change nothing for you. "
    "Link this Slack account to your hospital account once, and ask again."
)
UNLINKED = (
    "You have unlinked this Slack account from your hospital account, so I can look up and change nothing for you "
    "here. Link it again if you want me back."
)
INACTIVE = "Your hospital account is not active any more, so I can do nothing for you here. Ask your manager or IT."
TAKEN = "This Slack account belongs to somebody else at the hospital; ask IT to look at it."


@dataclass(frozen=True)
class Stranger:
    """Somebody who may do nothing, and the sentence for them."""

    rule: str
    sentence: str
    may_link: bool = False


class LinkedAlready(Exception):
    """The Slack user is linked to another person."""


class People:
    """Looks people up in the links of our own store."""

    def __init__(self, store: Store, clock: Clock, api_url: str) -> None:
        self._store = store
        self._clock = clock
        self._fake = store.is_sandbox and is_fake(api_url)

    def actor(self, team_id: str, slack_user: str) -> User | Stranger:
        """The actor, or why there is none."""
        with self._store.reading() as world:
            if not world.find(SlackInstallation, team_id=team_id, limit=1):
                return Stranger("slack.workspace", "This workspace is not connected to the hospital.")
            link = world.get(SlackLink, f"{team_id}:{slack_user}")
            link = link or (sandbox_link(world, team_id, slack_user, self._clock.now()) if self._fake else None)
            user = world.get(User, link.user_id) if link else None
        if link is None or user is None:
            return Stranger("slack.unknown", UNKNOWN, may_link=True)
        if link.ended_at is not None:
            return Stranger("slack.unlinked", UNLINKED, may_link=True)
        if not user.active:
            return Stranger("slack.inactive", INACTIVE)
        return user

    def link(self, team_id: str, slack_user: str, user: User) -> SlackLink:
        """Link them from now on; proofs of both were checked by whoever calls this.

        Raises:
            LinkedAlready: when this Slack user is somebody else.
        """
        made = SlackLink(
            id=f"{team_id}:{slack_user}",
            team_id=team_id,
            slack_user=slack_user,
            user_id=user.id,
            made_by="oidc",
            at=self._clock.now(),
        )
        with self._store.working() as work:
            work.lock((f"slack:link:{made.id}",))
            known = work.get(SlackLink, made.id)
            if known is not None and known.user_id != user.id:
                raise LinkedAlready(TAKEN)
            work.put(made)
            why = "linked a Slack account to this person: signed in at Slack and at the hospital"
            _write_down(work, made, self._clock.now(), "link", why)
        return made

    def unlink(self, team_id: str, slack_user: str, user: User) -> None:
        """The person wants this Slack user to be them no more; only they can link it again. Twice is once."""
        with self._store.working() as work:
            work.lock((f"slack:link:{team_id}:{slack_user}",))
            known = work.get(SlackLink, f"{team_id}:{slack_user}")
            known = known or (sandbox_link(work, team_id, slack_user, self._clock.now()) if self._fake else None)
            if known is None or known.user_id != user.id or known.ended_at is not None:
                return
            work.put(known.changed(ended_at=self._clock.now()))
            why = "unlinked a Slack account from this person: they asked for it in Slack and pressed the button"
            _write_down(work, known, self._clock.now(), "unlink", why)

    def furnish(self, team_id: str) -> None:
        """On a sandbox with a fake Slack: everybody is linked in a workspace, so that they can be told things."""
        if self._fake:
            with self._store.working() as work:
                link_everybody(work, team_id, self._clock.now())


def _write_down(work: UnitOfWork, link: SlackLink, now: datetime, what: str, why: str) -> None:
    details = {"team": link.team_id, "slack_user": link.slack_user}
    audit.append(work, at=now, actor=link.user_id, surface="slack", what=what, why=why, details=details)


def person_of(world: Reader, team_id: str, slack_user: str) -> User | None:
    """Whose Slack user this is; None when it is linked to nobody, or not any more."""
    link = world.get(SlackLink, f"{team_id}:{slack_user}")
    return world.get(User, link.user_id) if link and link.ended_at is None else None


def links_of(world: Reader, user_id: str) -> list[SlackLink]:
    """Where a person can be reached: one link per workspace, the newest."""
    newest: dict[str, SlackLink] = {}
    for link in world.find(SlackLink, user_id=user_id, ended_at=None, order="at"):
        newest[link.team_id] = link
    return [link for link in newest.values() if world.find(SlackInstallation, team_id=link.team_id, limit=1)]
