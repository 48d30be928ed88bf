"""The HTTP application: its parts in one table."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from fastapi import FastAPI

from bots.app import Wardline
from bots.web import figures, governing, health, pages, plans, queues, sheets, threads
from bots.web.guardrails import Guardrails, Metrics
from bots.web.problems import add_problem_handlers

if TYPE_CHECKING:
    from bots.slack.front import Front

ROUTERS = (
    threads.router,
    plans.router,
    sheets.router,
    governing.router,
    queues.router,
    figures.router,
    health.router,
    pages.router,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_api(wardline: Wardline, lifespan: Lifespan | None = None) -> FastAPI:
    """The application on this wiring; `lifespan` runs beside it."""
    api = FastAPI(
        title="Wardline",
        version="1",
        summary="Ask about a hospital's capacity, propose changes, and decide on them.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    api.state.wardline = wardline
    api.state.metrics = Metrics()
    api.state.slack = front_of(wardline) if wardline.settings.has_slack else None
    api.add_middleware(Guardrails, metrics=api.state.metrics)
    add_problem_handlers(api)
    for router in ROUTERS:
        api.include_router(router)
    if api.state.slack is not None:
        from bots.slack.linking import link_router
        from bots.slack.pages import slack_router

        api.include_router(slack_router)
        api.include_router(link_router)
    return api


def front_of(wardline: Wardline) -> "Front":
    """The door for Slack on this wiring."""
    from bots.slack.front import Front  # slack-bolt is slow to load, and many servers have no Slack
    from bots.slack.line import SlackLine

    return Front(SlackLine(wardline))
