"""What people press: each click is checked for who, where and what, then goes through the desk like any other."""

import asyncio
from typing import Any

from agent.turn import Turn
from bots.slack.aside import tell
from bots.slack.blocks import CHOOSE, FEEDBACK
from bots.slack.caller import Json
from bots.slack.decisions import approve, open_details, open_edit, open_reject
from bots.slack.digest import SHOW_CARDS, show_cards
from bots.slack.home import show_home, show_nothing
from bots.slack.line import SlackLine
from bots.slack.turns import MORE, answer_blocks, ask, turn_away
from bots.slack.unlinking import DONE, UNLINK
from bots.slack.who import Stranger
from bots.turn_words import words_of
from hospital.ids import TurnId
from hospital.model.people import User
from hospital.model.slack import SlackFeedback, SlackJob, SlackPost
from hospital.model.talk import TurnRecord
from hospital.ports import Reader

ELSEWHERE = "That card belongs to another workspace, so it cannot be decided here. Nothing was done."


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


async def unlink(line: SlackLine, job: SlackJob, actor: User, _: Json) -> str:
    """They were asked, and pressed it: from now on this Slack user is nobody here."""
    person = str(job.payload["user"]["id"])
    await asyncio.to_thread(line.people.unlink, job.team_id, person, actor)
    await tell(line, job, DONE)
    stranger = await asyncio.to_thread(line.people.actor, job.team_id, person)
    if isinstance(stranger, Stranger):
        await show_nothing(line, job.team_id, person, stranger)
    return "unlinked"


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
    UNLINK: unlink,
    "link": nothing,
}


def _elsewhere(world: Reader, team_id: str, channel: str, ts: str) -> bool:
    """Whether the message that was clicked is one that we posted in another workspace."""
    post = world.get(SlackPost, f"{channel}:{ts}")
    return post is not None and post.team_id != team_id
