"""What holds for every request: a size limit, security headers, counting."""

import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.model_metrics import ModelMetrics
from bots.web.problems import problem

LARGEST_BODY = 1_000_000
"""Bytes of a request body."""
TOO_LARGE = f"The request is larger than the limit of {LARGEST_BODY:,} bytes; send less at once."
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Metrics:
    """What /metrics tells; one registry per application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "wardline_http_requests",
            "Requests by route and status",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "wardline_http_seconds", "Seconds until a request was answered", ("route",), registry=self.registry
        )
        self.turns = Counter("wardline_turns", "Turns by outcome", ("outcome",), registry=self.registry)
        self.turn_seconds = Histogram(
            "wardline_turn_seconds",
            "Seconds a turn took",
            registry=self.registry,
            buckets=(0.05, 0.1, 0.15, 0.25, 0.4, 0.7, 1, 2, 4, 8),
        )
        self.models = ModelMetrics(self.registry)


class Guardrails:
    """Wraps the application; what it answers itself gets the same headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        limited = _Limited(receive)
        if _declared(scope) > LARGEST_BODY:
            await _too_large()(scope, receive, send_with_headers)
        else:
            await self._app(scope, limited, send_with_headers)
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(time.perf_counter() - started)


class _Limited:
    """Cuts a body that grows past the limit without having declared its size."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > LARGEST_BODY:
                raise HTTPException(413, TOO_LARGE.rstrip("."))
        return message


def _add_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _too_large() -> ASGIApp:
    return problem(413, TOO_LARGE)
