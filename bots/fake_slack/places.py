"""`conversations.*`, `users.*`, `files.*` and what is shown beside an assistant thread."""

from bots.fake_slack.model import Channel, Json, Message, Team
from bots.fake_slack.slack import FakeSlack, Refusal, need
from bots.slack.limits import PROMPTS

LISTED = {"channels": "public_channel", "groups": "private_channel", "im": "im"}
"""What `conversations.list` calls the kinds of channels, by the family of their scopes."""
PAGE = 200
"""How many things one page of a list holds at most."""


def conversations_open(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`conversations.open`: the direct message with one person."""
    users = [one for one in str(args["users"]).split(",") if one]
    if len(users) != 1:
        raise Refusal("method_not_supported_for_channel_type", "this Slack opens direct messages with one person")
    person = slack.person(team, users[0])
    if person.deleted:
        raise Refusal("user_disabled", person.id)
    return {"channel": _shown(slack.dm_of(team, person))}


def conversations_replies(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`conversations.replies`: a thread from its first message on, page by page."""
    channel = _history(slack, team, args["channel"])
    if channel.find(args["ts"]) is None:
        raise Refusal("thread_not_found", args["ts"])
    found = [one for one in channel.thread(args["ts"]) if _within(one, args)]
    return _page(found, args)


def conversations_history(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`conversations.history`: a channel's own messages, the newest first."""
    channel = _history(slack, team, args["channel"])
    found = [one for one in channel.messages if one.seen_by is None and one.thread_ts in (None, one.ts)]
    return _page([one for one in reversed(found) if _within(one, args)], args)


def conversations_info(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`conversations.info`."""
    channel = slack.channel(team, args["channel"])
    need(team, f"{_family(channel)}:read")
    return {"channel": _shown(channel)}


def conversations_list(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`conversations.list`: the channels, and whether the app is in them."""
    types = str(args.get("types") or "public_channel").split(",")
    families = {family for family, named in LISTED.items() if named in types}
    for family in families:
        need(team, f"{family}:read")
    found = [one for one in team.channels.values() if _family(one) in families]
    found = [one for one in found if not one.private or team.bot_user in one.members]
    return {
        "channels": [{**_shown(one), "is_member": team.bot_user in one.members} for one in found],
        "response_metadata": {"next_cursor": ""},
    }


def users_info(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`users.info`."""
    person = slack.person(team, args["user"])
    return {
        "user": {
            "id": person.id,
            "team_id": team.id,
            "name": person.name,
            "real_name": person.real_name,
            "deleted": person.deleted,
            "is_bot": person.is_bot,
            "profile": {"title": person.title, "real_name": person.real_name},
        }
    }


def set_status(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`assistant.threads.setStatus`: what the assistant does just now; empty takes it away."""
    slack.channel(team, args["channel_id"])
    team.session(args["channel_id"], args["thread_ts"]).status = args["status"]
    slack.changed()
    return {}


def set_title(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`assistant.threads.setTitle`."""
    slack.channel(team, args["channel_id"])
    team.session(args["channel_id"], args["thread_ts"]).title = args["title"]
    slack.changed()
    return {}


def set_prompts(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`assistant.threads.setSuggestedPrompts`."""
    slack.channel(team, args["channel_id"])
    prompts = args["prompts"]
    if not 1 <= len(prompts) <= PROMPTS or any(set(one) != {"title", "message"} for one in prompts):
        raise Refusal("invalid_arguments", f"1 to {PROMPTS} prompts, each a title and a message")
    session = team.session(args["channel_id"], args.get("thread_ts", ""))
    session.prompts, session.prompts_title = prompts, args.get("title", "")
    slack.changed()
    return {}


def session_status(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`agents.sessions.setStatus`: `processing` shows the stop button."""
    if args["status"] not in ("active", "processing", "suspended", "closed"):
        raise Refusal("invalid_arguments", f"there is no status {args['status']!r}")
    slack.channel(team, args["channel_id"])
    session = team.session(args["channel_id"], args.get("thread_ts", ""))
    session.processing = args["status"] == "processing"
    slack.changed()
    return {"status": args["status"], "title": session.title}


def upload_url(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`files.getUploadURLExternal`: the first of three steps."""
    file_id = slack.id("F")
    slack.files[file_id] = {
        "id": file_id,
        "name": args["filename"],
        "size": int(args["length"]),
        "alt_txt": args.get("alt_txt", ""),
        "team": team.id,
        "data": b"",
        "done": False,
    }
    return {"file_id": file_id, "upload_url": f"{{base}}/upload/{file_id}"}


def complete_upload(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`files.completeUploadExternal`: shares the files where a channel is named, else keeps them private."""
    done = []
    for one in args["files"]:
        file = slack.files.get(one["id"])
        if file is None or len(file["data"]) != file["size"]:
            raise Refusal("file_not_found", one["id"])
        file.update(done=True, title=one.get("title", file["name"]))
        done.append({name: file[name] for name in ("id", "name", "title", "alt_txt", "size")})
    if args.get("channel_id"):
        channel = _readable(slack, team, args["channel_id"])
        text = args.get("initial_comment", "")
        sent = Message(slack.ts(), channel.id, team.bot_user, text, thread_ts=args.get("thread_ts"), files=done)
        sent.bot_id, sent.app_id = team.bot_id, slack.app.id
        slack.keep(team, channel, sent)
    return {"files": done}


def _history(slack: FakeSlack, team: Team, channel_id: str) -> Channel:
    """A channel whose messages the app may read: each kind of channel has a scope of its own."""
    channel = _readable(slack, team, channel_id)
    need(team, f"{_family(channel)}:history")
    return channel


def _family(channel: Channel) -> str:
    return "im" if channel.kind == "im" else "groups" if channel.private else "channels"


def _readable(slack: FakeSlack, team: Team, channel_id: str) -> Channel:
    channel = slack.channel(team, channel_id)
    if team.bot_user not in channel.members:
        raise Refusal("not_in_channel", channel_id)
    return channel


def _within(message: Message, args: Json) -> bool:
    oldest, latest = args.get("oldest"), args.get("latest")
    return (oldest is None or message.ts > str(oldest)) and (latest is None or message.ts <= str(latest))


def _page(found: list[Message], args: Json) -> Json:
    start, size = int(args.get("cursor") or 0), min(int(args.get("limit") or PAGE), PAGE)
    metadata = str(args.get("include_all_metadata", "")).lower() in ("1", "true")
    after = start + size
    return {
        "messages": [one.shown(metadata=metadata) for one in found[start:after]],
        "has_more": after < len(found),
        "response_metadata": {"next_cursor": str(after) if after < len(found) else ""},
    }


def _shown(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name, "is_im": channel.kind == "im"}
