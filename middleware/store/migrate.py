"""Bringing a database to the current shape; Alembic is imported only when there is something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest step; a test holds that it is the newest file."""


def revision_of(connection: Connection) -> str | None:
    """The step this database is at, or None when it was never set up."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection) -> None:
    """Run the missing steps in the transaction of this connection.

    Raises:
        RuntimeError: when the database was made by a newer Wardline.
    """
    from alembic import command
    from alembic.util.exc import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise RuntimeError(f"this store is at step {revision_of(connection)}, newer than {HEAD}: {error}") from error


def configuration(connection: Connection) -> "Config":
    """What Alembic must know: where the steps are and on which connection they run."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
