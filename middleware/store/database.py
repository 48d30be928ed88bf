"""Opening and making the database behind the store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from hospital.clocks import SystemClock
from hospital.model.work import Setting
from hospital.ports import Clock
from middleware.store.columns import dump_structure, load_structure
from middleware.store.migrate import HEAD, revision_of, upgrade
from middleware.store.session import SqlReader, SqlUnitOfWork

SANDBOX = "sandbox"
"""The setting that marks a store; written once when it is made, a trigger refuses to change it."""

_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE would pass by the ledger's delete triggers
    "PRAGMA cache_size = -65536",
)

_TURNS = 6
"""How often a writer waits for the busy timeout: SQLite lets whoever asks at the right moment in, not who is next."""


class NoStore(Exception):
    """There is no store at this address yet."""


class SqlStore:
    """The store on SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://...`); safe for threads and processes.

    Raises:
        NoStore: when nothing was made there (see `create`).
        RuntimeError: when it was made by a newer Wardline.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self._url = _normal(url)
        self._clock = clock or SystemClock()
        if self._url.database and _is_sqlite(self._url) and not Path(self._url.database).exists():
            raise NoStore(f"there is no store at {self._shown}; make one first")
        self._engine = engine_for(self._url)
        try:
            with self._engine.connect() as connection:
                revision = revision_of(connection)
                if revision is None:
                    raise NoStore(f"there is no store at {self._shown}; make one first")
            if revision != HEAD:
                with self.connection() as connection:
                    _bring_up_to_date(connection)
            with self.reading() as reader:
                mark = reader.get(Setting, SANDBOX)
        except BaseException:
            self._engine.dispose()
            raise
        self._is_sandbox = mark is not None and mark.value == "yes"

    @property
    def is_sandbox(self) -> bool:
        """Whether this store was marked as a sandbox when it was made."""
        return self._is_sandbox

    @property
    def _shown(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[SqlReader]:
        """A snapshot to read from."""
        options: dict[str, Any] = {}
        if not _is_sqlite(self._url):
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield SqlReader(connection)

    @contextmanager
    def working(self) -> Iterator[SqlUnitOfWork]:
        """A transaction: commits at the end of the block, rolls back on any exception."""
        with self.connection() as connection:
            yield SqlUnitOfWork(connection, self._clock)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A plain writing transaction, for migrations and for tests that look at the database itself."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def tidy(self) -> None:
        """After many rows came in: measure the tables for the query planner and empty the write-ahead log."""
        sqlite = _is_sqlite(self._url)
        with self.connection() as connection:
            if sqlite:
                connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")
        if sqlite:
            outside = self._engine.raw_connection()
            try:
                outside.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                outside.close()

    def close(self) -> None:
        """Close all connections; the store can be used again afterwards."""
        self._engine.dispose()


def create(url: str, *, sandbox: bool, clock: Clock | None = None) -> SqlStore:
    """Make a store, or bring an existing one up to date, and mark whether it is a sandbox, once and for ever.

    Raises:
        ValueError: when it exists with the other mark.
    """
    address = _normal(url)
    if _is_sqlite(address) and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = engine_for(address)
    wanted = "yes" if sandbox else "no"
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            work = _bring_up_to_date(connection)
            mark = work.get(Setting, SANDBOX)
            if mark is None:
                work.append(Setting(id=SANDBOX, value=wanted))
            elif mark.value != wanted:
                names = {"yes": "a sandbox", "no": "a production store"}
                raise ValueError(f"the store there is {names[mark.value]} and can never be made another")
    finally:
        engine.dispose()
    return SqlStore(url, clock)


def _bring_up_to_date(connection: Connection) -> SqlUnitOfWork:
    work = SqlUnitOfWork(connection, SystemClock())
    work.lock(("store:migration",))  # of several processes that start at once, one does it
    if revision_of(connection) != HEAD:
        upgrade(connection)
    return work


def _normal(url: str | URL) -> URL:
    address = make_url(url)
    if _is_sqlite(address):
        if not address.database or address.database == ":memory:":
            raise ValueError("a store needs a file: sqlite:///path/to/wardline.db")
        return address
    if address.get_backend_name() != "postgresql":
        raise ValueError(f"{address.drivername}: a store is kept on sqlite or postgresql")
    return address.set(drivername="postgresql+psycopg")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def engine_for(url: str | URL) -> Engine:
    """Connections prepared the way the store needs them."""
    url = _normal(url)
    shared: dict[str, Any] = {"json_serializer": dump_structure, "json_deserializer": load_structure}
    if not _is_sqlite(url):
        return create_engine(url, connect_args={"options": "-c timezone=UTC"}, **shared)
    engine = create_engine(url, **shared)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(driver_connection: Any, _: object) -> None:
    driver_connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        driver_connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a deferred one could fail in the middle after reading.
    writes = connection.get_execution_options().get("writes")
    driver = connection.connection.driver_connection
    assert driver is not None
    for turn in range(_TURNS):
        try:
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorname != "SQLITE_BUSY" or turn + 1 == _TURNS:
                raise
