"""What happens around messages: threads that begin, messages that change or go, the stop button, the app gone."""

import asyncio

from bots.slack.caller import Json
from bots.slack.inbox import thread_lane
from bots.slack.line import SlackLine
from bots.slack.prompts import prompts_for
from bots.slack.speaker import section
from bots.slack.turns import quietly, turn_away
from bots.slack.who import Stranger
from hospital.model.slack import SlackJob

EDITED = "I answered what you had written before. Send it as a new message, and I will look at it again."


async def begin_thread(line: SlackLine, job: SlackJob) -> str:
    """An assistant thread was opened: say hello with what this person may want to ask."""
    thread: Json = job.payload["event"]["assistant_thread"]
    channel, root, person = str(thread["channel_id"]), str(thread["thread_ts"]), str(thread["user_id"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return await turn_away(line, job, actor, channel, person, root)
    hello = f"Hello {actor.name.split()[0]}. Ask what is free, what is coming, or ask for something to be arranged."
    await line.speaker.post(
        job.team_id, channel, job.id, hello, section(hello), thread_ts=root, again=job.attempts > 1
    )
    found = await asyncio.to_thread(line.read, prompts_for, actor)
    prompts = [{"title": title, "message": message} for title, message in found]
    await quietly(
        line,
        job.team_id,
        "assistant.threads.setSuggestedPrompts",
        channel_id=channel,
        thread_ts=root,
        title="For example",
        prompts=prompts,
    )
    return "begun"


async def edited(line: SlackLine, job: SlackJob) -> str:
    """A message was changed: what was answered stays answered."""
    event: Json = job.payload["event"]
    message: Json = event.get("message") or {}
    before: Json = event.get("previous_message") or {}
    if message.get("bot_id") or message.get("text") == before.get("text") or not message.get("user"):
        return "not a person's"
    channel, root = str(event["channel"]), str(message.get("thread_ts") or message["ts"])
    await line.speaker.whisper(job.team_id, channel, str(message["user"]), EDITED, thread_ts=root)
    return "told"


async def deleted(line: SlackLine, job: SlackJob) -> str:
    """A message was taken away: what was not begun is not done."""
    event: Json = job.payload["event"]
    count = await asyncio.to_thread(line.jobs.forget, f"{event['channel']}:{event.get('deleted_ts')}")
    return f"{count} forgotten"


async def stop(line: SlackLine, job: SlackJob) -> str:
    """The stop button: nothing more is said; what was asked for already is told."""
    event: Json = job.payload["event"]
    channel, root = str(event["channel"]), str(event["thread_ts"])
    await asyncio.to_thread(line.jobs.stop, thread_lane(job.team_id, channel, root))
    where = {"channel_id": channel, "thread_ts": root}
    await quietly(line, job.team_id, "assistant.threads.setStatus", **where, status="")
    await quietly(line, job.team_id, "agents.sessions.setStatus", **where, status="active")
    return "stopped"


async def gone(line: SlackLine, job: SlackJob) -> str:
    """The app was taken out of a workspace, or its token revoked: the token is forgotten."""
    await asyncio.to_thread(line.installs.revoke, job.team_id)
    await asyncio.to_thread(line.refuse, "slack.uninstalled", f"the app is no longer in {job.team_id}")
    return "forgotten"
