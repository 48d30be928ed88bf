"""What people do in Slack: write, click, fill in, open. The page does it for them, and so do tests."""

from bots.fake_slack.deliver import Ack, Delivery
from bots.fake_slack.model import Channel, Json, Message, Team, View
from bots.fake_slack.payloads import pressed, view_of
from bots.fake_slack.slack import FakeSlack, Refusal
from bots.fake_slack.views import TRIGGERS


class People:
    """Acts as any member of any workspace."""

    def __init__(self, slack: FakeSlack, delivery: Delivery) -> None:
        self.slack = slack
        self.delivery = delivery

    def say(
        self,
        team_id: str,
        user: str,
        channel_id: str,
        text: str,
        thread_ts: str | None = None,
        *,
        files: tuple[str, ...] = (),
        event_id: str | None = None,
    ) -> str:
        """Write a message; its time. In a channel only a mention reaches the app."""
        team = self.slack.team(team_id)
        channel = self.slack.channel(team, channel_id)
        if user not in channel.members:
            raise Refusal("not_in_channel", f"{user} is not in {channel_id}")
        message = Message(self.slack.ts(), channel.id, user, text, thread_ts=thread_ts)
        message.files = [{"id": self.slack.id("F"), "name": name} for name in files]
        self.slack.keep(team, channel, message)
        event: Json = {
            "user": user,
            "ts": message.ts,
            "text": text,
            "team": team.id,
            "channel": channel.id,
            "event_ts": message.ts,
            **({"thread_ts": thread_ts} if thread_ts else {}),
            **({"files": message.files, "subtype": "file_share"} if files else {}),
        }
        if channel.kind == "im":
            self.delivery.event(team.id, {"type": "message", "channel_type": "im", **event}, event_id)
        elif f"<@{team.bot_user}>" in text:
            self.delivery.event(team.id, {"type": "app_mention", **event}, event_id)
        return message.ts

    def edit(self, team_id: str, channel_id: str, ts: str, text: str) -> None:
        """Change one's own message."""
        team, channel, message = self._message(team_id, channel_id, ts)
        before, message.text, message.edited = message.shown(), text, True
        told: Json = {"type": "message", "subtype": "message_changed", "channel": channel.id, "ts": self.slack.ts()}
        told |= {"channel_type": channel.kind, "message": message.shown(), "previous_message": before}
        self._message_event(team, channel, told)

    def delete(self, team_id: str, channel_id: str, ts: str) -> None:
        """Take one's own message away."""
        team, channel, message = self._message(team_id, channel_id, ts)
        channel.messages.remove(message)
        told: Json = {"type": "message", "subtype": "message_deleted", "channel": channel.id, "ts": self.slack.ts()}
        told |= {"channel_type": channel.kind, "deleted_ts": ts, "previous_message": message.shown()}
        self._message_event(team, channel, told)

    def open_thread(self, team_id: str, user: str) -> tuple[str, str]:
        """Begin an assistant thread; its channel and time."""
        team = self.slack.team(team_id)
        channel = self.slack.dm_of(team, self.slack.person(team, user))
        ts = self.slack.ts()
        channel.messages.append(Message(ts, channel.id, team.bot_user, "", thread_ts=ts, bot_id=team.bot_id))
        thread = {"user_id": user, "context": {"team_id": team.id}, "channel_id": channel.id, "thread_ts": ts}
        event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": ts}
        self.delivery.event(team.id, event)
        self.slack.changed()
        return channel.id, ts

    def open_home(self, team_id: str, user: str) -> None:
        """Look at the app's home tab."""
        team = self.slack.team(team_id)
        channel = self.slack.dm_of(team, self.slack.person(team, user))
        event = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": "home"}
        self.delivery.event(team.id, {**event, "event_ts": self.slack.ts()})

    def stop(self, team_id: str, user: str, channel_id: str, thread_ts: str) -> None:
        """Press the stop button of an assistant thread."""
        team = self.slack.team(team_id)
        channel = self.slack.channel(team, channel_id)
        running = [one for one in channel.thread(thread_ts) if one.streaming]
        for message in running:
            message.streaming, message.stopped_by_person = False, True
        event: Json = {"type": "agent_session_stopped", "channel": channel.id, "thread_ts": thread_ts, "user": user}
        event["streaming_message_ts"] = [one.ts for one in running]
        self.delivery.event(team.id, {**event, "event_ts": self.slack.ts()})
        self.slack.changed()

    async def click(
        self, team_id: str, user: str, action_id: str, *, channel: str = "", ts: str = "", view: str = "",
        value: str | None = None, block_id: str | None = None
    ) -> Ack:  # fmt: skip
        """Press a button in a message or a home tab; of several with this id the one with this value."""
        team = self.slack.team(team_id)
        trigger = TRIGGERS.new(user)
        payload: Json = {
            "type": "block_actions",
            "team": {"id": team.id, "domain": "fake"},
            "user": {"id": user, "team_id": team.id},
            "api_app_id": self.slack.app.id,
            "trigger_id": trigger,
        }
        if view:
            shown = self._view(team, user, view)
            payload |= {"container": {"type": "view", "view_id": shown.id}, "view": view_of(team, shown)}
            blocks = shown.view["blocks"]
        else:
            _, found, message = self._message(team_id, channel, ts)
            payload |= {
                "container": {
                    "type": "message",
                    "message_ts": ts,
                    "channel_id": found.id,
                    "is_ephemeral": message.seen_by is not None,
                },
                "channel": {"id": found.id, "name": found.name or "directmessage"},
                "message": message.shown(metadata=True),
            }
            blocks = message.blocks
        payload["actions"] = [{**pressed(blocks, action_id, value, block_id), "action_ts": self.slack.ts()}]
        return await self.delivery.interaction(payload)

    async def submit(self, team_id: str, user: str, view_id: str, values: dict[str, dict[str, Json]]) -> Ack:
        """Send a filled-in modal off; `values` are by block and action as Slack sends them."""
        team = self.slack.team(team_id)
        view = self._view(team, user, view_id)
        payload = {
            "type": "view_submission",
            "team": {"id": team.id, "domain": "fake"},
            "user": {"id": user, "team_id": team.id},
            "api_app_id": self.slack.app.id,
            "trigger_id": TRIGGERS.new(user),
            "view": {**view_of(team, view), "state": {"values": values}},
        }
        ack = await self.delivery.interaction(payload)
        match ack.body.get("response_action"):
            case "update":
                view.view = ack.body["view"]
            case "errors":
                view.view = {**view.view, "errors": ack.body["errors"]}
            case _:
                view.open = ack.status != 200
        self.slack.changed()
        return ack

    async def command(self, team_id: str, user: str, channel_id: str, text: str) -> Ack:
        """Type `/wardline` and something after it; what comes back at once is shown to this person only."""
        team = self.slack.team(team_id)
        channel = self.slack.channel(team, channel_id)
        fields = {
            "command": "/wardline",
            "text": text,
            "team_id": team.id,
            "user_id": user,
            "channel_id": channel.id,
            "api_app_id": self.slack.app.id,
            "trigger_id": TRIGGERS.new(user),
        }
        ack = await self.delivery.command(fields)
        if said := ack.body.get("text"):
            self.slack.keep(
                team, channel, Message(self.slack.ts(), channel.id, team.bot_user, said, seen_by=user, bot_id="B")
            )
        return ack

    async def shortcut(self, team_id: str, user: str, channel_id: str, ts: str, callback_id: str) -> Ack:
        """Choose a shortcut in the menu of a message."""
        team, channel, message = self._message(team_id, channel_id, ts)
        return await self.delivery.interaction(
            {
                "type": "message_action",
                "callback_id": callback_id,
                "team": {"id": team.id, "domain": "fake"},
                "user": {"id": user, "team_id": team.id},
                "channel": {"id": channel.id, "name": channel.name},
                "message": message.shown(),
                "message_ts": ts,
                "trigger_id": TRIGGERS.new(user),
                "action_ts": self.slack.ts(),
            }
        )

    def uninstall(self, team_id: str) -> None:
        """Take the app out of a workspace: its token ends at once."""
        team = self.slack.team(team_id)
        team.token, team.scopes = "", frozenset()
        self.delivery.event(team.id, {"type": "tokens_revoked", "tokens": {"bot": [team.bot_user]}})
        self.delivery.event(team.id, {"type": "app_uninstalled"})

    def _message_event(self, team: Team, channel: Channel, event: Json) -> None:
        self.slack.changed()
        if channel.kind == "im":
            self.delivery.event(team.id, {**event, "event_ts": event["ts"]})

    def _message(self, team_id: str, channel_id: str, ts: str) -> tuple[Team, Channel, Message]:
        team = self.slack.team(team_id)
        channel = self.slack.channel(team, channel_id)
        message = channel.find(ts)
        if message is None:
            raise Refusal("message_not_found", ts)
        return team, channel, message

    def _view(self, team: Team, user: str, view_id: str) -> View:
        view = team.homes.get(user) if view_id == "home" else team.views.get(view_id)
        if view is None or view.user != user or not view.open:
            raise Refusal("not_found", view_id)
        return view
