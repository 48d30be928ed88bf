"""From the reader's conditions to SQL: plain values, `In`, `Range`, `Not` and `Shares`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any, cast

from sqlalchemy import JSON, Column, ColumnElement, Table, and_, exists, false, or_, true

from hospital.ports import In, Not, Range, Shares

CHUNK = 5_000
"""How many values of one `In` go into one statement; SQLite allows 32,766 parameters."""


def column_named(table: Table, name: str) -> Column[Any]:
    """The column of this name.

    Raises:
        ValueError: naming the nearest known field.
    """
    column = table.columns.get(name)
    if column is None:
        near = get_close_matches(name, list(table.columns.keys()), n=1, cutoff=0.4)
        known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(table.columns.keys())}"
        raise ValueError(f"{table.name} has no field {name!r}; {known}")
    return column


def known(table: Table, names: Iterable[str]) -> None:
    """Refuse unknown fields, also where no statement will be made.

    Raises:
        ValueError: naming the nearest known field.
    """
    for name in names:
        column_named(table, name)


def chunks(where: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The same conditions, once per part of the longest `In`; nothing when an `In` is empty."""
    lists = {name: value for name, value in where.items() if isinstance(value, In)}
    if any(not value.values for value in lists.values()):
        return
    longest = max(lists, key=lambda name: len(lists[name].values), default=None)
    if longest is None or len(lists[longest].values) <= CHUNK:
        yield where
        return
    values = iter(dict.fromkeys(lists[longest].values))
    while part := tuple(islice(values, CHUNK)):
        yield {**where, longest: In(part)}


def clause(table: Table, where: Mapping[str, object]) -> ColumnElement[bool]:
    """All conditions together.

    Raises:
        ValueError: for an unknown field, a naive time, or a nested field compared with a value.
    """
    return and_(true(), *(_condition(column_named(table, name), value) for name, value in where.items()))


def _condition(column: Column[Any], value: object) -> ColumnElement[bool]:
    if isinstance(value, Shares):
        return _shared(column, value)
    if isinstance(value, In):
        return _any_of(column, [_checked(column, one) for one in value.values])
    if isinstance(value, Range):
        bounds = []
        if value.at_least is not None:
            bounds.append(column >= _checked(column, value.at_least))
        if value.before is not None:
            bounds.append(column < _checked(column, value.before))
        return and_(true(), *bounds)
    if isinstance(value, Not):
        if value.value is None:
            return column.is_not(None)
        other = column != _checked(column, value.value)
        return or_(other, column.is_(None)) if column.nullable else other
    if value is None:
        return column.is_(None)
    return column == _checked(column, value)


def _any_of(column: Column[Any], values: Sequence[object]) -> ColumnElement[bool]:
    some = [value for value in values if value is not None]
    found = column.in_(some) if some else false()
    return or_(found, column.is_(None)) if len(some) < len(values) else found


def _checked(column: Column[Any], value: object) -> object:
    field = f"{column.table.name}.{column.name}"
    if isinstance(value, list | tuple | set | frozenset | dict):
        raise ValueError(f"{field}: compare with one value, or with In(...) for several; got {value!r}")
    if isinstance(column.type, JSON) and value is not None:
        raise ValueError(f"{field} is nested and cannot be a condition")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{field}: {value.isoformat()} has no time zone")
    return value


def _shared(column: Column[Any], value: Shares) -> ColumnElement[bool]:
    """That another row of the same table shares these fields."""
    twin = cast("Table", column.table.alias())
    alike = (column_named(twin, name) == column_named(column.table, name) for name in value.fields)
    return exists().where(twin.c[column.name] != column, *alike, clause(twin, value.where))
