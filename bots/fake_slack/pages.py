"""The page for people, what it asks for and does, and the browser's halves of installing and signing in."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from bots.fake_slack.faults import Faults
from bots.fake_slack.model import Channel, Json, Message, Team
from bots.fake_slack.people import People
from bots.fake_slack.slack import FakeSlack, Refusal
from bots.web.pages import FOLDER as PAGE

OWN = Path(__file__).parent / "page"
PARTS: dict[str, tuple[Path, str]] = {
    "index.html": (OWN, "text/html"),
    "slack.css": (OWN, "text/css"),
    "slack.js": (OWN, "text/javascript"),
    "blocks.js": (OWN, "text/javascript"),
    "mrkdwn.js": (OWN, "text/javascript"),
    "dom.js": (PAGE, "text/javascript"),
    "icon.svg": (PAGE, "image/svg+xml"),
}
"""Every file of the page; two are those of the product's own page."""
POLL_SECONDS = 20.0
"""How long a watcher waits for something to change before it is answered anyway."""
router = APIRouter(include_in_schema=False)


def _slack(request: Request) -> FakeSlack:
    found: FakeSlack = request.app.state.slack
    return found


def _people(request: Request) -> People:
    found: People = request.app.state.people
    return found


Slack = Annotated[FakeSlack, Depends(_slack)]
Acting = Annotated[People, Depends(_people)]


class Did(BaseModel):
    """One thing a person does on the page."""

    model_config = ConfigDict(extra="forbid")

    do: str
    team: str
    user: str
    channel: str = ""
    ts: str = ""
    thread_ts: str | None = None
    text: str = ""
    action_id: str = ""
    block_id: str | None = None
    value: str | None = None
    view: str = ""
    values: dict[str, dict[str, dict[str, Any]]] = {}


@router.get("/")
def page() -> FileResponse:
    """The page."""
    return _file("index.html")


@router.get("/page/{name}")
def part(name: str) -> Response:
    """A script or the style."""
    return _file(name) if name in PARTS else Response(status_code=404)


@router.get("/fake/workspaces")
def workspaces(slack: Slack) -> list[Json]:
    """The workspaces and the people one may be."""
    return [
        {
            "id": team.id,
            "name": team.name,
            "installed": bool(team.token),
            "people": [
                {"id": one.id, "name": one.real_name, "title": one.title, "handle": one.name}
                for one in team.people.values()
                if not one.is_bot and not one.deleted
            ],
        }
        for team in slack.teams.values()
    ]


@router.get("/fake/seen")
async def seen(slack: Slack, team: str, user: str, after: int = -1) -> Json:
    """Everything one person sees, as soon as it differs from what they saw `after`."""
    if after == slack.version:
        await _until_changed(slack)
    return _seen(slack, slack.team(team), user)


@router.post("/fake/do")
async def do(did: Did, slack: Slack, people: Acting) -> JSONResponse:
    """Act as somebody."""
    try:
        return JSONResponse(await _act(did, slack, people))
    except Refusal as refusal:
        return JSONResponse({"error": str(refusal)}, 422)


@router.get("/fake/journal")
def journal(slack: Slack, what: str = "", after: int = 0) -> list[Json]:
    """What happened, in order."""
    return [one for one in slack.journal[after:] if not what or one["what"] == what]


@router.put("/fake/faults")
def set_faults(faults: Faults, slack: Slack) -> Faults:
    """Switch faults on or off."""
    slack.faults = faults
    return faults


async def _act(did: Did, slack: FakeSlack, people: People) -> Json:
    match did.do:
        case "say":
            return {"ts": people.say(did.team, did.user, did.channel, did.text, did.thread_ts)}
        case "thread":
            channel, ts = people.open_thread(did.team, did.user)
            return {"channel": channel, "ts": ts}
        case "home":
            people.open_home(did.team, did.user)
            return {}
        case "stop":
            people.stop(did.team, did.user, did.channel, did.thread_ts or "")
            return {}
        case "click":
            ack = await people.click(
                did.team, did.user, did.action_id, channel=did.channel, ts=did.ts, view=did.view, value=did.value,
                block_id=did.block_id,
            )  # fmt: skip
            return {"status": ack.status}
        case "submit":
            return {"status": (await people.submit(did.team, did.user, did.view, did.values)).status}
        case "close":
            slack.team(did.team).views[did.view].open = False
            slack.changed()
            return {}
        case "command":
            return {"status": (await people.command(did.team, did.user, did.channel, did.text)).status}
        case "shortcut":
            ack = await people.shortcut(did.team, did.user, did.channel, did.ts, "ask_about")
            return {"status": ack.status}
    raise Refusal("unknown_action", did.do)


async def _until_changed(slack: FakeSlack) -> None:
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    slack.listeners.append(wake)
    try:
        await asyncio.wait_for(changed.wait(), POLL_SECONDS)
    except TimeoutError:
        return
    finally:
        slack.listeners.remove(wake)


def _seen(slack: FakeSlack, team: Team, user: str) -> Json:
    names = {one.id: one.real_name for one in team.people.values()}
    home, modal = team.homes.get(user), next((v for v in team.views.values() if v.user == user and v.open), None)
    channels = [one for one in team.channels.values() if user in one.members]
    return {
        "n": slack.version,
        "team": team.id,
        "bot": team.bot_user,
        "names": names,
        "channels": [_channel(team, one, user) for one in channels],
        "home": home.view if home else None,
        "modal": {**modal.view, "id": modal.id} if modal else None,
    }


def _channel(team: Team, channel: Channel, user: str) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "messages": [_message(one) for one in channel.messages if one.seen_by in (None, user)],
        "sessions": {
            ts: vars(session) for (channel_id, ts), session in team.sessions.items() if channel_id == channel.id
        },
    }


def _message(message: Message) -> Json:
    more = {"streaming": message.streaming, "tasks": message.tasks, "ephemeral": message.seen_by is not None}
    return {**message.shown(), **more, "stopped": message.stopped_by_person}


def _file(name: str) -> FileResponse:
    folder, kind = PARTS[name]
    return FileResponse(folder / name, media_type=kind, headers={"Cache-Control": "no-cache"})
