"""Much waits for one person: one message that lists it and follows what becomes of it, instead of many pings."""

import asyncio
import hashlib
from datetime import timedelta

from bots.plan_views import to_decide
from bots.slack import blocks as draw
from bots.slack.approval import DETAILS, approval_blocks, notification
from bots.slack.caller import Json
from bots.slack.inbox import place_of
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape, when
from bots.slack.plans import standing_of
from bots.slack.posts import keep_post, refresh_home, remember
from bots.slack.who import Stranger, person_of
from hospital.model.people import User
from hospital.model.slack import SlackJob, SlackPost
from hospital.money import format_money
from hospital.ports import Reader
from policies.plans import Plan

DIGEST = "digest"
SHOW_CARDS = "cards"
SAME_FOR = timedelta(minutes=10)
"""For so long a digest is added to instead of sending another."""
LISTED, CARDS = 20, 5
"""How many plans are listed, and how many cards one press shows."""


async def tell_digest(line: SlackLine, job: SlackJob) -> str:
    """List what waits, in the message that lists it already where there is one."""
    person = str(job.payload["to"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return "nobody to tell"
    known = await asyncio.to_thread(line.read, _digest_to_change, job)
    plans = await asyncio.to_thread(line.read, lambda world: _waiting(line, world, actor))
    if not plans and known is None:
        return "nothing waits any more"
    said = f"{_count(plans)} for your decision." if plans else "Nothing waits for your decision any more."
    blocks = digest_blocks(plans)
    key = f"{DIGEST}:{known.id}" if known else job.id
    if known is not None:
        channel, ts = known.channel, known.ts
        await line.speaker.update(job.team_id, channel, ts, key, said, blocks)
    else:
        channel = await line.speaker.dm(job.team_id, person)
        ts = await line.speaker.post(job.team_id, channel, key, said, blocks, again=job.attempts > 1)
    shown = mark_of(plans)
    await asyncio.to_thread(keep_post, line, job.team_id, channel, ts, None, shown, final=not plans, person=person)
    await refresh_home(line, job.team_id, person)
    return "told"


def digest_blocks(plans: list[Plan]) -> list[Json]:
    """The list, each with its details, and a button for the cards."""
    if not plans:
        return [draw.section("✅ *Everything is decided.* Nothing waits for you any more.")]
    blocks = [draw.header(f"{_count(plans)} for you")]
    for plan in plans[:LISTED]:
        value = f'{{"plan": "{plan.id}", "digest": "{plan.digest}"}}'
        told = [format_money(plan.cost)] if plan.cost else []
        told += [f"open until {when(plan.expires_at)}"] if plan.expires_at else []
        line_of = draw.section(f"🟡 *{escape(cut(plan.title, 200))}*\n{' · '.join(told)}")
        blocks.append({**line_of, "accessory": draw.button("Details", DETAILS, value)})
    if len(plans) > LISTED:
        blocks.append(draw.context(f"… and {len(plans) - LISTED} more"))
    return [
        *blocks,
        draw.actions(draw.button("Show me the next cards", SHOW_CARDS, "next", "primary")),
        draw.context("They are in the Home tab too."),
    ]


def _count(plans: list[Plan]) -> str:
    return "1 plan waits" if len(plans) == 1 else f"{len(plans)} plans wait"


async def show_cards(line: SlackLine, job: SlackJob, actor: User, _: Json) -> str:
    """Post the cards of what waits and was not shown to this person yet, the most pressing first."""
    person = str(job.payload["user"]["id"])
    plans = await asyncio.to_thread(line.read, lambda world: _not_shown(line, world, job.team_id, person, actor))
    channel = await line.speaker.dm(job.team_id, person)
    for plan in plans[:CARDS]:
        data = line.wardline.policy.data
        standing = await asyncio.to_thread(line.read, standing_of, plan, actor, data, line.clock.now())
        key = f"card:{plan.id}:{plan.digest}:{person}"
        ts = await line.speaker.post(
            job.team_id, channel, key, notification(standing), approval_blocks(standing), again=job.attempts > 1
        )
        await asyncio.to_thread(remember, line, job.team_id, channel, ts, standing, person)
    if not plans:
        await line.speaker.whisper(job.team_id, channel, person, "Every card is here already; scroll up a little.")
    return f"{len(plans[:CARDS])} cards"


def digest_mark(line: SlackLine, world: Reader, post: SlackPost) -> str:
    """What a posted digest should say by now, as a fingerprint."""
    person = person_of(world, post.team_id, post.slack_user)
    return mark_of(_waiting(line, world, person) if person and person.active else [])


def mark_of(plans: list[Plan]) -> str:
    """The fingerprint of a digest."""
    said = "|".join(f"{plan.id}:{plan.digest}" for plan in plans)
    return f"{DIGEST}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _waiting(line: SlackLine, world: Reader, person: User) -> list[Plan]:
    return list(to_decide(world, person, line.wardline.policy.data, line.clock.now()))


def _digest_to_change(world: Reader, job: SlackJob) -> SlackPost | None:
    """The one that the job is about; else one of the last minutes, so that nobody's phone rings again."""
    if "post" in job.payload:
        return world.get(SlackPost, str(job.payload["post"]))
    team, person = job.team_id, str(job.payload["to"])
    lately = place_of(job.received_at - SAME_FOR)
    found = world.find(SlackPost, team_id=team, slack_user=person, plan_id=None, final=False, order="-ts")
    return next((one for one in found if one.shown.startswith(DIGEST) and one.ts > lately), None)


def _not_shown(line: SlackLine, world: Reader, team: str, person: str, actor: User) -> list[Plan]:
    shown = {one.plan_id for one in world.find(SlackPost, team_id=team, slack_user=person, final=False)}
    return [plan for plan in _waiting(line, world, actor) if plan.id not in shown]
