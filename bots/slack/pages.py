"""The routes under /slack: what Slack sends, installing the app, and linking a Slack user to a hospital account."""

import secrets
from typing import Annotated, Any
from urllib.parse import urlencode

import jwt
from fastapi import APIRouter, Cookie, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from slack_sdk.errors import SlackApiError

from bots.slack.front import Front
from bots.web.problems import Trouble
from bots.web.who import Actor, App

slack_router = APIRouter(include_in_schema=False)
COOKIE = "wardline_slack_link"
CLAIM = "https://slack.com/"
DONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Wardline</title>
<h1>One more step</h1><p>Slack says that you are <code>{user}</code> in workspace <code>{team}</code>.
To finish, prove who you are at the hospital: send this ticket with your hospital sign-in within ten minutes.</p>
<pre>POST /v1/slack/links  {{"ticket": "{ticket}"}}</pre></html>"""


def _front(request: Request) -> Front:
    front: Front = request.app.state.slack
    return front


Door = Annotated[Front, Depends(_front)]


class NewLink(BaseModel):
    """The proof of who one is in Slack; the bearer token of the request proves who one is here."""

    model_config = ConfigDict(extra="forbid")

    ticket: str = Field(min_length=20, max_length=200)


@slack_router.post("/slack/events")
async def events(request: Request, front: Door) -> Response:
    """Events, clicks, forms, shortcuts and commands."""
    return await front.handle(request)


@slack_router.get("/slack/install")
async def install(request: Request, front: Door) -> Response:
    """Begin to install the app into a workspace."""
    return await front.handle(request)


@slack_router.get("/slack/oauth_redirect")
async def installed(request: Request, front: Door) -> Response:
    """The app was installed."""
    response = await front.handle(request)
    for found in front.line.installs.all():
        front.line.people.furnish(found.team_id)
    return response


@slack_router.get("/slack/link")
def begin_link(front: Door) -> Response:
    """Sign in with Slack: proves which Slack user this browser belongs to."""
    settings = front.line.wardline.settings
    nonce = secrets.token_urlsafe(24)
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.slack_client_id,
        "redirect_uri": _callback(front),
        "state": front.line.states.issue("link", nonce=nonce),
        "nonce": nonce,
    }
    site = settings.slack_api_url.rstrip("/").removesuffix("/api")
    response = RedirectResponse(f"{site}/openid/connect/authorize?{urlencode(asked)}", 302)
    response.set_cookie(COOKIE, asked["state"], max_age=600, httponly=True, samesite="lax", secure=_is_https(front))
    return response


@slack_router.get("/slack/link/callback")
async def proved(
    front: Door, code: str = "", state: str = "", cookie: Annotated[str, Cookie(alias=COOKIE)] = ""
) -> HTMLResponse:
    """Slack sent the browser back: what it says about the person becomes a ticket."""
    kept = front.line.states.consume("link", state) if state and secrets.compare_digest(state, cookie) else None
    if kept is None:
        raise Trouble(400, "This sign-in was not begun in this browser, or took over ten minutes; begin again.")
    settings = front.line.wardline.settings
    client = front.line.caller.client(None)
    try:
        answer: Any = await client.openid_connect_token(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            code=code,
            redirect_uri=_callback(front),
        )
    except SlackApiError as error:
        said = error.response.get("error")
        raise Trouble(400, f"Slack did not confirm the sign-in ({said}); begin again.") from None
    # Taken from Slack itself over TLS a moment ago; audience and nonce still bind it to us and to this sign-in.
    claims = jwt.decode(
        answer["id_token"],
        options={"verify_signature": False, "verify_aud": False},
        algorithms=["RS256", "HS256"],
    )
    if claims.get("aud") != settings.slack_client_id or claims.get("nonce") != kept.get("nonce"):
        raise Trouble(400, "Slack's answer belongs to another sign-in; begin again.")
    team, user = str(claims[f"{CLAIM}team_id"]), str(claims[f"{CLAIM}user_id"])
    ticket = front.line.states.issue("ticket", team=team, user=user)
    return HTMLResponse(DONE.format(team=team, user=user, ticket=ticket))


@slack_router.post("/v1/slack/links", status_code=201)
def link(new: NewLink, front: Door, actor: Actor, app: App) -> dict[str, str]:
    """Both proofs together: from now on this Slack user is this person."""
    proof = front.line.states.consume("ticket", new.ticket)
    if proof is None:
        raise Trouble(422, "That ticket was used or is older than ten minutes; sign in with Slack again.")
    made = front.line.people.link(proof["team"], proof["user"], actor)
    front.line.refuse("slack.linked", f"{proof['team']}:{proof['user']} is {actor.id} from now on", actor)
    return {"team": made.team_id, "slack_user": made.slack_user, "user": made.user_id}


def _callback(front: Front) -> str:
    return f"{front.line.wardline.settings.public_url.rstrip('/')}/slack/link/callback"


def _is_https(front: Front) -> bool:
    return front.line.wardline.settings.public_url.startswith("https://")
