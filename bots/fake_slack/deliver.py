"""Sends what people do to the app: signed over HTTP with Slack's retries, or through a socket that the app opened."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import WebSocket

from bots.fake_slack.model import Json
from bots.fake_slack.slack import FakeSlack

PATIENCE = 3.0
"""Seconds Slack waits for an acknowledgement."""
RETRIES = (0.2, 1.0, 3.0)
"""Seconds before each further attempt; Slack itself waits a moment, a minute, five minutes."""


@dataclass(frozen=True)
class Ack:
    """What came back, and after how long; status 0: nothing in time."""

    status: int
    body: Json
    seconds: float


class Delivery:
    """The way from this Slack to the app."""

    def __init__(self, slack: FakeSlack, client: httpx.AsyncClient | None = None) -> None:
        self._slack = slack
        self._client = client or httpx.AsyncClient(timeout=PATIENCE)
        self._sockets: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self.acks: list[float] = []
        """Seconds until each acknowledgement of an event, for those who measure."""
        self.server_acks: list[dict[str, float]] = []
        """What each server said about the same in its `Server-Timing`, in seconds by name."""

    @property
    def connections(self) -> int:
        """How many sockets the app has open."""
        return len(self._sockets)

    async def close(self) -> None:
        """Stop what is on its way."""
        for task in self._running:
            task.cancel()
        await self._client.aclose()

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it beside everything else."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drained(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def greet(self) -> list[bool]:
        """Send each address of the app the challenge that Slack sends when the address is set; who answered it."""
        challenge = self._slack.id("challenge")
        raw = json.dumps({"type": "url_verification", "token": "verification", "challenge": challenge})
        kind = {"Content-Type": "application/json"}
        found = []
        for url in self._slack.app.request_urls:
            signed = {**sign(self._slack.app.signing_secret, raw), **kind}
            response = await self._client.post(url, content=raw, headers=signed)
            found.append(response.status_code == 200 and challenge in response.text)
        return found

    def event(self, team_id: str, event: Json, event_id: str | None = None) -> str:
        """Send an event of the Events API, with the faults that are switched on; its id."""
        slack, chance = self._slack, self._slack.chance
        body = {
            "token": "verification",
            "team_id": team_id,
            "api_app_id": slack.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or slack.id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": team_id, "is_bot": True}],
        }
        delay = chance.random.uniform(0.05, 0.3) if chance.hits(slack.faults.reorder) else 0.0
        self.begin(self._persist(body, delay))
        if chance.hits(slack.faults.duplicate):
            self.begin(self._persist(body, delay + chance.random.uniform(0, 0.4)))
        return str(body["event_id"])

    async def interaction(self, payload: Json) -> Ack:
        """Send a click, a submitted view or a shortcut. Slack never sends these again."""
        return await self._send("interactive", payload, {"payload": json.dumps(payload)})

    async def command(self, fields: Json) -> Ack:
        """Send a slash command; never again either."""
        return await self._send("slash_commands", fields, fields)

    async def _persist(self, body: Json, delay: float) -> None:
        await asyncio.sleep(delay)
        for number, wait in enumerate((0.0, *RETRIES)):
            await asyncio.sleep(wait)
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"} if number else {}
            ack = await self._send("events_api", body, None, retry)
            if ack.status == 200:
                return

    async def _send(self, kind: str, body: Json, form: Json | None, headers: dict[str, str] | None = None) -> Ack:
        started = time.perf_counter()
        try:
            if self._sockets:
                status, answer = 200, await self._by_socket(kind, body)
            else:
                status, answer = await self._by_http(body, form, headers or {})
        except (TimeoutError, httpx.HTTPError) as problem:
            status, answer = 0, {"problem": type(problem).__name__}
        ack = Ack(status, answer, time.perf_counter() - started)
        if status == 200:
            self.acks.append(ack.seconds)
        name = body.get("event_id") or body.get("trigger_id") or ""
        took = round(ack.seconds * 1000, 1)
        self._slack.note("sent", kind=kind, id=name, status=status, ms=took, **(headers or {}))
        return ack

    async def _by_http(self, body: Json, form: Json | None, headers: dict[str, str]) -> tuple[int, Json]:
        urls = self._slack.app.request_urls
        if not urls:
            return 0, {"problem": "no request URL and no socket"}
        raw = json.dumps(body) if form is None else urlencode(form)
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        signed = {**sign(self._slack.app.signing_secret, raw), "Content-Type": kind, **headers}
        for url in self._slack.chance.random.sample(urls, len(urls)):
            try:
                response = await self._client.post(url, content=raw, headers=signed)
            except httpx.ConnectError:
                continue  # nobody there: whoever balances the load asks the next one
            self.server_acks.append(_timing(response.headers.get("server-timing", "")))
            text = response.text
            return response.status_code, json.loads(text) if text.startswith("{") else {"text": text}
        return 0, {"problem": "nobody listens"}

    async def _by_socket(self, kind: str, body: Json) -> Json:
        """One of the open sockets gets it, as at Slack."""
        socket = self._slack.chance.random.choice(self._sockets)
        envelope = self._slack.id("Env")
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        told = {"envelope_id": envelope, "type": kind, "payload": body, "accepts_response_payload": True}
        try:
            await socket.send_text(json.dumps(told))
            return await asyncio.wait_for(self._waiting[envelope], PATIENCE)
        finally:
            del self._waiting[envelope]

    async def socket(self, socket: WebSocket) -> None:
        """Serve one connection of Socket Mode until it ends."""
        from fastapi import WebSocketDisconnect

        await socket.accept()
        await socket.send_text(json.dumps({"type": "hello", "num_connections": len(self._sockets) + 1}))
        self._sockets.append(socket)
        try:
            while True:
                heard = json.loads(await socket.receive_text())
                waiting = self._waiting.get(heard.get("envelope_id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(heard.get("payload") or {})
        except WebSocketDisconnect:
            pass
        finally:
            self._sockets.remove(socket)


def sign(secret: str, body: str, at: int | None = None) -> dict[str, str]:
    """The headers with which Slack signs a request."""
    stamp = str(at if at is not None else int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _timing(header: str) -> dict[str, float]:
    """`store;dur=1.5, door;dur=2.0` in seconds by name."""
    parts = (one.strip().partition(";dur=") for one in header.split(","))
    return {name: float(took) / 1000 for name, _, took in parts if took}
