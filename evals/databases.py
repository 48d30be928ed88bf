"""Databases of a run's own on a PostgreSQL server: made empty, dropped afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4


@contextmanager
def fresh_database(server: str, prefix: str) -> Iterator[str]:
    """The address of a new database on this server; it is dropped, whoever still uses it, when the block ends."""
    from sqlalchemy import create_engine, make_url, text

    name = f"{prefix}_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
