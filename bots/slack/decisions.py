"""Deciding on a card: yes, no with a reason, something else instead, and all of it to read first."""

import asyncio
import json
from typing import Any, Literal

from bots.plan_sheet import sheet_of
from bots.plan_views import may_read_plan
from bots.slack import modals
from bots.slack.aside import sentence_of, show, tell
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.line import SlackLine
from bots.slack.plans import standing_of
from bots.slack.posts import refresh
from bots.slack.who import Stranger
from hospital.model.people import User
from hospital.model.slack import SlackJob
from policies.explain import explain
from policies.plans import Plan
from tools.results import Refused

GONE = "That plan is not there any more, or not yours to see."


async def submitted(line: SlackLine, job: SlackJob) -> str:
    """A filled-in form."""
    view: Json = job.payload["view"]
    person = str(job.payload["user"]["id"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        await asyncio.to_thread(line.refuse, actor.rule, actor.sentence)
        await show(line, job, view, "Not done", actor.sentence)
        return actor.rule
    asked: Json = json.loads(view.get("private_metadata") or "{}")
    plan_id, digest = str(asked.get("plan")), str(asked.get("digest"))
    context = line.context(actor, job)
    state: Json = view.get("state") or {}
    if view.get("callback_id") == modals.REJECT_VIEW:
        reason = str(state["values"]["reason"]["value"].get("value") or "")
        wanted = line.wardline.desk.decide(plan_id, "reject", digest, reason, context)
    else:
        plan = await asyncio.to_thread(line.read, lambda world: world.get(Plan, plan_id))
        if plan is None or plan.made_by is None:
            await show(line, job, view, "Not done", GONE)
            return "gone"
        wanted = line.wardline.desk.edit(plan_id, digest, modals.changes_in(state, plan), context)
    result = await line.wardline.turns.wait(wanted)
    await show(line, job, view, "Not done" if isinstance(result, Refused) else "Done", sentence_of(result))
    await refresh(line, plan_id)
    return result.status


async def approve(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """Yes to exactly what the card showed; the ledger checks the person, the digest and the world again."""
    return await _decide(line, job, actor, action, "approve", "")


async def _decide(
    line: SlackLine, job: SlackJob, actor: User, action: Json, decision: Literal["approve", "reject"], reason: str
) -> str:
    asked: Json = json.loads(str(action.get("value") or "{}"))
    plan_id, digest = str(asked.get("plan")), str(asked.get("digest"))
    wanted = line.wardline.desk.decide(plan_id, decision, digest, reason, line.context(actor, job))
    result = await line.wardline.turns.wait(wanted)
    if isinstance(result, Refused):
        await tell(line, job, sentence_of(result))
    await refresh(line, plan_id)
    return result.status


async def open_reject(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """Ask why."""
    found = await asyncio.to_thread(_standing, line, actor, action)
    return await _open(line, job, modals.reject_view(found[0]) if found else None)


async def open_edit(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """Show what was asked for, to be changed."""
    found = await asyncio.to_thread(_standing, line, actor, action)
    tools = line.wardline.desk.tools()
    if found is None or found[1].made_by is None or found[1].made_by.tool not in tools:
        return await _open(line, job, None)
    return await _open(line, job, modals.edit_view(found[0], found[1], tools[found[1].made_by.tool]))


async def open_details(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """Show all of a plan to somebody who may see it."""
    found = await asyncio.to_thread(_standing, line, actor, action)
    if found is None:
        return await _open(line, job, None)
    policy, now = line.wardline.policy, line.clock.now()
    sheet = await asyncio.to_thread(line.read, sheet_of, policy, found[1], actor, now)
    why = tuple(f"`{one.rule}` ({one.where}) asks {one.asks}" for one in explain(policy, found[1]))
    return await _open(line, job, modals.details_view(found[0], sheet, why))


async def _open(line: SlackLine, job: SlackJob, view: Json | None) -> str:
    if view is None:
        await tell(line, job, GONE)
        return "gone"
    try:
        await line.caller.call(job.team_id, "views.open", trigger_id=str(job.payload["trigger_id"]), view=view)
    except SaidNo as no:
        if no.code not in ("expired_trigger_id", "invalid_trigger_id", "exchanged_trigger_id"):
            raise
        await tell(line, job, "That took too long; press the button once more.")
    except Unknown:
        await tell(line, job, "Slack did not open it; press the button once more.")
    return "opened"


def _standing(line: SlackLine, actor: User, action: Json) -> Any:
    asked: Json = json.loads(str(action.get("value") or "{}"))
    with line.store.reading() as world:
        plan = world.get(Plan, str(asked.get("plan")))
        if plan is None or not may_read_plan(actor, plan, line.wardline.policy.data):
            return None
        return standing_of(world, plan, actor, line.wardline.policy.data, line.clock.now()), plan
