"""The ledger: what was approved is exactly what is done, once, or nothing is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from small_hospital import (
    NOW,
    fill,
    hand_over,
    hold,
    people,
    purchase,
    staff_request,
    visit,
)

from hospital.model.bookings import Appointment, Hold, Slot
from hospital.model.history import Feed
from hospital.model.people import Shift
from hospital.model.supply import Item, Requisition
from hospital.model.work import Notice, OutboxMessage, Setting, WorkException
from middleware.store.database import SqlStore
from policies import audit, ledger
from policies.decide import Policy, load_policy
from policies.drafting import draft_plan
from policies.plans import AuditEntry, Plan, Vote

POLICY = load_policy()


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return fill(empty_store)


def draft(store: SqlStore, who: str, *lines: Any, policy: Policy = POLICY, **more: Any) -> Plan:
    with store.reading() as world:
        at = more.pop("now", NOW)
        return draft_plan(world, policy, people()[who], more.pop("title", "Test"), lines, at, **more)


def submitted(store: SqlStore, who: str, *lines: Any, **more: Any) -> Plan:
    outcome = ledger.submit(store, POLICY, draft(store, who, *lines, **more), NOW)
    assert outcome.status == "awaiting", outcome.sentence
    assert outcome.plan is not None
    return outcome.plan


def say(store: SqlStore, plan: Plan, who: str, ballot: Any = "approve", **more: Any) -> ledger.VoteOutcome:
    digest, at = more.pop("digest", plan.digest), more.pop("now", NOW)
    return ledger.vote(store, POLICY, plan.id, who, ballot, digest, more.pop("reason", "ok"), "web", at)  # type: ignore[arg-type]


def state_of(store: SqlStore, plan: Plan) -> str:
    with store.reading() as world:
        kept = world.get(Plan, plan.id)
        assert kept is not None
        return kept.state


def counts(store: SqlStore) -> tuple[int, ...]:
    kinds = (Requisition, OutboxMessage, Shift, Appointment, Hold)
    with store.reading() as world:
        return tuple(world.count(kind) for kind in kinds)


def set_switch(store: SqlStore, name: str, value: str) -> None:
    with store.working() as uow:
        uow.put(Setting(id=name, value=value))


def make_late(store: SqlStore, feed: str) -> None:
    with store.working() as uow:
        uow.put(Feed(id=feed, last_event_at=NOW - timedelta(days=3)))


def test_a_hold_needs_nobody_and_is_done_at_once(store: SqlStore) -> None:
    outcome = ledger.submit(store, POLICY, draft(store, "sam", hold()), NOW)
    assert outcome.status == "committed"
    assert counts(store) == (0, 0, 0, 0, 1)


def test_the_last_needed_vote_commits_lines_outbox_audit_and_state_together(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert counts(store) == (0, 0, 0, 0, 0)
    outcome = say(store, plan, "periop.manager")
    assert outcome.status == "committed"
    with store.reading() as world:
        requisition = world.get(Requisition, "REQ-1")
        assert requisition is not None
        assert (requisition.amount, requisition.plan_id) == (200_000, plan.id)
        assert [message.system for message in world.find(OutboxMessage)] == ["erp"]
        assert [entry.what for entry in world.find(AuditEntry, order="sequence")] == ["submit", "vote", "commit"]
        assert audit.verify(world).ok
        assert "P-1" not in " ".join(notice.subject for notice in world.find(Notice))


def test_votes_come_in_the_order_of_the_gate(store: SqlStore) -> None:
    plan = submitted(store, "cleo", staff_request("agency"))
    early = say(store, plan, "nursing.finance")
    assert early.status == "refused"
    assert "nurse manager decides first" in early.sentence.lower()
    assert say(store, plan, "nils").status == "recorded"
    assert counts(store) == (0, 0, 0, 0, 0)
    assert say(store, plan, "nursing.finance").status == "committed"
    assert counts(store) == (0, 1, 1, 0, 0)


@pytest.mark.parametrize("who", ["sup", "cleo", "finance.controller", "audrey", "adam", "nobody", "doc.varga"])
def test_a_vote_of_somebody_else_is_refused_with_a_sentence(store: SqlStore, who: str) -> None:
    plan = submitted(store, "sup", purchase(2))
    outcome = say(store, plan, who)
    assert outcome.status == "refused"
    assert outcome.sentence.endswith(".")
    assert state_of(store, plan) == "awaiting"
    with store.reading() as world:
        assert world.count(Vote) == 0


def test_a_vote_on_another_digest_counts_for_nothing(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert say(store, plan, "periop.manager", digest="0" * 64).status == "refused"
    assert state_of(store, plan) == "awaiting"


def test_one_person_fills_one_need_and_votes_once(store: SqlStore) -> None:
    plan = submitted(store, "cleo", staff_request("agency"))
    assert say(store, plan, "nils").status == "recorded"
    again = say(store, plan, "nils")
    assert again.status == "refused"
    assert "already" in again.sentence


def test_a_reject_needs_a_reason_and_ends_it(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert say(store, plan, "periop.manager", "reject", reason="  ").status == "refused"
    assert say(store, plan, "sup", "reject").status == "refused"
    ended = say(store, plan, "periop.manager", "reject", reason="we have two on loan")
    assert ended.status == "rejected"
    assert "two on loan" in ended.sentence
    assert say(store, plan, "periop.deputy").status == "refused"
    assert counts(store) == (0, 0, 0, 0, 0)


def test_a_deputy_votes_but_not_in_the_name_of_somebody_in_the_chain(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2), chain=("periop.manager",))
    assert plan.needs[0].who == ("periop.director",)
    assert say(store, plan, "periop.deputy").status == "refused"
    assert say(store, plan, "periop.manager").status == "refused"
    assert say(store, plan, "periop.director").status == "committed"
    other = submitted(store, "sup", purchase(1, 2, item=None))
    assert say(store, other, "periop.deputy").status == "committed"


def test_a_changed_price_makes_it_stale_and_nothing_happens(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    with store.working() as uow:
        item = uow.get(Item, "TRAY")
        assert item is not None
        uow.put(item.changed(unit_cost=150_000))
    outcome = say(store, plan, "periop.manager")
    assert outcome.status == "stale"
    assert "$1,500.00 now" in outcome.sentence
    assert state_of(store, plan) == "stale"
    assert counts(store) == (0, 0, 0, 0, 0)
    with store.reading() as world:
        assert world.count(Vote) == 0
        assert audit.verify(world).ok


def test_unrelated_changes_on_live_feeds_never_block(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert ledger.submit(store, POLICY, draft(store, "sam", hold()), NOW).status == "committed"
    with store.working() as uow:
        uow.put(Feed(id="erp", last_event_at=NOW + timedelta(minutes=1)))
    assert say(store, plan, "periop.manager", now=NOW + timedelta(minutes=5)).status == "committed"


def test_another_purchase_for_the_same_need_raises_the_level(store: SqlStore) -> None:
    first = submitted(store, "sup", purchase(2, 1))
    second = submitted(store, "sup", purchase(2, 2))
    assert [need.rule for need in first.needs] == ["requisition.manager"]
    assert [need.rule for need in second.needs] == ["requisition.director"]
    assert say(store, first, "periop.manager").status == "committed"
    assert say(store, second, "periop.manager").status == "refused"
    assert say(store, second, "periop.director").status == "committed"


def test_a_draft_that_now_needs_somebody_else_is_stale_on_submit(store: SqlStore) -> None:
    waiting = draft(store, "sup", purchase(2, 2))
    submitted(store, "sup", purchase(2, 1))
    outcome = ledger.submit(store, POLICY, waiting, NOW)
    assert outcome.status == "stale"
    assert any("cost centre director must agree as well" in said for said in outcome.differences)


def test_the_same_key_twice_is_one_plan(store: SqlStore) -> None:
    first = submitted(store, "sup", purchase(2), key="turn-7")
    again = ledger.submit(
        store, POLICY, draft(store, "sup", purchase(2, 2), key="turn-7", now=NOW + timedelta(minutes=1)), NOW
    )
    assert again.status == "unchanged"
    assert again.plan is not None
    assert again.plan.id == first.id
    say(store, first, "periop.manager")
    assert ledger.submit(store, POLICY, first, NOW).status == "unchanged"
    assert counts(store)[:2] == (1, 1)


def test_a_booking_waits_for_the_askers_own_yes(store: SqlStore) -> None:
    plan = draft(store, "cora", visit())
    asked = ledger.submit(store, POLICY, plan, NOW)
    assert asked.status == "attest"
    assert "patient agreed" in asked.sentence
    for who, digest, surface in (
        ("cora", "0" * 64, "web"),
        ("lina", plan.digest, "web"),
        ("cora", plan.digest, "mcp"),
    ):
        refused = ledger.attest(store, POLICY, plan.id, who, digest, "T-1", surface, NOW)  # type: ignore[arg-type]
        assert refused.status == "refused"
    assert counts(store) == (0, 0, 0, 0, 0)
    done = ledger.attest(store, POLICY, plan.id, "cora", plan.digest, "T-1", "web", NOW)  # type: ignore[arg-type]
    assert done.status == "committed"
    again = ledger.attest(store, POLICY, plan.id, "cora", plan.digest, "T-2", "web", NOW)  # type: ignore[arg-type]
    assert again.status == "unchanged"
    with store.reading() as world:
        slot = world.get(Slot, "slot-0")
        assert slot is not None
        assert slot.status == "busy"
        assert world.count(Appointment) == 1


def test_two_bookings_of_one_slot_book_it_once(store: SqlStore) -> None:
    plans = [draft(store, "cora", visit(0, f"P-{n}", n)) for n in (1, 2)]
    for plan in plans:
        assert ledger.submit(store, POLICY, plan, NOW).status == "attest"
    results = [
        ledger.attest(store, POLICY, plan.id, "cora", plan.digest, "T-1", "web", NOW).status  # type: ignore[arg-type]
        for plan in plans
    ]
    assert results == ["committed", "refused"]
    assert counts(store)[3] == 1


def test_two_lines_that_take_the_same_slot_are_refused_before_anybody_is_asked(store: SqlStore) -> None:
    plan = draft(store, "cora", visit(0, "P-1", 1), visit(0, "P-2", 2))
    assert plan.report.violated
    done = ledger.submit(store, POLICY, plan, NOW)
    assert done.status == "refused"
    assert counts(store) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("who", ["sam.lake", "audrey", "adam", "doc.varga"])
def test_a_role_that_may_not_ask_is_refused_and_written_down(store: SqlStore, who: str) -> None:
    outcome = ledger.submit(store, POLICY, draft(store, who, hold()), NOW)
    assert outcome.status == "refused"
    assert [hit.id for hit in outcome.rules] == ["default-deny"]
    assert counts(store) == (0, 0, 0, 0, 0)
    with store.reading() as world:
        assert world.find(AuditEntry)[-1].why.startswith("refused")


def test_late_feeds_and_the_kill_switch_stop_writes_but_not_hand_overs(store: SqlStore) -> None:
    waiting = submitted(store, "sup", purchase(2))
    make_late(store, "erp")
    assert say(store, waiting, "periop.manager").status == "refused"
    assert state_of(store, waiting) == "awaiting"
    refused = ledger.submit(store, POLICY, draft(store, "sup", purchase(1, 5, item=None)), NOW)
    assert [hit.id for hit in refused.rules] == ["never.stale"]
    set_switch(store, "kill_switch", "on")
    stopped = ledger.submit(store, POLICY, draft(store, "sam", hold()), NOW)
    assert [hit.id for hit in stopped.rules] == ["never.stopped"]
    assert ledger.submit(store, POLICY, draft(store, "cora", hand_over()), NOW).status == "committed"
    assert ledger.withdraw(store, waiting.id, "sup", "not now", NOW).status == "withdrawn"  # type: ignore[arg-type]


def test_the_kill_switch_of_one_site_leaves_the_others_running(store: SqlStore) -> None:
    set_switch(store, "kill_switch:lake", "on")
    assert ledger.submit(store, POLICY, draft(store, "sam", hold()), NOW).status == "committed"
    blocked = ledger.submit(store, POLICY, draft(store, "sam.lake", hold(holder="sam.lake", site="lake")), NOW)
    assert "never.stopped" in [hit.id for hit in blocked.rules]


def test_only_the_asker_takes_a_plan_back(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert ledger.withdraw(store, plan.id, "periop.manager", "no", NOW).status == "refused"  # type: ignore[arg-type]
    assert ledger.withdraw(store, plan.id, "sup", "found one", NOW).status == "withdrawn"  # type: ignore[arg-type]
    assert say(store, plan, "periop.manager").status == "refused"
    assert ledger.withdraw(store, plan.id, "sup", "again", NOW).status == "refused"  # type: ignore[arg-type]


def test_after_its_time_nothing_is_approved_and_somebody_owns_it(store: SqlStore) -> None:
    plan = submitted(store, "cleo", staff_request("agency"))
    assert plan.expires_at == NOW + timedelta(hours=4)
    assert ledger.expire_due(store, POLICY, NOW + timedelta(hours=3)) == ()
    late = say(store, plan, "nils", now=NOW + timedelta(hours=4))
    assert late.status == "expired"
    assert state_of(store, plan) == "expired"
    other = submitted(store, "sup", purchase(2))
    ended = ledger.expire_due(store, POLICY, NOW + timedelta(hours=72))
    assert [outcome.plan.id for outcome in ended if outcome.plan] == [other.id]
    with store.reading() as world:
        owners = {one.owner_role for one in world.find(WorkException) if one.kind == "approval_expired"}
    assert owners == {"nursing_supervisor", "cost_centre_director"}


def test_at_half_the_time_the_next_role_may_fill_the_need(store: SqlStore) -> None:
    plan = submitted(store, "cleo", staff_request("agency"))
    assert say(store, plan, "nora").status == "refused"
    late = NOW + timedelta(hours=2)
    ledger.expire_due(store, POLICY, late)
    with store.reading() as world:
        assert [one.owner_role for one in world.find(WorkException)] == ["nursing_supervisor"]
    assert say(store, plan, "nora", now=late).status == "recorded"
    assert say(store, plan, "nursing.finance", now=late).status == "committed"


def test_a_voter_who_left_makes_it_stale(store: SqlStore) -> None:
    plan = submitted(store, "cleo", staff_request("agency"))
    assert say(store, plan, "nils").status == "recorded"
    with store.working() as uow:
        uow.put(people()["nils"].changed(active=False))
    outcome = say(store, plan, "nursing.finance")
    assert outcome.status == "stale"
    assert "nils may not agree to this any more" in outcome.differences
    assert counts(store) == (0, 0, 0, 0, 0)


def test_a_new_plan_supersedes_the_old_and_its_votes(store: SqlStore) -> None:
    old = submitted(store, "cleo", staff_request("agency"))
    assert say(store, old, "nils").status == "recorded"
    new = submitted(store, "cleo", staff_request("agency", rate=9_900, number=2), supersedes=old)
    assert state_of(store, old) == "superseded"
    assert say(store, new, "nursing.finance").status == "refused"
    assert say(store, new, "nils").status == "recorded"


@pytest.mark.parametrize("round", range(3))
def test_two_people_voting_at_once_commit_once(store: SqlStore, round: int) -> None:
    plan = submitted(store, "sup", purchase(2))
    gate = Barrier(2)

    def go(who: str) -> str:
        gate.wait()
        return say(store, plan, who).status

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(go, ("periop.manager", "periop.deputy")))
    assert results == ["committed", "refused"]
    assert counts(store)[:2] == (1, 1)


def test_an_approve_and_a_reject_at_once_leave_one_of_them(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    gate = Barrier(2)

    def go(who: str, ballot: str) -> str:
        gate.wait()
        return say(store, plan, who, ballot).status

    with ThreadPoolExecutor(2) as pool:
        results = set(pool.map(go, ("periop.manager", "periop.deputy"), ("approve", "reject")))
    assert results in ({"committed", "refused"}, {"rejected", "refused"})
    assert counts(store)[0] == (1 if "committed" in results else 0)


def test_many_plans_at_once_are_each_done_once(store: SqlStore) -> None:
    def go(number: int) -> list[str]:
        line = purchase(1, number, item=None).model_copy(update={"purpose": f"need {number % 3}"})
        plan = draft(store, "sup", line, key=f"many-{number}")
        done: list[str] = [ledger.submit(store, POLICY, plan, NOW).status]
        done.append(ledger.submit(store, POLICY, draft(store, "sam", hold(), key=f"hold-{number}"), NOW).status)
        for who in ("periop.manager", "periop.director", "finance.controller"):
            done.append(say(store, plan, who).status)
        return done

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(go, range(9)))
    committed = sum(statuses.count("committed") for statuses in results)
    with store.reading() as world:
        plans = world.find(Plan)
        assert {plan.state for plan in plans} <= {"committed", "delivered", "stale", "awaiting", "drafted"}
        assert sum(plan.state in ("committed", "delivered") for plan in plans) == committed
        assert world.count(Requisition) == world.count(OutboxMessage)
        assert audit.verify(world).ok


def test_commit_without_the_votes_is_refused(store: SqlStore) -> None:
    plan = submitted(store, "sup", purchase(2))
    assert ledger.commit(store, POLICY, plan.id, NOW).status == "refused"
    assert state_of(store, plan) == "awaiting"


def test_a_plan_altered_after_its_digest_is_refused(store: SqlStore) -> None:
    plan = draft(store, "sup", purchase(2)).model_copy(update={"lines": (purchase(9),)})
    assert ledger.submit(store, POLICY, plan, NOW).status == "refused"
    assert counts(store) == (0, 0, 0, 0, 0)


def test_an_option_is_kept_and_submitted_by_its_id(store: SqlStore) -> None:
    plan = draft(store, "sup", purchase(2))
    assert ledger.keep_draft(store, plan, NOW).status == "drafted"
    assert ledger.keep_draft(store, plan, NOW).status == "unchanged"
    with store.reading() as world:
        kept = world.get(Plan, plan.id)
    assert kept == plan
    assert ledger.submit(store, POLICY, kept, NOW).status == "awaiting"
