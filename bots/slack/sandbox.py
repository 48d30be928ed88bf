"""The sandbox's own workspace: its Slack users follow from the sandbox's people, so they need no sign-in."""

import hashlib
from datetime import datetime
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from hospital.clocks import SystemClock
from hospital.model.people import User
from hospital.model.slack import SlackInstallation, SlackLink
from hospital.ports import Reader, Store, UnitOfWork


class FakeTeam(Protocol):
    """What is needed to know of a workspace of the fake Slack."""

    id: str
    name: str
    token: str
    scopes: frozenset[str]
    bot_user: str
    bot_id: str


def slack_user_of(team_id: str, user_id: str) -> str:
    """The Slack user id that a sandbox person has in a workspace of the fake Slack."""
    return "U0" + hashlib.sha256(f"{team_id}:{user_id}".encode()).hexdigest()[:9].upper()


def is_fake(api_url: str) -> bool:
    """Whether this Web API is on this very machine, as only a fake Slack is."""
    host = urlsplit(api_url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def sandbox_link(world: Reader, team_id: str, slack_user: str, at: datetime) -> SlackLink | None:
    """The link of a sandbox person who is seen for the first time; None for everybody else."""
    for user in world.find(User):
        if slack_user_of(team_id, user.id) == slack_user:
            link_id = f"{team_id}:{slack_user}"
            return SlackLink(
                id=link_id, team_id=team_id, slack_user=slack_user, user_id=user.id, made_by="sandbox", at=at
            )
    return None


def link_everybody(work: UnitOfWork, team_id: str, at: datetime) -> None:
    """Link all sandbox people in a workspace, so that they can be told things before they ever write."""
    for user in work.find(User, active=True):
        slack_user = slack_user_of(team_id, user.id)
        link_id = f"{team_id}:{slack_user}"
        if work.get(SlackLink, link_id) is None:
            work.put(
                SlackLink(
                    id=link_id, team_id=team_id, slack_user=slack_user, user_id=user.id, made_by="sandbox", at=at
                )
            )


def connect_sandbox(store: Store, secret: str, team: FakeTeam) -> None:
    """Put the app into a workspace of the fake Slack without the pages of an installation, and link everybody.

    Raises:
        PermissionError: on a production store.
    """
    from bots.slack.installs import Seal

    if not store.is_sandbox:
        raise PermissionError("A production store is never connected to a fake Slack.")
    now = SystemClock().now()
    with store.working() as work:
        work.put(
            SlackInstallation(
                id=f"-:{team.id}",
                team_id=team.id,
                team_name=team.name,
                app_id="fake",
                bot_user_id=team.bot_user,
                bot_id=team.bot_id,
                sealed_token=Seal(secret).close(team.token),
                scopes=",".join(sorted(team.scopes)),
                installed_by="fake",
                installed_at=now,
            )
        )
        link_everybody(work, team.id, now)
