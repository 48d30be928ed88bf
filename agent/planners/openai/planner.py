"""The planner that asks a model. It holds nothing between steps: every step tells the turn anew, disguised."""

import json
import time
from typing import Any

from agent.planners.openai import messages as told
from agent.planners.openai.answers import Answer, WrittenCall
from agent.planners.openai.cassette import Cassette
from agent.planners.openai.endpoint import Endpoint
from agent.planners.openai.names import Names, read_names
from agent.planners.openai.spending import Prices, use_of
from agent.planners.openai.veil import Veil
from agent.planners.openai.written import call_written_in
from agent.planners.port import Asked, Call, PlannerUnavailable, Reply, ToolCalls
from hospital.cards import ChoicesCard
from hospital.model.people import Patient
from hospital.ports import Reader

MOST_CALLS = 8
"""Calls in one round; a model that wants more has lost the thread."""
_NAMES_LAST = 600.0
_DECLINED = "I can't help with that."


class _Malformed(Exception):
    """The model's answer cannot be used; the message tells the model why."""


class OpenAIPlanner:
    """Plans with any OpenAI-compatible endpoint.

    `base_url`: None is the package's own address. `timeout`, `patience`, `attempts`: see `Endpoint`.
    `budget`: tokens of one request; earlier turns that do not fit are left out, the oldest first.
    `prices`: what the answers cost is told by them. `cassette`: see `Endpoint`.
    """

    def __init__(
        self,
        base_url: str | None,
        api_key: str,
        model: str,
        timeout: float = 30.0,
        *,
        patience: float = 60.0,
        attempts: int = 3,
        budget: int = 24_000,
        prices: Prices | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        self._endpoint = Endpoint(base_url, api_key, model, timeout, patience, attempts, cassette)
        self._prices = prices
        self._letters = budget * told.LETTERS_PER_TOKEN
        self._names: tuple[int, float, Names] | None = None

    @property
    def name(self) -> str:
        """`openai:MODEL`."""
        return f"openai:{self._endpoint.model}"

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next calls, or the reply.

        Raises:
            PlannerUnavailable: when the endpoint fails, or the model twice writes what cannot be used.
        """
        tools = told.tool_schemas(asked.tools.values())
        opening = told.instructions(asked)
        turn = told.turn_messages(asked)
        left = self._letters - len(opening) - told.letters_of(tools) - sum(told.letters_of(m.said) for m in turn)
        spoken = [*told.history_messages(asked, left), *turn]
        names = self._current_names(asked.world)
        veil = Veil(asked.world, names, asked.now, [(message.said, message.typed) for message in spoken])
        request = [{"role": "system", "content": opening}, *told.serialised(spoken, veil.hide)]
        try:
            return _read(await self._answer(request, tools, asked), asked, veil)
        except _Malformed as problem:
            correction = {"role": "user", "content": f"Your last answer could not be used: {problem} Answer again."}
        try:
            return _read(await self._answer([*request, correction], tools, asked), asked, veil)
        except _Malformed as problem:
            raise PlannerUnavailable("The language model's answer could not be used.") from problem

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoint.close()

    async def _answer(self, request: list[dict[str, Any]], tools: list[dict[str, Any]], asked: Asked) -> Answer:
        """The model's next message; what it took is noted in the turn, also when none came."""
        began, answer = time.monotonic(), None
        try:
            answer = await self._endpoint.answer(request, tools)
            return answer
        finally:
            letters = told.letters_of(request) + told.letters_of(tools)
            seconds = time.monotonic() - began
            asked.spent.append(use_of(self._endpoint.model, answer, letters, seconds, self._prices))

    def _current_names(self, world: Reader) -> Names:
        """The names of the world, read again when patients were added or the reading is old."""
        patients, at = world.count(Patient), time.monotonic()
        if self._names is None or self._names[0] != patients or at - self._names[1] > _NAMES_LAST:
            self._names = (patients, at, read_names(world))
        return self._names[2]


def _read(answer: Answer, asked: Asked, veil: Veil) -> ToolCalls | Reply:
    """What an answer means.

    Raises:
        _Malformed: a call that cannot be made, or nothing said.
    """
    if answer.refusal or answer.finish == "content_filter":
        return Reply(veil.restore(answer.refusal.strip()) or _DECLINED, kind="refuse")
    if answer.finish == "length":
        raise _Malformed("It was too long and was cut off.")
    if not answer.calls and (written := call_written_in(answer.text)):
        answer.calls.append(written)
    if not answer.calls:
        if not answer.text.strip():
            raise _Malformed("It was empty.")
        return Reply(_restored(answer.text.strip(), veil))
    if len(answer.calls) > MOST_CALLS:
        raise _Malformed(f"At most {MOST_CALLS} calls can be made at once.")
    calls = [_call(written, asked, veil, number) for number, written in enumerate(answer.calls)]
    question = next((call for call in calls if call.name == told.ASK_USER), None)
    return ToolCalls(tuple(calls)) if question is None else _question(question.args)


def _call(written: WrittenCall, asked: Asked, veil: Veil, number: int) -> Call:
    if written.name != told.ASK_USER and written.name not in asked.tools:
        raise _Malformed(f"There is no tool {written.name!r}.")
    try:
        args = json.loads(written.arguments or "{}")
    except json.JSONDecodeError as problem:
        raise _Malformed(f"The arguments of {written.name} are not JSON ({problem.msg}).") from problem
    if not isinstance(args, dict):
        raise _Malformed(f"The arguments of {written.name} must be a JSON object.")
    return Call(told.call_id(asked, number), written.name, _restored(args, veil))


def _question(args: dict[str, Any]) -> Reply:
    question, choices = args.get("question"), args.get("choices") or []
    if not isinstance(question, str) or not question.strip() or not isinstance(choices, list):
        raise _Malformed(f"{told.ASK_USER} needs a question, and its choices are a list of texts.")
    texts = tuple(str(choice) for choice in choices)
    return Reply(question, kind="clarify", cards=(ChoicesCard(question=question, choices=texts),) if texts else ())


def _restored(value: Any, veil: Veil) -> Any:
    if invented := veil.unknown(value):
        raise _Malformed(f"{', '.join(invented)} was never given.")
    return veil.restore(value)
