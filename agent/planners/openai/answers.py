"""What an endpoint answered, put together from the pieces of its stream."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a second to import, so only when a model is asked
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall


@dataclass
class WrittenCall:
    """A call as the model wrote it; nothing about it is checked yet."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass
class Answer:
    """Everything one answer said."""

    text: str = ""
    refusal: str = ""
    calls: list[WrittenCall] = field(default_factory=list)
    finish: str | None = None
    tokens: tuple[int, int] | None = None
    """Read and written, when the endpoint tells."""
    first_token: float | None = None
    """Seconds until the first word or call came."""


async def collect(stream: AsyncIterator[ChatCompletionChunk], began: float) -> Answer:
    """The answer of a stream, whatever of it came. `began`: when it was asked for, on the monotonic clock."""
    answer = Answer()
    places: dict[int, WrittenCall] = {}
    async for chunk in stream:
        if chunk.usage is not None:
            answer.tokens = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        for choice in (chunk.choices or [])[:1]:
            answer.finish = choice.finish_reason or answer.finish
            if choice.delta is None:
                continue  # some servers end with a choice that says nothing
            said = choice.delta
            answer.text += said.content or ""
            answer.refusal += said.refusal or ""
            for piece in said.tool_calls or ():
                _join(answer, places, piece)
            if answer.first_token is None and (said.content or said.refusal or said.tool_calls):
                answer.first_token = time.monotonic() - began
    return answer


def _join(answer: Answer, places: dict[int, WrittenCall], piece: ChoiceDeltaToolCall) -> None:
    """Add a piece to its call; a new id at a used place is a new call (some servers number all of them 0)."""
    call = places.get(piece.index)
    if call is None or (piece.id and call.id and piece.id != call.id):
        call = places[piece.index] = WrittenCall()
        answer.calls.append(call)
    call.id = piece.id or call.id
    if piece.function is not None:
        call.name += piece.function.name or ""
        call.arguments += piece.function.arguments or ""
