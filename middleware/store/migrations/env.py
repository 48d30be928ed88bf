"""How Alembic runs here: always on a connection that was handed in, inside its transaction."""

from typing import Any, Literal

from alembic import context

from middleware.store.columns import TEXT
from middleware.store.tables import METADATA


def _written(kind: str, item: Any, _: object) -> str | Literal[False]:
    return "columns.TEXT" if kind == "type" and item is TEXT else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    user_module_prefix="columns.",
    render_item=_written,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
