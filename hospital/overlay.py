"""The hospital as it would be: a reader on top of another one, in which some rows are other than they are."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from hospital.entity import Entity
from hospital.ports import E, Holds, In, Not, Range, Reader, Shares


class Overlay:
    """Reads through to `under`, except for what was put here; nothing ever reaches `under`."""

    def __init__(self, under: Reader, *rows: Entity) -> None:
        self._under = under
        self._rows: dict[type[Entity], dict[str, Entity]] = {}
        self.put(*rows)

    def put(self, *entities: Entity) -> None:
        """Insert or replace by id, here only."""
        for entity in entities:
            self._rows.setdefault(type(entity), {})[entity.id] = entity

    def get(self, kind: type[E], /, id: str) -> E | None:
        """The entity with this id as it would be, or None."""
        own = self._rows.get(kind, {}).get(id)
        return own if isinstance(own, kind) else self._under.get(kind, id)

    def find(
        self, kind: type[E], /, *, order: str | None = None, limit: int | None = None, **where: object
    ) -> list[E]:
        """All that would match (see `Reader.find`)."""
        own = self._rows.get(kind)
        where = self._without_shares(kind, where) if own else where
        if not own:
            return self._under.find(kind, order=order, limit=limit, **where)
        rows = [row for row in self._under.find(kind, order=None, limit=None, **where) if row.id not in own]
        rows += [row for row in own.values() if isinstance(row, kind) and matches(row, where)]
        if order is not None:
            name = order.removeprefix("-")
            rows.sort(key=lambda row: _sortable(getattr(row, name)), reverse=order.startswith("-"))
        return rows[:limit]

    def values(self, kind: type[E], /, fields: tuple[str, ...], **where: object) -> list[tuple[Any, ...]]:
        """Only these fields of all that would match."""
        own = self._rows.get(kind)
        where = self._without_shares(kind, where) if own else where
        if not own:
            return self._under.values(kind, fields, **where)
        found = [row for id, *row in self._under.values(kind, ("id", *fields), **where) if id not in own]
        found += [[getattr(row, name) for name in fields] for row in own.values() if matches(row, where)]
        return [tuple(row) for row in found]

    def count(self, kind: type[E], /, **where: object) -> int:
        """How many would match."""
        return len(self.values(kind, ("id",), **where)) if kind in self._rows else self._under.count(kind, **where)

    def _without_shares(self, kind: type[E], where: dict[str, object]) -> dict[str, object]:
        """The same conditions with the ids that share something told one by one."""
        shares = where.get("id")
        if not isinstance(shares, Shares):
            return where
        plain = {name: value for name, value in where.items() if name != "id"}
        others = defaultdict[tuple[Any, ...], set[str]](set)
        for id, *key in self.values(kind, ("id", *shares.fields), **shares.where):
            others[tuple(key)].add(id)
        rows = self.values(kind, ("id", *shares.fields), **plain)
        return {**plain, "id": In(tuple(id for id, *key in rows if others[tuple(key)] - {id}))}


def matches(row: Entity, where: Mapping[str, object]) -> bool:
    """Whether a row meets all conditions (see `Reader`; not `Shares`), as the store understands them."""
    return all(_holds(getattr(row, name), wanted) for name, wanted in where.items())


def _holds(value: Any, wanted: object) -> bool:
    match wanted:
        case In(values):
            return value in values
        case Range(at_least, before):
            if value is None:
                return at_least is None and before is None
            return (at_least is None or value >= at_least) and (before is None or value < before)
        case Holds(words):
            return not set(words).isdisjoint(value)
        case Not(other):
            return bool(value != other)
        case _:
            return bool(value == wanted)


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)
