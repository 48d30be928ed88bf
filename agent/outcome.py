"""How a turn ended, decided from what happened and never from what a planner says about it."""

from agent.guard import Verdict
from agent.planners.port import Call, Reply
from agent.turn import Outcome
from tools.results import Done, Refused, Result, Waiting

_REFUSING = ("never", "read")
_ASKING = ("missing", "unknown", "invalid")


def decide_outcome(verdict: Verdict | None, results: list[tuple[Call, Result]], reply: Reply) -> Outcome:
    """The first that fits: emergency, never-rule, hand-over, question, approval, proposal, answer."""
    refusals = [result for _, result in results if isinstance(result, Refused)]
    if verdict is not None:
        return "escalate" if verdict.kind == "emergency" else "refuse"
    if reply.kind == "refuse" or any(refusal.kind in _REFUSING for refusal in refusals):
        return "refuse"
    if any(call.name == "hand_over" and isinstance(result, Done) for call, result in results):
        return "escalate"
    if reply.kind == "clarify" or (results and _last_asks(results)):
        return "clarify"
    waiting = [result for _, result in results if isinstance(result, Waiting)]
    if any(result.reason == "approval" for result in waiting):
        return "await_approval"
    if waiting or any(isinstance(result, Done) and result.options for _, result in results):
        return "propose"
    return "answer"


def _last_asks(results: list[tuple[Call, Result]]) -> bool:
    last = results[-1][1]
    return isinstance(last, Refused) and last.kind in _ASKING
