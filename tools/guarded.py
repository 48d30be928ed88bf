"""What a read tool gets to read from: the world behind the read matrix, whatever the tool says it reads."""

from typing import Any

from hospital.entity import Entity
from hospital.model.people import AgencyRate, Patient, Scope, User
from hospital.model.supply import CostCentre
from hospital.ports import E, Reader
from policies.access import may_read
from policies.data import DataClass, PolicyData
from policies.plans import AuditEntry
from tools.tool import Problem

CLASS_OF: dict[type[Entity], DataClass] = {
    Patient: "demographics",
    AgencyRate: "rates",
    CostCentre: "budgets",
    AuditEntry: "audit",
}
"""The kinds that belong to one class of data whatever is asked of them."""


class GuardedReader:
    """Reads for one person: kinds of a class that the matrix closes to them are refused, budgets row by row."""

    def __init__(self, world: Reader, user: User, data: PolicyData) -> None:
        self._world = world
        self._user = user
        self._data = data

    def get(self, kind: type[E], /, id: str) -> E | None:
        """As `Reader`; a cost centre outside one's scope is not there.

        Raises:
            Problem: when this person may not read its class at all.
        """
        self._require(kind)
        found = self._world.get(kind, id)
        return found if found is not None and self._is_mine(found) else None

    def find(
        self, kind: type[E], /, *, order: str | None = None, limit: int | None = None, **where: object
    ) -> list[E]:
        """As `Reader`; cost centres outside one's scope are left out."""
        self._require(kind)
        return [row for row in self._world.find(kind, order=order, limit=limit, **where) if self._is_mine(row)]

    def values(self, kind: type[E], /, fields: tuple[str, ...], **where: object) -> list[tuple[Any, ...]]:
        """As `Reader`; the ids alone say nothing and are open."""
        if fields != ("id",):
            self._require(kind)
        return self._world.values(kind, fields, **where)

    def count(self, kind: type[E], /, **where: object) -> int:
        """As `Reader`: how many there are says nothing of any of them."""
        return self._world.count(kind, **where)

    def _require(self, kind: type[Entity]) -> None:
        wanted = CLASS_OF.get(kind)
        if wanted is not None and (why := may_read(self._data, self._user, wanted)) is not None:
            raise Problem("read", f"{why[:1].upper()}{why[1:]}.")

    def _is_mine(self, row: Entity) -> bool:
        if not isinstance(row, CostCentre):
            return True
        return may_read(self._data, self._user, "budgets", Scope(cost_centre_id=row.id)) is None
