"""From the reader's conditions to SQL: plain values, `In`, `Range`, `Not`, `Holds` and `Shares`.

Conditions are taken apart into shapes and values, since most questions differ in their values only: the SQL of a
shape is made once and asked again with other values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any, cast

from sqlalchemy import JSON, BindParameter, Column, ColumnElement, Table, and_, bindparam, exists, false, or_, true

from hospital.ports import Holds, In, Not, Range, Shares
from middleware.store.elements import elements

CHUNK = 5_000
"""How many values of one `In` go into one statement; SQLite allows 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class Equal:
    """A value, or anything but it."""

    parameter: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Unset:
    """Not set, or set."""

    holds: bool = True


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several; no parameter when `unset` is the only one."""

    parameter: str | None
    unset: bool


@dataclass(frozen=True, slots=True)
class Between:
    """The parameters of the bounds there are."""

    at_least: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A list that holds one of several."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Another row that meets these has the same fields."""

    fields: tuple[str, ...]
    by_field: "Shapes"


Shape = Equal | Unset | AnyOf | Between | Holding | Shared
Shapes = tuple[tuple[str, Shape], ...]
"""Conditions without their values, by field: what a statement is made of."""


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


def taken_apart(table: Table, where: Mapping[str, object], under: str = "") -> tuple[Shapes, dict[str, object]]:
    """The shapes of conditions, and their values by parameter; `under` comes before each parameter's name.

    Raises:
        ValueError: for an unknown field, a naive time, or a nested field compared with a value.
    """
    values: dict[str, object] = {}
    shapes = tuple(
        (name, _shape(column_named(table, name), value, under + name, values)) for name, value in where.items()
    )
    return shapes, values


def _shape(column: Column[Any], value: object, parameter: str, values: dict[str, object]) -> Shape:
    """The shape of one condition; its values go into `values`."""

    def kept(one: object, end: str = "") -> str:
        values[parameter + end] = _checked(column, one)
        return parameter + end

    if isinstance(value, Shares):
        shapes, inner = taken_apart(column.table, value.where, f"{parameter}__")
        values |= inner
        return Shared(value.fields, shapes)
    if isinstance(value, Holds):
        if not isinstance(column.type, JSON):
            raise ValueError(f"{column.table.name}.{column.name} is no list, so it holds nothing")
        values[parameter] = list(value.values)
        return Holding(parameter)
    if isinstance(value, In):
        some = [_checked(column, one) for one in value.values if one is not None]
        if some:
            values[parameter] = some
        return AnyOf(parameter if some else None, len(some) < len(value.values))
    if isinstance(value, Range):
        least, before = value.at_least, value.before
        return Between(
            None if least is None else kept(least, "__from"), None if before is None else kept(before, "__before")
        )
    if isinstance(value, Not):
        return Unset(holds=False) if value.value is None else Equal(kept(value.value), holds=False)
    return Unset() if value is None else Equal(kept(value))


def clause(table: Table, shapes: Shapes) -> ColumnElement[bool]:
    """All conditions together, to be asked with their values."""
    return and_(true(), *(_condition(column_named(table, name), shape) for name, shape in shapes))


def _condition(column: Column[Any], shape: Shape) -> ColumnElement[bool]:
    match shape:
        case Equal(parameter, True):
            return column == _bound(column, parameter)
        case Equal(parameter):
            other = column != _bound(column, parameter)
            return or_(other, column.is_(None)) if column.nullable else other
        case Unset(holds):
            return column.is_(None) if holds else column.is_not(None)
        case AnyOf(parameter, unset):
            found = false() if parameter is None else column.in_(_bound(column, parameter, several=True))
            return or_(found, column.is_(None)) if unset else found
        case Between(at_least, before):
            least = true() if at_least is None else column >= _bound(column, at_least)
            return and_(least, true() if before is None else column < _bound(column, before))
        case Holding(parameter):
            held = elements(column).table_valued("value")
            return exists().where(held.c.value.in_(bindparam(parameter, expanding=True))).correlate(column.table)
        case Shared(fields, by_field):
            return _shared(column, fields, by_field)


def _bound(column: Column[Any], parameter: str, *, several: bool = False) -> BindParameter[Any]:
    return bindparam(parameter, type_=column.type, expanding=several)


def _checked(column: Column[Any], value: object) -> object:
    field = f"{column.table.name}.{column.name}"
    if isinstance(value, list | tuple | set | frozenset | dict):
        raise ValueError(f"{field}: compare with one value, or with In(...) for several; got {value!r}")
    if isinstance(column.type, JSON) and value is not None:
        raise ValueError(f"{field} is nested and cannot be a condition")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{field}: {value.isoformat()} has no time zone")
    return value


def _shared(column: Column[Any], fields: tuple[str, ...], by_field: Shapes) -> ColumnElement[bool]:
    """That another row of the same table shares these fields."""
    twin = cast("Table", column.table.alias())
    alike = (column_named(twin, name) == column_named(column.table, name) for name in fields)
    return exists().where(twin.c[column.name] != column, *alike, clause(twin, by_field))
