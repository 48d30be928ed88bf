"""What is told without being asked: approvals to those who decide, outcomes to who asked, exceptions to their owners.

Each look turns what is new into jobs; a job tells one person or channel one thing. Whoever has much waiting gets one
digest instead of many pings, and every card that is shown anywhere is brought to what its plan is now.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bots.slack import blocks as draw
from bots.slack.approval import DETAILS, Standing, approval_blocks, notification, value_of
from bots.slack.caller import Json, SaidNo
from bots.slack.home import home_id, show_home
from bots.slack.inbox import place_of
from bots.slack.jobs import append
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape, when
from bots.slack.plans import standing_of
from bots.slack.who import Stranger, links_of
from hospital.model.people import User
from hospital.model.slack import SlackInstallation, SlackJob, SlackLink, SlackPost
from hospital.model.work import Notice, WorkException
from hospital.ports import In, Reader, UnitOfWork
from policies.plans import Plan
from tools.list_exceptions import OPEN

ASKS = frozenset(("asked", "again", "escalated"))
"""Notices that ask somebody to decide; all others tell what happened."""
DIGEST_FROM = 4
"""So many at once for one person or channel become one message."""
WINDOW = 200
CHANNEL = "wardline-{role}"
"""The channel in which a role's exceptions are told: its name with dashes."""


def look(line: SlackLine) -> int:
    """Turn what is new into jobs, in one transaction; how many."""
    with line.store.working() as work:
        now = line.wardline.system_clock.now()
        jobs = [*_notices(work, now), *_exceptions(work, now), *_changed_cards(line, work, now)]
        return sum(append(work, job) for job in jobs)


def _notices(work: UnitOfWork, now: datetime) -> Iterable[SlackJob]:
    reachable = {user for (user,) in work.values(SlackLink, ("user_id",))}
    found = work.find(Notice, seen=False, user_id=In(tuple(reachable)), order="at", limit=WINDOW)
    by_person: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in found:
        by_person[notice.user_id].append(notice)
    work.put(*(notice.model_copy(update={"seen": True}) for notice in found))
    for user, notices in by_person.items():
        asking = [one for one in notices if _about(one) in ASKS]
        digest = [one.id for one in asking] if len(asking) >= DIGEST_FROM else []
        for link in links_of(work, user):
            if digest:
                yield _job(link.team_id, "digest", digest[0], link.slack_user, now, notices=digest)
            for one in notices:
                if one.id not in digest:
                    yield _job(link.team_id, "notice", one.id, link.slack_user, now, notice=one.id)


def _exceptions(work: UnitOfWork, now: datetime) -> Iterable[SlackJob]:
    teams = [one.team_id for one in work.find(SlackInstallation) if one.sealed_token]
    if not teams:
        return
    matters = work.find(WorkException, state=In(OPEN), order="due", limit=WINDOW)
    for team in teams:
        keys = {one.id: f"{team}:exception:{one.id}" for one in matters}
        told = {key for (key,) in work.values(SlackJob, ("id",), id=In(tuple(keys.values())))}
        by_role: defaultdict[str, list[str]] = defaultdict(list)
        for one in matters:
            if keys[one.id] not in told:
                by_role[one.owner_role].append(one.id)
        for role, new in by_role.items():
            # Each is remembered on its own; the first tells of all of them.
            for number, matter in enumerate(new):
                yield _job(team, "exception", matter, role, now, exceptions=new if number == 0 else [], role=role)


def _changed_cards(line: SlackLine, work: UnitOfWork, now: datetime) -> Iterable[SlackJob]:
    for post in work.find(SlackPost, final=False, limit=1000):
        standing = standing_for(work, line, post)
        if standing is not None and standing.fingerprint != post.shown:
            yield _card_job(post, standing, now)


def _card_job(post: SlackPost, standing: Standing, now: datetime) -> SlackJob:
    key = f"{post.id}:{standing.fingerprint}"
    return _job(post.team_id, "card", key, post.id, now, post=post.id)


def _job(team: str, kind: str, key: str, lane: str, now: datetime, **payload: Any) -> SlackJob:
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


def standing_for(world: Reader, line: SlackLine, post: SlackPost) -> Standing | None:
    """What a posted card should say by now to whom it was posted."""
    plan = world.get(Plan, post.plan_id) if post.plan_id else None
    if plan is None:
        return None
    person = None
    if post.slack_user:
        link = world.get(SlackLink, f"{post.team_id}:{post.slack_user}")
        person = world.get(User, link.user_id) if link else None
    return standing_of(world, plan, person, line.wardline.policy.data, line.clock.now())


async def tell_notice(line: SlackLine, job: SlackJob) -> str:
    """Tell one person one thing: as a card to decide on, or as the outcome in the thread where they asked."""
    notice = await asyncio.to_thread(line.read, lambda world: world.get(Notice, str(job.payload["notice"])))
    if notice is None:
        return "gone"
    person = str(job.payload["to"])
    if _about(notice) in ASKS:
        return await _ask_to_decide(line, job, notice, person)
    return await _tell_outcome(line, job, notice, person)


async def _ask_to_decide(line: SlackLine, job: SlackJob, notice: Notice, person: str) -> str:
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    plan = await asyncio.to_thread(line.read, lambda world: world.get(Plan, notice.plan_id or ""))
    if plan is None or isinstance(actor, Stranger):
        return "nobody to ask"
    data = line.wardline.policy.data
    standing = await asyncio.to_thread(line.read, standing_of, plan, actor, data, line.clock.now())
    if not standing.may_decide:
        return "nothing to decide any more"
    channel = await line.speaker.dm(job.team_id, person)
    ts = await line.speaker.post(
        job.team_id, channel, job.id, notification(standing), approval_blocks(standing), again=job.attempts > 1
    )
    await asyncio.to_thread(remember, line, job.team_id, channel, ts, standing, person)
    return "asked"


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
    await asyncio.to_thread(_keep, line, job.team_id, channel, ts, plan.id, f"outcome:{plan.state}", final=True)
    return "told"


def _short(standing: Standing) -> list[Json]:
    """An outcome in a few lines."""
    blocks = approval_blocks(standing)
    ended = blocks[-2] if blocks[-2]["type"] == "section" else blocks[3] if len(blocks) > 3 else blocks[0]
    title = draw.section(f"*{escape(cut(standing.card.title, 200))}*")
    row = draw.actions(draw.button("Details", DETAILS, value_of(standing.card)))
    return [title, next((b for b in blocks[3:] if b["type"] == "section"), ended), row]


async def tell_digest(line: SlackLine, job: SlackJob) -> str:
    """Much waits for one person: one message that lists it."""
    person = str(job.payload["to"])
    ids = tuple(job.payload["notices"])
    notices = await asyncio.to_thread(line.read, lambda world: world.find(Notice, id=In(ids), order="at"))
    wanted = In(tuple(one.plan_id for one in notices if one.plan_id))
    plans = await asyncio.to_thread(line.read, lambda world: world.find(Plan, id=wanted, state="awaiting"))
    if not plans:
        return "nothing waits any more"
    blocks = [draw.header(f"{len(plans)} plans wait for you")]
    for plan in plans[:20]:
        value = f'{{"plan": "{plan.id}", "digest": "{plan.digest}"}}'
        until = f"\nopen until {when(plan.expires_at)}" if plan.expires_at else ""
        line_of = draw.section(f"🟡 *{escape(cut(plan.title, 200))}*{until}")
        blocks.append({**line_of, "accessory": draw.button("Details", DETAILS, value)})
    blocks.append(draw.context("Decide on them in the Home tab."))
    channel = await line.speaker.dm(job.team_id, person)
    said = f"{len(plans)} plans wait for your decision."
    await line.speaker.post(job.team_id, channel, job.id, said, blocks, again=job.attempts > 1)
    await refresh_home(line, job.team_id, person)
    return "told"


async def tell_exceptions(line: SlackLine, job: SlackJob) -> str:
    """Tell a role's channel what it owns: no patient, only kind, severity, site and due time."""
    ids = tuple(job.payload["exceptions"])
    role = str(job.payload.get("role", ""))
    found = await asyncio.to_thread(line.read, lambda world: world.find(WorkException, id=In(ids), order="due"))
    channel = await _channel_of(line, job.team_id, role) if found else None
    if channel is None:
        return "no channel"  # it is in the queue of everybody in this role, and in their home
    lines = [
        f"{one.severity.upper()} · *{escape(one.kind.replace('_', ' '))}*: {escape(cut(one.summary, 160))}\n"
        f"due {when(one.due)} · `{one.id}`"
        for one in found[:15]
    ]
    more = [f"… and {len(found) - 15} more"] if len(found) > 15 else []
    blocks = [draw.header(f"Exceptions for {role.replace('_', ' ')}"), *map(draw.section, [*lines, *more])]
    hidden = await asyncio.to_thread(line.privacy.hide, blocks)
    said = f"{len(found)} exception{'s' if len(found) > 1 else ''} for {role.replace('_', ' ')}."
    await line.speaker.post(job.team_id, channel, job.id, said, hidden, again=job.attempts > 1)
    return "told"


async def _channel_of(line: SlackLine, team: str, role: str) -> str | None:
    name, cursor = CHANNEL.format(role=role.replace("_", "-")), ""
    while True:
        page = await line.caller.call(team, "conversations.list", limit=200, cursor=cursor, exclude_archived=True)
        for channel in page["channels"]:
            if channel["name"] == name and channel.get("is_member"):
                return str(channel["id"])
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None


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
        await asyncio.to_thread(_keep, line, post.team_id, post.channel, post.ts, post.plan_id, "gone", final=True)
        return "deleted in Slack"
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
                jobs.append(_card_job(post, standing, now))
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
    _keep(line, team, channel, ts, plan_id, shown, final=standing.is_final, person=person)


def _keep(
    line: SlackLine, team: str, channel: str, ts: str, plan_id: Any, shown: str, *, final: bool, person: str = ""
) -> None:
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


def _about(notice: Notice) -> str:
    """`asked`, `rejected` ...: the middle of a notice's id."""
    parts = notice.id.split(":")
    return parts[1] if len(parts) > 2 else ""
