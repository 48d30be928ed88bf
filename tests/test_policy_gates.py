"""Every gate asks the right people, opens only when every need is met, and lets its harmless twin pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from probing import (
    DERM,
    POLICY,
    SOON,
    a_bed,
    a_block,
    a_case,
    asked,
    decide,
    probe,
    small_store,
    yes,
)
from small_hospital import HILL, hold, purchase, staff_request

from hospital.ids import UserId
from hospital.model.people import Scope
from middleware.store.database import SqlStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with small_store(tmp_path_factory.mktemp("policies")) as made:
        yield made


@dataclass(frozen=True)
class Gate:
    """A line that a gate stops, whom it asks, and a twin of it that nobody else must agree to (or fewer must)."""

    name: str
    who: str
    line: Any
    asks: Mapping[str, tuple[str, ...]]
    twin: Any
    twin_asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


DERM_4100 = Scope(site_id="hill", service_id="derm", cost_centre_id="4100")
HILL_4200 = Scope(site_id="hill", cost_centre_id="4200")
MANAGER_4100 = ("periop.deputy", "periop.manager")
MANAGER_4200 = ("nursing.deputy", "nursing.finance")
BOTH: dict[str, tuple[str, ...]] = {"change-case.surgeon": ("doc.varga",), "change-case.anaesthesia": ("ana",)}
ROOM: dict[str, tuple[str, ...]] = {"displacement.charge": ("oz",), "displacement.anaesthesia": ("ana",)}
GATES = (
    Gate("change-case", "sam", a_case(), BOTH, hold()),
    Gate("change-case", "sam", a_case(cancelled_for_cause=3), BOTH, hold()),
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
        a_block(True),
        {"release-block.owner": ("doc.lund", "periop.director")},
        a_block(False),
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
    Gate("placement", "bea", a_bed(isolation=True), {"placement.supervisor": ("nora",)}, a_bed()),
    Gate("placement", "bea", a_bed(other_level=True), {"placement.supervisor": ("nora",)}, a_bed()),
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
