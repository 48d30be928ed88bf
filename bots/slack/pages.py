"""The routes under /slack: what Slack sends, installing the app, and linking a Slack user to a hospital account."""

import asyncio
import secrets
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from bots.slack.front import Front
from bots.slack.openid import NotProved
from bots.slack.who import LinkedAlready
from bots.web.problems import Trouble
from bots.web.who import Actor, App

slack_router = APIRouter(include_in_schema=False)
COOKIE = "wardline_slack_link"
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
    for found in await asyncio.to_thread(front.line.installs.all):
        await asyncio.to_thread(front.line.people.furnish, found.team_id)
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
    response = RedirectResponse(f"{front.line.sign_in.site}/openid/connect/authorize?{urlencode(asked)}", 302)
    response.set_cookie(COOKIE, asked["state"], max_age=600, httponly=True, samesite="lax", secure=_is_https(front))
    return response


@slack_router.get("/slack/link/callback")
async def proved(
    front: Door, code: str = "", state: str = "", cookie: Annotated[str, Cookie(alias=COOKIE)] = ""
) -> HTMLResponse:
    """Slack sent the browser back: what it says about the person becomes a ticket."""
    same = bool(state) and secrets.compare_digest(state, cookie)
    kept = await asyncio.to_thread(front.line.states.consume, "link", state) if same else None
    if kept is None:
        raise Trouble(400, "This sign-in was not begun in this browser, or took over ten minutes; begin again.")
    sign_in = front.line.sign_in
    try:
        token = await sign_in.redeem(code, _callback(front))
        member = await asyncio.to_thread(sign_in.member, token, str(kept.get("nonce", "")))
    except NotProved as problem:
        await asyncio.to_thread(front.line.refuse, "slack.sign_in", str(problem))
        raise Trouble(400, str(problem)) from None
    ticket = await asyncio.to_thread(front.line.states.issue, "ticket", team=member.team, user=member.user)
    team, user = escape(member.team), escape(member.user)
    return HTMLResponse(DONE.format(team=team, user=user, ticket=ticket))


@slack_router.post("/v1/slack/links", status_code=201)
def link(new: NewLink, front: Door, actor: Actor, app: App) -> dict[str, str]:
    """Both proofs together: from now on this Slack user is this person."""
    proof = front.line.states.consume("ticket", new.ticket)
    if proof is None:
        raise Trouble(422, "That ticket was used or is older than ten minutes; sign in with Slack again.")
    try:
        made = front.line.people.link(proof["team"], proof["user"], actor)
    except LinkedAlready as problem:
        front.line.refuse("slack.linked_already", str(problem), actor)
        raise Trouble(409, str(problem)) from None
    return {"team": made.team_id, "slack_user": made.slack_user, "user": made.user_id}


def _callback(front: Front) -> str:
    return f"{front.line.wardline.settings.public_url.rstrip('/')}/slack/link/callback"


def _is_https(front: Front) -> bool:
    return front.line.wardline.settings.public_url.startswith("https://")
