"""The table of contents of the fake Web API: what each method needs, takes, and how often it may be called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bots.fake_slack import chat, places, views
from bots.fake_slack.model import Json, Team
from bots.fake_slack.slack import FakeSlack, Refusal


@dataclass(frozen=True)
class Method:
    """One method: its scope (empty: none, or one by kind of channel), its arguments, its tier in calls a minute."""

    run: Callable[[FakeSlack, Team, Json], Json]
    scope: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    per_minute: int = 50

    def check(self, args: Iterable[str]) -> None:
        """Refuse what Slack would refuse of the arguments' names.

        Raises:
            Refusal: naming the argument that is missing or unknown.
        """
        given = set(args) - {"token"}
        for name in self.required:
            if name not in given:
                raise Refusal("invalid_arguments", f"{name} is missing")
        for name in sorted(given - set(self.required) - set(self.optional)):
            raise Refusal("invalid_arguments", f"there is no argument {name!r}")


def _auth_test(slack: FakeSlack, team: Team, _: Json) -> Json:
    return {
        "url": "https://fake.example/",
        "team": team.name,
        "user": "wardline",
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
    }


def _auth_revoke(slack: FakeSlack, team: Team, _: Json) -> Json:
    team.token = ""
    return {"revoked": True}


_MESSAGE = ("text", "blocks", "thread_ts", "metadata", "unfurl_links", "unfurl_media", "reply_broadcast", "mrkdwn")
_STREAM = ("markdown_text", "chunks")
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100

METHODS: dict[str, Method] = {
    "auth.test": Method(_auth_test, "", per_minute=600),
    "auth.revoke": Method(_auth_revoke, "", per_minute=TIER_3),
    "chat.postMessage": Method(
        chat.post_message, "chat:write", ("channel",), (*_MESSAGE, "markdown_text", "link_names"), 300
    ),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write", ("channel", "user"), _MESSAGE, TIER_4),
    "chat.update": Method(chat.update, "chat:write", ("channel", "ts"), _MESSAGE, TIER_3),
    "chat.delete": Method(chat.delete, "chat:write", ("channel", "ts"), (), TIER_3),
    "chat.startStream": Method(
        chat.start_stream,
        "chat:write",
        ("channel", "thread_ts"),
        (*_STREAM, "recipient_team_id", "recipient_user_id", "task_display_mode"),
        TIER_2,
    ),
    "chat.appendStream": Method(chat.append_stream, "chat:write", ("channel", "ts"), _STREAM, TIER_4),
    "chat.stopStream": Method(
        chat.stop_stream, "chat:write", ("channel", "ts"), (*_STREAM, "blocks", "metadata", "session_status"), TIER_2
    ),
    "assistant.threads.setStatus": Method(
        places.set_status, "assistant:write", ("channel_id", "thread_ts", "status"), ("loading_messages",), 600
    ),
    "assistant.threads.setTitle": Method(
        places.set_title, "assistant:write", ("channel_id", "thread_ts", "title"), (), TIER_3
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        places.set_prompts, "assistant:write", ("channel_id", "prompts"), ("thread_ts", "title"), TIER_3
    ),
    "agents.sessions.setStatus": Method(
        places.session_status,
        "chat:write",
        ("status", "channel_id"),
        ("thread_ts", "title", "initiator_user_id"),
        TIER_3,
    ),
    "views.open": Method(views.open_view, "", ("trigger_id", "view"), (), TIER_4),
    "views.update": Method(views.update_view, "", ("view", "view_id"), ("hash",), TIER_4),
    "views.publish": Method(views.publish_view, "", ("user_id", "view"), ("hash",), TIER_4),
    "conversations.open": Method(places.conversations_open, "im:write", ("users",), ("return_im",), TIER_3),
    "conversations.replies": Method(
        places.conversations_replies,
        "",
        ("channel", "ts"),
        ("cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata"),
        TIER_3,
    ),
    "conversations.history": Method(
        places.conversations_history,
        "",
        ("channel",),
        ("cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata"),
        TIER_3,
    ),
    "conversations.info": Method(places.conversations_info, "", ("channel",), (), TIER_3),
    "conversations.list": Method(
        places.conversations_list, "", (), ("cursor", "limit", "types", "exclude_archived"), TIER_2
    ),
    "users.info": Method(places.users_info, "users:read", ("user",), (), TIER_4),
    "files.getUploadURLExternal": Method(
        places.upload_url, "files:write", ("filename", "length"), ("alt_txt", "snippet_type"), TIER_4
    ),
    "files.completeUploadExternal": Method(
        places.complete_upload, "files:write", ("files",), ("channel_id", "thread_ts", "initial_comment"), TIER_4
    ),
}
