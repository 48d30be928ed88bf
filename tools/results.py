"""What the desk answers: done, waiting for somebody, or refused with a sentence. Values, not exceptions."""

from datetime import datetime
from typing import Any, Literal

from hospital.cards import Card, Citation
from hospital.entity import Record
from policies.plans import Plan

RefusedKind = Literal["never", "role", "read", "stale", "invalid", "unknown", "missing", "conflict", "unavailable"]
"""never: a never-rule. role/read: not yours to ask or see. stale: a late feed. invalid, unknown, missing: an
argument. conflict: the world says no. unavailable: not yet there."""


class Done(Record):
    """It happened, or here is the answer."""

    status: Literal["done"] = "done"
    headline: str
    facts: dict[str, Any] = {}
    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()
    as_of: dict[str, datetime] = {}
    late: tuple[str, ...] = ()
    plan: Plan | None = None
    options: tuple[Plan, ...] = ()


class Waiting(Record):
    """A plan stands and waits: for the approval of others, or for the asking person's own attestation."""

    status: Literal["waiting"] = "waiting"
    reason: Literal["approval", "attestation"]
    headline: str
    facts: dict[str, Any] = {}
    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()
    as_of: dict[str, datetime] = {}
    late: tuple[str, ...] = ()
    plan: Plan


class Refused(Record):
    """It did not happen; the sentence says what was wrong, which value, and what would work."""

    status: Literal["refused"] = "refused"
    kind: RefusedKind
    sentence: str
    rule: str | None = None
    instead: str = ""
    choices: tuple[str, ...] = ()
    argument: str | None = None
    again: Plan | None = None
    """The same asked for again on the world as it is now, after what was approved became stale."""
    as_of: dict[str, datetime] = {}
    late: tuple[str, ...] = ()


Result = Done | Waiting | Refused
