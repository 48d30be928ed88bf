"""The Slack front as it runs beside a server or in a worker: the work, and Socket Mode where it is set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots.slack.front import Front
from bots.slack.line import SlackLine
from bots.slack.worker import Worker


async def run_slack(line: SlackLine, front: Front | None = None, *, looks: bool = True) -> None:
    """Work until cancelled; with a front, events also come through a socket where an app token is set."""
    async with listening(front):
        try:
            await Worker(line, looks=looks).run()
        finally:
            await line.close()


@asynccontextmanager
async def listening(front: Front | None) -> AsyncIterator[None]:
    """What comes in is kept as long as the block lasts, also through a socket where an app token is set."""
    if front is not None:
        front.line.intake.start()
    by_socket = front is not None and bool(front.line.wardline.settings.slack_app_token.get_secret_value())
    handler = await front.listen() if front is not None and by_socket else None
    try:
        yield
    finally:
        if handler is not None:
            await handler.close_async()  # type: ignore[no-untyped-call]
