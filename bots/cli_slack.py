"""`wardline fake-slack`: a Slack of one's own, filled with the sandbox's people, that talks to a running server."""

from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel

from bots.cli_common import console, settings_for
from bots.settings import Settings

PORT = 8788


def fake_slack(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = PORT,
    bot: Annotated[str, typer.Option("--bot", help="Where the server is that gets the events.")] = "",
    journal: Annotated[Path | None, typer.Option("--journal", help="Also write what happens to this file.")] = None,
) -> None:
    """Run a fake Slack with a page to chat and click as anybody of the sandbox; see docs/slack.md."""
    import uvicorn

    from bots.app import build
    from bots.fake_slack.model import App
    from bots.fake_slack.seeds import HOME_TEAM, OTHER_TEAM, furnish
    from bots.fake_slack.server import create_fake
    from bots.fake_slack.slack import FakeSlack
    from bots.slack.front import SCOPES
    from bots.slack.sandbox import connect_sandbox
    from hospital.model.people import User

    settings = settings_for()
    address = bot or f"http://{settings.host}:{settings.port}"
    slack = FakeSlack(App(request_urls=(f"{address}/slack/events",)), journal=journal)
    line = build(settings)
    with line.store.reading() as world:
        users = world.find(User, order="id")
    team = furnish(slack, HOME_TEAM, "Northgate Health", users, SCOPES)
    furnish(slack, OTHER_TEAM, "Lakeside Partners", users[:12])
    connect_sandbox(line.store, settings_as_server(settings, slack.app.signing_secret), team)
    line.close()
    console().print(Panel(_how(port, slack.app), title="Fake Slack", title_align="left", border_style="cyan"))
    uvicorn.run(create_fake(slack), host="127.0.0.1", port=port, log_level="warning", server_header=False)


def settings_as_server(settings: Settings, secret: str) -> str:
    """The secret under which the server keeps tokens: its own where it has one, else the fake app's."""
    own = settings.slack_client_secret.get_secret_value() or settings.slack_signing_secret.get_secret_value()
    return own or secret


def _how(port: int, app: object) -> str:
    from bots.fake_slack.model import App

    assert isinstance(app, App)
    return (
        f"Open [bold cyan]http://127.0.0.1:{port}[/]\n"
        "Start the server with\n"
        f"  WARDLINE_SLACK_SIGNING_SECRET={app.signing_secret} WARDLINE_SLACK_API_URL=http://127.0.0.1:{port}/api/ "
        "wardline serve\n[dim]Ctrl+C stops it.[/]"
    )
