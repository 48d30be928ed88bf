"""Bringing a database to the current shape; Alembic is imported only when there is something to do."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS = Path(__file__).parent / "migrations"
_NAMED = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)


def _head() -> str:
    """The step that no other builds on: steps are numbered as they were begun, and chained as they came in."""
    found = [dict(_NAMED.findall(path.read_text())) for path in (_STEPS / "versions").glob("[0-9]*.py")]
    built_on = {step.get("down_revision") for step in found}
    heads = sorted(step["revision"] for step in found if step["revision"] not in built_on)
    if len(heads) > 1:
        raise RuntimeError(f"the steps {', '.join(heads)} build on no common one; chain them")
    return heads[0] if heads else "0000"


HEAD = _head()
"""The newest step."""


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

    command.revision(configuration(connection), message, autogenerate=True, rev_id=f"{_next_number():04}")


def _next_number() -> int:
    return 1 + max((int(path.name[:4]) for path in (_STEPS / "versions").glob("[0-9]*.py")), default=0)


def configuration(connection: Connection) -> "Config":
    """What Alembic must know: where the steps are and on which connection they run."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
