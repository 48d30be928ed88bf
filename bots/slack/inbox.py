"""What Slack sends becomes a job under a key that it shares with its repetitions; pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hospital.model.slack import SlackJob

Json = dict[str, Any]


def job_of(body: Json, at: datetime) -> SlackJob | None:
    """The job for what came in; None for what is nobody's business: other bots, and what we do not know."""
    kind = str(body.get("type") or ("command" if "command" in body else ""))
    reader = _READERS.get(kind)
    return reader(body, at) if reader else None


def place_of(at: datetime) -> str:
    """A moment in the form in which Slack orders messages."""
    micros = round(at.timestamp() * 1_000_000)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def thread_lane(team_id: str, channel: str, root: str) -> str:
    """The lane of a thread: its turns run one after the other."""
    return f"thread:{team_id}:{channel}:{root}"


def _event(body: Json, at: datetime) -> SlackJob | None:
    event: Json = body.get("event") or {}
    team, kind = str(body.get("team_id", "")), str(event.get("type", ""))
    if kind not in EVENTS or event.get("bot_id") or event.get("subtype") not in SUBTYPES:
        return None
    channel = str(event.get("channel") or event.get("assistant_thread", {}).get("channel_id", ""))
    ts = str(event.get("ts") or event.get("event_ts") or "")
    root = str(event.get("thread_ts") or event.get("assistant_thread", {}).get("thread_ts") or ts)
    talks = kind in ("message", "app_mention") and event.get("subtype") in (None, "file_share", "thread_broadcast")
    beside = f"{kind}:{team}:{event.get('user') or channel}:{root}"
    return SlackJob(
        id=f"{team}:{body.get('event_id', '')}",
        team_id=team,
        kind=f"{kind}.{event['subtype']}" if not talks and event.get("subtype") else kind,
        payload={"event": event},
        about=f"{channel}:{ts}" if talks else "",
        lane=thread_lane(team, channel, root) if talks else beside,
        place=ts or place_of(at),
        urgent=not talks,
        next_at=at,
        received_at=at,
    )


def _interaction(body: Json, at: datetime) -> SlackJob:
    team = str(body.get("team", {}).get("id", ""))
    user = str(body.get("user", {}).get("id", ""))
    if body["type"] == "view_submission":
        view: Json = body["view"]
        key = f"view:{view.get('id')}:{view.get('hash')}:{user}"
    else:
        key = f"act:{body.get('trigger_id')}"
    return SlackJob(
        id=f"{team}:{key}",
        team_id=team,
        kind=str(body["type"]),
        payload=_slim(body),
        lane=f"person:{team}:{user}",
        place=place_of(at),
        urgent=True,
        next_at=at,
        received_at=at,
    )


def _command(body: Json, at: datetime) -> SlackJob:
    team, user = str(body.get("team_id", "")), str(body.get("user_id", ""))
    names = ("text", "user_id", "channel_id", "trigger_id")
    return SlackJob(
        id=f"{team}:command:{body.get('trigger_id')}",
        team_id=team,
        kind="command",
        payload={name: body.get(name, "") for name in names},
        lane=f"person:{team}:{user}",
        place=place_of(at),
        urgent=True,
        next_at=at,
        received_at=at,
    )


def _slim(body: Json) -> Json:
    """What handlers need of a click: not the whole message it was made in."""
    kept: Json = {
        name: body[name] for name in ("type", "user", "trigger_id", "actions", "callback_id") if name in body
    }
    message, view = body.get("message") or {}, body.get("view") or {}
    channel = body.get("channel") or {}
    kept["channel"] = channel.get("id", "")
    kept["ts"] = message.get("ts", "")
    kept["thread_ts"] = message.get("thread_ts", "")
    kept["text"] = message.get("text", "") if body["type"] == "message_action" else ""
    kept["view"] = {
        name: view.get(name) for name in ("id", "hash", "private_metadata", "callback_id", "type", "state") if view
    }
    return kept


EVENTS = frozenset(
    "message app_mention assistant_thread_started app_home_opened agent_session_stopped tokens_revoked"
    " app_uninstalled".split()
)
SUBTYPES = (None, "file_share", "thread_broadcast", "message_changed", "message_deleted")
_READERS: dict[str, Callable[[Json, datetime], SlackJob | None]] = {
    "event_callback": _event,
    "block_actions": _interaction,
    "view_submission": _interaction,
    "message_action": _interaction,
    "command": _command,
}
