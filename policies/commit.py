"""The commit: in one transaction, everything that was approved and nothing else."""

from collections.abc import Sequence
from datetime import datetime

from hospital.changes.base import Commit, Expectation
from hospital.changes.expected import expected_changes, say_expected
from hospital.ids import UserId
from hospital.model.governance import BrokenGlass
from hospital.ports import Store, UnitOfWork
from policies import audit
from policies.decide import Policy
from policies.outcomes import LEDGER, Differs, Outcome, move, tell
from policies.plans import Plan, may_move
from policies.recheck import decide_again, differences_of, votes_on, waiting_for
from policies.rows import Noting


def commit(store: Store, policy: Policy, plan_id: str, now: datetime, surface: str = "workflow") -> Outcome:
    """Commit a plan whose votes are all there (the last vote does this by itself).

    Returns:
        `committed`; or `stale` with the differences in words, and nothing else changed; or `refused`.
    """
    try:
        with store.working() as uow:
            uow.lock((f"plan:{plan_id}",))
            plan = uow.get(Plan, plan_id)
            if plan is None:
                return Outcome(status="refused", sentence=f"There is no plan {plan_id}.")
            if not may_move(plan.state, "committed"):
                return Outcome(status="refused", sentence=f"{plan.id} is {plan.state} already.", plan=plan)
            decision = decide_again(uow, policy, plan, now)
            if decision is not None and decision.effect in ("needs", "attest"):
                return Outcome(status="refused", sentence=waiting_for(plan, decision), plan=plan)
            return settle(uow, policy, plan, now, plan.asked_by, surface)
    except Differs as differs:
        return mark_stale(store, plan_id, differs.differences, now, LEDGER, surface)


def settle(uow: UnitOfWork, policy: Policy, plan: Plan, now: datetime, actor: UserId, surface: str) -> Outcome:
    """Carry out a plan inside this transaction: lines, outbox, audit and state together.

    Raises:
        Differs: when the world, the rules or the votes are no longer what was approved; the caller's
            transaction must end with it, so that nothing happened.
    """
    uow.lock((*plan.touches, audit.CHAIN))
    if differences := differences_of(uow, policy, plan, now):
        raise Differs(differences)
    order = Commit(plan_id=plan.id, actor=plan.asked_by, at=now)
    told, noting, expected = 0, Noting(uow, uow), list[Expectation]()
    for line in plan.lines:
        # Each line is checked on the world that the lines before it made.
        if broken := line.violations(uow, now):
            raise Differs([violation.sentence for violation in broken])
        line.apply(noting, order)
        moved = line.expects(uow)
        noting.put(*expected_changes(moved, plan.id, now, len(expected)))
        expected.extend(moved)
        for message in line.messages(uow, order):
            uow.send(message)
            told += 1
    done = move(uow, plan, "committed")
    if not told:
        done = move(uow, done, "delivered")  # nobody outside has to hear of it
    audit.append(
        uow,
        at=now,
        actor=actor,
        on_behalf_of=plan.asked_by if actor != plan.asked_by else None,
        surface=surface,
        what="commit",
        why=_by_what(uow, plan),
        plan_id=plan.id,
        digest=plan.digest,
        details={
            "lines": list(plan.snapshot),
            "cost": plan.cost,
            "policy": policy.version,
            "rows": [change.model_dump() for change in noting.changes()],
        },
    )
    forecasts = say_expected(uow, expected)
    said = f"{plan.title}: committed as {plan.id}. {forecasts}".rstrip()
    tell(uow, plan, (plan.asked_by,), "committed", f"{plan.title}: done. {forecasts}".rstrip(), now)
    return Outcome(status="committed", sentence=said, forecasts=forecasts, plan=done)


def _by_what(uow: UnitOfWork, plan: Plan) -> str:
    """Which votes let it happen, or who broke the glass."""
    if broken := uow.find(BrokenGlass, plan_id=plan.id, digest=plan.digest):
        return f"glass broken by {broken[0].user_id}: {broken[0].reason}"
    return ", ".join(f"{need.rule} agreed" for need in plan.needs) or "allowed without a vote"


def mark_stale(
    store: Store, plan_id: str, differences: Sequence[str], now: datetime, actor: UserId, surface: str
) -> Outcome:
    """Nothing was committed: only the state says so, with the differences in the audit."""
    said = "; ".join(differences)
    with store.working() as uow:
        uow.lock((f"plan:{plan_id}",))
        plan = uow.get(Plan, plan_id)
        if plan is not None and may_move(plan.state, "stale"):
            plan = move(uow, plan, "stale", said)
            voters = [vote.user_id for vote in votes_on(uow, plan)]
            tell(uow, plan, (plan.asked_by, *voters), "stale", f"{plan.title}: not done, {said}.", now)
        audit.append(
            uow,
            at=now,
            actor=actor,
            surface=surface,
            what="commit",
            why=f"stale: {said}",
            plan_id=plan.id if plan else None,
            digest=plan.digest if plan else None,
            details={"differences": list(differences)},
        )
    return Outcome(
        status="stale", sentence=f"Nothing was done, because {said}.", plan=plan, differences=tuple(differences)
    )
