"""The gates: each asks the right people, and lets its harmless twin pass; what is never done is never done."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_hospital import HILL, NOW, WARD, fill, hold, people, purchase, staff_request, user, visit

from hospital.changes.base import Change, Commit, Fact, Violation
from hospital.ids import UserId
from hospital.model.governance import KILL_SWITCH
from hospital.model.history import Feed
from hospital.model.people import Grant, Scope
from hospital.model.supply import Requisition
from hospital.model.work import Setting
from hospital.money import Cents
from hospital.ports import Reader, Writer
from middleware.store.database import SqlStore, create
from policies import ledger
from policies.access import may_read
from policies.check import check_policy, kinds_of_change, problems_of
from policies.data import DATA_FILES, BadPolicyData, Delegation, load_data
from policies.data import HERE as DATA
from policies.decide import Decision, load_policy
from policies.drafting import draft_plan
from policies.explain import explain
from policies.plans import Plan, Vote
from policies.rulebook import HERE as RULES
from policies.rulebook import BadRules, load_rules

POLICY = load_policy()
DERM = Scope(site_id="hill", service_id="derm")
NIGHT: dict[str, Any] = {"amount": 0, "cost_centre": "4200", "need": "n", "competency": "current", "voluntary": True}
SOON = (NOW + timedelta(days=2)).isoformat()


class Probe(Change):
    """A line of any action with any facts, for the gates whose tools come later."""

    action: ClassVar[str] = "none"
    said: dict[str, Any]
    where: Scope
    cents: int = 0

    def scope(self, world: Reader) -> Scope:
        return self.where

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return self.said

    def cost(self) -> Cents:
        return Cents(self.cents)

    def same_need(self) -> str | None:
        return f"probe@{self.where.cost_centre_id}" if self.cents else None

    def touches(self) -> frozenset[str]:
        return frozenset()

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        return ()

    def apply(self, world: Writer, commit: Commit) -> None:
        raise AssertionError("a probe is only decided on")

    def sentence(self, world: Reader) -> str:
        return self.action


def probe(action: str, where: Scope = HILL, cents: int = 0, **said: Any) -> Probe:
    """One line of that action."""
    kind = type("Probe", (Probe,), {"action": action, "__annotations__": {"action": ClassVar[str]}})
    made: Probe = kind(said=said, where=where, cents=cents)
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    made = create(f"sqlite:///{tmp_path_factory.mktemp('policies') / 'wardline.db'}", sandbox=True)
    yield fill(made)
    made.close()


@pytest.fixture(scope="module")
def busy_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One that tests write plans into."""
    made = create(f"sqlite:///{tmp_path_factory.mktemp('busy') / 'wardline.db'}", sandbox=True)
    yield fill(made)
    made.close()


def decide(store: SqlStore, who: str, *lines: Any, **more: Any) -> Decision:
    with store.reading() as world:
        return POLICY.decide(world, people()[who], lines, NOW, **more)


def asked(decision: Decision) -> set[tuple[str, tuple[str, ...]]]:
    """Which rule asks whom."""
    return {(need.rule.partition("@")[0], need.who) for need in decision.needs}


def yes(decision: Decision, skip: str = "") -> tuple[Vote, ...]:
    """An approval by as many of those asked as every need wants, without one of them."""
    return tuple(
        Vote(
            id=f"{need.rule}:{who}",
            plan_id="PLAN-X",
            digest="d",
            user_id=who,
            decision="approve",
            role=need.role,
            rule=need.rule,
            surface="test",
            at=NOW,
        )
        for need in decision.needs
        for who in need.who[: need.count]
        if need.rule != skip
    )


@dataclass(frozen=True)
class Gate:
    """A line that a gate stops, whom it asks, and a twin of it that nobody else must agree to (or fewer must)."""

    name: str
    who: str
    line: Any
    asks: Mapping[str, tuple[str, ...]]
    twin: Any
    twin_asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _case(**more: Any) -> Probe:
    return probe("change_case", surgeons=["varga"], starts_at=SOON, **more)


def _block(early: bool) -> Probe:
    return probe("release_block", owner="lund", auto_release_at=SOON, before_auto_release=early)


def _bed(**odd: Any) -> Probe:
    plain: dict[str, Any] = {"isolation": False, "other_level": False, "other_specialty": False, "possible": True}
    return probe("place_bed", **{**plain, **odd})


GLASS: dict[str, Any] = {"gate": "placement", "reason": "no time", "money": False, "in_chain": False}


def _glass(**odd: Any) -> Probe:
    return probe("break_glass", **{**GLASS, **odd})


WARD_4200 = Scope(site_id="hill", unit_id="hill-ward", cost_centre_id="4200")
DERM_4100 = Scope(site_id="hill", service_id="derm", cost_centre_id="4100")
HILL_4200 = Scope(site_id="hill", cost_centre_id="4200")
MANAGER_4100 = ("periop.deputy", "periop.manager")
MANAGER_4200 = ("nursing.deputy", "nursing.finance")
BOTH: dict[str, tuple[str, ...]] = {"change-case.surgeon": ("doc.varga",), "change-case.anaesthesia": ("ana",)}
ROOM: dict[str, tuple[str, ...]] = {"displacement.charge": ("oz",), "displacement.anaesthesia": ("ana",)}
GATES = (
    Gate("change-case", "sam", _case(), BOTH, hold()),
    Gate("change-case", "sam", _case(cancelled_for_cause=3), BOTH, hold()),
    Gate(
        "displacement",
        "sam",
        probe("displacement", surgeons=["varga", "lund"], cases=3),
        {**ROOM, "displacement.surgeon": ("doc.varga",)},
        probe("displacement", surgeons=[], cases=2),
        ROOM,
    ),
    Gate(
        "elective-wave",
        "sam",
        probe("elective_wave", cancellations=5),
        {"elective-wave.nursing": ("cno.delegate",), "elective-wave.periop": ("periop.director",)},
        hold(),
    ),
    Gate(
        "substitute-item",
        "sup",
        probe("substitute_item", surgeon="varga", starts_at=SOON),
        {"substitute-item.surgeon": ("doc.varga",)},
        None,
    ),
    Gate(
        "release-block",
        "sam",
        _block(True),
        {"release-block.owner": ("doc.lund", "periop.director")},
        _block(False),
    ),
    Gate("overbook", "lina", probe("overbook", DERM, over=2, cap=3), {"overbook.director": ("med",)}, None),
    Gate(
        "waitlist-override",
        "cora",
        probe("offer_waitlist", DERM, conform=False, reasoned=True),
        {"waitlist.director": ("med",)},
        None,
    ),
    Gate(
        "template",
        "lina",
        probe("template", DERM_4100, 250_000),
        {"template.director": ("med",), "template.cost-manager": MANAGER_4100},
        probe("template", DERM),
        {"template.director": ("med",)},
    ),
    Gate("placement", "bea", _bed(isolation=True), {"placement.supervisor": ("nora",)}, _bed()),
    Gate("placement", "bea", _bed(other_level=True), {"placement.supervisor": ("nora",)}, _bed()),
    Gate(
        "float-competency",
        "cleo",
        staff_request("float", "N-2"),
        {"float-competency.supervisor": ("nora",)},
        staff_request("float", "N-1"),
    ),
    Gate(
        "surge",
        "bea",
        probe("surge", HILL_4200, 900_000),
        {"surge.nursing": ("cno.delegate",), "surge.cost-director": ("finance.controller",)},
        probe("surge", HILL),
        {"surge.nursing": ("cno.delegate",)},
    ),
    Gate(
        "overtime",
        "cleo",
        staff_request("overtime", "N-1"),
        {"overtime.manager": ("nils",)},
        staff_request("float", "N-1"),
    ),
    Gate(
        "agency",
        "cleo",
        staff_request("agency"),
        {"agency.unit": ("nils",), "agency.cost-manager": MANAGER_4200},
        staff_request("float", "N-1"),
    ),
    Gate("requisition", "sup", purchase(3), {"requisition.manager": MANAGER_4100}, None),
    Gate("requisition", "sup", purchase(4), {"requisition.director": ("periop.director",)}, None),
    Gate("requisition", "sup", purchase(26), {"requisition.finance": ("finance.controller",)}, None),
    Gate(
        "expedite",
        "sup",
        probe("expedite", Scope(cost_centre_id="4100"), 5_000, amount=5_000, cost_centre="4100", need="n"),
        {"expedite.manager": MANAGER_4100},
        None,
    ),
    Gate(
        "maintenance",
        "lina",
        probe("maintenance", DERM_4100, 100_000, prime_time=True, owner_role="or_charge"),
        {"maintenance.or-owner": ("oz",), "maintenance.cost-manager": MANAGER_4100},
        probe("maintenance", DERM, prime_time=False, owner_role="or_charge"),
    ),
    Gate(
        "maintenance",
        "oz",
        probe("maintenance", DERM, prime_time=True, owner_role="service_line_manager"),
        {"maintenance.service-owner": ("lina",)},
        probe("maintenance", DERM, prime_time=False, owner_role="service_line_manager"),
    ),
    Gate("rules", "adam", probe("activate_rules", Scope()), {"rules.owners": ("owner.a", "owner.b")}, None),
)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_asks_the_right_people_and_its_twin_passes(store: SqlStore, gate: Gate) -> None:
    decision = decide(store, gate.who, gate.line)
    assert decision.effect == "needs", decision.rules
    found = dict(sorted(asked(decision), reverse=True))
    assert {rule: tuple(sorted(who)) for rule, who in found.items()} == {
        rule: tuple(sorted(who)) for rule, who in gate.asks.items()
    } | ({"displacement.surgeon": ("doc.lund",)} if "displacement.surgeon" in gate.asks else {})
    assert all(POLICY.rule(need.rule).gate == gate.name for need in decision.needs)
    if gate.twin is not None:
        twin = decide(store, gate.who, gate.twin)
        assert {need.rule for need in twin.needs} == set(gate.twin_asks)
        assert twin.effect == ("needs" if gate.twin_asks else "allow")


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_opens_only_when_every_need_is_met(store: SqlStore, gate: Gate) -> None:
    decision = decide(store, gate.who, gate.line)
    assert decide(store, gate.who, gate.line, votes=yes(decision)).effect == "allow"
    for need in decision.needs:
        assert decide(store, gate.who, gate.line, votes=yes(decision, need.rule)).effect == "needs"


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_never_asks_whoever_asked_for_it(store: SqlStore, gate: Gate) -> None:
    decision = decide(store, gate.who, gate.line, chain=(UserId("nora"), UserId("oz")))
    assert not {gate.who, "nora", "oz"} & {who for need in decision.needs for who in need.who}


def test_two_owners_means_two_people(store: SqlStore) -> None:
    line = probe("activate_rules", Scope())
    one = yes(decide(store, "adam", line))[:1]
    assert decide(store, "adam", line, votes=one * 2).effect == "needs"
    assert [need.who for need in decide(store, "owner.a", line).needs] == [("owner.b",)]


def test_every_gate_of_the_rules_is_tested() -> None:
    written = {rule.gate for rule in POLICY.rules.by_id.values() if rule.gate}
    assert written == {gate.name for gate in GATES}


@dataclass(frozen=True)
class Never:
    """A line that is refused whatever the votes, and the near twin of it that is not."""

    rule: str
    who: str
    line: Any
    twin: Any
    twin_who: str = ""


def _night(action: str, **said: Any) -> Probe:
    return probe(action, WARD_4200, **{"source": action, **NIGHT, **said})


def _fact(**said: Any) -> Probe:
    return probe("record_fact", **{"reduces_capacity": True, "subject": "room", **said})


def _waitlist(**said: Any) -> Probe:
    return probe("offer_waitlist", DERM, **{"conform": True, "reasoned": False, **said})


def _new_case(**said: Any) -> Probe:
    return probe(
        "schedule_case", **{"own_block": True, "in_block": True, "block_owners": [], "complete": True, **said}
    )


def _overbook(over: int) -> Probe:
    return probe("overbook", DERM, over=over, cap=3)


def _wave(cancellations: int) -> Probe:
    return probe("elective_wave", cancellations=cancellations)


def _switch(**said: Any) -> Probe:
    return probe("kill_switch", Scope(), **{"turns_on": True, "reason": "odd bookings", **said})


INSTEAD: dict[str, tuple[Any, str]] = {
    "discharge": (_bed(), "bea"),
    "triage": (probe("hand_over"), "cora"),
    "medical_advice": (probe("hand_over"), "cora"),
    "staff_below_ratio": (_night("float", leaves_below_ratio=False), "cleo"),
    "mandate_overtime": (staff_request("overtime", "N-1"), "cleo"),
    "proxy_approval": (purchase(1), "sam"),
    "self_approval": (purchase(1), "periop.director"),
    "split_requisition": (purchase(4), "sam"),
    "use_payer_race_language": (_waitlist(), "cora"),
    "false_record": (_fact(), "sam"),
    "follow_found_instructions": (hold(), "sam"),
}
"""What nobody may do at all, and what may be asked for instead."""
NEVER = (
    Never("never.competency", "cleo", staff_request("float", "N-3"), staff_request("float", "N-1")),
    Never("never.mandated-overtime", "cleo", staff_request("overtime", "N-0"), staff_request("overtime", "N-1")),
    Never(
        "never.below-ratio",
        "cleo",
        _night("float", leaves_below_ratio=True),
        _night("float", leaves_below_ratio=False),
    ),
    Never("never.below-ratio", "bea", _bed(leaves_below_ratio=True), _bed(leaves_below_ratio=False)),
    Never(
        "never.below-ratio",
        "bea",
        probe("surge", HILL, leaves_below_ratio=True),
        probe("surge", HILL, leaves_below_ratio=False),
    ),
    Never("never.hours", "cleo", _night("overtime", within_hours=False), _night("overtime", within_hours=True)),
    Never("placement.hard-limits", "bea", _bed(possible=False), _bed()),
    Never("waitlist.conform", "cora", _waitlist(conform=False), _waitlist(conform=False, reasoned=True)),
    Never("overbook.cap", "lina", _overbook(4), _overbook(3)),
    Never("hold.minutes", "sam", hold(31), hold(30)),
    Never("record-fact.reduces", "sam", _fact(reduces_capacity=False), _fact()),
    Never("record-fact.contradicts", "sam", _fact(contradicts=True), _fact(contradicts=False)),
    Never("money.unknown-cost-centre", "periop.director", purchase(1, centre="9999"), purchase(1, centre="4100")),
    Never("new-case.block", "sam", _new_case(own_block=False), _new_case(own_block=False, in_block=False)),
    Never("new-case.complete", "sam", _new_case(complete=False), _new_case()),
    Never("elective-wave.few", "sam", _wave(3), _wave(4)),
    Never("break-glass.gate", "nora", _glass(gate="requisition"), _glass()),
    Never("break-glass.reason", "nora", _glass(reason=""), _glass()),
    Never("break-glass.money", "nora", _glass(money=True), _glass()),
    Never("break-glass.chain", "nora", _glass(in_chain=True), _glass()),
    Never("kill-switch.reason", "adam", _switch(reason=""), _switch()),
    *(
        Never(f"never.{action.replace('_', '-')}", who, probe(action), twin, who)
        for action, (twin, who) in INSTEAD.items()
    ),
)
UNSAID = {"never.stale", "never.stopped"}
"""Refused for the state that everything is in; `test_a_late_feed_and_the_switch_stop_a_line_and_not_its_twin`."""


@pytest.mark.parametrize("never", NEVER, ids=lambda never: f"{never.rule}-{never.line.action}")
def test_what_is_never_done_is_refused_whatever_the_votes(store: SqlStore, never: Never) -> None:
    votes = tuple(
        Vote(
            id=f"{need}:{voter}",
            plan_id="P",
            digest="d",
            user_id=voter,
            decision="approve",
            role="any",
            rule=need,
            surface="test",
            at=NOW,
        )
        for need in POLICY.rules.by_id
        for voter in ("nora", "periop.director")
    )
    decision = decide(store, never.who, never.line, votes=votes, attested=True)
    assert decision.effect == "deny"
    assert never.rule in {hit.id for hit in decision.rules}
    assert all(hit.why and hit.instead for hit in decision.rules if hit.id == never.rule)


@pytest.mark.parametrize("never", NEVER, ids=lambda never: f"{never.rule}-{never.line.action}")
def test_what_is_never_done_has_a_near_twin_that_may_be_asked_for(store: SqlStore, never: Never) -> None:
    decision = decide(store, never.twin_who or never.who, never.twin)
    assert decision.effect in ("allow", "needs", "attest"), decision.rules


def test_everything_that_no_vote_opens_is_tested_with_its_twin() -> None:
    written = {rule.id for rule in POLICY.rules.by_id.values() if rule.kind == "never"}
    assert written == {never.rule for never in NEVER} | UNSAID


def test_a_late_feed_and_the_switch_stop_a_line_and_not_its_twin(sqlite_store: SqlStore) -> None:
    store = fill(sqlite_store)
    line = staff_request("agency")
    assert decide(store, "cleo", line).effect == "needs"
    with store.working() as work:
        work.put(Feed(id="wfm", last_event_at=NOW - timedelta(hours=25)))
    assert "never.stale" in {hit.id for hit in decide(store, "cleo", line).rules}
    assert decide(store, "sup", purchase(1)).effect == "needs"  # of another feed
    with store.working() as work:
        work.put(Setting(id=f"{KILL_SWITCH}:hill", value="on"))
    assert "never.stopped" in {hit.id for hit in decide(store, "sam", hold()).rules}
    assert decide(store, "sam.lake", hold(site="lake")).effect == "allow"


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("sam", hold()),
        ("cleo", staff_request("float", "N-1")),
        ("bea", _bed()),
        ("cora", probe("offer_waitlist", DERM, conform=True, reasoned=False)),
        ("sam", probe("record_fact", reduces_capacity=True, subject="room")),
        ("cleo", probe("record_fact", WARD, reduces_capacity=True, subject="bed")),
        ("audrey", probe("hand_over")),
        ("nora", _glass(reason="mass casualty")),
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
            _new_case(),
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
        ("oz", _glass(reason="busy")),
        ("nora", probe("break_glass", Scope(site_id="lake"), **GLASS)),
        ("nora", probe("kill_switch", Scope(), turns_on=True, reason="odd bookings")),
        ("nora", probe("review_glass", Scope())),
        ("nora", _bed()),
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    needs = dict(asked(decide(store, "doc.varga", _case())))
    assert needs["change-case.surgeon"] == ("oz",)
    by_other = decide(store, "sam", _case(), chain=(UserId("doc.varga"),))
    assert dict(asked(by_other))["change-case.surgeon"] == ("oz",)


def test_a_delegation_holds_on_its_days_only(store: SqlStore) -> None:
    ended = Delegation(of=UserId("periop.manager"), to=UserId("periop.deputy"), last=(NOW - timedelta(days=1)).date())
    changed = POLICY.with_delegations([ended])
    assert changed.version != POLICY.version
    with store.reading() as world:
        decision = changed.decide(world, people()["sup"], [purchase(1)], NOW)
    assert decision.needs[0].who == ("periop.manager",)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    ("file", "old", "new", "said"),
    [
        ("everyday.cedar", "context.line.minutes > 30", "context.line.minuets > 30", "minuets"),
        ("everyday.cedar", "when { context.line.minutes > 30 };", "when { context.line.minutes > };", ""),
        ("governance.cedar", '"rules.owners:2"', '"rules.owners:1"', "rules.owners:2"),
        ("money.cedar", '@expires("72h")', '@expires("soon")', "soon"),
        ("never.cedar", '@id("never.triage")', '@id("never.discharge")', "already"),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / file
    text = path.read_text()
    line = text[: text.index(old)].rpartition("@id(")[0].count("\n") + 1
    path.write_text(text.replace(old, new))
    with pytest.raises(BadRules, match=rf"{file}:\d+: .*{said}") as caught:
        load_rules(tmp_path / "rules")
    if "@id" not in old:
        assert f"{file}:{line}:" in str(caught.value)


@pytest.mark.parametrize("file", [*DATA_FILES, "packs/hours_16_10_60.toml"])
def test_bad_data_is_refused_with_its_file(tmp_path: Path, file: str) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / file).write_text("nonsense = [1\n")
    with pytest.raises(BadPolicyData, match=file):
        load_data(tmp_path / "data")


def test_the_shipped_policy_has_no_problems_and_a_planted_one_is_found() -> None:
    assert check_policy() == ()
    data = load_data()
    fewer = data.model_copy(update={"roles": {k: v for k, v in data.roles.items() if k != "nurse_manager"}})
    assert any("nurse_manager" in problem for problem in problems_of(POLICY.rules, fewer))
    assert len(kinds_of_change()) > 5


def test_each_line_is_explained_by_the_rules_that_asked(store: SqlStore) -> None:
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["cleo"], "A", [staff_request("agency", number=8)], NOW)
    told = explain(POLICY, plan)
    assert [(one.rule, one.gate) for one in told] == [("agency.unit", "agency"), ("agency.cost-manager", "agency")]
    assert "nils" in told[0].asks
    assert told[0].where.startswith("staffing.cedar:")


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
