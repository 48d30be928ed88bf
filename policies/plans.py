"""A plan: the change of the world that people approve, and the life it may have."""

import hashlib
import json
from datetime import datetime
from typing import Any, Literal

from hospital.cards import NeedView
from hospital.changes.catalogue import AnyChange
from hospital.entity import Entity, Record, Time
from hospital.ids import ClinicianId, PlanId, ThreadId, UserId
from hospital.model.people import Scope
from hospital.money import Cents

PlanState = Literal[
    "drafted",
    "awaiting",
    "committed",
    "rejected",
    "expired",
    "withdrawn",
    "superseded",
    "stale",
    "delivered",
    "compensating",
    "compensated",
    "ambiguous",
]

TRANSITIONS: dict[PlanState, tuple[PlanState, ...]] = {
    "drafted": ("awaiting", "committed", "withdrawn", "superseded", "stale", "expired"),
    "awaiting": ("committed", "rejected", "expired", "withdrawn", "superseded", "stale"),
    "committed": ("delivered", "compensating", "ambiguous"),
    "ambiguous": ("delivered", "compensating"),
    "compensating": ("delivered", "compensated", "ambiguous"),
    "rejected": (),
    "expired": (),
    "withdrawn": (),
    "superseded": (),
    "stale": ("superseded",),
    "delivered": (),
    "compensated": (),
}
"""The published life of a plan: from -> to. The database refuses any other move."""


class Need(Record):
    """One human yes that a plan requires. Equal `order` means any order, lower must come first."""

    rule: str
    role: str
    scope: Scope
    count: int = 1
    order: int = 1
    why: str
    who: tuple[UserId, ...] = ()
    """The people who may fill it at the time of drafting."""
    escalates_to: tuple[str, ...] = ()
    of: ClinicianId | None = None
    """The clinician whose own yes it is: the surgeon of the case, the owner of the block."""
    where: Scope = Scope()
    """Everything the line names: where the roles are looked up that it escalates to."""


class Effect(Record):
    """What is predicted to change, in whole units and cents."""

    or_minutes: int = 0
    beds: int = 0
    staff_hours: int = 0
    visits: int = 0
    cost: Cents = Cents(0)
    notes: tuple[str, ...] = ()


class ConstraintReport(Record):
    """What decided: which constraints bind, how much room is left, what was rejected and why."""

    binding: tuple[str, ...] = ()
    slack: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()


class MadeBy(Record):
    """The call that a plan was compiled from, so that it can be changed or made again by the same tool."""

    tool: str
    args: dict[str, Any]
    schema_version: str
    """Which arguments the tool takes: a hash of their schema."""
    number: int = 0
    """Which of several options it was, from 0."""


class Plan(Entity):
    """Typed lines with everything people were shown; the digest covers all of it but state and votes."""

    id: PlanId
    title: str
    state: PlanState
    lines: tuple[AnyChange, ...]
    effect: Effect = Effect()
    report: ConstraintReport = ConstraintReport()
    touches: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    attests: tuple[str, ...] = ()
    """Rules that only need the asking person's attestation (`@attest`)."""
    policy_version: str
    facts: tuple[dict[str, Any], ...] = ()
    """What the rules were told about each line: the canonical input of the decision."""
    snapshot: tuple[str, ...]
    """Each line as shown to people."""
    asked_by: UserId
    chain: tuple[UserId, ...]
    """Everybody who asked, edited, reported or triggered: none of them votes."""
    thread_id: ThreadId | None = None
    supersedes: PlanId | None = None
    made_by: MadeBy | None = None
    """None for what no tool made: a change of the rules, broken glass."""
    key: str | None = None
    """The idempotency key it was asked with."""
    created_at: Time
    expires_at: Time | None = None
    escalates_at: Time | None = None
    digest: str = ""
    reason: str = ""

    @property
    def cost(self) -> Cents:
        """What all lines commit together, in cents."""
        return Cents(sum(line.cost() for line in self.lines))


_NOT_DIGESTED = {"state", "digest", "reason"}


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no floats (two systems write one float in two ways).

    Raises:
        ValueError: naming a float.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def plain(value: Any) -> Any:
    """The same JSON with its floats as text, so that it can be canonical; pydantic reads them back."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"{value!r} is a float; money and amounts are whole numbers")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)


def digest_of(plan: Plan) -> str:
    """SHA-256 over the canonical JSON of everything that was decided and shown."""
    body = plan.model_dump(mode="json", exclude=_NOT_DIGESTED)
    return hashlib.sha256(canonical(body).encode()).hexdigest()


class Vote(Entity):
    """One authenticated person's decision on one digest, filling at most one need."""

    plan_id: PlanId
    digest: str
    user_id: UserId
    in_name_of: UserId | None = None
    """Whose authority it uses, when a delegate votes."""
    decision: Literal["approve", "reject"]
    role: str
    rule: str
    reason: str = ""
    surface: str
    at: Time
    """On the business clock."""


class Attestation(Entity):
    """The asking person's own statement ("the patient agreed") about one digest; valid for one turn."""

    plan_id: PlanId
    digest: str
    user_id: UserId
    turn_id: str
    at: Time


class AuditEntry(Entity):
    """One link of the audit chain; `hash` covers everything else including the hash before."""

    sequence: int
    at: Time
    actor: UserId
    on_behalf_of: UserId | None = None
    surface: str
    what: str
    """`tool:create_requisition`, `vote`, `commit` ..."""
    why: str
    """Allowed, refused or waiting, with the rules that decided."""
    plan_id: PlanId | None = None
    digest: str | None = None
    details: dict[str, Any] = {}
    before: str
    hash: str


def needs_view(plan: Plan, votes: tuple[Vote, ...]) -> tuple[NeedView, ...]:
    """The needs of a plan with how many valid approvals each has."""
    return tuple(
        NeedView(
            role=need.role,
            scope=", ".join(str(part) for _, part in need.scope if part is not None) or "all",
            need=need.count,
            have=len(
                {
                    vote.user_id
                    for vote in votes
                    if vote.decision == "approve" and vote.rule == need.rule and vote.digest == plan.digest
                }
            ),
            rule=need.rule,
            why=need.why,
            who=tuple(need.who),
            order=need.order,
        )
        for need in plan.needs
    )


def may_move(state: PlanState, to: PlanState) -> bool:
    """Whether the published life allows this move."""
    return to in TRANSITIONS[state]


def is_open(plan: Plan, now: datetime) -> bool:
    """Whether the plan may still be decided at `now`."""
    return plan.state == "awaiting" and (plan.expires_at is None or now < plan.expires_at)


def is_escalated(plan: Plan, now: datetime) -> bool:
    """Whether half the time to expiry is over, so that the named next role may fill what is open."""
    return plan.escalates_at is not None and now >= plan.escalates_at
