"""Installing the app into a workspace, and signing in with Slack: the second halves, as Web API methods.

The first halves are pages in a browser (`pages.py`), which leave a code behind.
"""

import secrets
import time

from bots.fake_slack.model import Json, Person, Team
from bots.fake_slack.slack import FakeSlack, Refusal

CODE_SECONDS = 600
CLAIM = "https://slack.com/"


def install(slack: FakeSlack, team: Team, scopes: frozenset[str]) -> None:
    """The app comes into a workspace with a bot user and a token of its own."""
    if not team.bot_user:
        team.bot_user, team.bot_id = slack.id("U"), slack.id("B")
        bot = Person(team.bot_user, "wardline", "Wardline", "", "Hospital capacity line", is_bot=True)
        team.people[bot.id] = bot
    team.token, team.scopes = f"xoxb-fake-{secrets.token_hex(12)}", scopes
    for channel in team.channels.values():
        channel.members.add(team.bot_user)
    slack.changed()


def v2_access(slack: FakeSlack, args: Json) -> Json:
    """`oauth.v2.access`: a code for the token of a bot."""
    code = _code(slack, args, "install")
    team = slack.team(code["team"])
    install(slack, team, frozenset(code["scopes"]))
    return {
        "app_id": slack.app.id,
        "access_token": team.token,
        "token_type": "bot",
        "scope": ",".join(sorted(team.scopes)),
        "bot_user_id": team.bot_user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": code["user"]},
    }


def openid_token(slack: FakeSlack, args: Json) -> Json:
    """`openid.connect.token`: a code for a token that says who signed in."""
    code = _code(slack, args, "openid")
    team = slack.team(code["team"])
    now = int(time.time())
    token = f"xoxp-fake-{secrets.token_hex(12)}"
    claims = {
        "iss": "https://slack.com",
        "sub": code["user"],
        "aud": slack.app.client_id,
        "iat": now,
        "exp": now + 300,
        "nonce": code.get("nonce", ""),
        f"{CLAIM}team_id": team.id,
        f"{CLAIM}user_id": code["user"],
    }
    slack.codes[token] = {"kind": "session", **claims}
    signed = slack.keys.sign({**claims, **slack.keys.otherwise})
    return {"access_token": token, "token_type": "Bearer", "id_token": signed}


def openid_user(slack: FakeSlack, token: str) -> Json:
    """`openid.connect.userInfo`."""
    session = slack.codes.get(token)
    if session is None or session.get("kind") != "session":
        raise Refusal("invalid_auth")
    return {"sub": session["sub"], **{name: session[name] for name in session if name.startswith(CLAIM)}}


def _code(slack: FakeSlack, args: Json, kind: str) -> Json:
    if (args.get("client_id"), args.get("client_secret")) != (slack.app.client_id, slack.app.client_secret):
        raise Refusal("bad_client_secret")
    code = slack.codes.pop(args.get("code", ""), None)
    if code is None or code["kind"] != kind or time.time() - code["at"] > CODE_SECONDS:
        raise Refusal("invalid_code")
    if code.get("redirect_uri") and code["redirect_uri"] != args.get("redirect_uri", code["redirect_uri"]):
        raise Refusal("bad_redirect_uri")
    return code
