"""A turn as server-sent events: its progress while it runs, then the turn itself."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any

from agent.turn import Progress, Turn
from bots.loop import LoopThread
from bots.turn_words import with_words
from bots.web.problems import Trouble
from hospital.model.talk import TurnRecord

EVENT_STREAM = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""A comment is sent this often, so that nobody in between closes a quiet connection."""
log = logging.getLogger(__name__)

Answer = Callable[[Callable[[Progress], None]], Coroutine[Any, Any, Turn]]


def event(name: str, data: Any, id: str | None = None) -> str:
    """One event; its data is one line of JSON."""
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def stream_turn(turns: LoopThread, answer: Answer, last_event_id: str = "") -> AsyncIterator[str]:
    """The events of one turn. The turn goes on when the listener leaves; its answer is in the transcript.

    Args:
        last_event_id: the number of the last progress the listener saw; earlier ones are not repeated.
    """
    here = asyncio.get_running_loop()
    heard: asyncio.Queue[Progress | None] = asyncio.Queue()

    def tell(progress: Progress) -> None:
        if not here.is_closed():
            here.call_soon_threadsafe(heard.put_nowait, progress)

    running = asyncio.wrap_future(turns.start(answer(tell)))
    number, seen = 0, int(last_event_id) if last_event_id.isdigit() else 0
    running.add_done_callback(lambda _: heard.put_nowait(None))
    while True:
        try:
            progress = await asyncio.wait_for(heard.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            yield ": still here\n\n"
            continue
        if progress is None:
            break
        number += 1
        if number > seen:
            yield event("progress", progress.model_dump(mode="json"), str(number))
    error = running.exception()
    if error is None:
        turn = running.result()
        yield event("turn", with_words(turn), turn.turn)
    elif isinstance(error, Trouble):
        yield event("problem", {"status": error.status, "detail": error.sentence})
    else:
        log.error("a turn failed", exc_info=error)
        yield event("problem", {"status": 500, "detail": "Something went wrong on our side; please ask again."})


def stored_turns(records: Iterable[TurnRecord], last_event_id: str) -> Iterator[str]:
    """The answered turns after the one the listener saw last; all of them when it is not known."""
    answered = [record for record in records if record.answer is not None]
    start = next((number for number, record in enumerate(answered, 1) if record.id == last_event_id), 0)
    for record in answered[start:]:
        yield event("turn", with_words(Turn.model_validate(record.answer)), record.id)
