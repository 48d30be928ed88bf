"""The App Home: what waits for me, my exceptions, my plans, how fresh the feeds are."""

import asyncio
import json
from datetime import datetime
from typing import Any

from bots.plan_views import plans_for, to_decide
from bots.queues import exceptions_for
from bots.slack.approval import DETAILS, approval_blocks
from bots.slack.blocks import ICONS, STATE_WORDS, actions, button, context, header, section
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import cut, escape, when
from bots.slack.plans import standing_of
from bots.slack.turns import away_blocks
from bots.slack.unlinking import asking_button
from bots.slack.who import Stranger
from hospital.model.history import Feed
from hospital.model.people import User
from hospital.model.slack import SlackJob, SlackPost
from hospital.ports import Reader
from policies.data import PolicyData

Json = dict[str, Any]
WAITING, EXCEPTIONS, PLANS = 5, 8, 8
"""How many of each are shown; the page shows all."""
SEVERITY = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": "⚪"}
DIVIDER: Json = {"type": "divider"}


async def open_home(line: SlackLine, job: SlackJob) -> str:
    """Somebody looks at the home tab."""
    person = str(job.payload["event"]["user"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        await asyncio.to_thread(line.refuse, actor.rule, f"{job.team_id}:{person}: home")
        await show_nothing(line, job.team_id, person, actor)
        return actor.rule
    await show_home(line, job.team_id, person, actor)
    return "shown"


async def show_nothing(line: SlackLine, team_id: str, person: str, stranger: Stranger) -> None:
    """Publish a home that says why there is nothing in it."""
    view: Json = {"type": "home", "blocks": [header("Wardline"), *away_blocks(line, stranger)]}
    await line.caller.call(team_id, "views.publish", user_id=person, view=view)


async def show_home(line: SlackLine, team_id: str, person: str, actor: User) -> None:
    """Publish a person's home and remember what it says."""
    now, data = line.clock.now(), line.wardline.policy.data
    blocks = await asyncio.to_thread(line.read, home_blocks, actor, data, now)
    await line.caller.call(team_id, "views.publish", user_id=person, view={"type": "home", "blocks": blocks})
    post = SlackPost(id=home_id(team_id, person), team_id=team_id, channel="", ts="", slack_user=person, final=True)

    def keep() -> None:
        with line.store.working() as work:
            work.put(post)

    await asyncio.to_thread(keep)


def home_id(team_id: str, person: str) -> str:
    """Under which it is remembered that a person has opened their home."""
    return f"home:{team_id}:{person}"


def home_blocks(world: Reader, person: User, data: PolicyData, now: datetime) -> list[Json]:
    """Everything of one's own, the most pressing first."""
    blocks = [header(f"Good to see you, {person.name.split()[0]}"), *_waiting(world, person, data, now), DIVIDER]
    blocks += [*_exceptions(world, person), DIVIDER, *_plans(world, person, data), DIVIDER, *_feeds(world, now)]
    return [*blocks[:99], actions(asking_button(person))]


def _waiting(world: Reader, person: User, data: PolicyData, now: datetime) -> list[Json]:
    mine = to_decide(world, person, data, now)
    if not mine:
        return [section("*Waiting for you*\nNothing waits for your decision.")]
    blocks = [section(f"*Waiting for you* ({len(mine)})")]
    for plan in mine[:WAITING]:
        card = approval_blocks(standing_of(world, plan, person, data, now))
        title = section(f"{ICONS['awaiting']} *{escape(cut(plan.title, 200))}*")
        blocks += [title, *(block for block in card[1:] if block["type"] in ("section", "actions"))]
    return blocks


def _exceptions(world: Reader, person: User) -> list[Json]:
    found = exceptions_for(world, person)
    if not found:
        return [section("*My exceptions*\nNo exception is open for you.")]
    lines = [
        f"{SEVERITY[one.severity]} {escape(cut(one.summary, 160))}\n      due {when(one.due)} · `{one.id}`"
        for one in found[:EXCEPTIONS]
    ]
    more = f"\n… and {len(found) - EXCEPTIONS} more on the page" if len(found) > EXCEPTIONS else ""
    return [section(f"*My exceptions* ({len(found)})\n" + "\n".join(lines) + more)]


def _plans(world: Reader, person: User, data: PolicyData) -> list[Json]:
    found = [plan for plan in plans_for(world, person, data) if plan.asked_by == person.id][:PLANS]
    if not found:
        return [section("*My plans*\nYou have asked for nothing yet.")]
    blocks = [section("*My plans*")]
    for plan in found:
        state = STATE_WORDS.get(plan.state, plan.state)
        said = f"{ICONS.get(plan.state, '•')} {escape(cut(plan.title, 160))}\n{state}"
        value = json.dumps({"plan": plan.id, "digest": plan.digest})
        blocks.append({**section(said), "accessory": button("Details", DETAILS, value)})
    return blocks


def _feeds(world: Reader, now: datetime) -> list[Json]:
    told, small = feed_blocks(world, now)
    return [{**told, "accessory": button("Refresh", "refresh")}, small]


def feed_blocks(world: Reader, now: datetime) -> list[Json]:
    """How old what is known of each feed is, and as of when."""
    feeds = sorted(world.find(Feed), key=lambda feed: feed.id)
    ages = [(feed.id.upper(), round((now - feed.last_event_at).total_seconds() / 60)) for feed in feeds]
    told = " · ".join(f"{name} {minutes} min" for name, minutes in ages) or "No feed has told anything yet."
    return [
        section(f"*How fresh the feeds are*\n{told}"),
        context(f"As of {when(now)}. Write to me in Messages, or type `/wardline help` anywhere."),
    ]
