"""Exceptions told in the channel of the role that owns them: kind, severity, site and due time, never a patient."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bots.slack import blocks as draw
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape, when
from bots.slack.posts import job_for
from hospital.model.slack import SlackInstallation, SlackJob
from hospital.model.work import WorkException
from hospital.ports import In, Reader
from tools.list_exceptions import OPEN

WINDOW = 200
CHANNEL = "wardline-{role}"
"""The channel in which a role's exceptions are told: its name with dashes."""
KINDS = "public_channel,private_channel"


def untold(world: Reader, now: datetime) -> Iterable[SlackJob]:
    """A job for each exception that its owners were not told of."""
    teams = [one.team_id for one in world.find(SlackInstallation) if one.sealed_token]
    if not teams:
        return
    matters = world.find(WorkException, state=In(OPEN), order="due", limit=WINDOW)
    for team in teams:
        keys = {one.id: f"{team}:exception:{one.id}" for one in matters}
        told = {key for (key,) in world.values(SlackJob, ("id",), id=In(tuple(keys.values())))}
        by_role: defaultdict[str, list[str]] = defaultdict(list)
        for one in matters:
            if keys[one.id] not in told:
                by_role[one.owner_role].append(one.id)
        for role, new in by_role.items():
            # Each is remembered on its own; the first tells of all of them.
            for number, matter in enumerate(new):
                yield job_for(team, "exception", matter, role, now, exceptions=new if number == 0 else [], role=role)


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
        page = await line.caller.call(
            team, "conversations.list", limit=200, cursor=cursor, exclude_archived=True, types=KINDS
        )
        for channel in page["channels"]:
            if channel["name"] == name and channel.get("is_member"):
                return str(channel["id"])
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None
