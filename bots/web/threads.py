"""Conversations over HTTP: threads, messages, and a turn as it happens."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from agent.turn import Progress, Turn
from bots.app import Wardline
from bots.turn_words import with_words
from bots.web.problems import Trouble
from bots.web.stream import EVENT_STREAM, stored_turns, stream_turn
from bots.web.who import Actor, App, Counted
from hospital.ids import ThreadId
from hospital.model.people import User
from hospital.model.talk import Thread, TurnRecord

router = APIRouter(prefix="/v1/threads", tags=["threads"])


class NewThread(BaseModel):
    """Where the conversation takes place."""

    model_config = ConfigDict(extra="forbid")

    surface: Literal["api", "web"] = "api"


class NewMessage(BaseModel):
    """What somebody says."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=100_000)


@router.post("", status_code=201)
async def open_thread(app: App, actor: Actor, new: NewThread | None = None) -> dict[str, str]:
    """Begin a conversation."""
    app.before_talk()
    thread = await app.turns.wait(app.conversation.open(actor, (new or NewThread()).surface))
    return {"id": thread}


@router.put("/{thread_id}")
def name_thread(
    thread_id: Annotated[str, Path(pattern=r"^[\w.:-]{1,80}$")], app: App, actor: Actor
) -> dict[str, str]:
    """Begin a conversation under a name of one's own, or go on with it."""
    from agent.threads import Transcript

    app.before_talk()
    thread = Transcript(app.store).open(ThreadId(thread_id), actor, "api", app.clock.now())
    if thread.user_id != actor.id:
        raise Trouble(409, f"The name {thread_id} is taken by another conversation; choose another.")
    return {"id": thread.id}


@router.get("")
def list_threads(app: App, actor: Actor) -> list[dict[str, Any]]:
    """One's own conversations, the latest first, each with its first message."""
    with app.store.reading() as world:
        threads = world.find(Thread, user_id=actor.id, order="-opened_at", limit=50)
        first = {
            thread.id: next(iter(world.find(TurnRecord, thread_id=thread.id, order="number", limit=1)), None)
            for thread in threads
        }
    return [
        {
            "id": thread.id,
            "surface": thread.surface,
            "opened_at": thread.opened_at.isoformat(),
            "about": record.text[:120] if (record := first[thread.id]) else "",
        }
        for thread in threads
    ]


@router.get("/{thread_id}/messages", response_model=None)
def list_messages(
    thread_id: str,
    app: App,
    actor: Actor,
    accept: Annotated[str, Header()] = "",
    last_event_id: Annotated[str, Header()] = "",
) -> list[dict[str, Any]] | StreamingResponse:
    """Everything said in a conversation; as an event stream, what came after `Last-Event-ID`."""
    _own(app, actor, thread_id)
    records = app.conversation.turns(ThreadId(thread_id))
    if EVENT_STREAM in accept:
        return StreamingResponse(stored_turns(records, last_event_id), media_type=EVENT_STREAM)
    return [
        {
            "turn": record.id,
            "text": record.text,
            "asked_at": record.asked_at.isoformat(),
            "answer": with_words(Turn.model_validate(record.answer)) if record.answer else None,
        }
        for record in records
    ]


@router.post("/{thread_id}/messages", response_model=None)
async def say(
    thread_id: str,
    message: NewMessage,
    app: App,
    actor: Actor,
    counted: Counted,
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Say something and get the turn: as JSON, or step by step with `Accept: text/event-stream`.

    The same `Idempotency-Key` again gives the same turn, so a lost answer can be fetched without asking twice.
    """
    thread = _own(app, actor, thread_id)

    async def answer(tell: Callable[[Progress], None] | None = None) -> Turn:
        with counted.turn_seconds.time():
            turn = await app.conversation.ask(
                actor, message.text, thread.id, _surface(thread), key=idempotency_key, on_progress=tell
            )
        _refuse_other_text(app, turn, message.text)
        counted.turns.labels(turn.outcome).inc()
        counted.models.count(turn.model_use)
        return turn

    if EVENT_STREAM in request.headers.get("accept", ""):
        return StreamingResponse(stream_turn(app.turns, answer, last_event_id), media_type=EVENT_STREAM)
    turn = await app.turns.wait(answer())
    return Response(turn.model_dump_json(), media_type="application/json")


def _own(app: Wardline, actor: User, thread_id: str) -> Thread:
    with app.store.reading() as world:
        thread = world.get(Thread, thread_id)
    if thread is None or thread.user_id != actor.id:
        raise Trouble(404, f"You have no conversation {thread_id[:60]}; begin one with POST /v1/threads.")
    return thread


def _surface(thread: Thread) -> Literal["api", "web"]:
    return "web" if thread.surface == "web" else "api"


def _refuse_other_text(app: Wardline, turn: Turn, text: str) -> None:
    with app.store.reading() as world:
        known = world.get(TurnRecord, turn.turn)
    if known is not None and known.text != text:
        raise Trouble(422, "This Idempotency-Key was used for another message; use a new key for a new message.")
