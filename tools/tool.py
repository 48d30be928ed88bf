"""What a tool is: a typed async function that reads the world and returns an answer or a draft."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from hospital.cards import Card, Citation
from hospital.changes.base import Change
from hospital.entity import Record
from hospital.ids import PlanId, ThreadId, TurnId, UserId
from hospital.model.people import User
from hospital.model.places import Site
from hospital.ports import Reader
from knowledge.search import Handbook
from policies.decide import Policy
from policies.plans import ConstraintReport, Effect
from tools.results import RefusedKind

Surface = Literal["cli", "terminal", "api", "web", "slack", "mcp", "workflow", "test"]


class Context(Record):
    """Who calls the desk, for whom, from where, and because of what."""

    actor: User
    surface: Surface
    on_behalf_of: UserId | None = None
    thread_id: ThreadId | None = None
    turn_id: TurnId | None = None
    key: str | None = None
    """Idempotency key: the same key twice is one request."""
    attested: tuple[str, str] | None = None
    """(plan id, digest) that the person confirmed in this very turn."""


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Exception):
    """A sentence for the person who asked; the desk turns it into `Refused`."""

    def __init__(
        self, kind: RefusedKind, sentence: str, *, choices: tuple[str, ...] = (), argument: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.kind: RefusedKind = kind
        self.sentence = sentence
        self.choices = choices
        self.argument = argument


@dataclass(frozen=True)
class Toolbox:
    """Everything a tool may use: it can read, and it cannot write."""

    world: Reader
    context: Context
    now: datetime
    """The business clock."""
    handbook: Handbook
    policy: Policy

    def local(self, site_id: str) -> Site:
        """The site, for its zone and name.

        Raises:
            Problem: when there is no such site.
        """
        site = self.world.get(Site, site_id)
        if site is None:
            raise Problem("unknown", f"There is no site {site_id}.", argument="site")
        return site


class Answer(Record):
    """What a read tool found: the headline is the answer in one sentence, facts hold every number in it."""

    headline: str
    facts: dict[str, Any] = {}
    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A write, compiled to lines. The desk decides, submits or commits it; the tool never writes."""

    title: str
    lines: tuple[Change, ...]
    effect: Effect = Effect()
    report: ConstraintReport = ConstraintReport()
    facts: dict[str, Any] | None = None
    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()
    headline: str = ""
    """Said before the policy's own sentence, when there is something to say."""
    expires_in: timedelta | None = None


@dataclass(frozen=True)
class Options:
    """Ranked drafts: nothing waits and nothing is held until one is submitted."""

    headline: str
    drafts: tuple[Draft, ...]
    facts: dict[str, Any]
    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Submit:
    """Send a drafted plan to its approvers."""

    plan_id: PlanId


@dataclass(frozen=True)
class Withdraw:
    """Take a waiting request back."""

    plan_id: PlanId
    reason: str


Compiled = Answer | Draft | Options | Submit | Withdraw
A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Tool:
    """One line of the catalogue: the function, what it reads, and what it may write."""

    run: Callable[[Any, Toolbox], Awaitable[Compiled]]
    arguments: type[Arguments]
    effect: Literal["read", "write"]
    sources: tuple[str, ...] = ()
    """The feeds the answer depends on: their age is told, and a write on a late one is refused."""
    reads: tuple[str, ...] = ()
    """Data classes of the read matrix."""

    @property
    def name(self) -> str:
        """The tool's name is its function's name."""
        return str(getattr(self.run, "__name__", ""))

    @property
    def description(self) -> str:
        """The docstring is what a model reads."""
        return (self.run.__doc__ or "").strip()


def tool(
    arguments: type[A],
    effect: Literal["read", "write"],
    *,
    sources: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
) -> Callable[[Callable[[A, Toolbox], Awaitable[Compiled]]], Tool]:
    """Declare a function as a tool; an undeclared write is impossible, since only `Draft` reaches the ledger."""

    def declare(run: Callable[[A, Toolbox], Awaitable[Compiled]]) -> Tool:
        return Tool(run=run, arguments=arguments, effect=effect, sources=sources, reads=reads)

    return declare
