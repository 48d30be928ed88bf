"""`chat.*`: posting, updating, and messages that grow while they are written."""

from typing import Any

from bots.fake_slack.model import Channel, Json, Message, Team
from bots.fake_slack.slack import FakeSlack, Refusal
from bots.slack.limits import MARKDOWN, TEXT, wrong_with_message

CHUNKS = ("markdown_text", "task_update", "plan_update", "blocks")
TASK_STATES = ("pending", "in_progress", "complete", "error")


def post_message(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.postMessage`. The same call twice is two messages: Slack has no idempotency here."""
    channel = _writable(slack, team, args["channel"])
    message = _message(slack, team, channel, args)
    slack.keep(team, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.shown()}


def post_ephemeral(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.postEphemeral`: only one person sees it, and it can never be updated by its time."""
    channel = _writable(slack, team, args["channel"])
    if args["user"] not in channel.members:
        raise Refusal("user_not_in_channel", args["user"])
    message = _message(slack, team, channel, args)
    message.seen_by = args["user"]
    slack.keep(team, channel, message)
    return {"message_ts": message.ts}


def update(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.update`, of the app's own messages."""
    channel, message = _own(slack, team, args)
    if message.streaming:
        raise Refusal("streaming_state_conflict", "the message is still being streamed")
    _check_blocks(slack, args)
    _check_text(args)
    for name in ("text", "blocks", "metadata"):
        if name in args:
            setattr(message, name, args[name])
    message.edited = True
    slack.told(team, channel, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.shown()}


def delete(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.delete`, of the app's own messages."""
    channel, message = _own(slack, team, args)
    if message.streaming:
        raise Refusal("cant_delete_message", "the message is still being streamed")
    channel.messages.remove(message)
    slack.changed()
    return {"channel": channel.id, "ts": message.ts}


def start_stream(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.startStream`: a reply in a thread that is not finished yet."""
    channel = _writable(slack, team, args["channel"])
    if channel.find(args["thread_ts"]) is None:
        raise Refusal("invalid_thread_ts", args["thread_ts"])
    if channel.kind == "channel" and not (args.get("recipient_user_id") and args.get("recipient_team_id")):
        raise Refusal("missing_recipient_user_id", "streams in channels name who receives them")
    message = Message(
        slack.ts(),
        channel.id,
        team.bot_user,
        "",
        thread_ts=args["thread_ts"],
        bot_id=team.bot_id,
        app_id=slack.app.id,
        streaming=True,
    )
    _grow(message, args)
    slack.keep(team, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def append_stream(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.appendStream`."""
    channel, message = _streaming(slack, team, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refusal("no_text")
    _grow(message, args)
    slack.changed()
    return {"channel": channel.id, "ts": message.ts}


def stop_stream(slack: FakeSlack, team: Team, args: Json) -> Json:
    """`chat.stopStream`: the last words, blocks below them, and metadata."""
    channel, message = _streaming(slack, team, args)
    _check_blocks(slack, args)
    _check_metadata(args)
    _grow(message, args)
    message.blocks = [*message.blocks, *args.get("blocks", [])]
    message.metadata = args.get("metadata")
    message.streaming = False
    team.session(channel.id, message.thread_ts or "").status = ""
    slack.told(team, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.shown()}


def _message(slack: FakeSlack, team: Team, channel: Channel, args: Json) -> Message:
    _check_blocks(slack, args)
    _check_text(args)
    _check_metadata(args)
    if not args.get("text") and not args.get("blocks") and not args.get("markdown_text"):
        raise Refusal("no_text")
    thread = args.get("thread_ts")
    if thread is not None and channel.find(thread) is None:
        raise Refusal("thread_not_found", thread)
    return Message(
        slack.ts(),
        channel.id,
        team.bot_user,
        args.get("text") or args.get("markdown_text") or "",
        thread_ts=thread,
        blocks=args.get("blocks", []),
        metadata=args.get("metadata"),
        bot_id=team.bot_id,
        app_id=slack.app.id,
    )


def _writable(slack: FakeSlack, team: Team, channel_id: str) -> Channel:
    channel = slack.channel(team, channel_id)
    if team.bot_user not in channel.members:
        raise Refusal("not_in_channel", channel_id)
    return channel


def _own(slack: FakeSlack, team: Team, args: Json) -> tuple[Channel, Message]:
    channel = slack.channel(team, args["channel"])
    message = channel.find(args["ts"])
    if message is None or message.seen_by is not None:
        raise Refusal("message_not_found", args["ts"])
    if message.user != team.bot_user:
        raise Refusal("cant_update_message", "it is somebody else's")
    return channel, message


def _streaming(slack: FakeSlack, team: Team, args: Json) -> tuple[Channel, Message]:
    channel, message = _own(slack, team, args)
    if not message.streaming:
        raise Refusal("message_not_in_streaming_state", args["ts"])
    return channel, message


def _grow(message: Message, args: Json) -> None:
    said = args.get("markdown_text") or ""
    if len(said) > MARKDOWN:
        raise Refusal("msg_too_long", f"{len(said)} characters; at most {MARKDOWN}")
    message.text += said
    for chunk in args.get("chunks", []):
        kind = chunk.get("type")
        if kind not in CHUNKS:
            raise Refusal("invalid_chunks", f"a chunk of type {kind!r}")
        if kind == "markdown_text":
            message.text += chunk.get("text", "")
        elif kind == "blocks":
            message.blocks = [*message.blocks, *chunk["blocks"]]
        elif kind == "task_update":
            _task(message, chunk)


def _task(message: Message, chunk: Json) -> None:
    unknown = set(chunk) - {"type", "id", "title", "status", "details", "output", "sources"}
    if unknown or chunk.get("status") not in TASK_STATES or not chunk.get("id") or not chunk.get("title"):
        raise Refusal("invalid_chunks", f"a task_update needs id, title and a known status ({unknown or 'as it is'})")
    if len(chunk["title"]) > 256:
        raise Refusal("invalid_chunks", "the title of a task has at most 256 characters")
    task = {name: value for name, value in chunk.items() if name != "type"}
    known = next((one for one in message.tasks if one["id"] == task["id"]), None)
    if known is None:
        message.tasks.append(task)
    else:
        known.update(task)


def _check_blocks(slack: FakeSlack, args: Json) -> None:
    blocks = args.get("blocks") or []
    wrong = wrong_with_message(blocks)
    files = [block["slack_file"].get("id") for block in blocks if isinstance(block.get("slack_file"), dict)]
    wrong += [f"there is no file {one}" for one in files if not slack.files.get(one, {}).get("done")]
    if wrong:
        raise Refusal("invalid_blocks", "; ".join(wrong))


def _check_text(args: Json) -> None:
    if len(args.get("text") or "") > TEXT:
        raise Refusal("msg_too_long", f"{len(args['text'])} characters; at most {TEXT}")


def _check_metadata(args: Json) -> None:
    metadata: Any = args.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format", "metadata holds event_type and event_payload")
    if not isinstance(metadata["event_payload"], dict):
        raise Refusal("invalid_metadata_schema", "event_payload is an object")
