"""What the commands share: their options, their consoles, and errors as sentences."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from bots.settings import BadSetting, Settings, misspelt, read_settings

if TYPE_CHECKING:
    from bots.app import Wardline
    from hospital.model.people import User

OK, FAILED, USAGE = 0, 1, 2
"""Exit codes."""

AsUser = Annotated[str, typer.Option("--as", help="The person who acts (sandbox only), such as or.scheduler.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of text for people.")]
Now = Annotated[str | None, typer.Option("--now", help="Freeze the clock at this ISO time (sandbox only).")]

log = logging.getLogger("wardline")


class Sorry(Exception):
    """A command that cannot go on, in one sentence."""


class Sentences(TyperGroup):
    """A group whose errors are one sentence each, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Sorry as problem:
            fail(str(problem))
        except BadSetting as problem:
            fail(str(problem), USAGE)
        except KeyboardInterrupt:
            fail("Stopped.")
        except (typer.Exit, typer.Abort, EOFError):
            raise
        except Exception as problem:
            if type(problem).__module__.startswith("typer"):
                raise
            log.debug("unexpected", exc_info=problem)
            fail(sentence_of(problem))


def sentence_of(problem: BaseException) -> str:
    """What to say for an error: its own words when it is one of ours."""
    said = str(problem).strip().splitlines()
    first = said[0] if said else ""
    ours = type(problem).__module__.partition(".")[0] in (
        "agent",
        "bots",
        "knowledge",
        "middleware",
        "policies",
        "tools",
    )
    if ours or isinstance(problem, PermissionError | ValueError):
        plain = first.partition(" ")[0].isalpha()  # not an id or a setting, whose case may matter
        return f"{first[:1].upper() if plain else first[:1]}{first[1:]}".rstrip(".") + "."
    kind = type(problem).__name__
    return f"Something unexpected went wrong ({kind}: {first}); set WARDLINE_LOG=debug to see where."


def fail(sentence: str, code: int = FAILED) -> None:
    """Say it on stderr and end.

    Raises:
        typer.Exit: always.
    """
    error_console().print(Text(sentence, style="red"))
    raise typer.Exit(code)


def console() -> Console:
    """Where answers go."""
    from bots.terminal import make_console

    return make_console()


def error_console() -> Console:
    """Where errors and warnings go."""
    return Console(stderr=True, highlight=False)


def settings_for(now: str | None = None) -> Settings:
    """The settings, with the clock frozen when asked for, and a warning for each misspelt variable."""
    for warning in misspelt():
        error_console().print(Text(warning, style="yellow"))
    settings = read_settings()
    return settings.with_now(now) if now else settings


def build_for(settings: Settings) -> "Wardline":
    """Everything wired, with a word on stderr about what takes long.

    Raises:
        Sorry: when a server runs for this home on another clock, whose sandbox would be taken from under it.
    """
    from bots.app import build
    from bots.client import find_running, read

    running = read(settings.home)
    elsewhere = running is not None and running.pid != os.getpid() and running.now != settings.now
    if running is not None and elsewhere and find_running(settings.home, running.now) is not None:
        where = f"A server runs for {settings.home} on another clock"
        raise Sorry(f"{where}; stop it, or set WARDLINE_HOME to another folder.")
    with error_console().status("Opening…") as status:
        return build(settings, lambda step: status.update(f"Building the sandbox: {step}…"))


@contextmanager
def opened(now: str | None = None) -> Iterator["Wardline"]:
    """Everything wired, for the length of one command."""
    wardline = build_for(settings_for(now))
    try:
        yield wardline
    finally:
        wardline.close()


def person(wardline: "Wardline", name: str) -> "User":
    """The sandbox user that `--as` names."""
    return wardline.doors.sandbox_user(name)
