"""Bringing a database to the current shape; Alembic is imported only when there is something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS = Path(__file__).parent / "migrations"
HEAD = max((path.name[:4] for path in (_STEPS / "versions").glob("[0-9]*.py")), default="0000")
"""The newest step, by the number its file begins with."""


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


def draft(connection: Connection, message: str) -> None:
    """Write the next step from the difference between this up-to-date database and the declared tables."""
    from alembic import command

    command.revision(configuration(connection), message, autogenerate=True, rev_id=f"{int(HEAD) + 1:04}")


def configuration(connection: Connection) -> "Config":
    """What Alembic must know: where the steps are and on which connection they run."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
