"""Inserting many rows past SQLAlchemy: executemany on SQLite, COPY on PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sqlalchemy import Connection, insert

from hospital.entity import Entity
from middleware.store.tables import table_of


def insert_rows(connection: Connection, kind: type[Entity], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert plain rows of one kind; how many.

    Raises:
        ValueError: naming the first row's unknown or missing field.
    """
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return 0
    table = table_of(kind)
    fields = kind.model_fields
    if unknown := set(first) - set(fields):
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    dialect = connection.dialect
    converters: list[tuple[str, Callable[[Any], Any] | None, Any]] = []
    for column in table.columns:
        converters.append(
            (
                column.name,
                column.type.dialect_impl(dialect).bind_processor(dialect),
                _default(kind, column.name, fields[column.name], column.name in first),
            )
        )
    plain = _plain(kind, converters, chain((first,), source))
    cursor = connection.connection.cursor()
    try:
        if dialect.name == "postgresql":
            quote = dialect.identifier_preparer.quote
            names = ", ".join(quote(column.name) for column in table.columns)
            with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                for row in plain:
                    copy.write_row(row)
            return int(cursor.rowcount)
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
    converters: list[tuple[str, Callable[[Any], Any] | None, Any]],
    rows: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[Any, ...]]:
    defaults = {name: default for name, _, default in converters}
    for row in rows:
        full = {**defaults, **row}
        if len(full) != len(converters):
            raise ValueError(f"{kind.__name__} has no field {sorted(set(full) - set(defaults))[0]!r}")
        yield tuple(convert(full[name]) if convert else full[name] for name, convert, _ in converters)
