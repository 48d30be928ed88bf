"""The door for Slack: slack-bolt checks each request, the inbox keeps it, and only then is it acknowledged.

The same happens over HTTP and over Socket Mode.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request
from fastapi.responses import Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.budget import Bucket
from bots.slack.inbox import job_of
from bots.slack.line import SlackLine
from bots.slack.modals import WORKING

log = logging.getLogger(__name__)
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands",
    "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "users:read",
)  # fmt: skip
"""What the app may do in a workspace; the manifest says the same."""
NOTED_PER_MINUTE = 30
"""So many refused requests a minute are written into the audit; the rest is only logged, so that nobody floods it."""


class Keep(AsyncMiddleware):
    """Puts every genuine request into the inbox and acknowledges it; what came before is acknowledged, not kept."""

    def __init__(self, line: SlackLine, noted: Bucket, ring: Callable[[], object]) -> None:
        self.line = line
        self._noted = noted
        self._ring = ring

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Keep and acknowledge."""
        if req.body.get("type") == "url_verification":
            return await next()
        job = job_of(req.body, self.line.wardline.system_clock.now())
        if job is None:
            return BoltResponse(status=200, body="")
        kept = await self.line.intake.keep(job)
        self._ring()
        if (
            kept.new is False
            and not req.headers.get("x-slack-retry-num")
            and job.kind in REPLAYS
            and self._noted.wait() == 0
        ):
            said = f"{job.id} came once more and was not done again"
            await asyncio.to_thread(self.line.refuse, "slack.replayed", said)
        where = "file" if kept.new is None else "store"
        took: dict[str, str | Sequence[str]] = {"Server-Timing": f"{where};dur={kept.seconds * 1000:.1f}"}
        if job.kind == "view_submission":
            body = {"response_action": "update", "view": WORKING}
            return BoltResponse(status=200, body=body, headers=took)
        return BoltResponse(status=200, body="", headers=took)


REPLAYS = frozenset(("block_actions", "view_submission", "message_action", "command"))
"""What Slack itself never sends twice."""


class Front:
    """The Bolt app and its routes."""

    def __init__(self, line: SlackLine) -> None:
        settings = line.wardline.settings
        self.line = line
        self._noted = Bucket(NOTED_PER_MINUTE)
        self.signing_secret = settings.slack_signing_secret.get_secret_value() or "socket mode only"
        self.on_news: Callable[[], object] = line.wake.set
        """Called when something was kept: wakes whoever works."""
        oauth = self._oauth() if settings.slack_client_id else None
        self.app = AsyncApp(
            name="wardline",
            signing_secret=self.signing_secret,
            installation_store=line.installs,
            oauth_settings=oauth,
            before_authorize=Keep(line, self._noted, lambda: self.on_news()),
            client=AsyncWebClient(base_url=line.caller.url),
            logger=log,
        )
        self._handler = AsyncSlackRequestHandler(self.app)

    def _oauth(self) -> AsyncOAuthSettings:
        settings = self.line.wardline.settings
        public = settings.public_url.rstrip("/")
        site = settings.slack_api_url.rstrip("/").removesuffix("/api")
        return AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=list(SCOPES),
            redirect_uri=f"{public}/slack/oauth_redirect" if public else None,
            authorization_url=f"{site}/oauth/v2/authorize",
            installation_store=self.line.installs,
            state_store=self.line.states,
            install_page_rendering_enabled=False,
        )

    async def handle(self, request: Request) -> Response:
        """One request of Slack, or of a browser that installs the app."""
        started = time.perf_counter()
        response = await self._handler.handle(request)
        if response.status_code == 401 and self._noted.wait() == 0:
            stamp = request.headers.get("x-slack-request-timestamp", "")
            said = "an old timestamp" if _is_old(stamp) else "a signature that is not Slack's"
            await asyncio.to_thread(self.line.refuse, "slack.signature", f"a request with {said} was refused")
        response.headers.append("Server-Timing", f"door;dur={(time.perf_counter() - started) * 1000:.1f}")
        return response

    async def listen(self) -> AsyncSocketModeHandler:
        """Open Socket Mode; the connection stays until it is closed."""
        token = self.line.wardline.settings.slack_app_token.get_secret_value()
        handler = AsyncSocketModeHandler(self.app, token, web_client=self.line.caller.client(None))
        await handler.connect_async()  # type: ignore[no-untyped-call]
        return handler


def _is_old(stamp: str) -> bool:
    return not stamp.isdigit() or abs(time.time() - int(stamp)) > 300
