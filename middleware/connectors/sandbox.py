"""The sandbox EHR, workforce system and ERP as downstream systems: in this process, or by their addresses."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from string import Formatter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from hospital.ports import Clock, Delivery, Message

if TYPE_CHECKING:
    from middleware.sandbox.services.faults import App

TIMEOUT = 5.0
"""Seconds without an answer after which an outcome is unknown."""
QUESTIONS = 3
"""How often something that changes nothing is asked before giving up."""
PATHS: dict[str, dict[str, str]] = {
    "ehr": {
        "book_appointment": "/appointments",
        "reschedule_appointment": "/appointments/{appointment_id}/reschedule",
        "cancel_appointment": "/appointments/{appointment_id}/cancel",
        "schedule_case": "/cases",
        "add_session": "/sessions",
        "convert_slots": "/slots/convert",
        "overbook_session": "/sessions/{session_id}/overbook",
        "offer_waitlist": "/waitlist-offers",
        "move_case": "/cases/{case_id}/move",
        "cancel_case": "/cases/{case_id}/cancel",
        "change_items": "/cases/{case_id}/items",
        "assign_bed": "/stays/{encounter_id}/bed",
        "open_beds": "/units/{unit_id}/open-beds",
        "release_block": "/blocks/{block_id}/release",
    },
    "wfm": {"create_staffing_request": "/staffing-requests", "plan_session_staff": "/session-staff"},
    "erp": {"create_requisition": "/requisitions", "open_work_order": "/work-orders"},
}
"""Where each operation goes, by system."""
UNDO = "/undo"
"""Where every `undo:NAME` goes: these systems remember what each key changed."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def sandbox_downstream(
    home: Path, clock: Clock, *, urls: Mapping[str, str] | None = None, timeout: float = TIMEOUT
) -> "Mapping[str, SandboxSystem]":
    """The three systems of the sandbox in this home, by name.

    Each runs inside this process, started by the first message to it, unless `urls` says where it is served.
    `clock` is the business clock that an in-process service stamps its journal with; `timeout` is in seconds.
    """
    addresses = urls or {}
    return {
        system: SandboxSystem(
            system,
            httpx.Client(base_url=addresses[system], timeout=timeout)
            if system in addresses
            else httpx.Client(
                base_url=f"http://{system}.sandbox",
                timeout=timeout,
                transport=InProcess(system, home, clock),
            ),
        )
        for system in PATHS
    }


class SandboxSystem:
    """One system behind HTTP (see `hospital.ports.Downstream`)."""

    def __init__(self, system: str, client: httpx.Client, jitter: Random | None = None) -> None:
        self._system = system
        self._client = client
        self._random = jitter or Random()

    def deliver(self, message: Message) -> Delivery:
        """Send one message with its idempotency key, once: whether to send it again is not decided here."""
        undo = UNDO if message.operation.startswith("undo:") else None
        template = undo or PATHS[self._system].get(message.operation)
        if template is None:
            return Delivery("refused", detail=f"the {self._system} has no operation {message.operation}")
        if missing := [name for name in _names_in(template) if not message.payload.get(name)]:
            return Delivery("refused", detail=f"{message.operation} names no {missing[0]}")
        path = template.format_map({name: quote(str(value), safe="") for name, value in message.payload.items()})
        headers = {"Idempotency-Key": message.key}
        if message.plan_id:
            headers["Wardline-Plan"] = message.plan_id
        try:
            answer = self._client.post(path, json=dict(message.payload), headers=headers)
        except _NEVER_SENT as problem:
            return Delivery("unreachable", detail=_said(problem))
        except httpx.TransportError as problem:
            return Delivery("unknown", detail=_said(problem))
        return _outcome(answer)

    def state_of(self, key: str) -> Delivery:
        """What the system knows about this key: done with its reference, refused when it never arrived."""
        problem = ""
        for attempt in range(QUESTIONS):
            if attempt:
                time.sleep(0.1 * attempt * self._random.uniform(0.5, 1.5))
            try:
                answer = self._client.get(f"/effects/{quote(key, safe='')}")
            except httpx.TransportError as failure:
                problem = _said(failure)
                continue
            if answer.status_code == 404:
                return Delivery("refused", detail="it never arrived")
            if answer.is_success:
                return _outcome(answer)
            problem = _detail(answer)
        return Delivery("unreachable", detail=problem)

    def close(self) -> None:
        """Let go of open connections."""
        self._client.close()


def _names_in(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def _outcome(answer: httpx.Response) -> Delivery:
    if answer.is_success:
        return Delivery("done", reference=str(answer.json()["reference"]))
    if answer.status_code in (429, 503):  # said before anything was done
        return Delivery("unreachable", detail=_detail(answer))
    if answer.is_client_error:
        return Delivery("refused", detail=_detail(answer))
    return Delivery("unknown", detail=_detail(answer))


def _detail(answer: httpx.Response) -> str:
    said: Any = answer.json().get("detail") if "json" in answer.headers.get("content-type", "") else answer.text
    if isinstance(said, list):  # what FastAPI says of a body that does not fit
        said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in said)
    return f"{answer.status_code}: {said}"


def _said(problem: httpx.TransportError) -> str:
    return f"{type(problem).__name__}: {problem}".rstrip(": ")


class InProcess(httpx.BaseTransport):
    """Hands requests to a service in this process, each on an event loop of its own, within the client's time-out.

    Works from any thread, also from one in which an event loop is running.
    """

    def __init__(self, system: str, home: Path, clock: Clock) -> None:
        self._system = system
        self._home = home
        self._clock = clock
        self._app: App | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The service's answer.

        Raises:
            httpx.ReadTimeout: when it does not come in time; what was asked may have happened.
        """
        if self._app is None:
            from middleware.sandbox.services.catalogue import open_service  # FastAPI takes a while to load

            self._app = open_service(self._system, self._home, self._clock)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._ask(self._app, request))
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(asyncio.run, self._ask(self._app, request)).result()

    @staticmethod
    async def _ask(app: "App", request: httpx.Request) -> httpx.Response:
        seconds = request.extensions.get("timeout", {}).get("read", TIMEOUT)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with asyncio.timeout(seconds):
                answer = await transport.handle_async_request(request)
                content = await answer.aread()
        except TimeoutError:
            raise httpx.ReadTimeout(f"no answer in {seconds} s", request=request) from None
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)
