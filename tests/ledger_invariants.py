"""What must be true of the ledger after every step, looked up in the database and not in the code under test."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hospital.entity import Entity
from hospital.model.bookings import Appointment, Hold
from hospital.model.history import Feed
from hospital.model.people import Shift, User
from hospital.model.supply import Requisition
from hospital.model.work import OutboxMessage, Setting
from hospital.ports import Reader
from policies import audit
from policies.data import PolicyData
from policies.plans import Attestation, AuditEntry, Plan, Vote

DONE = ("committed", "delivered", "compensating", "compensated", "ambiguous")
MADE: dict[str, type[Entity]] = {
    "open_requisition": Requisition,
    "request_staff": Shift,
    "book_appointment": Appointment,
    "place_hold": Hold,
}
"""Which rows of the small hospital a kind of line makes; none of them is there at the beginning."""


@dataclass(frozen=True)
class Seen:
    """The database at one moment, and what was committed by the step that ended there."""

    world: Reader
    data: PolicyData
    now: datetime
    new: tuple[Plan, ...]

    @property
    def plans(self) -> list[Plan]:
        """All of them."""
        return self.world.find(Plan)

    def votes(self, plan: Plan) -> list[Vote]:
        """The yes votes on the digest the plan has."""
        return self.world.find(Vote, plan_id=plan.id, digest=plan.digest, decision="approve")


def no_commit_without_votes(seen: Seen) -> str | None:
    """Every need of a committed plan has as many different people as it asks for, on this very digest."""
    for plan in seen.plans:
        if plan.state in DONE:
            have = Counter(vote.rule for vote in seen.votes(plan))
            short = [need.rule for need in plan.needs if have[need.rule] < need.count]
            if short:
                return f"{plan.id} is {plan.state} without {short}"
    return None


def voters_are_distinct(seen: Seen) -> str | None:
    """No person and nobody's authority counts twice on one plan."""
    for plan in seen.plans:
        votes = seen.votes(plan)
        names = [vote.user_id for vote in votes] + [vote.in_name_of for vote in votes if vote.in_name_of]
        if len(set(names)) != len(names):
            return f"{plan.id}: {names}"
    return None


def voters_hold_when_it_commits(seen: Seen) -> str | None:
    """When a plan commits, each voter is active and is asked for by role, by limit, as delegate or by escalation."""
    for plan in seen.new:
        needs = {need.rule: need for need in plan.needs}
        for vote in seen.votes(plan):
            voter = seen.world.get(User, vote.user_id)
            if voter is None or not voter.active or vote.rule not in needs:
                return f"{plan.id}: {vote.user_id} is gone"
            name = seen.world.get(User, vote.in_name_of or vote.user_id)
            if name is None or not name.active:
                return f"{plan.id}: {vote.in_name_of} is gone"
            limited = seen.data.limits
            money = {*limited.finance, *(p for c in limited.cost_centres.values() for p in (*c.manager, *c.director))}
            need = needs[vote.rule]
            roles = {*need.role.split("|"), *(need.escalates_to if _half_over(plan, seen.now) else ())}
            if not (name.roles & roles or name.id in money):
                return f"{plan.id}: {name.id} has none of {roles}"
    return None


def _half_over(plan: Plan, now: datetime) -> bool:
    return plan.escalates_at is not None and plan.escalates_at <= now


def no_vote_from_its_own_chain(seen: Seen) -> str | None:
    """Nobody who asked for a plan or for any plan it was made from has voted on it, and nobody in their name."""
    by_id = {plan.id: plan for plan in seen.plans}
    for vote in seen.world.find(Vote):
        plan: Plan | None = by_id[vote.plan_id]
        while plan is not None:
            if {vote.user_id, vote.in_name_of} & {*plan.chain, plan.asked_by}:
                return f"{vote.user_id} voted on {vote.plan_id} and is of the chain of {plan.id}"
            plan = by_id[plan.supersedes] if plan.supersedes else None
    return None


def commit_at_most_once(seen: Seen) -> str | None:
    """One commit link per done plan and none for any other; a plan and what replaced it are never both done."""
    commits = Counter(e.plan_id for e in seen.world.find(AuditEntry, what="commit") if not e.why.startswith("stale"))
    done = {plan.id for plan in seen.plans if plan.state in DONE}
    if set(commits) != done or any(count != 1 for count in commits.values()):
        return f"commits {commits}, done {done}"
    both = [plan.id for plan in seen.plans if plan.id in done and plan.supersedes in done]
    return f"both of {both}" if both else None


def audit_chain_is_complete(seen: Seen) -> str | None:
    """The chain verifies from its first link, and every plan and vote has its link."""
    if not (checked := audit.verify(seen.world)).ok:
        return f"broken at {checked.first_broken}"
    entries = seen.world.find(AuditEntry)
    about = {entry.plan_id for entry in entries}
    votes = Counter(e.plan_id for e in entries if e.what == "vote" and not e.why.startswith("refused"))
    unsaid = [plan.id for plan in seen.plans if plan.state != "drafted" and plan.id not in about]
    counted = Counter(vote.plan_id for vote in seen.world.find(Vote))
    return f"no link: {unsaid}; votes {counted} but links {votes}" if unsaid or votes != counted else None


def effect_is_the_approved_lines(seen: Seen) -> str | None:
    """The hospital has exactly what the lines of the done plans say, and the outbox one message for each."""
    lines = [(plan, line) for plan in seen.plans if plan.state in DONE for line in plan.lines]
    for kind, rows in MADE.items():
        said = sorted(_said_by(line) for _, line in lines if line.kind == kind)
        found = sorted(_row(row) for row in seen.world.find(rows))
        if said != found:
            return f"{kind}: approved {said}, found {found}"
    told = sorted(m.plan_id or "" for m in seen.world.find(OutboxMessage))
    expected = sorted(plan.id for plan, line in lines if line.kind != "place_hold")
    return f"told {told}, expected {expected}" if told != expected else None


def _said_by(line: Any) -> tuple[object, ...]:
    match line.kind:
        case "open_requisition":
            return (line.requisition_id, line.quantity, line.quantity * line.unit_cost)
        case "request_staff":
            return (line.shift_id, line.start, line.end)
        case "book_appointment":
            return (line.appointment_id, line.slot_id, line.patient_id)
    return (line.resources[0].resource, line.group)


def _row(row: object) -> tuple[object, ...]:
    match row:
        case Requisition():
            return (row.id, row.quantity, row.amount)
        case Shift():
            return (row.id, row.start, row.end)
        case Appointment():
            return (row.id, row.slot_id, row.patient_id)
        case Hold():
            return (row.resource, row.group)
    raise TypeError(type(row))


def nothing_commits_late_or_stopped(seen: Seen) -> str | None:
    """A plan commits before it expires, with fresh feeds and the kill switch off."""
    switch = seen.world.get(Setting, "kill_switch")
    for plan in seen.new:
        sources = sorted({source for line in plan.lines for source in line.sources})
        limits = seen.data.freshness.limits(tuple(sources))
        heard = {feed.id: feed.last_event_at for feed in seen.world.find(Feed)}
        late = [source for source in sources if seen.now - heard[source] > limits[source]]
        stopped = switch is not None and switch.value == "on"
        if late or stopped or (plan.expires_at is not None and seen.now >= plan.expires_at):
            return f"{plan.id}: late {late}, stopped {stopped}, expired {plan.expires_at}"
    return None


def confirmations_are_the_askers(seen: Seen) -> str | None:
    """What needed a confirmation was confirmed by whoever asked, about this digest; nothing else ever was."""
    kept = seen.world.find(Attestation)
    by_id = {plan.id: plan for plan in seen.plans}
    wrong = [one.id for one in kept if (p := by_id[one.plan_id]).asked_by != one.user_id or not p.attests]
    unsaid = [p.id for p in seen.plans if p.state in DONE and p.attests and p.digest not in {a.digest for a in kept}]
    return f"wrong {wrong}, missing {unsaid}" if wrong or unsaid else None


INVARIANTS: tuple[Callable[[Seen], str | None], ...] = (
    no_commit_without_votes,
    voters_are_distinct,
    voters_hold_when_it_commits,
    no_vote_from_its_own_chain,
    commit_at_most_once,
    audit_chain_is_complete,
    effect_is_the_approved_lines,
    nothing_commits_late_or_stopped,
    confirmations_are_the_askers,
)
"""Each says what is wrong, or nothing."""
