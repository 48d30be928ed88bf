"""Examples for tests: of any kind of entity, made from its declared types alone, and slots in a row."""

import types
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Literal, NewType, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from hospital.changes.holds import HeldResource
from hospital.changes.moves import CaseMove
from hospital.entity import Entity
from hospital.model.bookings import Slot
from hospital.ports import Store

_CHICAGO = ZoneInfo("America/Chicago")


class Examples:
    """Makes instances whose values differ from each other: odd text, local times around a clock change."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def of(self, kind: type[Any], **fixed: Any) -> Any:
        """One instance with every field filled in."""
        fields = kind.model_fields.items()
        return kind(**{name: self._value(f.annotation) for name, f in fields if name not in fixed} | fixed)

    def smallest(self, kind: type[Any], **fixed: Any) -> Any:
        """One instance with only what is required, and None wherever that is allowed."""
        required = {name: f.annotation for name, f in kind.model_fields.items() if f.is_required()}
        values = {
            name: None if type(None) in get_args(annotation) else self._value(annotation)
            for name, annotation in required.items()
        }
        return kind(**values | fixed)

    def _value(self, annotation: Any) -> Any:
        number = next(self._numbers)
        if isinstance(annotation, NewType):
            return self._value(annotation.__supertype__)
        if hasattr(annotation, "__metadata__"):
            return self._value(annotation.__origin__)
        inside = [part for part in get_args(annotation) if part is not type(None)]
        origin = get_origin(annotation)
        if origin is Literal:
            return inside[number % len(inside)]
        if origin in (Union, types.UnionType):
            return self._one_of(inside[number % len(inside) :] + inside[: number % len(inside)])
        if origin is tuple and inside[0] is HeldResource:  # a case is refused without a room and who operates
            kinds = ("room", "clinician")
            return tuple(self.of(HeldResource, resource=f'{kind}:O\'Neil "{number}" é') for kind in kinds)
        if origin is tuple:
            return (self._value(inside[0]), self._value(inside[0]))
        if origin is dict:
            return {f"käse {number}": self._value(inside[1])}
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation is HeldResource:  # a case is refused without a room among its resources
                return self.of(annotation, resource=f'room:O\'Neil "{number}" é')
            if annotation is CaseMove:  # a move is refused without a room and a clinician
                taken = [self.of(HeldResource, resource=f"{kind}:é {number}") for kind in ("room", "clinician")]
                return self.of(annotation, resources=tuple(taken))
            return self.of(annotation)
        return self._plain(annotation, number)

    def _one_of(self, kinds: list[Any]) -> Any:
        """Of the first of these kinds that can be made from its types alone; some refuse such nonsense at birth."""
        for kind in kinds[:-1]:
            try:
                return self._value(kind)
            except ValidationError:
                continue
        return self._value(kinds[-1])

    def _plain(self, annotation: Any, number: int) -> Any:
        if annotation is AwareDatetime:
            # 01:59:59.999999 before the clocks go back, and on
            before = datetime(2026, 11, 1, 1, 59, 59, 999_999, tzinfo=_CHICAGO)
            return (before.astimezone(ZoneInfo("UTC")) + timedelta(minutes=number)).astimezone(_CHICAGO)
        if annotation is date:
            return date(2026, 2, 28) + timedelta(days=number)
        if annotation is bool:
            return number % 2 == 0
        if annotation is float:
            return number / 7
        if annotation is int:
            return 2**40 + number
        if annotation is Any:
            return [number, "ü", None, {"deep": [number / 3]}]
        return f'O\'Neil "{number}" 🏥 \\ é'


NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)


def slot(number: int, **fields: Any) -> Slot:
    """A free half hour; each number starts where the one before ended."""
    start = NOW + timedelta(minutes=30 * number)
    given = {
        "id": f"S{number:05}",
        "site_id": "lakeside",
        "clinic_id": "lakeside-dermatology",
        "session_id": None,
        "room_id": "lakeside-clinic-3",
        "clinician_id": None,
        "visit_type": "new",
        "start": start,
        "end": start + timedelta(minutes=30),
    }
    return Slot.model_validate(given | fields)


def keep(store: Store, *entities: Entity) -> None:
    """Put these in a transaction of their own."""
    with store.working() as work:
        work.put(*entities)
