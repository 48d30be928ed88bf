"""Telling other systems what was committed: each message has its effect exactly once, or an owner.

A message is claimed under a lease, sent outside any transaction, and then recorded. Whatever is not known for
sure (a time-out after sending, a worker that died with the claim) is asked about before anything is sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from hospital.ids import UserId
from hospital.model.work import OutboxMessage, WorkException
from hospital.ports import AlreadyThere, Delivery, Downstream, In, Message, Range, Reader, Store, UnitOfWork
from policies.compensate import compensate
from policies.plans import Plan, PlanState, may_move

LEASE = timedelta(seconds=60)
"""Longer than any downstream call may take, with its time-out."""
LONGEST_WAIT = timedelta(minutes=5)
OWNERS: dict[str, str] = {"erp": "supply_chain", "wfm": "nursing_supervisor", "ehr": "or_charge"}
"""The role that owns an exception, by the system that caused it."""
TELL_AFTER = 6
"""After so many attempts without an answer somebody is told."""
_WINDOW = 100
_LOCK = "outbox:state"
_SERVICE = UserId("wardline.outbox")


@dataclass(frozen=True)
class Delivered:
    """How many messages ended how in one round; `waiting` will be tried again."""

    done: int = 0
    refused: int = 0
    ambiguous: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class _Claim:
    message: OutboxMessage
    ask_first: bool


def deliver_due(
    store: Store,
    downstream: Mapping[str, Downstream],
    now: datetime,
    *,
    limit: int = 100,
    lease: timedelta = LEASE,
    jitter: Random | None = None,
) -> Delivered:
    """Send what is due at `now` (system clock) to these systems, at most `limit` messages, one after the other.

    Any number of workers may run this at the same time. A plan's messages go in their order, each after the one
    before is done; once one is refused the rest of its plan is not sent. While a system cannot be reached, its
    later messages wait too.
    """
    random = jitter or Random()
    counts = {"done": 0, "refused": 0, "ambiguous": 0, "pending": 0}
    for _ in range(limit):
        claim = _claim(store, tuple(downstream), now, lease)
        if claim is None:
            break
        delivery, doubtful = _carry_out(downstream[claim.message.system], claim)
        state = _record(store, claim.message, delivery, doubtful, now, random)
        if state is not None:
            counts[state] += 1
    return Delivered(counts["done"], counts["refused"], counts["ambiguous"], counts["pending"])


def wait_before(attempt: int, random: Random) -> timedelta:
    """How long to wait after so many attempts: 1 s doubling up to `LONGEST_WAIT`, half of it by chance."""
    longest = min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(attempt - 1, 20)))
    return longest * random.uniform(0.5, 1.0)


def _claim(store: Store, systems: tuple[str, ...], now: datetime, lease: timedelta) -> _Claim | None:
    with store.reading() as world:  # a look costs no lock
        if not _due(world, systems, now):
            return None
    with store.working() as work:
        work.lock((_LOCK,))
        for message in _due(work, systems, now):
            if _waits_for_its_plan(work, message):
                continue
            # A claim whose lease is over belonged to a worker that died: what it did is unknown.
            ask_first = message.state != "pending"
            claimed = message.model_copy(
                update={"state": "sending", "attempts": message.attempts + 1, "next_at": now + lease}
            )
            work.put(claimed)
            return _Claim(claimed, ask_first)
    return None


def _due(world: Reader, systems: tuple[str, ...], now: datetime) -> list[OutboxMessage]:
    """The oldest messages that may go now: new ones to systems that answer, and all whose outcome is in doubt."""
    later = now + timedelta(microseconds=1)
    unreachable = world.values(
        OutboxMessage, ("system",), state="pending", attempts=Range(at_least=1), next_at=Range(at_least=later)
    )
    answering = In([system for system in systems if (system,) not in unreachable])
    new = world.find(
        OutboxMessage,
        system=answering,
        state="pending",
        next_at=Range(before=later),
        order="sequence",
        limit=_WINDOW,
    )
    doubtful = world.find(
        OutboxMessage,
        system=In(systems),
        state=In(("ambiguous", "sending")),
        next_at=Range(before=later),
        order="sequence",
        limit=_WINDOW,
    )
    return sorted([*new, *doubtful], key=lambda message: message.sequence)


def _waits_for_its_plan(world: Reader, message: OutboxMessage) -> bool:
    if message.plan_id is None:
        return False
    earlier = world.find(OutboxMessage, plan_id=message.plan_id, sequence=Range(before=message.sequence))
    if message.undoes is not None:  # what was refused is no reason to leave the rest as it is
        earlier = [one for one in earlier if one.undoes is not None]
    return any(one.state != "done" for one in earlier)


def _carry_out(system: Downstream, claim: _Claim) -> tuple[Delivery, bool]:
    """What happened, and whether an earlier attempt is still in doubt."""
    message = claim.message
    if claim.ask_first:
        known = system.state_of(message.id)
        if known.outcome != "refused":  # refused: it never arrived, so it may be sent
            return known, known.outcome != "done"
    sent = Message(message.id, message.system, message.operation, message.payload, message.plan_id)
    return system.deliver(sent), False


def _record(
    store: Store, message: OutboxMessage, delivery: Delivery, doubtful: bool, now: datetime, random: Random
) -> Literal["done", "refused", "ambiguous", "pending"] | None:
    """Write down what is known; None when the lease ran out and another worker took over."""
    state: Literal["done", "refused", "ambiguous", "pending"]
    if delivery.outcome == "done":
        state = "done"
    elif delivery.outcome == "unknown" or doubtful:
        state = "ambiguous"
    elif delivery.outcome == "unreachable":
        state = "pending"
    else:
        state = "refused"
    with store.working() as work:
        work.lock((_LOCK, f"plan:{message.plan_id}") if message.plan_id else (_LOCK,))
        current = work.get(OutboxMessage, message.id)
        if current is None or (current.state, current.attempts) != ("sending", message.attempts):
            return None
        recorded = message.model_copy(
            update={
                "state": state,
                "next_at": now + wait_before(message.attempts, random),
                "reference": delivery.reference,
                "detail": delivery.detail[:500],
            }
        )
        work.put(recorded)
        if state == "refused" and recorded.undoes is None:
            _give_up_later_ones(work, recorded)
            _take_back_earlier_ones(work, recorded)
        if state == "refused" or (state != "done" and message.attempts == TELL_AFTER):
            _open_exception(work, recorded, now)
        if message.plan_id is not None:
            _follow(work, message.plan_id, now)
    return state


def _give_up_later_ones(work: UnitOfWork, refused: OutboxMessage) -> None:
    """The lines of a plan depend on each other: what comes after a refused one is not sent."""
    if refused.plan_id is None:
        return
    after = Range(at_least=refused.sequence + 1)
    later = work.find(OutboxMessage, plan_id=refused.plan_id, sequence=after, state="pending", undoes=None)
    said = f"not sent: {refused.id} before it was refused"
    work.put(*(message.model_copy(update={"state": "refused", "detail": said}) for message in later))


def _take_back_earlier_ones(work: UnitOfWork, refused: OutboxMessage) -> None:
    """What the plan's other systems have done already is undone, the last first."""
    if refused.plan_id is None:
        return
    for done in work.find(OutboxMessage, plan_id=refused.plan_id, state="done", undoes=None, order="-sequence"):
        payload = {**done.payload, "undoes": done.id, "reference": done.reference}
        work.send(Message(f"undo:{done.id}", done.system, f"undo:{done.operation}", payload, done.plan_id))
        queued = work.get(OutboxMessage, f"undo:{done.id}")
        if queued is not None:
            work.put(queued.model_copy(update={"undoes": done.id}))


def _follow(work: UnitOfWork, plan_id: str, now: datetime) -> None:
    """Let the plan's state say what became of its messages; once all is undone elsewhere, undo it here."""
    plan = work.get(Plan, plan_id)
    messages = work.find(OutboxMessage, plan_id=plan_id, order="sequence")
    states = {message.state for message in messages}
    to: PlanState | None = None
    if "ambiguous" in states:
        to = "ambiguous"
    elif "refused" in states:
        to = "compensating"
    elif states == {"done"}:
        to = "delivered"
    if plan is not None and to is not None and may_move(plan.state, to):
        plan = plan.model_copy(update={"state": to})
        work.put(plan)
    if plan is not None and plan.state == "compensating" and _is_undone(messages):
        refused = next(message for message in messages if message.state == "refused")
        if against := compensate(work, plan, f"{refused.system} refused {refused.operation}", now):
            _open_exception(work, refused, now, "compensation_failed", "; ".join(against))


def _is_undone(messages: Sequence[OutboxMessage]) -> bool:
    """Whether nothing of the plan is done, or on its way, in any other system."""
    undone = {message.undoes for message in messages if message.undoes is not None and message.state == "done"}
    return all(message.state == "refused" or message.id in undone for message in messages if message.undoes is None)


def _open_exception(
    work: UnitOfWork, message: OutboxMessage, now: datetime, kind: str | None = None, why: str = ""
) -> None:
    about = f" for {message.plan_id}" if message.plan_id else ""
    if kind is not None:
        said = f"what was done{about} cannot be taken back here: {why}"
    elif message.state == "refused" and message.undoes is not None:
        kind, said = "compensation_failed", f"{message.system} refused {message.operation}{about}"
    elif message.state == "refused":
        kind, said = "delivery_refused", f"{message.system} refused {message.operation}{about}"
    else:
        kind = "delivery_unanswered"
        said = f"{message.system} has not answered {message.operation}{about} after {message.attempts} attempts"
    if message.plan_id is not None:
        total = work.count(OutboxMessage, plan_id=message.plan_id, undoes=None)
        done = work.count(OutboxMessage, plan_id=message.plan_id, state="done", undoes=None)
        said += f"; {done} of {total} messages of the plan are done"
    site = message.payload.get("site_id")
    exception = WorkException.model_validate(
        {
            "id": f"{kind}:{message.id}",
            "kind": kind,
            "owner_role": OWNERS[message.system],
            "site_id": site if isinstance(site, str) else None,
            "severity": "high",
            "summary": f"{said}: {message.detail}" if message.detail else said,
            "opened_at": now,
            "due": now + timedelta(hours=4),
            "opened_by": _SERVICE,
            "links": tuple(link for link in (message.plan_id, message.id) if link),
        }
    )
    try:
        work.append(exception)
    except AlreadyThere:
        return  # told before
