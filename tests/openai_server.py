"""A small OpenAI-compatible endpoint over real HTTP that does what a test tells it, step by step."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse


@dataclass(frozen=True)
class Act:
    """What the endpoint does with one request."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Name and arguments, as the model wrote them."""
    finish: str = "stop"
    refusal: str = ""
    slow: float = 0.0
    cut_off: bool = False
    killed: bool = False
    """Whether the connection breaks in the middle, as when the server's process is killed."""
    tokens: tuple[int, int] | None = None
    """Read and written, told at the end to whoever asks for them."""
    between: float = 0.0
    """Seconds between the first piece and the rest."""
    status: int = 200
    retry_after: str = ""
    says: str = "no"
    """The message of an error."""


def calling(name: str, **args: Any) -> Act:
    """One well-formed call."""
    return Act(calls=((name, json.dumps(args)),), finish="tool_calls")


@dataclass
class Endpoint:
    """Plays its acts in order, the last one for ever; keeps what it received."""

    url: str = ""
    acts: list[Act] = field(default_factory=lambda: [Act(text="Hello.")])
    bodies: list[str] = field(default_factory=list)

    connections: Callable[[], int] = lambda: 0
    """How many are open."""

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Everything received, in order."""
        return [json.loads(body) for body in self.bodies]

    @property
    def spoken(self) -> str:
        """Every text of every message received, as a model would read it."""
        return "\n".join(json.dumps(r["messages"], ensure_ascii=False) for r in self.requests)

    def next_act(self) -> Act:
        return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]


@contextmanager
def running() -> Iterator[Endpoint]:
    """The endpoint, listening on this machine only."""
    endpoint = Endpoint()
    listening = socket.create_server(("127.0.0.1", 0))
    endpoint.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    server = uvicorn.Server(uvicorn.Config(_app(endpoint), log_level="critical", lifespan="off", ws="none"))
    endpoint.connections = lambda: len(server.server_state.connections)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


def _app(endpoint: Endpoint) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        endpoint.bodies.append((await request.body()).decode())
        act = endpoint.next_act()
        if act.status != 200:
            headers = {"retry-after": act.retry_after} if act.retry_after else {}
            said = json.dumps({"error": {"message": act.says}})
            return Response(said, act.status, headers, "application/json")
        tells = bool(json.loads(endpoint.bodies[-1]).get("stream_options", {}).get("include_usage"))
        return StreamingResponse(_stream(act, tells), media_type="text/event-stream")

    return app


async def _stream(act: Act, tells: bool) -> AsyncIterator[str]:
    await asyncio.sleep(act.slow)
    yield _chunk({"role": "assistant", "content": ""})
    for at in range(0, len(act.text), 7):
        yield _chunk({"content": act.text[at : at + 7]})
        await asyncio.sleep(act.between if at == 0 else 0)
    if act.refusal:
        yield _chunk({"refusal": act.refusal})
    for number, (name, arguments) in enumerate(act.calls):
        head = {"index": number, "id": f"call_{number}", "type": "function"}
        yield _chunk({"tool_calls": [{**head, "function": {"name": name, "arguments": ""}}]})
        for at in range(0, len(arguments), 5):
            piece = {"index": number, "function": {"arguments": arguments[at : at + 5]}}
            yield _chunk({"tool_calls": [piece]})
    if act.killed:
        raise ConnectionAbortedError("killed in the middle of an answer")
    if not act.cut_off:
        yield _chunk({}, act.finish)
        if tells and act.tokens is not None:
            read, written = act.tokens
            usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
            yield f"data: {json.dumps({**_CHUNK, 'choices': [], 'usage': usage})}\n\n"
        yield "data: [DONE]\n\n"


def _chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({**_CHUNK, 'choices': [choice]})}\n\n"


_CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m"}
