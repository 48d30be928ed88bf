"""Faults around a service: down, slow, refusing, or doing what was asked without ever answering."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Literal, get_args

from hospital.entity import Record
from middleware.sandbox.switches import read_switches

Mode = Literal["down", "slow", "effect-then-timeout", "refuse"]
MODES: tuple[Mode, ...] = get_args(Mode)
SLOW_SECONDS = 2.0
LONGEST_SILENCE = 60.0
"""A caller that never hangs up is let go after so many seconds."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Fault(Record):
    """What is wrong with a service now. `seconds` is how long every answer takes when it is slow."""

    mode: Mode
    seconds: float = SLOW_SECONDS


def read_fault(home: Path, system: str) -> Fault | None:
    """What is wrong with this service now, read anew for each request."""
    found = read_switches(home).get(system)
    return Fault.model_validate(found) if found else None


def with_faults(app: App, home: Path, system: str) -> App:
    """The same service, as it behaves under the fault that is switched on at the time of each request.

    Only writing requests (POST) are refused or left without an answer; `down` and `slow` are for all.
    """

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        fault = read_fault(home, system) if scope["type"] == "http" else None
        writes = fault is not None and scope["method"] == "POST"
        if fault is None:
            await app(scope, receive, send)
        elif fault.mode == "down":
            await _answer(send, 503, f"the {system} is down")
        elif fault.mode == "refuse" and writes:
            await _answer(send, 422, f"the {system} does not take this now")
        elif fault.mode == "effect-then-timeout" and writes:
            await app(scope, receive, _swallow)
            await _stay_silent(receive)
        else:
            if fault.mode == "slow":
                await asyncio.sleep(fault.seconds)
            await app(scope, receive, send)

    return faulty


async def _swallow(_: MutableMapping[str, Any]) -> None:
    return None


async def _stay_silent(receive: Receive) -> None:
    """Until the caller has hung up."""
    try:
        async with asyncio.timeout(LONGEST_SILENCE):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _answer(send: Send, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
