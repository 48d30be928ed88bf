"""What people press: each click is checked for who, where and what, then goes through the desk like any other."""

import asyncio
import json
from typing import Any, Literal

from agent.turn import Turn
from bots.plan_views import may_read_plan
from bots.slack import modals
from bots.slack.blocks import CHOOSE, FEEDBACK
from bots.slack.caller import Json, SaidNo, Unknown
from bots.slack.digest import SHOW_CARDS, show_cards
from bots.slack.home import show_home
from bots.slack.line import SlackLine
from bots.slack.mrkdwn import escape
from bots.slack.plans import standing_of
from bots.slack.posts import refresh
from bots.slack.turns import MORE, answer_blocks, ask, turn_away
from bots.slack.who import Stranger
from bots.turn_words import words_of
from hospital.ids import TurnId
from hospital.model.people import User
from hospital.model.slack import SlackFeedback, SlackJob, SlackPost
from hospital.model.talk import TurnRecord
from hospital.ports import Reader
from policies.explain import explain
from policies.plans import Plan
from tools.results import Refused, Result

ELSEWHERE = "That card belongs to another workspace, so it cannot be decided here. Nothing was done."
GONE = "That plan is not there any more, or not yours to see."


async def click(line: SlackLine, job: SlackJob) -> str:
    """A pressed button, wherever it is shown."""
    payload = job.payload
    action: Json = (payload.get("actions") or [{}])[0]
    name = str(action.get("action_id") or "").partition(":")[0]
    handler = CLICKS.get(name)
    if handler is None:
        return f"{name} does nothing"
    channel, person = str(payload["channel"]), str(payload["user"]["id"])
    actor = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(actor, Stranger):
        return await turn_away(line, job, actor, channel or person, person)
    elsewhere = await asyncio.to_thread(line.read, _elsewhere, job.team_id, channel, str(payload["ts"]))
    if elsewhere:
        await asyncio.to_thread(line.refuse, "slack.workspace", ELSEWHERE, actor)
        await tell(line, job, ELSEWHERE)
        return "elsewhere"
    return await handler(line, job, actor, action)  # type: ignore[no-any-return]


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
    why = tuple(f"`{one.rule}` ({one.where}) asks {one.asks}" for one in explain(line.wardline.policy, found[1]))
    return await _open(line, job, modals.details_view(found[0], why))


async def keep_feedback(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """Keep whether an answer was useful."""
    word, _, turn_id = str(action.get("value") or "").partition(" ")
    record = await asyncio.to_thread(line.read, lambda world: world.get(TurnRecord, turn_id))
    if record is None:
        return "no such turn"
    kept = SlackFeedback(
        id=f"{turn_id}:{actor.id}",
        turn_id=TurnId(turn_id),
        user_id=actor.id,
        good=word == "good",
        at=line.clock.now(),
    )

    def keep() -> None:
        with line.store.working() as work:
            work.put(kept)

    await asyncio.to_thread(keep)
    await tell(line, job, "Thank you, that is kept for the next evaluation.")
    return word


async def choose(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """A choice is the person's next message in that thread."""
    payload = job.payload
    channel, root = str(payload["channel"]), str(payload.get("thread_ts") or payload["ts"])
    return await ask(
        line, job, actor, str(action.get("value") or ""), channel=channel, root=root,
        person=str(payload["user"]["id"]), ts=job.place,
    )  # fmt: skip


async def more(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """What was left out in a channel, for the person who asked and nobody else."""
    record = await asyncio.to_thread(line.read, lambda world: world.get(TurnRecord, str(action.get("value"))))
    if record is None or record.user_id != actor.id or record.answer is None:
        await asyncio.to_thread(line.refuse, "slack.details", "only who asked sees the details", actor)
        await tell(line, job, "Only the person who asked sees the details of this answer. Ask me yourself.")
        return "refused"
    turn = Turn.model_validate(record.answer)
    body = await answer_blocks(line, job, turn)
    shown = [*({"type": "markdown", "text": words_of(turn)[:11_000]} for _ in [0] if words_of(turn)), *body]
    payload = job.payload
    root = str(payload.get("thread_ts") or payload["ts"])
    await line.speaker.whisper(
        job.team_id, str(payload["channel"]), str(payload["user"]["id"]), "Only you see this.", shown[:50], root
    )
    return "shown"


async def again(line: SlackLine, job: SlackJob, actor: User, _: Json) -> str:
    """Draw the home tab anew."""
    await show_home(line, job.team_id, str(job.payload["user"]["id"]), actor)
    return "shown"


async def nothing(line: SlackLine, job: SlackJob, actor: User, action: Json) -> str:
    """A link was followed; there is nothing to do."""
    return "nothing"


CLICKS: dict[str, Any] = {
    "approve": approve,
    "reject": open_reject,
    "edit": open_edit,
    "details": open_details,
    FEEDBACK: keep_feedback,
    CHOOSE: choose,
    MORE: more,
    SHOW_CARDS: show_cards,
    "refresh": again,
    "link": nothing,
}


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


def _elsewhere(world: Reader, team_id: str, channel: str, ts: str) -> bool:
    """Whether the message that was clicked is one that we posted in another workspace."""
    post = world.get(SlackPost, f"{channel}:{ts}")
    return post is not None and post.team_id != team_id
