"""Cards that were posted: where each is shown, what it says, and how it is brought to what its plan is now."""

import asyncio
from datetime import datetime
from typing import Any

from bots.slack.approval import WITHOUT_BUTTONS, Standing, approval_blocks, notification
from bots.slack.blocks import section
from bots.slack.caller import SaidNo
from bots.slack.home import home_id, show_home
from bots.slack.inbox import place_of
from bots.slack.line import SlackLine
from bots.slack.plans import standing_of
from bots.slack.who import Stranger, links_of, person_of
from hospital.model.slack import SlackJob, SlackLink, SlackPost
from hospital.ports import Reader
from policies.plans import Plan


def standing_for(world: Reader, line: SlackLine, post: SlackPost) -> Standing | None:
    """What a posted card should say by now to whom it was posted."""
    plan = world.get(Plan, post.plan_id) if post.plan_id else None
    if plan is None:
        return None
    person = person_of(world, post.team_id, post.slack_user) if post.slack_user else None
    return standing_of(world, plan, person, line.wardline.policy.data, line.clock.now())


def card_job(post: SlackPost, standing: Standing, now: datetime) -> SlackJob:
    """The job that brings a posted card to what it should say."""
    key = f"{post.id}:{standing.fingerprint}"
    return job_for(post.team_id, "card", key, post.id, now, post=post.id)


def job_for(team: str, kind: str, key: str, lane: str, now: datetime, **payload: Any) -> SlackJob:
    """Something to tell, once under its key, to one person or channel after the other."""
    return SlackJob(
        id=f"{team}:{kind}:{key}" if kind != "notice" else f"{team}:{kind}:{key}:{lane}",
        team_id=team,
        kind=kind,
        payload={**payload, "to": lane},
        lane=f"{kind}:{team}:{lane}",
        place=place_of(now),
        next_at=now,
        received_at=now,
    )


async def update_card(line: SlackLine, job: SlackJob) -> str:
    """Bring one posted card to what its plan is now."""
    post = await asyncio.to_thread(line.read, lambda world: world.get(SlackPost, str(job.payload["post"])))
    standing = await asyncio.to_thread(line.read, standing_for, line, post) if post else None
    if post is None or standing is None or post.final:
        return "nothing to do"
    text, blocks = notification(standing), approval_blocks(standing)
    try:
        await line.speaker.update(post.team_id, post.channel, post.ts, f"card:{post.id}", text, blocks)
    except SaidNo as no:
        if no.code not in ("message_not_found", "channel_not_found", "cant_update_message"):
            raise
        await asyncio.to_thread(
            keep_post, line, post.team_id, post.channel, post.ts, post.plan_id, "gone", final=True
        )
        return "deleted in Slack"
    if standing.may_decide and post.shown.startswith(WITHOUT_BUTTONS):
        said = f"Plan {standing.card.plan_id} waits for your decision now."
        turn = [section("👉 *It is your turn:* the card above has its buttons now.")]
        await line.speaker.post(
            post.team_id, post.channel, f"turn:{post.id}", said, turn, thread_ts=post.ts, again=job.attempts > 1
        )
    await asyncio.to_thread(remember, line, post.team_id, post.channel, post.ts, standing, post.slack_user)
    return standing.card.state


async def refresh(line: SlackLine, plan_id: str) -> None:
    """After a decision: every card of the plan, and the homes of those whom it concerns, without waiting."""
    now = line.wardline.system_clock.now()

    def due(world: Reader) -> tuple[list[SlackJob], list[SlackLink]]:
        plan = world.get(Plan, plan_id)
        jobs = []
        for post in world.find(SlackPost, plan_id=plan_id, final=False):
            standing = standing_for(world, line, post)
            if standing is not None and standing.fingerprint != post.shown:
                jobs.append(card_job(post, standing, now))
        people = {plan.asked_by, *(who for need in plan.needs for who in need.who)} if plan else set()
        links = [link for user in people for link in links_of(world, user)]
        return jobs, [link for link in links if world.get(SlackPost, home_id(link.team_id, link.slack_user))]

    jobs, homes = await asyncio.to_thread(line.read, due)
    await line.take(*jobs)
    for link in homes:
        await refresh_home(line, link.team_id, link.slack_user)


async def refresh_home(line: SlackLine, team_id: str, person: str) -> None:
    """Draw a home anew that somebody has opened before."""
    actor = await asyncio.to_thread(line.people.actor, team_id, person)
    opened = await asyncio.to_thread(line.read, lambda world: world.get(SlackPost, home_id(team_id, person)))
    if opened is not None and not isinstance(actor, Stranger):
        await show_home(line, team_id, person, actor)


def remember(line: SlackLine, team: str, channel: str, ts: str, standing: Standing, person: str) -> None:
    """Keep where a card is shown and what it says."""
    plan_id, shown = standing.card.plan_id, standing.fingerprint
    keep_post(line, team, channel, ts, plan_id, shown, final=standing.is_final, person=person)


def keep_post(
    line: SlackLine, team: str, channel: str, ts: str, plan_id: Any, shown: str, *, final: bool, person: str = ""
) -> None:
    """Keep where a message is shown that can change."""
    post = SlackPost(
        id=f"{channel}:{ts}",
        team_id=team,
        channel=channel,
        ts=ts,
        plan_id=plan_id,
        shown=shown,
        final=final,
        slack_user=person,
    )
    with line.store.working() as work:
        work.put(post)
