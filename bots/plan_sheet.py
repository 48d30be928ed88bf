"""One plan at a glance: before and after, cost, who must say yes and why, what changed since, what happened to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from agent.turn import PlanView
from bots.plan_views import view_of
from hospital.changes.base import Commit
from hospital.entity import Record
from hospital.model.people import User
from hospital.model.places import Site
from hospital.money import Cents, format_money
from hospital.ports import Reader
from policies.access import may_read
from policies.decide import Policy
from policies.differences import differences_between
from policies.people import Roster
from policies.plans import AuditEntry, Need, Plan
from policies.recheck import differences_of, open_needs, votes_on
from policies.rows import Row, RowChange, preview
from policies.voters import may_decide, takes_part
from tools.again import CHANGEABLE
from tools.sentences import say_role

OPEN = ("drafted", "awaiting")
HIDDEN = frozenset({"id", "key", "plan_id"})
"""Fields that say nothing to people."""
OF_PATIENTS = frozenset({"patient_id", "patient_ref"})
"""Fields for those only who may see who patients are."""
MONEY = frozenset({"amount", "cost", "unit_cost", "hourly_rate", "left_this_month"})
"""Fields in cents."""
WHAT_HAPPENED = (
    "draft",
    "submit",
    "vote",
    "attest",
    "commit",
    "withdraw",
    "expire",
    "escalate",
    "supersede",
    "compensate",
)


class FieldChange(Record):
    """One field, as people read it; `before` empty: new."""

    field: str
    before: str
    after: str


class RowSheet(Record):
    """What happens to one thing."""

    what: str
    new: bool
    fields: tuple[FieldChange, ...]


class Said(Record):
    """One decision of one person."""

    who: str
    in_name_of: str
    decision: str
    reason: str
    at: datetime


class NeedSheet(Record):
    """Who must say yes, why, who did, and who is next."""

    role: str
    scope: str
    why: str
    need: int
    have: int
    order: int
    is_next: bool
    who: tuple[str, ...]
    said: tuple[Said, ...]
    then: str
    """Who is told at half the time, and may then fill it; empty: nobody."""


class Event(Record):
    """One link of the audit chain about it."""

    at: datetime
    who: str
    what: str
    why: str


class May(Record):
    """What the reader may do with it now; the desk checks it again."""

    decide: bool = False
    change: bool = False
    withdraw: bool = False


class PlanSheet(Record):
    """Everything about one plan, for one reader."""

    plan: PlanView
    asked_by: str
    asked_at: datetime
    escalates_at: datetime | None
    reason: str
    rows: tuple[RowSheet, ...]
    needs: tuple[NeedSheet, ...]
    changed_since: tuple[str, ...]
    """In what the world differs from what the plan says; what a yes would find now."""
    replaces: str | None
    replaced_by: str | None
    compared: tuple[str, ...]
    """In what it differs from the plan it replaces."""
    binding: tuple[str, ...]
    slack: tuple[str, ...]
    why_not: tuple[str, ...]
    history: tuple[Event, ...]
    arguments: dict[str, Any]
    """Of the call that made it: what can be asked for otherwise."""
    may: May


def sheet_of(world: Reader, policy: Policy, plan: Plan, reader: User, now: datetime) -> PlanSheet:
    """The plan as this person may see it at this moment."""
    old = world.get(Plan, plan.supersedes) if plan.supersedes else None
    newer = world.find(Plan, supersedes=plan.id, limit=1)
    links = world.find(AuditEntry, plan_id=plan.id, order="sequence")
    names = _Names(world)
    return PlanSheet(
        plan=view_of(world, plan),
        asked_by=names.of(plan.asked_by),
        asked_at=plan.created_at,
        escalates_at=plan.escalates_at if plan.state == "awaiting" else None,
        reason=plan.reason,
        rows=_rows(world, plan, links, now, may_read(policy.data, reader, "demographics") is None),
        needs=tuple(_need(world, plan, need, names) for need in sorted(plan.needs, key=lambda one: one.order)),
        changed_since=differences_of(world, policy, plan, now, waiting=True) if plan.state in OPEN else (),
        replaces=plan.supersedes,
        replaced_by=newer[0].id if newer else None,
        compared=differences_between(old, plan) if old else (),
        binding=plan.report.binding,
        slack=plan.report.slack,
        why_not=(*plan.report.why_not, *plan.report.violated),
        history=tuple(
            Event(at=one.at, who=names.of(one.actor), what=one.what, why=one.why)
            for one in links
            if one.what in WHAT_HAPPENED
        ),
        arguments=plan.made_by.args if plan.made_by else {},
        may=_may(world, policy, plan, reader, now),
    )


def _may(world: Reader, policy: Policy, plan: Plan, reader: User, now: datetime) -> May:
    takes = takes_part(world, policy.data, plan, reader.id, now)
    return May(
        decide=may_decide(plan, reader.id, votes_on(world, plan), Roster(world, policy.data, now), now),
        change=takes and plan.made_by is not None and plan.state in CHANGEABLE,
        withdraw=plan.asked_by == reader.id and plan.state in OPEN,
    )


def _need(world: Reader, plan: Plan, need: Need, names: "_Names") -> NeedSheet:
    votes = [vote for vote in votes_on(world, plan) if vote.rule == need.rule]
    still = open_needs(plan, votes_on(world, plan))
    first = min((one.order for one in still), default=0)
    named = need.escalates_to if need.of is None else ()
    return NeedSheet(
        role=say_role(need.role),
        scope=", ".join(str(part) for _, part in need.scope if part is not None) or "all",
        why=need.why,
        need=need.count,
        have=sum(vote.decision == "approve" for vote in votes),
        order=need.order,
        is_next=plan.state == "awaiting" and need in still and need.order == first,
        who=tuple(names.of(who) for who in need.who),
        said=tuple(
            Said(
                who=names.of(vote.user_id),
                in_name_of=names.of(vote.in_name_of) if vote.in_name_of else "",
                decision=vote.decision,
                reason=vote.reason,
                at=vote.at,
            )
            for vote in votes
        ),
        then=" or ".join(say_role(role) for role in named),
    )


def _rows(
    world: Reader, plan: Plan, links: Sequence[AuditEntry], now: datetime, with_patients: bool
) -> tuple[RowSheet, ...]:
    """As the commit noted it; before a commit, as it would be on the world as it is."""
    noted = [link.details["rows"] for link in links if link.what == "commit" and "rows" in link.details]
    if noted:
        changes: Iterable[RowChange] = [RowChange.model_validate(row) for row in noted[-1]]
    elif plan.state in OPEN and not any(line.violations(world, now) for line in plan.lines):
        changes = preview(world, plan.lines, Commit(plan_id=plan.id, actor=plan.asked_by, at=now))
    else:
        return ()
    sites = {str(site.id): site for site in world.find(Site)}
    said = [_row(world, change, sites, with_patients) for change in changes]
    return tuple(one for one in said if one.fields)


def _row(world: Reader, change: RowChange, sites: dict[str, Site], with_patients: bool) -> RowSheet:
    hidden = HIDDEN if with_patients else HIDDEN | OF_PATIENTS
    before: Row = change.before or {}
    site = sites.get(str(change.after.get("site_id"))) or next(iter(sites.values()), None)
    fields = [
        FieldChange(
            field=name.removesuffix("_id").replace("_", " "),
            before=_said(name, before.get(name), site),
            after=_said(name, value, site),
        )
        for name, value in change.after.items()
        if name not in hidden and value != before.get(name) and value not in (None, [], {}, "")
    ]
    kind = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in change.kind).strip()
    return RowSheet(what=f"{kind} {change.id}", new=change.before is None, fields=tuple(fields))


def _said(name: str, value: Any, site: Site | None) -> str:
    return format_money(Cents(value)) if name in MONEY and isinstance(value, int) else _word(value, site)


def _word(value: Any, site: Site | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_word(part, site) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_word(part, site)}" for name, part in value.items() if part)
    text = str(value)
    if len(text) > 15 and text[4] == text[7] == "-" and text[10] == "T":
        moment = datetime.fromisoformat(text)
        return f"{site.local(moment) if site else moment:%a %d %b %H:%M}"
    return text


class _Names:
    """People by name, each looked up once."""

    def __init__(self, world: Reader) -> None:
        self._world = world
        self._known: dict[str, str] = {}

    def of(self, user_id: str) -> str:
        """The name, or the id of whoever is no person."""
        if user_id not in self._known:
            user = self._world.get(User, user_id)
            self._known[user_id] = user.name if user else user_id
        return self._known[user_id]
