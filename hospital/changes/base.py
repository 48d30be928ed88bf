"""What every kind of change has in common: it is one line of a plan."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from hospital.entity import Record
from hospital.model.people import Scope
from hospital.money import Cents
from hospital.ports import Message, Reader, Writer

Fact = str | int | bool | list[str]


class Violation(Record):
    """A condition that a change breaks on the world as it is, in words."""

    constraint: str
    sentence: str


class Expectation(Record):
    """What a line changes in an expected figure once it is done: revenue, slots, hours (see `ExpectedChange`)."""

    series: str
    day: date
    amount: int


class Commit(Record):
    """Under which plan, for whom and when (business clock) a line is carried out."""

    plan_id: str
    actor: str
    at: datetime


class Change(Record):
    """One typed line of a plan. Subclasses state `kind` (a Literal) and `action` (the Cedar action)."""

    action: ClassVar[str]
    sources: ClassVar[tuple[str, ...]] = ()
    """The feeds that must be fresh for this to commit."""

    @abstractmethod
    def scope(self, world: Reader) -> Scope:
        """The site, unit, service or cost centre that the line touches."""

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        """What the rules may ask about this line, as it is now: amounts, owners, flags."""
        return {}

    def cost(self) -> Cents:
        """Money this line commits, in cents."""
        return Cents(0)

    def same_need(self) -> str | None:
        """The key under which amounts for one need are added up, or None when nothing is bought."""
        return None

    @abstractmethod
    def touches(self) -> frozenset[str]:
        """The resource-days this line depends on, as `resource:YYYY-MM-DD` (see `resource_day`)."""

    @abstractmethod
    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        """Every condition that does not hold now; empty when the line can be carried out."""

    @abstractmethod
    def apply(self, world: Writer, commit: Commit) -> None:
        """Write the effect on the store."""

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        """What downstream systems must be told."""
        return ()

    def expects(self, world: Reader) -> Sequence[Expectation]:
        """What is expected differently once this is done; empty when no forecast moves."""
        return ()

    @abstractmethod
    def sentence(self, world: Reader) -> str:
        """The line for people, with names and local times, not only ids."""


def resource_day(resource: str, day: date) -> str:
    """The key of one resource on one (UTC) day: `room:northgate-or-4:2026-09-17`."""
    return f"{resource}:{day.isoformat()}"


def span_days(resource: str, start: datetime, end: datetime) -> frozenset[str]:
    """The keys of a resource over a time span."""
    days = range((end.date() - start.date()).days + 1)
    return frozenset(resource_day(resource, date.fromordinal(start.date().toordinal() + day)) for day in days)
