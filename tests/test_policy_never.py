"""What is never done is refused whatever the votes, and its near twin may be asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from probing import (
    DERM,
    NIGHT,
    POLICY,
    WARD_4200,
    Probe,
    a_bed,
    a_new_case,
    broken_glass,
    decide,
    probe,
    small_store,
)
from small_hospital import HILL, NOW, fill, hold, purchase, staff_request

from hospital.model.governance import KILL_SWITCH
from hospital.model.history import Feed
from hospital.model.people import Scope
from hospital.model.work import Setting
from middleware.store.database import SqlStore
from policies.plans import Vote


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with small_store(tmp_path_factory.mktemp("policies")) as made:
        yield made


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


def _overbook(over: int) -> Probe:
    return probe("overbook", DERM, over=over, cap=3)


def _wave(cancellations: int) -> Probe:
    return probe("elective_wave", cancellations=cancellations)


def _switch(**said: Any) -> Probe:
    return probe("kill_switch", Scope(), **{"turns_on": True, "reason": "odd bookings", **said})


INSTEAD: dict[str, tuple[Any, str]] = {
    "discharge": (a_bed(), "bea"),
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
    Never("never.below-ratio", "bea", a_bed(leaves_below_ratio=True), a_bed(leaves_below_ratio=False)),
    Never(
        "never.below-ratio",
        "bea",
        probe("surge", HILL, leaves_below_ratio=True),
        probe("surge", HILL, leaves_below_ratio=False),
    ),
    Never("never.hours", "cleo", _night("overtime", within_hours=False), _night("overtime", within_hours=True)),
    Never("placement.hard-limits", "bea", a_bed(possible=False), a_bed()),
    Never("waitlist.conform", "cora", _waitlist(conform=False), _waitlist(conform=False, reasoned=True)),
    Never("overbook.cap", "lina", _overbook(4), _overbook(3)),
    Never("hold.minutes", "sam", hold(31), hold(30)),
    Never("record-fact.reduces", "sam", _fact(reduces_capacity=False), _fact()),
    Never("record-fact.contradicts", "sam", _fact(contradicts=True), _fact(contradicts=False)),
    Never("money.unknown-cost-centre", "periop.director", purchase(1, centre="9999"), purchase(1, centre="4100")),
    Never("new-case.block", "sam", a_new_case(own_block=False), a_new_case(own_block=False, in_block=False)),
    Never("new-case.complete", "sam", a_new_case(complete=False), a_new_case()),
    Never("elective-wave.few", "sam", _wave(3), _wave(4)),
    Never("break-glass.gate", "nora", broken_glass(gate="requisition"), broken_glass()),
    Never("break-glass.reason", "nora", broken_glass(reason=""), broken_glass()),
    Never("break-glass.money", "nora", broken_glass(money=True), broken_glass()),
    Never("break-glass.chain", "nora", broken_glass(in_chain=True), broken_glass()),
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
