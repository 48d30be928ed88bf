"""A message becomes a turn, and the turn an answer in its thread: once, whatever is repeated or dies on the way."""

import asyncio
import re
from typing import Any

from agent.turn import Turn
from bots.slack import blocks as draw
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.card_blocks import draw as draw_cards
from bots.slack.chart_image import draw_chart
from bots.slack.line import SlackLine
from bots.slack.speaker import section
from bots.slack.stream import Stream
from bots.slack.who import Stranger
from bots.turn_words import words_of
from hospital.cards import ChartCard
from hospital.ids import ThreadId
from hospital.model.people import User
from hospital.model.slack import SlackJob
from hospital.model.talk import Thread

MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
NO_FILES = "I cannot read files. Write in words what matters of them; leave out everything about a patient."
STOPPED = "Stopped. I say nothing more to that message."
STOPPED_WITH_PLAN = (
    "Stopped. {plan} was asked for already and stays; take it back with “withdraw {plan}” if you do not want it."
)
MORE = "more"
OUTCOMES = {
    "await_approval": "🟡 *Waiting for somebody's decision*",
    "propose": "📝 *A proposal: nothing is asked for yet*",
    "clarify": "❓ *I need one more thing*",
    "refuse": "⛔ *Not done*",
    "escalate": "🟣 *Handed to a person*",
}
NEUTRAL = {
    "await_approval": "Your request waits for a decision.",
    "propose": "There is a proposal for you.",
    "clarify": "One question back to you.",
    "refuse": "That was not done; here is why.",
    "escalate": "It was handed to a person.",
    "answer": "Here is the answer.",
}
"""What lock screens show: never a word of what was asked or found."""


async def answer(line: SlackLine, job: SlackJob) -> str:
    """Answer one message; what became of it."""
    event: Json = job.payload["event"]
    channel, person = str(event["channel"]), str(event["user"])
    root = str(event.get("thread_ts") or event["ts"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return await turn_away(line, job, actor, channel, person, root)
    text = plain(str(event.get("text") or ""))
    if event.get("files") and not text:
        await line.speaker.post(
            job.team_id, channel, job.id, NO_FILES, section(NO_FILES), thread_ts=root, again=job.attempts > 1
        )
        return "files"
    return await ask(line, job, actor, text, channel=channel, root=root, person=person, ts=str(event["ts"]))


async def ask(
    line: SlackLine, job: SlackJob, actor: User, text: str, *, channel: str, root: str, person: str, ts: str
) -> str:
    """Run the turn of a message and say what came of it in its thread."""
    direct = channel.startswith("D")
    stream = Stream(line, job, channel, root, person, key=key_of(channel, ts), since=ts)
    await stream.resume()
    thread = ThreadId(f"slack:{job.team_id}:{channel}:{root}:{actor.id}")
    if direct:
        await beside(line, job, channel, root, thread, text)
    async with stream.shown():
        wanted = line.wardline.conversation.ask(
            actor, text, thread, "slack", key=f"{channel}:{ts}", on_progress=stream.tell
        )
        turn = await line.wardline.turns.wait(wanted)
    if not await asyncio.to_thread(line.jobs.renew, job):
        return "taken over"  # it took longer than the lease: whoever has it now says it
    stopped = bool((await asyncio.to_thread(line.jobs.facts, job)).get("stopped"))
    await _say(line, job, turn, stream, channel=channel, root=root, ts=ts, stopped=stopped)
    if direct:
        where = {"channel_id": channel, "thread_ts": root}
        await quietly(line, job.team_id, "agents.sessions.setStatus", **where, status="active")
    return turn.outcome


async def _say(
    line: SlackLine, job: SlackJob, turn: Turn, stream: Stream, *, channel: str, root: str, ts: str, stopped: bool
) -> None:
    key, direct = key_of(channel, ts), channel.startswith("D")
    if stopped:
        said = STOPPED_WITH_PLAN.format(plan=turn.plan.id) if turn.plan and turn.plan.approval_id else STOPPED
        words, cards = said, section(said)
    else:
        words, cards = words_of(turn), await answer_blocks(line, job, turn)
    hidden = await asyncio.to_thread(line.privacy.hide, [words, cards])
    private = hidden != [words, cards]
    if direct:  # the person's own conversation: blocks say everything, what lock screens show does not
        shown = [*([{"type": "markdown", "text": words[:11_000]}] if private and words else []), *cards]
        streamed = "" if private else words
    else:
        streamed, shown = hidden[0], hidden[1]
        if private:
            shown = [*shown, draw.actions(draw.button("Details, only for you", MORE, turn.turn))]
    shown = [*shown, draw.feedback(turn.turn)][:50]
    notified = NEUTRAL.get(turn.outcome, NEUTRAL["answer"])
    if await stream.finish(streamed[:11_000], notified, shown):
        return
    whole = [*([{"type": "markdown", "text": streamed[:11_000]}] if streamed else []), *shown][:50]
    await line.speaker.post(
        job.team_id, channel, key, notified, whole, thread_ts=root, again=job.attempts > 1, since=ts
    )


async def answer_blocks(line: SlackLine, job: SlackJob, turn: Turn) -> list[Json]:
    """The cards of a turn, its charts uploaded as pictures."""
    images: dict[str, str] = {}
    for card in turn.cards:
        if isinstance(card, ChartCard):
            file = await upload(line, job.team_id, card)
            images |= {card.title: file} if file else {}
    head = [draw.section(OUTCOMES[turn.outcome])] if turn.outcome in OUTCOMES else []
    body = draw_cards(turn.cards, images)
    if turn.options:
        row = [
            draw.button(f"Ask for option {one.rank}", f"{draw.CHOOSE}:option-{one.rank}", f"submit {one.plan_id}")
            for one in turn.options[:5]
        ]
        body = [*body[:44], draw.actions(*row)]
    return [*head, *body]


async def upload(line: SlackLine, team: str, card: ChartCard) -> str | None:
    """A chart as a picture in Slack; None when that did not work, since the table says the same."""
    picture = await asyncio.to_thread(draw_chart, card)
    client = line.caller.client(await asyncio.to_thread(line.installs.token, team))
    alt = f"{card.title} in {card.unit}"
    try:
        done: Any = await client.files_upload_v2(
            content=picture, filename="chart.png", title=card.title, alt_txt=alt[:1000]
        )
    except Exception as problem:  # noqa: BLE001 (the SDK raises many kinds; a picture is never worth an answer)
        line.caller.note_lost("files.upload", problem)
        return None
    return str(done["files"][0]["id"])


async def turn_away(
    line: SlackLine, job: SlackJob, stranger: Stranger, channel: str, person: str, root: str = ""
) -> str:
    """Tell somebody kindly why nothing happens, and how they get access."""
    await asyncio.to_thread(line.refuse, stranger.rule, f"{job.team_id}:{person}: {stranger.sentence}")
    await line.speaker.whisper(job.team_id, channel, person, stranger.sentence, away_blocks(line, stranger), root)
    return stranger.rule


def away_blocks(line: SlackLine, stranger: Stranger) -> list[Json]:
    """Why nothing happens, with a button to link the account where that would help."""
    said = section(stranger.sentence)
    if not (stranger.may_link and line.wardline.settings.public_url):
        return said
    url = f"{line.wardline.settings.public_url.rstrip('/')}/slack/link"
    return [*said, draw.actions({**draw.button("Link my account", "link"), "url": url})]


async def beside(line: SlackLine, job: SlackJob, channel: str, root: str, thread: ThreadId, text: str) -> None:
    """What is shown beside an assistant thread: its title, that we are at it, the stop button."""
    team = job.team_id
    where = {"channel_id": channel, "thread_ts": root}
    if await asyncio.to_thread(line.read, lambda world: world.get(Thread, thread)) is None:
        title = await asyncio.to_thread(line.privacy.hide, text)
        await quietly(line, team, "assistant.threads.setTitle", **where, title=str(title)[:80] or "Wardline")
    await quietly(line, team, "assistant.threads.setStatus", **where, status="is looking into it…")
    await quietly(line, team, "agents.sessions.setStatus", **where, status="processing")


async def quietly(line: SlackLine, team: str, method: str, **args: Any) -> None:
    """Something nice to have: left out when there is no budget for it or Slack does not want it."""
    if not line.caller.budget.may(team, method):
        return
    try:
        await line.caller.call(team, method, **args)
    except (Unknown, SaidNo) as problem:
        line.caller.note_lost(method, problem)


def plain(text: str) -> str:
    """What a person meant: without mentions of us, with Slack's own signs turned back."""
    said = MENTION.sub("", text).strip()
    for sign, letter in ENTITY.items():
        said = said.replace(sign, letter)
    return said


def key_of(channel: str, ts: str) -> str:
    """The key of the answer to a message."""
    return f"answer:{channel}:{ts}"
