"""One answer from an OpenAI-compatible endpoint, whole or not at all: streamed, timed, retried with jitter."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from agent.planners.openai.answers import Answer, collect
from agent.planners.openai.cassette import Cassette, client_of
from agent.planners.port import PlannerUnavailable

if TYPE_CHECKING:  # a second to import, so only when a model is asked
    from openai import AsyncOpenAI

_LOG = logging.getLogger(__name__)
_WORTH_RETRYING = frozenset({408, 409, 429})
_MOST_WAIT = 8.0
_TOKENS = "stream_options"
_NO_KEY = "none"
"""Local servers want no key; the package wants one."""


class _Again(Exception):
    """This attempt failed in a way that another may not. `after`: seconds the endpoint asked us to wait."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Endpoint:
    """A model behind an address.

    `timeout`: seconds one attempt may take. `patience`: seconds all attempts of one answer may take, waits
    included. `attempts`: how often one answer is tried. `cassette`: answers are recorded on it, or come from it.
    """

    def __init__(
        self,
        base_url: str | None,
        api_key: str,
        model: str,
        timeout: float,
        patience: float,
        attempts: int,
        cassette: Cassette | None = None,
    ) -> None:
        self.model = model
        self._base_url = base_url or None
        self._api_key = api_key or _NO_KEY
        self._timeout = timeout
        self._patience = patience
        self._attempts = attempts
        self._cassette = cassette
        self._asks_tokens = True
        self._client: AsyncOpenAI | None = None

    async def answer(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> Answer:
        """The model's next message.

        Raises:
            PlannerUnavailable: when it could not be had in time, or the endpoint refuses us.
        """
        until = time.monotonic() + self._patience
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._attempt(messages, tools, min(self._timeout, until - time.monotonic()))
            except _Again as problem:
                wait = _pause(attempt) if problem.after is None else problem.after * random.uniform(1.0, 1.1)
                _LOG.warning("model %s, attempt %d: %s", self.model, attempt, problem)
                if attempt == self._attempts or time.monotonic() + wait >= until:
                    break
            await asyncio.sleep(wait)
        raise PlannerUnavailable("The language model did not answer in time.")

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _attempt(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]], seconds: float) -> Answer:
        import openai

        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                request: Any = {"messages": messages, "tools": tools}
                if self._asks_tokens:
                    request["stream_options"] = {"include_usage": True}
                stream = await self._connected().chat.completions.create(model=self.model, stream=True, **request)
                async with stream:
                    answer = await collect(stream, began)
        except TimeoutError as problem:
            raise _Again("too slow") from problem
        except openai.APIStatusError as problem:
            if problem.status_code in _WORTH_RETRYING or problem.status_code >= 500:
                raise _Again(f"status {problem.status_code}", _asked_wait(problem.response.headers)) from problem
            if self._asks_tokens and problem.status_code in (400, 422) and _TOKENS in str(problem.body):
                self._asks_tokens = False  # an older server: it is asked again without, and tokens are estimated
                return await self._attempt(messages, tools, seconds)
            _LOG.warning("model %s refused the request: status %d", self.model, problem.status_code)
            raise PlannerUnavailable("The language model's endpoint did not accept the request.") from problem
        except (openai.APIError, json.JSONDecodeError, UnicodeDecodeError) as problem:
            raise _Again(type(problem).__name__) from problem  # never its text: an endpoint may echo the request
        if answer.finish is None:
            raise _Again("the answer was cut off")
        return answer

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI

            # Retries are ours: the package neither retries a cut-off stream nor knows how long a person waits.
            self._client = AsyncOpenAI(
                base_url=self._base_url,
                api_key=self._api_key,
                timeout=self._timeout,
                max_retries=0,
                http_client=None if self._cassette is None else client_of(self._cassette),
            )
        return self._client


def _pause(attempt: int) -> float:
    """Exponential back-off with full jitter, in seconds."""
    return random.uniform(0.1, min(_MOST_WAIT, 0.5 * 2.0**attempt))


def _asked_wait(headers: Any) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as a date."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
