"""A conversation: from a message to a turn. The only way in for every surface."""

import hashlib
import logging
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.checkpoints import Checkpoints
from agent.confirm import confirmed
from agent.graph import STEPS, Run, build_graph, facts_as_text
from agent.lease import LEASE, Leases
from agent.planners.port import Asked, Planner, Reply
from agent.threads import Transcript
from agent.turn import Progress, Turn
from agent.turn_view import as_turn, pending_of
from hospital.clocks import SystemClock
from hospital.ids import ThreadId, TurnId
from hospital.model.people import User
from hospital.model.talk import TurnRecord
from hospital.ports import Clock, Store
from tools.desk import Desk
from tools.naming import fresh_id
from tools.tool import Context, Surface

_logger = logging.getLogger(__name__)
FAILED = "Something went wrong on my side and I stopped there. Please ask again, or ask for a person."
LONGEST = 4000
"""Characters a message may have; longer ones are sent back, not cut."""


def _nobody(progress: Progress) -> None:
    """Nobody listens."""


class Conversation:
    """Runs turns. Turns of one thread run one after the other; different threads run side by side."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        clock: Clock,
        planner: Planner,
        home: Path,
        lease: timedelta = LEASE,
    ) -> None:
        """Wire; `lease` is how long a turn whose process died keeps the next one of its thread waiting."""
        self._store = store
        self._desk = desk
        self._clock = clock
        self._planner = planner
        self._transcript = Transcript(store)
        self._leases = Leases(store, SystemClock(), lease)
        self._checkpoints = Checkpoints(home / "checkpoints.sqlite")
        self._graph: Any = None

    async def open(self, user: User, surface: Surface) -> ThreadId:
        """A new thread of this person."""
        thread_id = ThreadId(fresh_id("T"))
        self._transcript.open(thread_id, user, surface, self._clock.now())
        return thread_id

    def turns(self, thread_id: ThreadId) -> list[TurnRecord]:
        """Everything said in a thread, in order."""
        return self._transcript.turns(thread_id)

    async def ask(
        self,
        user: User,
        text: str,
        thread_id: ThreadId | None,
        surface: Surface,
        *,
        key: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Turn:
        """Answer one message.

        The message is kept before anything is done, so a crash loses nothing; the same `key` again gives the
        same turn.
        """
        thread = self._transcript.open(thread_id or ThreadId(fresh_id("T")), user, surface, self._clock.now())
        if thread.user_id != user.id:
            raise PermissionError(f"thread {thread.id} belongs to somebody else")
        turn_id = TurnId(_turn_id(thread.id, key))
        begun = self._transcript.begin(turn_id, thread.id, user.id, _printable(text), datetime.now(UTC))
        async with self._transcript.turn_lock(thread.id), self._leases.held(thread.id, turn_id):
            record = self._transcript.turn(begun.id) or begun
            if record.answer is not None:
                return Turn.model_validate(record.answer)
            return await self._run(user, record, surface, on_progress or _nobody)

    async def _run(self, user: User, record: TurnRecord, surface: Surface, tell: Callable[[Progress], None]) -> Turn:
        state = self._transcript.memory(record.thread_id)
        yes_to = confirmed(record.text, state, record.number, record.asked_at)
        context = Context(
            actor=user,
            surface=surface,
            thread_id=record.thread_id,
            turn_id=record.id,
            attested=(yes_to.plan_id, yes_to.digest) if yes_to else None,
        )
        with self._store.reading() as world:
            asked = Asked(
                user=user,
                text=record.text,
                now=self._clock.now(),
                world=world,
                tools=self._desk.tools(),
                memory=state.get("planner", {}),
                history=self._transcript.history(record.thread_id, record.number),
                confirmed_plan=yes_to.plan_id if yes_to else None,
            )
            run = Run(asked=asked, context=context, desk=self._desk, planner=self._planner, tell=tell)
            problem = _refuse_text(record.text)
            if problem is not None:
                run.reply = Reply(problem, kind="clarify", memory=asked.memory)
            else:
                await self._walk_safely(run, record)
        turn = as_turn(run, record)
        memory = run.reply.memory if run.reply and run.reply.memory is not None else asked.memory
        ended = datetime.now(UTC)
        new_state = {"planner": memory, "pending": pending_of(run, record, ended)}
        kept = self._transcript.finish(record, turn.model_dump(mode="json"), new_state, ended)
        return Turn.model_validate(kept)

    async def _walk_safely(self, run: Run, record: TurnRecord) -> None:
        """A turn always ends in a sentence: what went wrong inside is logged, what was done until then is told."""
        try:
            await self._walk(run, record)
        except Exception:
            _logger.exception("turn %s of thread %s failed", record.id, record.thread_id)
            found = facts_as_text([result for _, result in run.asked.results]) if run.asked.results else ""
            run.reply = Reply(f"{found}\n\n{FAILED}".strip(), kind="answer", memory=run.asked.memory)

    async def _walk(self, run: Run, record: TurnRecord) -> None:
        if self._graph is None:
            self._graph = build_graph(await self._checkpoints.open())
        await self._graph.ainvoke(
            {"turn": record.id, "wanted": [], "made": []},
            config={"configurable": {"thread_id": record.thread_id}, "recursion_limit": STEPS},
            context=run,
            durability="exit",
        )
        await self._checkpoints.prune(record.thread_id)

    async def close(self) -> None:
        """Close what is open."""
        await self._checkpoints.close()


def _printable(text: str) -> str:
    """Without control characters, which some databases refuse; line ends and tabs stay."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc")


def _turn_id(thread_id: ThreadId, key: str | None) -> str:
    if key is None:
        return fresh_id("TURN")
    return f"TURN-{hashlib.sha256(f'{thread_id}:{key}'.encode()).hexdigest()[:16]}"


def _refuse_text(text: str) -> str | None:
    if not text.strip():
        return "That message was empty. What can I look up or arrange for you?"
    if len(text) > LONGEST:
        return f"That message has {len(text)} characters; I read up to {LONGEST}. Please send the part that matters."
    if not any(character.isalnum() for character in text):
        return "I can't read that without words. Tell me what you need, for example which beds are free."
    return None
