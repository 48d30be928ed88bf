"""`views.*`: modals, which only a fresh click opens, and home tabs."""

import secrets
import time

from bots.fake_slack.model import Json, Team, View
from bots.fake_slack.slack import FakeSlack, Refusal
from bots.slack.limits import wrong_with_view

TRIGGER_SECONDS = 3.0
"""How long a click may open a modal."""


class Triggers:
    """The clicks that may still open a modal, each once."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, float]] = {}

    def new(self, user: str) -> str:
        """A trigger id for something a person just did."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.token_hex(8)}"
        self._open[trigger] = (user, time.monotonic())
        return trigger

    def take(self, trigger: str) -> str:
        """Whose it is.

        Raises:
            Refusal: when it is unknown, was used, or is too old.
        """
        if trigger not in self._open:
            raise Refusal("invalid_trigger_id", trigger)
        user, at = self._open.pop(trigger)
        if time.monotonic() - at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id", f"older than {TRIGGER_SECONDS:g} s")
        return user


TRIGGERS = Triggers()


def open_view(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`views.open`."""
    _check(args["view"], "modal")
    user = TRIGGERS.take(args["trigger_id"])
    for other in team.views.values():
        other.open = other.open and other.user != user
    view = View(slack.id("V"), user, args["view"], secrets.token_hex(8))
    team.views[view.id] = view
    slack.changed()
    return {"view": _shown(team, view)}


def update_view(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`views.update`; a hash that is not the last one is refused."""
    view = team.views.get(args.get("view_id", ""))
    if view is None or not view.open:
        raise Refusal("not_found", str(args.get("view_id")))
    if args.get("hash") not in (None, view.hash):
        raise Refusal("hash_conflict")
    _check(args["view"], "modal")
    view.view, view.hash = args["view"], secrets.token_hex(8)
    slack.changed()
    return {"view": _shown(team, view)}


def publish_view(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`views.publish`: a person's home tab."""
    slack.person(team, args["user_id"])
    _check(args["view"], "home")
    known = team.homes.get(args["user_id"])
    if known is not None and args.get("hash") not in (None, known.hash):
        raise Refusal("hash_conflict")
    home = View(known.id if known else slack.id("V"), args["user_id"], args["view"], secrets.token_hex(8))
    team.homes[args["user_id"]] = home
    slack.changed()
    return {"view": _shown(team, home)}


def _check(view: Json, kind: str) -> None:
    wrong = wrong_with_view(view)
    if view.get("type") != kind:
        wrong.append(f"this method takes a view of type {kind}")
    if wrong:
        raise Refusal("invalid_arguments", "; ".join(wrong), response_metadata={"messages": wrong})


def _shown(team: Team, view: View) -> Json:
    return {**view.view, "id": view.id, "hash": view.hash, "team_id": team.id}
