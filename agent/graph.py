"""The graph of one turn: guard -> plan -> act (one Send per call) -> verify -> reply.

Its state holds ids only. What a turn works with (the message, the results) travels beside it as `Run`; what
must last is in the transcript and the ledger, never in a checkpoint.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agent import guard
from agent.evidence import unsupported
from agent.planners.port import Asked, Call, Planner, Reply, ToolCalls
from agent.refusals import calls_for, reply_for
from agent.render import to_markdown
from agent.turn import Progress
from hospital.cards import ChoicesCard
from tools.desk import Desk
from tools.results import Refused, Result
from tools.tool import Context

MAX_ROUNDS = 12
"""Rounds of tool calls in one turn; a planner that wants more is stopped with what was found."""
MAX_CALLS = 16
"""Calls in one round; more are a planner that has lost its way."""
PATIENCE = 180.0
"""Seconds a planner may think about one step."""
STEPS = 4 * MAX_ROUNDS
"""More steps of the graph than any turn takes; beyond, it is stopped."""
STOPPED = "I stopped there: it took more steps than one message should."


def gathered(before: list[str], new: list[str]) -> list[str]:
    """The calls made in this turn; an empty list starts a new turn, so that a thread's state does not grow."""
    return [*before, *new] if new else []


class TurnState(TypedDict):
    """Ids only: the turn, the calls to make now, and those made."""

    turn: str
    wanted: list[str]
    made: Annotated[list[str], gathered]


class ActState(TypedDict):
    """What one `act` gets: the call it makes."""

    call: str


@dataclass
class Run:
    """The working memory of one turn; lost in a crash, and then the turn runs again from the transcript."""

    asked: Asked
    context: Context
    desk: Desk
    planner: Planner
    tell: Callable[[Progress], None]
    verdict: guard.Verdict | None = None
    pending: dict[str, Call] = field(default_factory=dict)
    reply: Reply | None = None
    rounds: int = 0
    retried: bool = False


async def _guard(state: TurnState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    run.tell(Progress(step="guard", note="reading"))
    run.verdict = guard.guard(run.asked.text)
    if run.verdict is not None:
        run.desk.note_refusal(run.verdict.rule, run.verdict.reply, run.context)
    return {"made": []}


async def _plan(state: TurnState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    run.tell(Progress(step="plan", note="thinking"))
    step = await _next_step(run)
    if isinstance(step, Reply):
        run.reply = step
        return {"wanted": []}
    run.rounds += 1
    if not step.calls or len(step.calls) > MAX_CALLS:
        run.reply = _with_what_was_found(run)
        return {"wanted": []}
    run.pending = {_own_id(run, call, number): call for number, call in enumerate(step.calls)}
    return {"wanted": list(run.pending)}


def _own_id(run: Run, call: Call, number: int) -> str:
    """An id that no other call of the turn has, whatever a planner calls it."""
    return f"{run.rounds}.{number}:{call.id}"


def _with_what_was_found(run: Run) -> Reply:
    found = facts_as_text([result for _, result in run.asked.results])
    return Reply(f"{found}\n\n{STOPPED}", memory=run.asked.memory)


async def _next_step(run: Run) -> ToolCalls | Reply:
    if run.verdict is not None:
        calls = () if run.asked.results else calls_for(run.verdict)
        return ToolCalls(calls) if calls else reply_for(run.verdict, run.asked.results)
    if run.rounds >= MAX_ROUNDS:
        return _with_what_was_found(run)
    async with asyncio.timeout(PATIENCE):
        return await run.planner.next(run.asked)


def _spread(state: TurnState) -> list[Send] | str:
    return [Send("act", {"call": call}) for call in state["wanted"]] or "verify"


async def _act(state: ActState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    call = run.pending[state["call"]]
    run.tell(Progress(step="act", note=call.name.replace("_", " ")))
    context = run.context.model_copy(update={"key": _key_of(run, call)})
    result = await run.desk.call(call.name, call.args, context)
    run.asked.results.append((call, result))
    return {"made": [state["call"]]}


def _key_of(run: Run, call: Call) -> str:
    """The idempotency key of a call: the same thing asked for in the same turn is one thing, also after a crash."""
    said = json.dumps([call.name, call.args], sort_keys=True, default=str)
    return f"{run.context.turn_id}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


async def _verify(state: TurnState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    run.tell(Progress(step="verify", note="checking every figure"))
    assert run.reply is not None
    if run.verdict is not None:
        return {}
    said = [run.asked.text, *(text for pair in run.asked.history for text in pair), run.asked.now.isoformat()]
    results = [result for _, result in run.asked.results]
    if run.rounds >= MAX_ROUNDS and run.reply.text.endswith(STOPPED):
        return {"wanted": []}  # our own words about the results themselves
    shown = to_markdown(run.reply.cards)
    # Cards that our own code built are facts; what a model put on a card is a claim like any other.
    by_model = (run.reply.planner or run.planner.name).startswith("openai")
    text = f"{run.reply.text}\n{shown}" if by_model else run.reply.text
    claims = unsupported(text, results, said if by_model else [*said, shown])
    if not claims:
        run.asked.retry_note = ""
        return {}
    if not run.retried:
        run.retried = True
        run.asked.retry_note = f"No tool returned {', '.join(claims)}. Say only what the tools returned."
        return {"wanted": ["retry"]}
    kept = () if by_model else run.reply.cards
    asked = [card.question for card in kept if isinstance(card, ChoicesCard)]
    text = "\n\n".join([facts_as_text(results), *asked])
    run.reply = Reply(text, run.reply.kind, kept, memory=run.reply.memory, planner=run.reply.planner)
    return {"wanted": []}


def _again_or_reply(state: TurnState) -> str:
    return "plan" if state["wanted"] == ["retry"] else "reply"


async def _reply(state: TurnState, runtime: Runtime[Run]) -> dict[str, Any]:
    runtime.context.tell(Progress(step="reply", note="writing"))
    return {"wanted": []}


def facts_as_text(results: list[Result]) -> str:
    """What the tools said themselves, when a planner's own words cannot be used."""
    lines = [result.sentence if isinstance(result, Refused) else result.headline for result in results]
    return "\n\n".join(dict.fromkeys(lines)) or "I could not find anything that answers this."


def build_graph(checkpoints: BaseCheckpointSaver[Any]) -> CompiledStateGraph[TurnState, Run, TurnState, TurnState]:
    """The compiled graph; every turn runs it once with a `Run` as its context."""
    graph: StateGraph[TurnState, Run, TurnState, TurnState] = StateGraph(TurnState, context_schema=Run)
    graph.add_node("guard", _guard)
    graph.add_node("plan", _plan)
    graph.add_node("act", _act, input_schema=ActState)
    graph.add_node("verify", _verify)
    graph.add_node("reply", _reply)
    graph.add_edge(START, "guard")
    graph.add_edge("guard", "plan")
    graph.add_conditional_edges("plan", _spread, ["act", "verify"])
    graph.add_edge("act", "plan")
    graph.add_conditional_edges("verify", _again_or_reply, ["plan", "reply"])
    graph.add_edge("reply", END)
    return graph.compile(checkpointer=checkpoints)
