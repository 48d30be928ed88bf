"""What a commit changes, row by row: noted while it is carried out, shown to people, and taken back if need be."""

from collections.abc import Iterator, Sequence
from typing import Any

from hospital.changes.base import Commit
from hospital.changes.catalogue import AnyChange
from hospital.entity import Entity, Record
from hospital.ports import E, Reader, UnitOfWork, Writer
from policies.plans import plain

Row = dict[str, Any]


class RowChange(Record):
    """One row before and after. `before` None: it is new."""

    kind: str
    id: str
    before: Row | None
    after: Row


class Noting:
    """Writes through (or, without `through`, only into itself) and notes every row before and after."""

    def __init__(self, world: Reader, through: Writer | None = None) -> None:
        self._world = world
        self._through = through
        self._before: dict[tuple[type[Entity], str], Entity | None] = {}
        self._after: dict[tuple[type[Entity], str], Entity] = {}

    def get(self, kind: type[E], /, id: str) -> E | None:
        """The row as it is by now."""
        put = self._after.get((kind, id))
        return put if isinstance(put, kind) else self._world.get(kind, id)

    def find(
        self, kind: type[E], /, *, order: str | None = None, limit: int | None = None, **where: object
    ) -> list[E]:
        """All that match in the store."""
        return self._world.find(kind, order=order, limit=limit, **where)

    def values(self, kind: type[E], /, fields: tuple[str, ...], **where: object) -> list[tuple[Any, ...]]:
        """Fields of all that match in the store."""
        return self._world.values(kind, fields, **where)

    def count(self, kind: type[E], /, **where: object) -> int:
        """How many match in the store."""
        return self._world.count(kind, **where)

    def put(self, *entities: Entity) -> None:
        """Insert or replace by id."""
        for entity in entities:
            key = (type(entity), entity.id)
            if key not in self._before:
                self._before[key] = self._world.get(type(entity), entity.id)
            self._after[key] = entity
        if self._through is not None:
            self._through.put(*entities)

    def changes(self) -> Iterator[RowChange]:
        """Every row that is not what it was, in the order in which they were first written."""
        for (kind, id), after in self._after.items():
            before = self._before[kind, id]
            if before != after:
                was = dumped(before) if before is not None else None
                yield RowChange(kind=kind.__name__, id=id, before=was, after=dumped(after))


def preview(world: Reader, lines: Sequence[AnyChange], commit: Commit) -> tuple[RowChange, ...]:
    """What the lines would write on the world as it is; nothing is written."""
    noting = Noting(world)
    for line in lines:
        line.apply(noting, commit)
    return tuple(noting.changes())


def take_back(uow: UnitOfWork, changes: Sequence[RowChange]) -> tuple[str, ...]:
    """Make every row again what it was before; when one has changed since, none is touched.

    Returns:
        What stands against it, in words; empty when it was done.
    """
    kinds = {kind.__name__: kind for kind in Entity.__subclasses__()}
    found = [(change, uow.get(kinds[change.kind], change.id)) for change in changes]
    against = [f"{c.kind} {c.id} has changed since" for c, now in found if now is None or dumped(now) != c.after]
    if against:
        return tuple(against)
    for change in reversed(changes):
        kind = kinds[change.kind]
        if change.before is None:
            uow.remove(kind, (change.id,))
        else:
            uow.put(kind.model_validate(change.before))
    return ()


def dumped(entity: Entity) -> Row:
    """The row as plain JSON without floats."""
    row: Row = plain(entity.model_dump(mode="json"))
    return row
