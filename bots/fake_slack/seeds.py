"""A workspace filled with the hospital's sandbox users, each with an id that follows from who they are."""

import hashlib
from collections.abc import Iterable

from bots.fake_slack.model import Channel, Person, Team
from bots.fake_slack.oauth import install
from bots.fake_slack.slack import FakeSlack
from bots.slack.sandbox import slack_user_of
from hospital.model.people import User

HOME_TEAM, OTHER_TEAM = "T0SANDBOX", "T0LAKESIDE"
GUEST = "visiting.guest"
"""Somebody in the workspace whom the hospital does not know."""
CHANNELS: dict[str, tuple[str, ...]] = {
    "capacity": (),
    "wardline-or-charge": ("or_charge", "or_scheduler", "periop_director"),
    "wardline-supply-chain": ("supply_chain",),
    "wardline-nursing-supervisor": ("nursing_supervisor", "charge_nurse", "nurse_manager"),
}
"""Channels and the roles that are in them; none named: everybody."""


def furnish(slack: FakeSlack, team_id: str, name: str, users: Iterable[User], scopes: Iterable[str] = ()) -> Team:
    """A workspace of these people with its channels; with scopes the app is installed as well."""
    team = Team(team_id, name)
    slack.teams[team_id] = team
    for user in users:
        title = ", ".join(sorted(role.replace("_", " ") for role in user.roles)) or "delegate"
        person = Person(slack_user_of(team_id, user.id), user.id, user.name, user.id, title, deleted=not user.active)
        team.people[person.id] = person
    guest = Person(slack_user_of(team_id, GUEST), GUEST, "Robin Guest", "", "not at the hospital")
    team.people[guest.id] = guest
    by_subject = {person.subject: person.id for person in team.people.values()}
    for channel_name, roles in CHANNELS.items():
        channel_id = "C0" + hashlib.sha256(f"{team_id}:{channel_name}".encode()).hexdigest()[:9].upper()
        members = {by_subject[user.id] for user in users if not roles or not user.roles.isdisjoint(roles)}
        team.channels[channel_id] = Channel(channel_id, channel_name, "channel", members | {guest.id})
    if scopes:
        install(slack, team, frozenset(scopes))
    return team
