"""Threads and turns: the transcript is ours, and turns of one thread run one after the other."""

import asyncio
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from hospital.entity import Entity
from hospital.ids import ThreadId, TurnId, UserId
from hospital.model.people import User
from hospital.model.talk import Thread, TurnRecord
from hospital.ports import AlreadyThere, Store

SHOWN_TO_PLANNERS = 12
"""How many earlier turns a planner may look back."""


class Transcript:
    """What was said, kept in the store before anything is done about it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn_lock(self, thread_id: ThreadId) -> asyncio.Lock:
        """Held while a turn of this thread runs; who asks first gets it first."""
        return self._locks.setdefault(thread_id, asyncio.Lock())

    def open(self, thread_id: ThreadId, user: User, surface: str, at: datetime) -> Thread:
        """The thread with this id, opened now if it is new."""
        with self._store.working() as work:
            thread = work.get(Thread, thread_id)
            if thread is None:
                thread = Thread(id=thread_id, user_id=user.id, surface=surface, opened_at=at)
                try:
                    work.append(thread)
                except AlreadyThere:  # another process opened it at this moment
                    thread = work.get(Thread, thread_id) or thread
            return thread

    def turn(self, turn_id: TurnId) -> TurnRecord | None:
        """One turn as it is kept now."""
        with self._store.reading() as world:
            return world.get(TurnRecord, turn_id)

    def begin(self, turn_id: TurnId, thread_id: ThreadId, user_id: UserId, text: str, at: datetime) -> TurnRecord:
        """Keep the message. The same turn id again is the same turn, answered or not."""
        while True:
            try:
                with self._store.working() as work:
                    known = work.get(TurnRecord, turn_id)
                    if known is not None:
                        return known
                    number = work.count(TurnRecord, thread_id=thread_id) + 1
                    turn = TurnRecord(
                        id=turn_id, thread_id=thread_id, number=number, user_id=user_id, text=text, asked_at=at
                    )
                    work.append(turn)
                    return turn
            except AlreadyThere:
                continue  # another process took this number; count again

    def finish(
        self, turn: TurnRecord, answer: dict[str, Any], memory: dict[str, Any] | None, at: datetime
    ) -> dict[str, Any]:
        """Keep the answer and the dialogue state together; the first answer to a turn stays its answer."""
        with self._store.working() as work:
            work.lock((f"turn:{turn.id}",))
            known = work.get(TurnRecord, turn.id)
            if known is not None and known.answer is not None:
                return known.answer
            changed: list[Entity] = [turn.changed(answer=answer, answered_at=at)]
            thread = work.get(Thread, turn.thread_id)
            if memory is not None and thread is not None:
                changed.append(thread.changed(state=memory))
            work.put(*changed)
        return answer

    def memory(self, thread_id: ThreadId) -> dict[str, Any]:
        """The dialogue state after the last answered turn."""
        with self._store.reading() as world:
            thread = world.get(Thread, thread_id)
            return dict(thread.state) if thread else {}

    def history(self, thread_id: ThreadId, before: int) -> list[tuple[str, str]]:
        """The latest earlier messages with their replies, oldest first."""
        return [
            (turn.text, str(turn.answer.get("text", "")))
            for turn in self.turns(thread_id)
            if turn.answer is not None and turn.number < before
        ][-SHOWN_TO_PLANNERS:]

    def turns(self, thread_id: ThreadId) -> list[TurnRecord]:
        """All turns of a thread in order."""
        with self._store.reading() as world:
            return world.find(TurnRecord, thread_id=thread_id, order="number")
