"""What the hospital needs from outside, as protocols. The store and the connectors implement them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from hospital.entity import Entity

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True)
class In:
    """Matches any of these values."""

    values: Sequence[object]


@dataclass(frozen=True)
class Range:
    """Matches `at_least <= value < before`; either may be left out."""

    at_least: object = None
    before: object = None


@dataclass(frozen=True)
class Not:
    """Matches everything but this value (`Not(None)`: is set)."""

    value: object


@dataclass(frozen=True)
class Holds:
    """Matches a list of words that holds any of these."""

    values: Sequence[str]


@dataclass(frozen=True)
class Shares:
    """As the condition on `id`: another row that meets `where` has the same values in these fields."""

    fields: tuple[str, ...]
    where: Mapping[str, object]


class Reader(Protocol):
    """The state of the hospital, read in one consistent snapshot.

    Conditions are field names of the entity with a plain value (equality; None: not set), `In`, `Range` or
    `Not`, `Holds` for a list, and `Shares` for the id; all must hold. An unknown field name raises ValueError.
    """

    def get(self, kind: type[E], /, id: str) -> E | None:
        """The entity with this id, or None."""

    def find(
        self, kind: type[E], /, *, order: str | None = None, limit: int | None = None, **where: object
    ) -> list[E]:
        """All that match, in ascending `order` of that field (`-field`: descending)."""

    def values(self, kind: type[E], /, fields: tuple[str, ...], **where: object) -> list[tuple[Any, ...]]:
        """Only these fields of all that match, as tuples: for counting over many rows."""

    def count(self, kind: type[E], /, **where: object) -> int:
        """How many match."""


class Writer(Reader, Protocol):
    """A reader that may also write; only the commit of a plan and the intake of feeds get one."""

    def put(self, *entities: Entity) -> None:
        """Insert or replace by id."""


@dataclass(frozen=True)
class Message:
    """Something a downstream system must be told exactly once. `key` is the idempotency key it will see."""

    key: str
    system: Literal["ehr", "wfm", "erp"]
    operation: str
    payload: Mapping[str, Any]
    plan_id: str | None = None


class UnitOfWork(Writer, Protocol):
    """One database transaction: everything in it happens, or nothing does."""

    def lock(self, resource_days: Iterable[str]) -> None:
        """Lock these `resource:day` keys until the end of the transaction, also against phantoms."""

    def send(self, message: Message) -> None:
        """Put a message into the outbox; the same key twice is one message."""

    def append(self, entity: Entity) -> None:
        """Insert; an id that exists already raises `AlreadyThere`."""

    def remove(self, kind: type[Entity], ids: Iterable[str]) -> int:
        """Delete rows by id; how many there were. The ledger refuses it."""


class AlreadyThere(Exception):
    """An entity with this id was inserted before (by a retry or a competitor)."""


class Store(Protocol):
    """Where everything is kept."""

    def reading(self) -> AbstractContextManager[Reader]:
        """A snapshot to read from."""

    def working(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction: commits at the end of the block, rolls back on any exception."""

    @property
    def is_sandbox(self) -> bool:
        """Whether this store was marked as a sandbox when it was made."""


class Clock(Protocol):
    """Says what time it is. The business clock may be frozen; the system clock never is."""

    def now(self) -> datetime:
        """The current aware instant, in UTC."""


@dataclass(frozen=True)
class Delivery:
    """What a downstream system did with a message.

    `unknown` means that it may or may not have happened: ask with `state_of`, never repeat blindly.
    """

    outcome: Literal["done", "refused", "unknown", "unreachable"]
    reference: str | None = None
    detail: str = ""


class Downstream(Protocol):
    """A system that receives what was committed: the EHR, the workforce system, the ERP."""

    def deliver(self, message: Message) -> Delivery:
        """Send one message with its idempotency key.

        The operation `undo:NAME` takes back what NAME did: the payload names its key (`undoes`) and what the system
        called it (`reference`). A system that cannot do that refuses.
        """

    def state_of(self, key: str) -> Delivery:
        """What the system knows about this key: done with its reference, refused when it never arrived."""
