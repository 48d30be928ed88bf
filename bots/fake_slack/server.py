"""The fake Slack as one application: Web API, Socket Mode, sign-in pages, and the page for people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

from bots.fake_slack import pages, sign_in
from bots.fake_slack.deliver import Delivery
from bots.fake_slack.people import People
from bots.fake_slack.slack import FakeSlack
from bots.fake_slack.web_api import web_api
from bots.web.guardrails import Guardrails, Metrics


def create_fake(slack: FakeSlack, delivery: Delivery | None = None) -> FastAPI:
    """The application on this state; `app.state.people` acts in it."""
    sender = delivery or Delivery(slack)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.loop = asyncio.get_running_loop()
        yield
        await sender.close()

    app = FastAPI(title="Fake Slack", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.slack, app.state.people, app.state.delivery = slack, People(slack, sender), sender
    app.add_middleware(Guardrails, metrics=Metrics())
    app.include_router(web_api(slack))
    app.include_router(pages.router)
    app.include_router(sign_in.router)

    @app.websocket("/socket")
    async def socket(connection: WebSocket) -> None:
        await sender.socket(connection)

    return app
