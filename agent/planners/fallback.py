"""When one planner cannot answer, another does, for the rest of the turn, and the reply says so."""

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.planners.port import Asked, Planner, PlannerUnavailable, Reply, ToolCalls
from tools.results import Refused

NOTE = "(The language model is not available; the built-in planner answered.)"
STOPPED = "(The language model stopped answering midway; this is what was done and found.)"


@dataclass(frozen=True)
class _Taken:
    """A turn that the second planner took over, and the calls that the first had made in it."""

    turn: "weakref.ref[Asked]"
    before: frozenset[str]


class FallbackPlanner:
    """`first`, and `second` once `first` raised `PlannerUnavailable`.

    After a failure `first` is left alone for `rest` seconds, so that an endpoint that is down costs one slow
    turn and not all of them. `clock`: seconds, monotonic.
    """

    def __init__(
        self, first: Planner, second: Planner, rest: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._first = first
        self._second = second
        self._rest = rest
        self._clock = clock
        self._resting_until = float("-inf")
        self._taken: dict[int, _Taken] = {}

    @property
    def name(self) -> str:
        """The planner asked first; a reply by the second carries the second's name."""
        return self._first.name

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next step, by whichever planner this turn belongs to."""
        taken = self._taken.get(id(asked))
        if taken is None and (asked.results or self._clock() >= self._resting_until):
            try:
                return await self._first.next(asked)
            except PlannerUnavailable:
                self._resting_until = self._clock() + self._rest
        taken = taken or self._take(asked)
        if _has_written(asked, taken.before):
            # Planning anew could ask for the same change twice.
            return Reply(f"{_found(asked)}\n\n{STOPPED}", planner=self._second.name)
        own = [(call, result) for call, result in asked.results if call.id not in taken.before]
        step = await self._second.next(replace(asked, results=own))
        if isinstance(step, ToolCalls):
            return step
        return replace(step, text=f"{step.text}\n\n{NOTE}".strip(), planner=step.planner or self._second.name)

    def _take(self, asked: Asked) -> _Taken:
        key = id(asked)
        turn = weakref.ref(asked, lambda _: self._taken.pop(key, None))
        taken = self._taken[key] = _Taken(turn, frozenset(call.id for call, _ in asked.results))
        return taken


def _has_written(asked: Asked, before: frozenset[str]) -> bool:
    """Whether the first planner's calls changed something or left a plan behind."""
    return any(
        call.id in before and not isinstance(result, Refused) and call.name in asked.tools
        and asked.tools[call.name].effect == "write"
        for call, result in asked.results
    )  # fmt: skip


def _found(asked: Asked) -> str:
    lines = [result.sentence if isinstance(result, Refused) else result.headline for _, result in asked.results]
    return "\n\n".join(dict.fromkeys(lines))
