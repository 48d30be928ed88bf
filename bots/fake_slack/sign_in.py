"""The pages where a person would press "Allow", to install or to sign in, and the keys that tokens are checked by."""

import time
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bots.fake_slack.model import Json
from bots.fake_slack.slack import FakeSlack

router = APIRouter()
HERE = "fake_slack_user"
"""The cookie in which the page keeps who one is: TEAM.USER."""


def _slack(request: Request) -> FakeSlack:
    found: FakeSlack = request.app.state.slack
    return found


Slack = Annotated[FakeSlack, Depends(_slack)]


@router.get("/oauth/v2/authorize")
def authorize(
    slack: Slack,
    client_id: str,
    scope: str = "",
    state: str = "",
    redirect_uri: str = "",
    team: Annotated[str, Query()] = "",
    user: str = "",
) -> Response:
    """Agree to an installation at once; at Slack a person presses "Allow" here."""
    return _agree(slack, "install", client_id, state, redirect_uri, team, user, scopes=scope.split(","))


@router.get("/openid/connect/authorize")
def openid(
    slack: Slack,
    client_id: str,
    state: str = "",
    redirect_uri: str = "",
    nonce: str = "",
    team: str = "",
    user: str = "",
    here: Annotated[str, Cookie(alias=HERE)] = "",
) -> Response:
    """Sign in at once as the member that `user` names, else as whoever one is on the page in this browser."""
    if not user:
        team, _, user = here.partition(".")
    return _agree(slack, "openid", client_id, state, redirect_uri, team, user, nonce=nonce)


@router.get("/openid/connect/keys")
def keys(slack: Slack) -> Json:
    """The public keys with which it can be checked who signed a token."""
    return slack.keys.published()


def _agree(
    slack: FakeSlack, kind: str, client_id: str, state: str, redirect_uri: str, team: str, user: str, **more: Any
) -> Response:
    if client_id != slack.app.client_id:
        return JSONResponse({"ok": False, "error": "invalid_client_id"}, 400)
    chosen = slack.teams.get(team) or next(iter(slack.teams.values()))
    who = user if user in chosen.people else next(iter(chosen.people))
    code = slack.id("code")
    slack.codes[code] = {"kind": kind, "team": chosen.id, "user": who, "at": time.time(), **more}
    return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 302)
