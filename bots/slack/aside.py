"""What is told to whoever pressed or filled in something, and to nobody else."""

import asyncio

from bots.slack import modals
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import escape
from hospital.model.slack import SlackJob
from tools.results import Refused, Result


def sentence_of(result: Result) -> str:
    """What the desk said, with what would work and the difference when the hospital has changed."""
    if isinstance(result, Refused):
        instead = f" Instead: {result.instead}." if result.instead else ""
        return f"{result.sentence}{instead}"
    return result.headline


async def tell(line: SlackLine, job: SlackJob, sentence: str) -> None:
    """Tell the person who clicked, and nobody else."""
    payload, person = job.payload, str(job.payload["user"]["id"])
    channel = str(payload.get("channel") or "")
    if not channel:
        channel = await line.speaker.dm(job.team_id, person)
    thread = str(payload.get("thread_ts") or "")
    hidden = await asyncio.to_thread(line.privacy.hide, sentence)
    said = [{"type": "section", "text": {"type": "mrkdwn", "text": escape(sentence)[:3000]}}]
    await line.speaker.whisper(job.team_id, channel, person, str(hidden)[:300], said, thread)


async def show(line: SlackLine, job: SlackJob, view: Json, title: str, sentence: str) -> None:
    """Show what became of a form where it was, or as a message when it was closed meanwhile."""
    try:
        await line.caller.call(
            job.team_id, "views.update", view_id=str(view["id"]), view=modals.outcome_view(title, sentence)
        )
    except (SaidNo, Unknown):
        await tell(line, job, sentence)
