"""What a person is told without having asked: a card to decide on, a reminder of it, the outcome of a request."""

import asyncio

from bots.slack import blocks as draw
from bots.slack.approval import DETAILS, Standing, approval_blocks, ended, notification, value_of
from bots.slack.caller import Json, SaidNo
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape, when
from bots.slack.plans import standing_of
from bots.slack.posts import keep_post, remember
from bots.slack.who import Stranger
from hospital.model.slack import SlackJob, SlackPost
from hospital.model.work import Notice
from policies.plans import Plan
from policies.recheck import open_needs, votes_on
from policies.reminders import LAST, REMINDED

REMINDS = frozenset((REMINDED, LAST))
ASKS = frozenset(("asked", "again", "escalated", *REMINDS))
"""Notices that ask somebody to decide; all others tell what happened."""
SHOWN = ("asked", "reminded")
"""What is noted of a job that made somebody's phone ring for a decision."""


async def tell_notice(line: SlackLine, job: SlackJob) -> str:
    """Tell one person one thing: as a card to decide on, or as the outcome in the thread where they asked."""
    notice = await asyncio.to_thread(line.read, lambda world: world.get(Notice, str(job.payload["notice"])))
    if notice is None:
        return "gone"
    person = str(job.payload["to"])
    if about_of(notice) in ASKS:
        return await _ask_to_decide(line, job, notice, person)
    return await _tell_outcome(line, job, notice, person)


async def _ask_to_decide(line: SlackLine, job: SlackJob, notice: Notice, person: str) -> str:
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    plan = await asyncio.to_thread(line.read, lambda world: world.get(Plan, notice.plan_id or ""))
    if plan is None or isinstance(actor, Stranger):
        return "nobody to ask"
    data = line.wardline.policy.data
    standing = await asyncio.to_thread(line.read, standing_of, plan, actor, data, line.clock.now())
    if not standing.may_decide and not await asyncio.to_thread(_comes_later, line, plan, actor.id):
        return "nothing to decide any more"
    if about_of(notice) in REMINDS and (
        card := await asyncio.to_thread(_card_of, line, job.team_id, plan.id, person)
    ):
        return await _remind(line, job, standing, card)
    channel = await line.speaker.dm(job.team_id, person)
    ts = await line.speaker.post(
        job.team_id, channel, job.id, notification(standing), approval_blocks(standing), again=job.attempts > 1
    )
    await asyncio.to_thread(remember, line, job.team_id, channel, ts, standing, person)
    return "asked"


def _comes_later(line: SlackLine, plan: Plan, user: str) -> bool:
    """Whether this person is named for what is still open, and can fill it once others have decided."""
    with line.store.reading() as world:
        votes = votes_on(world, plan)
    voted = any(vote.user_id == user for vote in votes)
    return plan.state == "awaiting" and not voted and any(user in need.who for need in open_needs(plan, votes))


async def _remind(line: SlackLine, job: SlackJob, standing: Standing, card: SlackPost) -> str:
    """Below the card that waits, with how long it still does."""
    until = f"\nopen until {when(standing.card.expires_at)}" if standing.card.expires_at else ""
    said = f"⏰ *Still waits for you:* {escape(cut(standing.card.title, 200))}{until}"
    blocks = [draw.section(said), draw.actions(draw.button("Details", DETAILS, value_of(standing.card)))]
    text = f"Plan {standing.card.plan_id} still waits for your decision."
    await line.speaker.post(
        job.team_id, card.channel, job.id, text, blocks, thread_ts=card.ts, again=job.attempts > 1
    )
    return "reminded"


def _card_of(line: SlackLine, team: str, plan_id: str, person: str) -> SlackPost | None:
    """The card of a plan that this person was shown last."""
    with line.store.reading() as world:
        found = world.find(SlackPost, plan_id=plan_id, team_id=team, slack_user=person, final=False, order="ts")
    return found[-1] if found else None


async def _tell_outcome(line: SlackLine, job: SlackJob, notice: Notice, person: str) -> str:
    thread = str(notice.thread_id or "").split(":")
    plan = await asyncio.to_thread(line.read, lambda world: world.get(Plan, notice.plan_id or ""))
    if plan is None:
        return "no plan"
    standing = await asyncio.to_thread(
        line.read, standing_of, plan, None, line.wardline.policy.data, line.clock.now()
    )
    in_slack = len(thread) == 5 and thread[0] == "slack" and thread[1] == job.team_id
    channel = thread[2] if in_slack else await line.speaker.dm(job.team_id, person)
    root = thread[3] if in_slack else None
    blocks = _short(standing)
    if not channel.startswith("D"):
        blocks = await asyncio.to_thread(line.privacy.hide, blocks)
    try:
        ts = await line.speaker.post(
            job.team_id, channel, job.id, notification(standing), blocks, thread_ts=root, again=job.attempts > 1
        )
    except SaidNo as no:
        if no.code != "thread_not_found" or not in_slack:
            raise
        channel = await line.speaker.dm(job.team_id, person)
        ts = await line.speaker.post(job.team_id, channel, job.id, notification(standing), blocks)
    await asyncio.to_thread(keep_post, line, job.team_id, channel, ts, plan.id, f"outcome:{plan.state}", final=True)
    return "told"


def _short(standing: Standing) -> list[Json]:
    """An outcome in a few lines."""
    title = draw.section(f"*{escape(cut(standing.card.title, 200))}*")
    row = draw.actions(draw.button("Details", DETAILS, value_of(standing.card)))
    reference = [draw.context(f"Reference {escape(standing.reference)}")] if standing.reference else []
    return [title, *ended(standing), *reference, row]


def about_of(notice: Notice) -> str:
    """`asked`, `rejected` ...: the middle of a notice's id."""
    parts = notice.id.split(":")
    return parts[1] if len(parts) > 2 else ""
