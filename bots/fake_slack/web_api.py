"""The Web API over HTTP: token, scope, arguments, tier and faults, then the method; each call is in the journal."""

import asyncio
import json
import time
from collections import defaultdict, deque
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bots.fake_slack import oauth
from bots.fake_slack.methods import METHODS, Method
from bots.fake_slack.model import Json
from bots.fake_slack.slack import FakeSlack, Refusal, need

NESTED = ("blocks", "view", "metadata", "chunks", "prompts", "files", "attachments")
"""Arguments that come as JSON text when the rest is a form."""
MINUTE = 60.0


class Tiers:
    """How often each method was called for each workspace in the last minute."""

    def __init__(self) -> None:
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, team: str, name: str, method: Method) -> int:
        """Seconds until this method may be called again; 0: now, and this call counts."""
        calls, now = self._calls[team, name], time.monotonic()
        while calls and now - calls[0] > MINUTE:
            calls.popleft()
        if len(calls) >= method.per_minute:
            return max(1, round(MINUTE - (now - calls[0])))
        calls.append(now)
        return 0


def web_api(slack: FakeSlack) -> APIRouter:
    """The routes of one fake Slack."""
    router, tiers = APIRouter(), Tiers()

    @router.post("/api/{name}")
    @router.get("/api/{name}")
    async def call(name: str, request: Request) -> Response:
        args = await _arguments(request)
        header = request.headers.get("authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(args.pop("token", ""))
        if header.startswith("Basic "):
            args["client_id"], args["client_secret"] = _basic(header)
        base = str(request.base_url).rstrip("/")
        status, answer, headers = await _answer(slack, tiers, name, token, args, base)
        slack.note("call", method=name, args=_safe(args), status=status, error=answer.get("error"))
        return JSONResponse(answer, status, headers)

    @router.post("/upload/{file_id}")
    async def upload(file_id: str, request: Request) -> Response:
        file = slack.files.get(file_id)
        if file is None or file["done"]:
            return Response("no such upload", 404, media_type="text/plain")
        file["data"] = await request.body()
        return Response(f"OK - {len(file['data'])}", media_type="text/plain")

    @router.get("/files/{file_id}")
    def shown(file_id: str) -> Response:
        file = slack.files.get(file_id)
        if file is None or not file["done"]:
            return Response(status_code=404)
        return Response(file["data"], media_type="image/png")

    return router


async def _answer(
    slack: FakeSlack, tiers: Tiers, name: str, token: str, args: Json, base: str
) -> tuple[int, Json, dict[str, str]]:
    faults, chance = slack.faults, slack.chance
    if chance.meets(faults, name, faults.slow):
        await asyncio.sleep(faults.slow_seconds)
    if chance.meets(faults, name, faults.too_many):
        return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(faults.retry_after)}
    if chance.meets(faults, name, faults.broken):
        return 503, {"ok": False, "error": "service_unavailable"}, {}
    try:
        done = _without_bot(slack, name, token, args, base)
        if done is None:
            team, method = slack.team_of_token(token), METHODS.get(name)
            if method is None:
                raise Refusal("unknown_method", name)
            if method.scope:
                need(team, method.scope)
            wait = tiers.wait(team.id, name, method) if faults.limits else 0
            if wait:
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
            method.check(args)
            done = method.run(slack, team, args)
    except Refusal as refusal:
        return 200, {"ok": False, "error": refusal.code, "detail": refusal.detail, **refusal.more}, {}
    if "upload_url" in done:
        done["upload_url"] = done["upload_url"].replace("{base}", base)
    if chance.meets(faults, name, faults.effect_lost):
        return 503, {"ok": False, "error": "service_unavailable"}, {}
    return 200, {"ok": True, **done}, {}


def _without_bot(slack: FakeSlack, name: str, token: str, args: Json, base: str) -> Json | None:
    """The methods that take no bot's token; None for all others."""
    if name == "oauth.v2.access":
        return oauth.v2_access(slack, args)
    if name == "openid.connect.token":
        return oauth.openid_token(slack, args)
    if name == "openid.connect.userInfo":
        return oauth.openid_user(slack, token)
    if name == "apps.connections.open":
        if token != slack.app.app_token:
            raise Refusal("invalid_auth", "Socket Mode needs an app-level token")
        return {"url": f"{base.replace('http', 'ws', 1)}/socket"}
    return None


async def _arguments(request: Request) -> Json:
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await request.body()
        sent: Any = json.loads(body) if body else {}
        args.update(sent if isinstance(sent, dict) else {})
    elif request.method == "POST":
        args.update(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    for name in NESTED:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except json.JSONDecodeError:
                args[name] = []
    return args


def _basic(header: str) -> tuple[str, str]:
    import base64

    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name, secret


def _safe(args: Json) -> Json:
    """What the journal keeps: everything but secrets."""
    return {name: value for name, value in args.items() if name not in ("client_secret", "code", "token")}
