"""What went wrong, as problem+json (RFC 9457): one sentence in `detail`, never a traceback."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bots.identity import NotAllowed
from tools.results import Refused, RefusedKind

MEDIA_TYPE = "application/problem+json"
STATUS_OF: Mapping[RefusedKind, int] = {
    "never": 403,
    "role": 403,
    "read": 403,
    "stale": 409,
    "conflict": 409,
    "invalid": 422,
    "missing": 422,
    "unknown": 404,
    "unavailable": 501,
}
"""The HTTP status of each kind of refusal by the desk."""
log = logging.getLogger(__name__)


class Trouble(Exception):
    """A request that cannot be answered, in a sentence for the person who sent it."""

    def __init__(self, status: int, sentence: str, **more: Any) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.more = more


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """One problem as a response; `more` are extension members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence, **more}
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def refusal(refused: Refused) -> Trouble:
    """A refusal of the desk as trouble."""
    more: dict[str, Any] = {"kind": refused.kind}
    if refused.rule:
        more["rule"] = refused.rule
    if refused.instead:
        more["instead"] = refused.instead
    if refused.again:
        more["again"] = {"plan": refused.again.id, "digest": refused.again.digest, "state": refused.again.state}
    if refused.choices:
        more["choices"] = list(refused.choices)
    return Trouble(STATUS_OF[refused.kind], refused.sentence, **more)


def add_problem_handlers(api: FastAPI) -> None:
    """Turn every error into problem+json."""

    @api.exception_handler(Trouble)
    async def _trouble(request: Request, error: Trouble) -> JSONResponse:
        return problem(error.status, error.sentence, **error.more)

    @api.exception_handler(NotAllowed)
    async def _not_allowed(request: Request, error: NotAllowed) -> JSONResponse:
        headers = {"WWW-Authenticate": 'Bearer realm="wardline"'} if error.status == 401 else None
        return problem(error.status, error.sentence, headers)

    @api.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"field": ".".join(str(part) for part in one["loc"] if part != "body") or "body", "detail": one["msg"]}
            for one in error.errors()
        ]
        first = errors[0]
        return problem(422, f"{first['field']}: {first['detail']}.", errors=errors)

    @api.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        sentence = f"There is nothing at {request.url.path}." if error.status_code == 404 else f"{error.detail}."
        return problem(error.status_code, sentence, error.headers)

    @api.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
        return problem(500, "Something went wrong on our side; nothing was changed by this request.")
