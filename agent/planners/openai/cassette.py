"""A cassette: what an endpoint answered once, kept in a file and given again to the same requests, without it.

Requests are kept as they leave, behind the veil; headers, and with them the key, are not kept. Only answers that came
whole with status 200 are kept: what is played again is what was answered.
"""

from __future__ import annotations

import difflib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # slow to import, so only when a model is asked
    import httpx2

Mode = Literal["record", "replay"]
MOST_LINES = 60
"""Lines of a difference that are told."""


class CassetteMiss(BaseException):
    """A request that was never recorded; the message shows how it differs from the nearest one that was.

    Not an `Exception`: neither the client package nor a turn may make an answer of it. The run ends.
    """


class BadCassette(Exception):
    """A file that is no cassette; the message says which and why."""


@dataclass
class Cassette:
    """Requests and answers in a file, in the order they were made.

    `replay`: the same request asked again gets what was answered the next time, the last answer for ever.
    """

    path: Path
    mode: Mode = "replay"
    _kept: list[dict[str, Any]] = field(default_factory=list, init=False)
    _played: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.mode == "replay":
            self._kept = _read(self.path)

    def keep(self, request: Any, answer: str) -> None:
        """Record one answer; the file is whole after each."""
        self._kept.append({"request": request, "answer": answer.splitlines()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        draft.write_text(json.dumps(self._kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(self.path)

    def play(self, request: Any) -> str:
        """What was answered to this request.

        Raises:
            CassetteMiss: when it was never recorded.
        """
        said = _lines(request)
        found = [one["answer"] for one in self._kept if one["request"] == request]
        if not found:
            raise CassetteMiss(self._difference(said))
        at = self._played.get(said, 0)
        self._played[said] = at + 1
        return "\n".join(found[min(at, len(found) - 1)]) + "\n"

    def _difference(self, said: str) -> str:
        if not self._kept:
            return f"Nothing is recorded in {self.path}."
        recorded = [_lines(one["request"]) for one in self._kept]
        shares = [_shared(said, other) for other in recorded]
        nearest = shares.index(max(shares))
        lines = list(
            difflib.unified_diff(
                recorded[nearest].splitlines(),
                said.splitlines(),
                f"recorded request {nearest + 1} of {len(recorded)}",
                "this request",
                lineterm="",
                n=1,
            )
        )
        more = [f"... and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
        return "\n".join([f"This request is not recorded in {self.path}.", *lines[:MOST_LINES], *more])


def client_of(cassette: Cassette) -> httpx2.AsyncClient:
    """An HTTP client for the openai package whose answers are recorded on the cassette, or come from it."""
    import httpx2  # what the openai package speaks through

    class Deck(httpx2.AsyncBaseTransport):
        """Between the client and the network."""

        def __init__(self) -> None:
            self._network = httpx2.AsyncHTTPTransport() if cassette.mode == "record" else None

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            asked = json.loads(await request.aread())
            if self._network is None:
                return httpx2.Response(200, headers=_STREAM, text=cassette.play(asked), request=request)
            response = await self._network.handle_async_request(request)
            if response.status_code != 200:
                return response
            return httpx2.Response(200, headers=response.headers, stream=Tape(asked, response), request=request)

        async def aclose(self) -> None:
            if self._network is not None:
                await self._network.aclose()

    class Tape(httpx2.AsyncByteStream):
        """A stream that is kept once it has come whole."""

        def __init__(self, asked: Any, response: httpx2.Response) -> None:
            self._asked, self._response = asked, response

        async def __aiter__(self) -> Any:
            pieces = []
            async for piece in self._response.aiter_raw():
                pieces.append(piece)
                if b"".join(pieces).rstrip().endswith(_DONE):  # whoever reads stops here and never asks for the rest
                    cassette.keep(self._asked, b"".join(pieces).decode())
                yield piece

        async def aclose(self) -> None:
            await self._response.aclose()

    return httpx2.AsyncClient(transport=Deck(), headers={"accept-encoding": "identity"})


_STREAM = {"content-type": "text/event-stream"}
_DONE = b"data: [DONE]"
_PARTS = {"request", "answer"}


def _lines(request: Any) -> str:
    """A request as text that a difference can be read in: a long text takes one line per line of its own."""
    return "\n".join(
        json.dumps(request, indent=1, sort_keys=True, ensure_ascii=False).replace("\\n", "\n").splitlines()
    )


def _shared(one: str, other: str) -> float:
    """How much of the lines of two requests is the same, 0 to 1."""
    return difflib.SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False).ratio()


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadCassette(f"{path} is no cassette that can be replayed: {problem}.") from problem
    if not isinstance(kept, list) or not all(
        isinstance(one, dict) and {"request", "answer"} <= set(one) for one in kept
    ):
        raise BadCassette(f"{path} is no cassette: it must be a list of requests with their answers.")
    return kept
