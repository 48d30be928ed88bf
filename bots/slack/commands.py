"""`/wardline` and the shortcut on a message: what is asked there is answered in the person's own conversation."""

import asyncio
from collections.abc import Awaitable, Callable

from bots.plan_views import plans_for, to_decide
from bots.queues import exceptions_for
from bots.slack.approval import approval_blocks, notification
from bots.slack.blocks import ICONS, context, section
from bots.slack.home import feed_blocks
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape
from bots.slack.plans import standing_of
from bots.slack.posts import remember
from bots.slack.turns import ask, plain, turn_away
from bots.slack.unlinking import question
from bots.slack.who import Stranger
from hospital.model.people import User
from hospital.model.slack import SlackJob

Told = Callable[[SlackLine, SlackJob, User, str], Awaitable[str]]


async def command(line: SlackLine, job: SlackJob) -> str:
    """`/wardline WORD rest`; what is no word of ours is a question."""
    payload = job.payload
    person, channel, text = (str(payload[name]) for name in ("user_id", "channel_id", "text"))
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return await turn_away(line, job, actor, channel, person)
    word, _, rest = text.strip().partition(" ")
    known = COMMANDS.get(word.lower() or "help")
    if known is not None and not (rest and word.lower() != "ask"):
        return await known[1](line, job, actor, rest)
    return await _question(line, job, actor, text)


async def shortcut(line: SlackLine, job: SlackJob) -> str:
    """ "Ask Wardline about this": the message is the question."""
    payload = job.payload
    person, channel = str(payload["user"]["id"]), str(payload["channel"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return await turn_away(line, job, actor, channel, person)
    return await _question(line, job, actor, plain(str(payload.get("text") or "")))


async def _question(line: SlackLine, job: SlackJob, actor: User, text: str) -> str:
    """Answered in the direct message, in a thread that begins with the question."""
    person = str(job.payload.get("user_id") or job.payload["user"]["id"])
    channel = await line.speaker.dm(job.team_id, person)
    asked = f"You asked: {escape(cut(plain(text), 2500))}"
    root = await line.speaker.post(
        job.team_id, channel, f"{job.id}:asked", "Your question is here.", [section(asked)], again=job.attempts > 1
    )
    return await ask(line, job, actor, plain(text), channel=channel, root=root, person=person, ts=job.place)


async def _whisper(line: SlackLine, job: SlackJob, blocks: list[dict[str, object]], text: str) -> str:
    payload = job.payload
    where, person = str(payload["channel_id"]), str(payload["user_id"])
    await line.speaker.whisper(job.team_id, where, person, text, blocks)
    return "told"


async def _help(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    said = "\n".join(f"`/wardline {name}` {meaning}" for name, (meaning, _run) in COMMANDS.items())
    return await _whisper(line, job, [section(said), context("Anything else is a question to me.")], "Help")


async def _approvals(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    now, data = line.clock.now(), line.wardline.policy.data
    mine = await asyncio.to_thread(line.read, to_decide, actor, data, now)
    if not mine:
        return await _whisper(line, job, [section("Nothing waits for your decision.")], "Nothing waits for you.")
    channel = await line.speaker.dm(job.team_id, str(job.payload["user_id"]))
    for plan in mine[:5]:
        standing = await asyncio.to_thread(line.read, standing_of, plan, actor, data, now)
        ts = await line.speaker.post(
            job.team_id, channel, f"{job.id}:{plan.id}", notification(standing), approval_blocks(standing),
            again=job.attempts > 1,
        )  # fmt: skip
        person = str(job.payload["user_id"])
        await asyncio.to_thread(remember, line, job.team_id, channel, ts, standing, person)
    said = f"{len(mine)} wait for you; they are in our direct message."
    return await _whisper(line, job, [section(said)], said)


async def _exceptions(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    found = await asyncio.to_thread(line.read, exceptions_for, actor, 10)
    lines = [f"• {escape(cut(one.summary, 200))} `{one.id}`" for one in found] or ["No exception is open for you."]
    return await _whisper(line, job, [section("\n".join(lines))], "Your exceptions")


async def _plans(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    found = await asyncio.to_thread(line.read, plans_for, actor, line.wardline.policy.data)
    mine = [plan for plan in found if plan.asked_by == actor.id][:10]
    lines = [f"{ICONS.get(one.state, '•')} {escape(cut(one.title, 200))} `{one.id}` {one.state}" for one in mine]
    return await _whisper(line, job, [section("\n".join(lines or ["You have asked for nothing yet."]))], "Your plans")


async def _status(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    blocks = await asyncio.to_thread(line.read, feed_blocks, line.clock.now())
    return await _whisper(line, job, blocks, "How fresh the feeds are")


async def _unlink(line: SlackLine, job: SlackJob, actor: User, _: str) -> str:
    return await _whisper(line, job, question(actor), "Unlink this Slack account?")


async def _ask(line: SlackLine, job: SlackJob, actor: User, rest: str) -> str:
    return await _question(line, job, actor, rest)


COMMANDS: dict[str, tuple[str, Told]] = {
    "approvals": ("what waits for your decision", _approvals),
    "exceptions": ("what is open in your queue", _exceptions),
    "plans": ("what you have asked for", _plans),
    "status": ("how fresh the feeds are", _status),
    "unlink": ("makes me forget that this Slack account is you; I ask once", _unlink),
    "ask": ("QUESTION asks me, in our direct message", _ask),
    "help": ("this", _help),
}
