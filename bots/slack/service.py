"""The Slack front as it runs beside a server or in a worker: the work, and Socket Mode where it is set."""

from bots.slack.front import Front
from bots.slack.line import SlackLine
from bots.slack.worker import Worker


async def run_slack(line: SlackLine, front: Front | None = None) -> None:
    """Work until cancelled; with a front, events also come through a socket where an app token is set."""
    by_socket = front is not None and bool(line.wardline.settings.slack_app_token.get_secret_value())
    handler = await front.listen() if front is not None and by_socket else None
    try:
        await Worker(line).run()
    finally:
        if handler is not None:
            await handler.close_async()  # type: ignore[no-untyped-call]
        await line.close()
