"""`wardline ask`: one message, one turn."""

import json
from threading import Thread as Beside
from typing import Annotated, Any

import typer
from rich.console import Console

from bots.cli_common import AsJson, AsUser, Now, Sorry, console, opened, person, settings_for
from bots.client import Client, ServerSaid, find_running

Thread = Annotated[str | None, typer.Option("--thread", help="Go on with this conversation.")]


def ask(
    text: Annotated[str, typer.Argument(help="What you want to know or change, in your own words.")],
    as_user: AsUser,
    thread: Thread = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Ask one thing and print the answer. Uses the server of this home when one runs."""
    settings = settings_for(now)
    running = find_running(settings.home, settings.now)
    if running is not None:
        _through_server(running, as_user, text, thread, as_json)
        return
    with opened(now) as wardline:
        turn = wardline.ask(person(wardline, as_user), text, thread, "cli")
        wardline.deliver()
        if as_json:
            typer.echo(turn.model_dump_json())
            return
        from bots.terminal import show_turn

        zone = wardline.zone_of(person(wardline, as_user))
        show_turn(console(), turn, zone)
        _say_thread(console(), turn.thread)


def _through_server(server: Client, user: str, text: str, thread: str | None, as_json: bool) -> None:
    if not as_json:
        Beside(target=_load_screen, daemon=True).start()  # what shows the answer loads while the server works on it
    try:
        turn = server.ask(user, text, thread)
    except ServerSaid as said:
        raise Sorry(str(said)) from None
    except OSError as problem:
        raise Sorry(f"The server at {server.running.address} did not answer: {problem}.") from None
    if as_json:
        typer.echo(json.dumps(turn, ensure_ascii=False, separators=(",", ":")))
        return
    _show_plain(turn)


def _load_screen() -> None:
    import bots.terminal  # noqa: F401 - for the next who asks for it


def _show_plain(turn: dict[str, Any]) -> None:
    from agent.turn import Turn
    from bots.terminal import show_turn

    show_turn(console(), Turn.model_validate(turn))
    _say_thread(console(), str(turn["thread"]))


def _say_thread(screen: Console, thread: str) -> None:
    screen.print(f"[dim]Go on with --thread {thread}[/dim]")
