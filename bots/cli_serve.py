"""`wardline serve` and `wardline worker`: the processes that stay."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from bots.cli_common import Now, Sorry, build_for, console, settings_for
from bots.client import Running, announce, find_running, read, withdraw
from bots.settings import Settings

SHOWN_USERS = ("or.scheduler", "supply.lead", "charge.5west", "periop.director")


def serve(
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Default: WARDLINE_PORT.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Default: WARDLINE_HOST.")] = None,
    now: Now = None,
) -> None:
    """Run the server: the page, the API, and everything that happens by itself."""
    settings = settings_for(now)
    at, on = port or settings.port, host or settings.host
    _refuse_second(settings, on, at)
    wardline = build_for(settings)
    import uvicorn

    from bots.background import lifespan_of
    from bots.crew import Crew
    from bots.web.api import create_api

    running = Running(pid=os.getpid(), host=_reachable(on), port=at, now=settings.now)

    def started() -> None:
        announce(settings.home, running)
        _banner(running, sandbox=wardline.store.is_sandbox)

    def stopped() -> None:
        withdraw(settings.home, running.pid)

    crew = Crew(crew_commands(settings)) if settings.has_slack and settings.workers else None
    api = create_api(wardline, lifespan_of(wardline, started, stopped, crew))
    # Without its proxy headers: they would let a header say that a request comes from this machine.
    config = uvicorn.Config(
        api,
        host=on,
        port=at,
        proxy_headers=False,
        server_header=False,
        log_level=settings.log,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


def worker(
    now: Now = None,
    crew: Annotated[str, typer.Option("--crew", hidden=True, help="Of a server: `first` or `further`.")] = "",
) -> None:
    """Run only what happens by itself: telling other systems, ending what expired, Slack's jobs."""
    from bots.background import run_as_crew, run_loops

    wardline = build_for(settings_for(now))
    if not crew:
        console().print("The worker runs. Ctrl+C stops it.")
    work = run_as_crew(wardline, loops=crew == "first") if crew else run_loops(wardline)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(until_told(work))
    finally:
        wardline.close()


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do this until SIGTERM asks for an end."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def crew_commands(settings: Settings) -> list[list[str]]:
    """How each worker of a server is started; the first also does what is done once for all."""
    clock = ["--now", settings.now.isoformat()] if settings.now else []
    command = [sys.executable, "-m", "wardline", "worker", *clock, "--crew"]
    return [[*command, "further" if number else "first"] for number in range(settings.workers)]


def _refuse_second(settings: Settings, host: str, port: int) -> None:
    other = read(settings.home)
    if other is not None and find_running(settings.home, other.now) is not None:
        raise Sorry(f"A server runs for {settings.home} already, at {other.address} (process {other.pid}).")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise Sorry(f"Cannot listen on {host}:{port} ({reason}); choose another with --port.") from None


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _banner(running: Running, *, sandbox: bool) -> None:
    lines = [Text.assemble("Open ", (running.address, "bold cyan"), "   API: /docs")]
    if sandbox:
        lines += [
            Text.assemble(
                ("Sandbox. ", "yellow"), f"Be anybody: {', '.join(SHOWN_USERS)} … (wardline sandbox users)"
            ),
            Text('Or ask from here: wardline ask "Which beds are free?" --as capacity.manager', style="dim"),
        ]
    if running.now is not None:
        lines.append(Text(f"The clock stands still at {running.now.isoformat()}.", style="dim"))
    lines.append(Text("Ctrl+C stops it.", style="dim"))
    console().print(Panel(Group(*lines), title="Wardline", title_align="left", border_style="cyan", padding=(1, 2)))
