"""Reading and working in one transaction, on SQLAlchemy Core."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, Insert, Select, bindparam, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from hospital.entity import Entity
from hospital.model.work import OutboxMessage
from hospital.ports import AlreadyThere, Clock, E, In, Message
from middleware.store.bulk import insert_rows
from middleware.store.conditions import Shapes, chunks, clause, column_named, known, taken_apart
from middleware.store.tables import table_of

_OUTBOX_LOCK = "outbox:sequence"
_LIMIT = "__limit"
STATEMENTS = 1024
"""How many statements are kept; people and code ask in some hundred shapes."""


class SqlReader:
    """The state of the hospital in one snapshot (see `hospital.ports.Reader`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[type[Entity], dict[str, Entity | None]] = {}

    def get(self, kind: type[E], /, id: str) -> E | None:
        """The entity with this id, or None; within one snapshot it is read once."""
        seen = cast("dict[str, E | None]", self._seen.setdefault(kind, {}))
        if id not in seen:
            row = self._connection.execute(_by_id(kind), {"id": id}).first()
            seen[id] = None if row is None else kind.model_validate(dict(zip(_names(kind), row, strict=True)))
        return seen[id]

    def find(
        self, kind: type[E], /, *, order: str | None = None, limit: int | None = None, **where: object
    ) -> list[E]:
        """All that match, in ascending `order` of that field (`-field`: descending; not set comes first)."""
        names = _names(kind)
        rows = self._rows(kind, names, where, order, limit)
        return [kind.model_validate(dict(zip(names, row, strict=True))) for row in rows]

    def values(self, kind: type[E], /, fields: tuple[str, ...], **where: object) -> list[tuple[Any, ...]]:
        """Only these fields of all that match; nested fields come as plain lists and dicts."""
        return self._rows(kind, fields, where, None, None)

    def count(self, kind: type[E], /, **where: object) -> int:
        """How many match."""
        known(table_of(kind), where)
        parts = (taken_apart(table_of(kind), part) for part in chunks(where))
        return sum(self._connection.execute(_count(kind, shapes), values).scalar_one() for shapes, values in parts)

    def _rows(
        self,
        kind: type[E],
        fields: tuple[str, ...],
        where: Mapping[str, object],
        order: str | None,
        limit: int | None,
    ) -> list[tuple[Any, ...]]:
        known(table_of(kind), where)
        results = []
        for part in chunks(where):
            shapes, values = taken_apart(table_of(kind), part)
            if limit is not None:
                values[_LIMIT] = limit
            statement = _select(kind, fields, shapes, order, limited=limit is not None)
            results.append(cast("list[tuple[Any, ...]]", self._connection.execute(statement, values).all()))
        if len(results) < 2:
            return results[0] if results else []
        rows = [row for result in results for row in result]
        if order is not None:
            at = fields.index(order.removeprefix("-"))
            rows.sort(key=lambda row: (row[at] is not None, row[at]), reverse=order.startswith("-"))
        return rows[:limit]


class SqlUnitOfWork(SqlReader):
    """One transaction (see `hospital.ports.UnitOfWork`).

    On SQLite there is one writer at a time, so what was read stays true until the end. On PostgreSQL others write
    at the same time: whoever reads in order to write first calls `lock` for what it read.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection)
        self._clock = clock

    def put(self, *entities: Entity) -> None:
        """Insert or replace by id."""
        for kind, group in groupby(entities, key=type):
            self._seen.pop(kind, None)
            self._connection.execute(_upsert(kind, self._dialect), [_row(entity) for entity in group])

    def append(self, entity: Entity) -> None:
        """Insert.

        Raises:
            AlreadyThere: when its id or another unique key of it exists.
        """
        self._seen.pop(type(entity), None)
        done = self._connection.execute(_insert_new(type(entity), self._dialect), _row(entity))
        if done.first() is None:
            raise AlreadyThere(f"{type(entity).__name__} {entity.id} is already there, or a unique key of it is")

    def send(self, message: Message) -> None:
        """Put a message into the outbox, to be sent as soon as this commits; the same key twice is one message."""
        if self.get(OutboxMessage, message.key) is not None:
            return
        self.lock((_OUTBOX_LOCK,))
        last = self._connection.execute(select(func.max(table_of(OutboxMessage).c.sequence))).scalar_one()
        queued = OutboxMessage(
            id=message.key,
            sequence=(last or 0) + 1,
            system=message.system,
            operation=message.operation,
            payload=dict(message.payload),
            plan_id=message.plan_id,
            next_at=self._clock.now(),
        )
        self._seen.pop(OutboxMessage, None)
        self._connection.execute(_insert_new(OutboxMessage, self._dialect), _row(queued))

    def lock(self, resource_days: Iterable[str]) -> None:
        """Lock these keys until the end of the transaction, also against rows that are not there yet.

        SQLite: nothing to do, a unit of work is the only writer. PostgreSQL: advisory locks, taken in the order of
        their numbers, so that two transactions that lock once each never wait for each other in a circle.
        """
        keys = sorted(set(resource_days))
        if self._dialect == "postgresql" and keys:
            self._seen.clear()  # others may have written it while we waited
            self._connection.execute(_ADVISORY_LOCKS, {"keys": keys}).all()

    def remove(self, kind: type[Entity], ids: Iterable[str]) -> int:
        """Delete rows of a projection by id; how many there were. The ledger tables refuse it."""
        self._seen.pop(kind, None)
        table = table_of(kind)
        parts = (taken_apart(table, part) for part in chunks({"id": In(tuple(ids))}))
        return sum(self._connection.execute(table.delete().where(clause(table, p)), v).rowcount for p, v in parts)

    def bulk(self, kind: type[Entity], rows: Iterable[Mapping[str, Any]]) -> int:
        """Insert many new rows fast; how many. Fields left out have their default.

        Values are not validated as entities (that is what makes it fast): only for rows that our own code made.

        Raises:
            ValueError: naming the first row's unknown or missing field.
        """
        self._seen.pop(kind, None)
        return insert_rows(self._connection, kind, rows)

    @property
    def _dialect(self) -> str:
        return self._connection.dialect.name


_ADVISORY_LOCKS = text(
    "SELECT pg_advisory_xact_lock(number) FROM"
    " (SELECT DISTINCT hashtextextended(key, 0) AS number FROM unnest(CAST(:keys AS text[])) AS key"
    " ORDER BY number) AS numbers"
)


@cache
def _names(kind: type[Entity]) -> tuple[str, ...]:
    return tuple(table_of(kind).columns.keys())


@cache
def _by_id(kind: type[Entity]) -> Select[Any]:
    """One row by its id: made once, since it is asked for most of all."""
    table = table_of(kind)
    return select(table).where(table.c.id == bindparam("id"))


@lru_cache(STATEMENTS)
def _select(
    kind: type[Entity], fields: tuple[str, ...], shapes: Shapes, order: str | None, *, limited: bool
) -> Select[Any]:
    table = table_of(kind)
    statement = select(*(column_named(table, name) for name in fields)).where(clause(table, shapes))
    if order is not None:
        column = column_named(table, order.removeprefix("-"))
        by = column.desc() if order.startswith("-") else column.asc()
        if column.nullable:
            by = by.nulls_last() if order.startswith("-") else by.nulls_first()
        statement = statement.order_by(by)
    return statement.limit(bindparam(_LIMIT)) if limited else statement


@lru_cache(STATEMENTS)
def _count(kind: type[Entity], shapes: Shapes) -> Select[Any]:
    table = table_of(kind)
    return select(func.count()).select_from(table).where(clause(table, shapes))


def _row(entity: Entity) -> dict[str, Any]:
    return dict(entity)


def _insert(kind: type[Entity], dialect: str) -> sqlite.Insert | postgresql.Insert:
    if dialect == "postgresql":
        return postgresql.insert(table_of(kind))
    return sqlite.insert(table_of(kind))


@cache
def _upsert(kind: type[Entity], dialect: str) -> Insert:
    statement = _insert(kind, dialect)
    replaced = {
        name: statement.excluded[name] for name in [column.name for column in table_of(kind).columns] if name != "id"
    }
    return statement.on_conflict_do_update(index_elements=["id"], set_=replaced)


@cache
def _insert_new(kind: type[Entity], dialect: str) -> ReturningInsert[Any]:
    # RETURNING tells whether the row is new; the row count of such a statement is not kept by every driver.
    return _insert(kind, dialect).on_conflict_do_nothing().returning(table_of(kind).c.id)
