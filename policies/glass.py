"""Breaking the glass: acting at once on a plan that waits, by a named role with a reason, reviewed afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from hospital.ids import ExceptionId, UserId
from hospital.model.governance import BrokenGlass
from hospital.model.people import User
from hospital.model.work import WorkException
from hospital.ports import Store, UnitOfWork
from policies import audit
from policies.commit import mark_stale, settle
from policies.context import late_feeds
from policies.data import MONEY_ROLES
from policies.decide import Policy, RuleHit
from policies.outcomes import Differs, Outcome, join, tell
from policies.plans import Plan, is_open
from policies.recheck import sources_of
from policies.surfaces import DECIDES

REVIEW = "glass_review"
"""The kind of the exception by which compliance reviews it."""
REVIEW_DUE = timedelta(hours=24)
REVIEWER = "auditor"
Finding = Literal["justified", "not_justified"]


def break_glass(
    store: Store, policy: Policy, plan_id: str, user_id: UserId, digest: str, reason: str, surface: str, now: datetime
) -> Outcome:
    """Carry out a waiting plan at once, without the votes of its clinical gates; compliance reviews it.

    Returns:
        `committed`; `stale` with the differences, and nothing changed; or `refused` with the rules against it.
        Never-rules, money and changed rules are never waived.
    """
    try:
        with store.working() as uow:
            uow.lock((f"plan:{plan_id}",))
            return _break(uow, policy, plan_id, user_id, digest, reason.strip(), surface, now)
    except Differs as differs:
        return mark_stale(store, plan_id, differs.differences, now, user_id, surface)


def review_glass(
    store: Store,
    policy: Policy,
    exception_id: str,
    user_id: UserId,
    finding: Finding,
    note: str,
    surface: str,
    now: datetime,
) -> Outcome:
    """What compliance found about broken glass, once, with a note; whoever broke it is told."""
    with store.working() as uow:
        matter, user = uow.get(WorkException, exception_id), uow.get(User, user_id)
        broken = next(iter(uow.find(BrokenGlass, review=exception_id)), None)
        plan = uow.get(Plan, broken.plan_id) if broken else None
        if matter is None or broken is None or plan is None or user is None:
            return Outcome(status="refused", sentence=f"There is no review {exception_id}.")
        hits = _against_review(uow, policy, plan, user)
        said = join([hit.why for hit in hits], "and")
        if not said and matter.state == "resolved":
            said = f"{matter.id} is reviewed already"
        if not said and user_id == broken.user_id:
            said = "nobody reviews their own broken glass"
        if not said and not note.strip():
            said = "say in a sentence what you found"
        if said:
            _write_down(uow, plan, now, user_id, surface, "review_glass", f"refused: {said}")
            return Outcome(status="refused", sentence=f"{said[:1].upper()}{said[1:]}.", rules=hits)
        words = f"{finding.replace('_', ' ')}: {note.strip()}"
        uow.put(matter.changed(state="resolved", summary=f"{matter.summary} Reviewed by {user_id}: {words}"))
        _write_down(uow, plan, now, user_id, surface, "review_glass", words)
        tell(uow, plan, (broken.user_id,), f"reviewed:{matter.id}", f"{plan.title}: reviewed, {words}", now)
        return Outcome(status="recorded", sentence=f"{matter.id} is reviewed: {words}", plan=plan)


def _break(
    uow: UnitOfWork,
    policy: Policy,
    plan_id: str,
    user_id: UserId,
    digest: str,
    reason: str,
    surface: str,
    now: datetime,
) -> Outcome:
    plan, user = uow.get(Plan, plan_id), uow.get(User, user_id)
    if plan is None:
        return Outcome(status="refused", sentence=f"There is no plan {plan_id}.")
    uow.lock((*plan.touches, audit.CHAIN))
    said = _not_now(plan, user, digest, surface, now)
    hits: tuple[RuleHit, ...] = ()
    if said is None and user is not None:
        hits = _hits(uow, policy, plan, user, reason, now)
        said = join([hit.why for hit in hits], "and") or None
    if said is not None:
        _write_down(uow, plan, now, user_id, surface, "break_glass", f"refused: {said}")
        return Outcome(status="refused", sentence=f"{said[:1].upper()}{said[1:]}.", plan=plan, rules=hits)
    review = ExceptionId(f"EXC-{plan.id.removeprefix('PLAN-')}-GLASS")
    uow.append(
        BrokenGlass(
            id=f"{plan.id}:glass",
            plan_id=plan.id,
            digest=digest,
            user_id=user_id,
            reason=reason,
            surface=surface,
            at=now,
            review=review,
        )
    )
    _write_down(uow, plan, now, user_id, surface, "break_glass", reason)
    done = settle(uow, policy, plan, now, user_id, surface)
    uow.put(
        WorkException(
            id=review,
            kind=REVIEW,
            owner_role=REVIEWER,
            site_id=next((need.where.site_id for need in plan.needs if need.where.site_id), None),
            severity="high",
            summary=f"{user_id} broke the glass on {plan.title}: {reason}",
            opened_at=now,
            due=now + REVIEW_DUE,
            opened_by=user_id,
            links=(plan.id,),
        )
    )
    waiting = [who for need in plan.needs for who in need.who if who != user_id]
    tell(uow, plan, waiting, "glass", f"{plan.title}: {user_id} broke the glass, it is done.", now)
    return done.model_copy(
        update={"sentence": f"{done.sentence} The glass is broken: compliance reviews {review} within 24 hours."}
    )


def _not_now(plan: Plan, user: User | None, digest: str, surface: str, now: datetime) -> str | None:
    if surface not in DECIDES:
        return f"the glass is not broken over {surface}"
    if user is None or not user.active:
        return "only an active, signed-in person breaks the glass"
    if not is_open(plan, now):
        return f"{plan.id} is {'over its time' if plan.state == 'awaiting' else plan.state} already"
    if digest != plan.digest:
        return "what you saw is not what the plan says; open it again"
    return None


def _hits(uow: UnitOfWork, policy: Policy, plan: Plan, user: User, reason: str, now: datetime) -> tuple[RuleHit, ...]:
    """What the rules say against it, for every place and gate of the plan."""
    stale = [late.source for late in late_feeds(uow, policy.data, sources_of(plan), now)]
    gates: Sequence[str] = sorted({policy.rule(need.rule).gate for need in plan.needs})
    found: dict[RuleHit, None] = {}
    for scope in dict.fromkeys(line.scope(uow) for line in plan.lines):
        for gate in gates:
            facts = {
                "gate": gate,
                "reason": reason,
                "money": any(role in MONEY_ROLES for need in plan.needs for role in need.role.split("|")),
                "in_chain": user.id in plan.chain,
            }
            found |= dict.fromkeys(policy.against(uow, user, "break_glass", scope, facts, stale))
    return tuple(found)


def _against_review(uow: UnitOfWork, policy: Policy, plan: Plan, user: User) -> tuple[RuleHit, ...]:
    scopes = dict.fromkeys(line.scope(uow) for line in plan.lines)
    return tuple(dict.fromkeys(hit for one in scopes for hit in policy.against(uow, user, "review_glass", one, {})))


def _write_down(uow: UnitOfWork, plan: Plan, now: datetime, actor: UserId, surface: str, what: str, why: str) -> None:
    audit.append(uow, at=now, actor=actor, surface=surface, what=what, why=why, plan_id=plan.id, digest=plan.digest)
