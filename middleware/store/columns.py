"""How a field of an entity becomes a column: one place decides for every table."""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NewType, Union, get_args, get_origin

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from pydantic_core import from_json, to_json
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Dialect, Double, String
from sqlalchemy.dialects.postgresql import TIMESTAMP, VARCHAR
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite.

    Integers are half as long as text, sort rightly and keep the indexes of 10 million bookings small; to read one
    in SQL write `datetime(start / 1000000, 'unixepoch')`.

    Raises:
        ValueError: when a naive time is given.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type where there is one."""
        native: TypeEngine[Any] = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The instant as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


TEXT = String().with_variant(VARCHAR(collation="C"), "postgresql")
"""Text that sorts by code point on both databases."""
STRUCTURE = JSON(none_as_null=True)
"""Anything nested, kept word for word (not JSONB, which reorders) so that what was hashed is what is read."""

_PLAIN: dict[type, Callable[[], TypeEngine[Any]]] = {
    str: lambda: TEXT,
    int: BigInteger,
    float: Double,
    bool: Boolean,
    date: Date,
    AwareDatetime: UtcDateTime,
}


def dump_structure(value: object) -> str:
    """JSON text of a nested value, of models, tuples and times too."""
    return to_json(value).decode()


def load_structure(text: str) -> Any:
    """The nested value of a JSON text."""
    return from_json(text)


def _core(annotation: Any) -> tuple[Any, bool]:
    """The type inside optionals, annotations and new types, and whether None is allowed."""
    if isinstance(annotation, NewType):
        return _core(annotation.__supertype__)
    if hasattr(annotation, "__metadata__"):
        return _core(annotation.__origin__)
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        optional = len(parts) < len(get_args(annotation))
        return (_core(parts[0])[0] if len(parts) == 1 else annotation), optional
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0]), False
    return annotation, False


def column_of(name: str, field: FieldInfo) -> Column[Any]:
    """The column that keeps a field: plain types by name, everything nested as JSON."""
    core, optional = _core(field.annotation)
    plain = _PLAIN.get(core) if isinstance(core, type) else None
    return Column(name, plain() if plain else STRUCTURE, primary_key=name == "id", nullable=optional)
