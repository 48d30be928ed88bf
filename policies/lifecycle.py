"""How plans end without a commit: withdrawn by their asker, or expired with an owner for what is left."""

from datetime import datetime, timedelta

from hospital.ids import ExceptionId, UserId
from hospital.model.work import WorkException
from hospital.ports import In, Range, Store, UnitOfWork
from policies import audit
from policies.data import MONEY_ROLES
from policies.decide import Policy
from policies.outcomes import LEDGER, Outcome, move, tell
from policies.people import NEXT_LEVEL, Roster
from policies.plans import Need, Plan, may_move
from policies.recheck import open_needs, spoken_for, votes_on

EXCEPTION_DUE = timedelta(hours=4)


def withdraw(store: Store, plan_id: str, user: UserId, reason: str, now: datetime, surface: str = "api") -> Outcome:
    """Take back a plan that is not committed; only whoever asked. Works on late feeds and under the kill switch."""
    with store.working() as uow:
        uow.lock((f"plan:{plan_id}",))
        plan = uow.get(Plan, plan_id)
        if plan is None:
            return Outcome(status="refused", sentence=f"There is no plan {plan_id}.")
        against = None
        if plan.asked_by != user:
            against = f"Only {plan.asked_by}, who asked for it, takes {plan.id} back."
        elif not may_move(plan.state, "withdrawn"):
            against = f"{plan.id} is {plan.state} already."
        if against is not None:
            _write_down(uow, plan, now, user, surface, "withdraw", f"refused: {against}")
            return Outcome(status="refused", sentence=against, plan=plan)
        ended = move(uow, plan, "withdrawn", reason)
        _write_down(uow, plan, now, user, surface, "withdraw", reason)
        asked = [person for need in plan.needs for person in need.who] if plan.state == "awaiting" else []
        tell(uow, plan, asked, "withdrawn", f"{plan.title}: taken back.", now)
    return Outcome(status="withdrawn", sentence=f"{plan.title}: taken back.", plan=ended)


def expire_due(store: Store, policy: Policy, now: datetime) -> tuple[Outcome, ...]:
    """End every plan whose time is over, and tell the next in line of those at half their time."""
    with store.reading() as world:
        reached = Range(before=now + timedelta(microseconds=1))
        over = world.find(Plan, state=In(("awaiting", "drafted")), expires_at=reached, order="expires_at")
        half = [
            plan
            for plan in world.find(Plan, state="awaiting")
            if plan.escalates_at is not None and plan.escalates_at <= now and plan not in over
        ]
    ended = []
    for due in over:
        with store.working() as uow:
            uow.lock((f"plan:{due.id}",))
            plan = uow.get(Plan, due.id)
            if plan is None or plan.state not in ("awaiting", "drafted"):
                continue
            done = expire(uow, plan, now)
            ended.append(Outcome(status="expired", sentence=f"{plan.title}: nobody decided in time.", plan=done))
    for plan in half:
        _escalate(store, policy, plan, now)
    return tuple(ended)


def expire(uow: UnitOfWork, plan: Plan, now: datetime) -> Plan:
    """End one plan whose time is over; what waited for people becomes somebody's exception."""
    ended = move(uow, plan, "expired", "nobody decided in time")
    _write_down(uow, plan, now, LEDGER, "ledger", "expire", "nobody decided in time; nothing is approved")
    if plan.state == "awaiting":
        need = _first_open(uow, plan)
        uow.put(
            WorkException(
                id=ExceptionId(f"EXC-{plan.id.removeprefix('PLAN-')}"),
                kind="approval_expired",
                owner_role=_next_role(need),
                site_id=next((one.scope.site_id for one in plan.needs if one.scope.site_id), None),
                severity="medium",
                summary=f"Nobody decided in time: {plan.title}",
                opened_at=now,
                due=now + EXCEPTION_DUE,
                opened_by=LEDGER,
                links=(plan.id,),
            )
        )
        tell(uow, plan, (plan.asked_by,), "expired", f"{plan.title}: nobody decided in time.", now)
    return ended


def _next_role(need: Need) -> str:
    """Who owns what nobody decided: the escalation role of the gate, the next level for money."""
    for role in need.escalates_to:
        if role != NEXT_LEVEL:
            return role
    if need.role in MONEY_ROLES:
        levels = tuple(MONEY_ROLES)
        return levels[min(levels.index(need.role) + 1, len(levels) - 1)]
    return need.role.partition("|")[0]


def _first_open(uow: UnitOfWork, plan: Plan) -> Need:
    """The need that nobody filled, the first in order."""
    still = open_needs(plan, votes_on(uow, plan)) or plan.needs
    return min(still, key=lambda one: (one.order, one.rule))


def _escalate(store: Store, policy: Policy, plan: Plan, now: datetime) -> None:
    """Open one exception for the escalation role, and tell its people, at half the time, once."""
    exception = ExceptionId(f"EXC-{plan.id.removeprefix('PLAN-')}-HALF")
    with store.working() as uow:
        uow.lock((f"plan:{plan.id}",))
        current = uow.get(Plan, plan.id)
        if uow.get(WorkException, exception) is not None or current is None or current.state != "awaiting":
            return
        need = _first_open(uow, plan)
        may = "you may decide" if need.of is None else "only the surgeon may decide"
        uow.put(
            WorkException(
                id=exception,
                kind="approval_waiting",
                owner_role=_next_role(need),
                site_id=next((one.scope.site_id for one in plan.needs if one.scope.site_id), None),
                severity="low",
                summary=f"Half the time is over, {may}: {plan.title}",
                opened_at=now,
                due=plan.expires_at or now + EXCEPTION_DUE,
                opened_by=LEDGER,
                links=(plan.id,),
            )
        )
        taken = spoken_for(votes_on(uow, plan), "")
        next_in_line = Roster(uow, policy.data, now).next_in_line(need, plan.chain, taken)
        tell(uow, plan, next_in_line, "escalated", f"{plan.title}: half the time is over, {may}.", now)
        _write_down(uow, plan, now, LEDGER, "ledger", "escalate", f"{_next_role(need)} is told")


def _write_down(uow: UnitOfWork, plan: Plan, now: datetime, actor: UserId, surface: str, what: str, why: str) -> None:
    audit.append(uow, at=now, actor=actor, surface=surface, what=what, why=why, plan_id=plan.id, digest=plan.digest)
