"""How the policy decides: what needs nobody, attestations, errors, several lines, money, delegates, chains."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from probing import (
    DERM,
    GLASS,
    POLICY,
    a_bed,
    a_case,
    a_new_case,
    asked,
    broken_glass,
    decide,
    probe,
    small_store,
)
from small_hospital import HILL, NOW, WARD, fill, hold, people, purchase, staff_request, user, visit

from hospital.ids import UserId
from hospital.model.people import Grant, Scope
from hospital.model.supply import Requisition
from hospital.money import Cents
from middleware.store.database import SqlStore
from policies import ledger
from policies.access import may_read
from policies.data import Delegation
from policies.drafting import draft_plan
from policies.plans import Plan, Vote


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with small_store(tmp_path_factory.mktemp("policies")) as made:
        yield made


@pytest.fixture(scope="module")
def busy_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One that tests write plans into."""
    with small_store(tmp_path_factory.mktemp("busy")) as made:
        yield made


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("sam", hold()),
        ("cleo", staff_request("float", "N-1")),
        ("bea", a_bed()),
        ("cora", probe("offer_waitlist", DERM, conform=True, reasoned=False)),
        ("sam", probe("record_fact", reduces_capacity=True, subject="room")),
        ("cleo", probe("record_fact", WARD, reduces_capacity=True, subject="bed")),
        ("audrey", probe("hand_over")),
        ("nora", broken_glass(reason="mass casualty")),
        ("adam", probe("kill_switch", Scope(), turns_on=True, reason="odd bookings")),
        ("audrey", probe("review_glass", Scope())),
    ],
)
def test_what_needs_no_other_human_is_allowed(store: SqlStore, who: str, line: Any) -> None:
    decision = decide(store, who, line)
    assert (decision.effect, decision.needs, decision.attests) == ("allow", (), ())


@pytest.mark.parametrize(
    ("who", "line", "rule"),
    [
        ("cora", visit(), "visit.attested"),
        (
            "sam",
            a_new_case(),
            "new-case.attested",
        ),
    ],
)
def test_an_attestation_is_asked_for_and_is_enough(store: SqlStore, who: str, line: Any, rule: str) -> None:
    decision = decide(store, who, line)
    assert (decision.effect, decision.attests) == ("attest", (rule,))
    assert decide(store, who, line, attested=True).effect == "allow"


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("cleo", hold()),
        ("sam.lake", hold()),
        ("audrey", purchase(1)),
        ("adam", visit()),
        ("sam", visit()),
        ("cora", staff_request("agency")),
        ("cleo", probe("record_fact", reduces_capacity=True, subject="room")),
        ("nils", probe("activate_rules", Scope())),
        ("oz", broken_glass(reason="busy")),
        ("nora", probe("break_glass", Scope(site_id="lake"), **GLASS)),
        ("nora", probe("kill_switch", Scope(), turns_on=True, reason="odd bookings")),
        ("nora", probe("review_glass", Scope())),
        ("nora", a_bed()),
    ],
)
def test_no_rule_that_allows_it_means_no(store: SqlStore, who: str, line: Any) -> None:
    decision = decide(store, who, line, attested=True)
    assert decision.effect == "deny"
    assert [hit.id for hit in decision.rules] == ["default-deny"]


@pytest.mark.parametrize(
    "line",
    [
        probe("purchase", Scope(cost_centre_id="4100")),
        probe("hold", minutes="thirty"),
        probe("hold", minutes=5, surprise=1),
        probe("no_such_action"),
        probe("expedite", Scope(cost_centre_id="4100"), 2**63, amount=1, cost_centre="4100", need="n"),
    ],
)
def test_any_error_in_deciding_means_no(store: SqlStore, line: Any) -> None:
    decision = decide(store, "periop.director", line)
    assert (decision.effect, decision.rules[0].id) == ("deny", "policy-error")


def test_nothing_to_decide_means_no(store: SqlStore) -> None:
    assert decide(store, "sam").effect == "deny"


def test_one_refused_line_refuses_the_plan(store: SqlStore) -> None:
    assert decide(store, "sam", hold(), hold(45)).effect == "deny"


def test_needs_of_several_lines_are_merged_per_rule_and_scope(store: SqlStore) -> None:
    decision = decide(store, "cleo", staff_request("agency"), staff_request("agency", number=2))
    assert [need.rule for need in decision.needs] == ["agency.unit", "agency.cost-director"]
    assert "$2,352.00 in all" in decision.needs[1].why


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_splitting_a_purchase_never_lowers_the_level(store: SqlStore, parts: list[int]) -> None:
    whole = decide(store, "sup", purchase(sum(parts)))
    split = decide(store, "sup", *(purchase(part, n) for n, part in enumerate(parts)))
    assert [need.rule for need in split.needs] == [need.rule for need in whole.needs]
    with store.reading() as world:
        before = [
            draft_plan(world, POLICY, people()["sup"], "Part", [purchase(part, n)], NOW)
            for n, part in enumerate(parts[:-1])
        ]
    last = decide(store, "sup", purchase(parts[-1], 9), plans=before)
    assert [need.rule for need in last.needs] == [need.rule for need in whole.needs]


def test_what_was_bought_elsewhere_counts_for_thirty_days(sqlite_store: SqlStore) -> None:
    store = fill(sqlite_store)

    def level_after(days: int, state: Any, item: str = "TRAY") -> str:
        with store.working() as uow:
            uow.put(
                Requisition(
                    id="REQ-OLD",
                    key="old",
                    item_id=item,
                    description="Tray",
                    quantity=2,
                    amount=Cents(200_000),
                    cost_centre_id="4100",
                    purpose="hips",
                    state=state,
                    requested_by="sup",
                    created_at=NOW - timedelta(days=days),
                )
            )
        return decide(store, "sup", purchase(2)).needs[0].rule

    assert level_after(3, "pending_approval") == "requisition.director"
    assert level_after(29, "ordered") == "requisition.director"
    assert level_after(31, "ordered") == "requisition.manager"
    assert level_after(3, "cancelled") == "requisition.manager"
    assert level_after(3, "ordered", "OTHER") == "requisition.manager"


def test_the_next_level_fills_in_when_the_person_is_in_the_chain(store: SqlStore) -> None:
    chain = (UserId("periop.manager"),)
    assert decide(store, "sup", purchase(1), chain=chain).needs[0].who == ("periop.director",)
    both = (*chain, UserId("periop.director"))
    assert decide(store, "sup", purchase(1), chain=both).needs[0].who == ("finance.controller",)


def test_only_a_surgeon_who_asked_is_replaced_by_the_or_charge(store: SqlStore) -> None:
    needs = dict(asked(decide(store, "doc.varga", a_case())))
    assert needs["change-case.surgeon"] == ("oz",)
    by_other = decide(store, "sam", a_case(), chain=(UserId("doc.varga"),))
    assert dict(asked(by_other))["change-case.surgeon"] == ("oz",)


def test_a_delegation_holds_on_its_days_only(store: SqlStore) -> None:
    ended = Delegation(of=UserId("periop.manager"), to=UserId("periop.deputy"), last=(NOW - timedelta(days=1)).date())
    changed = POLICY.with_delegations([ended])
    assert changed.version != POLICY.version
    with store.reading() as world:
        decision = changed.decide(world, people()["sup"], [purchase(1)], NOW)
    assert decision.needs[0].who == ("periop.manager",)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chain=st.sets(st.sampled_from(["nils", "nora", "nursing.finance", "nursing.deputy", "cno.delegate"])),
    voters=st.lists(st.sampled_from([person.id for person in people().values()]), max_size=12),
    number=st.integers(100, 10**9),
)
def test_only_distinct_people_outside_the_chain_ever_commit(
    busy_store: SqlStore, chain: set[str], voters: list[str], number: int
) -> None:
    with busy_store.reading() as world:
        lines = [staff_request("agency", number=number, rate=9_800 + number % 7)]
        plan = draft_plan(
            world,
            POLICY,
            people()["cleo"],
            "Agency",
            lines,
            NOW,
            chain=tuple(UserId(one) for one in sorted(chain)),
            key=f"{number}",
        )
    if ledger.submit(busy_store, POLICY, plan, NOW).status != "awaiting":
        return
    for voter in [*sorted(chain), "cleo", *voters, *voters]:
        ledger.vote(busy_store, POLICY, plan.id, UserId(voter), "approve", plan.digest, "", "test", NOW)
    with busy_store.reading() as world:
        kept = world.get(Plan, plan.id)
        votes = world.find(Vote, plan_id=plan.id)
    assert kept is not None
    assert not {vote.user_id for vote in votes} & {*plan.chain}
    assert len({vote.user_id for vote in votes}) == len(votes)
    assert (kept.state == "committed") == ({vote.rule for vote in votes} == {need.rule for need in plan.needs})
    ledger.withdraw(busy_store, plan.id, UserId("cleo"), "next example", NOW)


def test_no_vote_of_the_chain_or_repeated_vote_ever_commits(busy_store: SqlStore) -> None:
    with busy_store.reading() as world:
        plan = draft_plan(world, POLICY, people()["cleo"], "A", [staff_request("agency", number=7)], NOW, key="k")
    ledger.submit(busy_store, POLICY, plan, NOW)
    for voter in ("cleo", "nils", "nils", "cleo", "nils"):
        assert ledger.vote(
            busy_store, POLICY, plan.id, UserId(voter), "approve", plan.digest, "", "t", NOW
        ).status in (
            "refused",
            "recorded",
        )
    ledger.withdraw(busy_store, plan.id, UserId("cleo"), "done", NOW)


@pytest.mark.parametrize(
    ("who", "data_class", "scope", "may"),
    [
        ("cora", "demographics", HILL, True),
        ("cleo", "demographics", WARD, True),
        ("cleo", "demographics", HILL, False),
        ("sam.lake", "bookings", HILL, False),
        ("sup", "demographics", HILL, False),
        ("sup", "budgets", Scope(cost_centre_id="4100"), True),
        ("sup", "budgets", Scope(cost_centre_id="4200"), False),
        ("cora", "rates", None, False),
        ("audrey", "audit", None, True),
        ("sam", "audit", None, False),
        ("sam.lake", "capacity", HILL, True),
        ("cora", "stock", HILL, True),
        ("audrey", "diagnoses", None, False),
    ],
)
def test_who_may_read_what(who: str, data_class: str, scope: Scope | None, may: bool) -> None:
    reason = may_read(POLICY.data, people()[who], data_class, scope)
    assert (reason is None) == may
    assert reason is None or len(reason) > 10


def test_somebody_who_left_reads_nothing() -> None:
    gone = user("gone", "auditor", scope=Scope()).changed(active=False)
    assert may_read(POLICY.data, gone, "capacity") is not None


def test_a_role_in_two_scopes_counts_in_both(store: SqlStore) -> None:
    both = people()["sam"].changed(
        grants=tuple(Grant(role="or_scheduler", scope=Scope(site_id=site)) for site in ("hill", "lake"))
    )
    with store.reading() as world:
        effects = [POLICY.decide(world, both, [hold(site=site)], NOW).effect for site in ("hill", "lake", "far")]
    assert effects == ["allow", "allow", "deny"]
