"""The graph of one turn: guard -> plan -> act (one Send per call) -> verify -> reply.

Its state holds ids only. What a turn works with (the message, the results) travels beside it as `Run`; what
must last is in the transcript and the ledger, never in a checkpoint.
"""

from __future__ import annotations

import operator
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
from tools.desk import Desk
from tools.results import Refused, Result
from tools.tool import Context

MAX_ROUNDS = 8
"""Rounds of tool calls in one turn; a planner that wants more is stopped with what was found."""


class TurnState(TypedDict):
    """Ids only: the turn, the calls to make now, and those made."""

    turn: str
    wanted: list[str]
    made: Annotated[list[str], operator.add]


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
    run.pending = {call.id: call for call in step.calls}
    return {"wanted": list(run.pending)}


async def _next_step(run: Run) -> ToolCalls | Reply:
    if run.verdict is not None:
        calls = () if run.asked.results else calls_for(run.verdict)
        return ToolCalls(calls) if calls else reply_for(run.verdict, run.asked.results)
    if run.rounds >= MAX_ROUNDS:
        return Reply(facts_as_text([result for _, result in run.asked.results]))
    return await run.planner.next(run.asked)


def _spread(state: TurnState) -> list[Send] | str:
    return [Send("act", {"call": call}) for call in state["wanted"]] or "verify"


async def _act(state: ActState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    call = run.pending[state["call"]]
    run.tell(Progress(step="act", note=call.name.replace("_", " ")))
    context = run.context.model_copy(update={"key": f"{run.context.turn_id}:{call.id}"})
    result = await run.desk.call(call.name, call.args, context)
    run.asked.results.append((call, result))
    return {"made": [call.id]}


async def _verify(state: TurnState, runtime: Runtime[Run]) -> dict[str, Any]:
    run = runtime.context
    run.tell(Progress(step="verify", note="checking every figure"))
    assert run.reply is not None
    if run.verdict is not None:
        return {}
    said = [run.asked.text, *(text for pair in run.asked.history for text in pair), run.asked.now.isoformat()]
    results = [result for _, result in run.asked.results]
    claims = unsupported(run.reply.text, results, [*said, to_markdown(run.reply.cards)])
    if not claims:
        run.asked.retry_note = ""
        return {}
    if not run.retried:
        run.retried = True
        run.asked.retry_note = f"No tool returned {', '.join(claims)}. Say only what the tools returned."
        return {"wanted": ["retry"]}
    run.reply = Reply(facts_as_text(results), kind=run.reply.kind, cards=run.reply.cards, memory=run.reply.memory)
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
