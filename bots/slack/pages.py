"""The routes under /slack: what Slack sends, installing the app, and linking with a ticket and a bearer token."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from bots.slack.front import Front
from bots.slack.who import LinkedAlready
from bots.web.problems import Trouble
from bots.web.who import Actor, App

slack_router = APIRouter(include_in_schema=False)


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
