"""Inserting many rows past SQLAlchemy: executemany on SQLite, COPY on PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sqlalchemy import Connection, Table, insert, select

from hospital.entity import Entity
from middleware.store.tables import table_of

_MANY = 1_000
"""From so many rows on, an empty table gets its indexes afterwards."""


def insert_rows(connection: Connection, kind: type[Entity], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert plain rows of one kind; how many.

    Raises:
        ValueError: naming the first row's unknown or missing field.
    """
    source = iter(rows)
    head = list(islice(source, _MANY))
    if not head:
        return 0
    first = head[0]
    table = table_of(kind)
    fields = kind.model_fields
    if unknown := set(first) - set(fields):
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    dialect = connection.dialect
    defaults = {name: _default(kind, name, field, name in first) for name, field in fields.items()}
    converters = [
        (place, convert)
        for place, column in enumerate(table.columns)
        if (convert := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    plain = _plain(kind, defaults, converters, chain(head, source))
    # Sorted once at the end, indexes cost half of what they cost row by row.
    empty = connection.execute(select(table.c.id).limit(1)).first() is None
    postponed = list(table.indexes) if empty and len(head) == _MANY else []
    for index in postponed:
        index.drop(connection)
    written = _write(connection, table, plain)
    for index in postponed:
        index.create(connection)
    return written


def _write(connection: Connection, table: Table, plain: Iterable[list[Any]]) -> int:
    dialect = connection.dialect
    cursor: Any = connection.connection.cursor()
    try:
        if dialect.name == "postgresql":
            quote = dialect.identifier_preparer.quote
            names = ", ".join(quote(column.name) for column in table.columns)
            with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                for row in plain:
                    copy.write_row(row)
        else:
            cursor.executemany(str(insert(table).compile(dialect=dialect)), plain)
        return int(cursor.rowcount)
    finally:
        cursor.close()


def _default(kind: type[Entity], name: str, field: FieldInfo, given: bool) -> Any:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        if not given:
            raise ValueError(f"{kind.__name__}: a row has no {name!r}")
        return None
    return value


def _plain(
    kind: type[Entity],
    defaults: Mapping[str, Any],
    converters: Sequence[tuple[int, Callable[[Any], Any]]],
    rows: Iterable[Mapping[str, Any]],
) -> Iterator[list[Any]]:
    in_order = itemgetter(*defaults)
    for row in rows:
        full = {**defaults, **row}
        if len(full) != len(defaults):
            raise ValueError(f"{kind.__name__} has no field {sorted(set(full) - set(defaults))[0]!r}")
        values = list(in_order(full))
        for place, convert in converters:
            values[place] = convert(values[place])
        yield values
