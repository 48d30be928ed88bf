"""Broken glass, the kill switch and changed rules: who may, for what, and what becomes of everything that waits."""

from datetime import timedelta
from typing import Any

import pytest
from desk_line import DeskLine, done, refused, waiting
from small_hospital import NOW, user
from sqlalchemy.exc import DatabaseError

from hospital.model.governance import BrokenGlass, RuleSet
from hospital.model.history import Feed
from hospital.model.people import AgencyRate, Scope, Shift
from hospital.model.places import Unit
from hospital.model.work import WorkException
from policies.activation import shipped_files
from policies.plans import AuditEntry, Plan
from tools.results import Result, Waiting
from tools.tool import Context, Surface

NIGHT: dict[str, Any] = {"start": NOW + timedelta(hours=11), "end": NOW + timedelta(hours=23)}


@pytest.fixture
def line(small_desk: DeskLine) -> DeskLine:
    """The small hospital with a ward that can be staffed and a third policy owner."""
    small_desk.put(
        small_desk.get(Unit, "hill-ward").changed(cost_centre_id="4200"),
        AgencyRate(id="R-1", role="rn", competency="med_surg", hourly_rate=9_800),
        user("owner.c", "policy_owner", scope=Scope()),
        user("nora.lake", "nursing_supervisor", scope=Scope(site_id="lake")),
    )
    return small_desk


def by(line: DeskLine, who: str, surface: Surface = "test") -> Context:
    return Context(actor=line.user(who), surface=surface)


def expired_float(line: DeskLine, who: str = "cleo") -> Waiting:
    """Nurse 2's competency has expired, so the nursing supervisor is asked."""
    return waiting(line.call(who, "request_staffing", unit="Ward", source="float", staff="N-2", **NIGHT))


def agency(line: DeskLine) -> Waiting:
    return waiting(line.call("cleo", "request_staffing", unit="Ward", source="agency", **NIGHT))


def stopped(line: DeskLine) -> bool:
    """Whether asking for a nurse is refused by the kill switch."""
    asked = line.call("cleo", "request_staffing", unit="Ward", source="agency", **NIGHT)
    return refused(asked).rule == "never.stopped"


def glass(line: DeskLine, who: str, on: Waiting, reason: str = "nobody answers", digest: str = "") -> Result:
    return line.desk.commands.break_glass(on.plan.id, digest or on.plan.digest, reason, by(line, who))


def state(line: DeskLine, asked: Waiting) -> str:
    return line.get(Plan, asked.plan.id).state


# Broken glass


def test_a_named_role_acts_at_once_and_compliance_reviews_it_within_a_day(line: DeskLine) -> None:
    asked = expired_float(line)
    assert "reviews" in done(glass(line, "cno.delegate", asked, "three call-outs")).headline
    assert [shift.staff_id for shift in line.find(Shift)] == ["N-2"]
    review = next(one for one in line.find(WorkException) if one.kind == "glass_review")
    assert (review.owner_role, review.due - review.opened_at) == ("auditor", timedelta(hours=24))
    broken = line.find(BrokenGlass)[0]
    assert (broken.user_id, broken.digest, broken.reason) == ("cno.delegate", asked.plan.digest, "three call-outs")
    said = [(link.what, link.actor, link.why) for link in line.find(AuditEntry, plan_id=asked.plan.id)]
    assert ("break_glass", "cno.delegate", "three call-outs") in said
    assert [why for what, _, why in said if what == "commit"] == ["glass broken by cno.delegate: three call-outs"]


@pytest.mark.parametrize(
    ("who", "reason", "rule"),
    [
        ("nora", "", "break-glass.reason"),
        ("oz", "busy", "default-deny"),
        ("adam", "busy", "default-deny"),
        ("finance.controller", "busy", "default-deny"),
        ("nora.lake", "busy", "default-deny"),
    ],
)
def test_nobody_else_breaks_the_glass(line: DeskLine, who: str, reason: str, rule: str) -> None:
    asked = expired_float(line)
    assert refused(glass(line, who, asked, reason)).rule == rule
    assert (state(line, asked), line.find(BrokenGlass)) == ("awaiting", [])
    assert [link.why[:7] for link in line.find(AuditEntry, what="break_glass")] == ["refused"]


def test_whoever_asked_does_not_break_the_glass(line: DeskLine) -> None:
    asked = expired_float(line, "nora")
    assert refused(glass(line, "nora", asked)).rule == "break-glass.chain"
    assert done(glass(line, "cno.delegate", asked))


def test_the_glass_is_never_broken_for_money_or_rules(line: DeskLine) -> None:
    bought = waiting(line.call("sup", "create_requisition", item="tray", quantity=1))
    assert "break-glass" in (refused(glass(line, "periop.director", bought)).rule or "")
    asked = agency(line)
    assert "break-glass" in (refused(glass(line, "nora", asked)).rule or "")
    rules = propose(line)
    assert refused(glass(line, "cno.delegate", rules)).rule is not None
    assert {state(line, one) for one in (bought, asked, rules)} == {"awaiting"}


def test_the_glass_is_broken_on_what_was_seen_and_from_a_persons_own_controls(line: DeskLine) -> None:
    asked = expired_float(line)
    assert "what you saw" in refused(glass(line, "nora", asked, digest="0" * 64)).sentence.lower()
    for surface in ("workflow", "mcp"):
        context = by(line, "nora", surface)
        refused(line.desk.commands.break_glass(asked.plan.id, asked.plan.digest, "x", context))
    assert state(line, asked) == "awaiting"


def test_broken_glass_never_waives_a_never_rule(line: DeskLine) -> None:
    asked = expired_float(line)
    done(line.desk.commands.kill_switch(True, None, "odd bookings", by(line, "adam")))
    assert refused(glass(line, "nora", asked)).rule == "never.stopped"
    done(line.desk.commands.kill_switch(False, None, "found it", by(line, "adam")))
    late = line.at(NOW + timedelta(hours=1))
    late.put(*(feed.changed(last_event_at=NOW - timedelta(days=3)) for feed in late.find(Feed)))
    assert refused(glass(late, "nora", asked)).rule == "never.stale"


def test_broken_glass_is_kept_for_ever(line: DeskLine) -> None:
    done(glass(line, "nora", expired_float(line)))
    broken = line.find(BrokenGlass)[0]
    with pytest.raises(DatabaseError, match="never changed"):
        line.put(broken.changed(reason="another"))


def test_compliance_reviews_once_and_nobody_else_does(line: DeskLine) -> None:
    done(glass(line, "nora", expired_float(line)))
    id = line.find(BrokenGlass)[0].review
    review = line.desk.commands.review_glass
    assert refused(review(id, "justified", "fine", by(line, "nora"))).rule == "default-deny"
    assert "what you found" in refused(review(id, "justified", "", by(line, "audrey"))).sentence
    assert "justified" in done(review(id, "justified", "no time to wait", by(line, "audrey"))).headline
    assert line.get(WorkException, id).state == "resolved"
    assert "already" in refused(review(id, "not_justified", "second thoughts", by(line, "audrey"))).sentence


# The kill switch


def test_the_switch_stops_writing_and_reading_handing_over_and_withdrawing_go_on(line: DeskLine) -> None:
    asked = expired_float(line)
    done(line.desk.commands.kill_switch(True, None, "odd bookings", by(line, "adam")))
    assert stopped(line)
    assert "kill switch" in refused(line.vote("nora", asked)).sentence
    done(line.call("cleo", "list_exceptions"))
    done(line.call("cleo", "hand_over", to_role="nursing_supervisor", about="staffing", summary="short tonight"))
    done(line.call("cleo", "withdraw_request", plan=asked.plan.id))
    done(line.desk.commands.kill_switch(False, None, "it was the feed", by(line, "adam")))
    assert agency(line)


def test_one_site_is_stopped_alone(line: DeskLine) -> None:
    done(line.desk.commands.kill_switch(True, "lake", "odd bookings", by(line, "adam")))
    assert expired_float(line)
    done(line.desk.commands.kill_switch(True, "hill", "here too", by(line, "adam")))
    assert stopped(line)


@pytest.mark.parametrize(
    ("who", "site", "reason", "said"),
    [
        ("nora", None, "odd", "none of your roles"),
        ("adam", None, " ", "says why"),
        ("adam", "moon", "odd", "there is no site moon"),
    ],
)
def test_the_switch_is_the_administrators_and_has_a_reason(
    line: DeskLine, who: str, site: str | None, reason: str, said: str
) -> None:
    assert said in refused(line.desk.commands.kill_switch(True, site, reason, by(line, who))).sentence.lower()
    assert agency(line)


def test_the_switch_is_in_the_audit_with_what_it_was(line: DeskLine) -> None:
    done(line.desk.commands.kill_switch(True, "hill", "odd bookings", by(line, "adam")))
    link = line.find(AuditEntry, what="kill_switch")[0]
    assert link.details == {"site": "hill", "on": True, "was": "off"}
    assert (link.actor, link.why) == ("adam", "on for hill: odd bookings")


# Changed rules

LIMITS = "data/limits.toml"


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """One shipped file with something else in it."""
    text = shipped_files()[name]
    assert text.count(old) >= 1
    return {name: text.replace(old, new, 1)}


LOWER = changed(LIMITS, "manager_to = 300000", "manager_to = 90000")


def propose(line: DeskLine, files: dict[str, str] | None = None, who: str = "adam") -> Waiting:
    return waiting(line.desk.commands.activate_rules(files or LOWER, "smaller limits", by(line, who)))


def activate(line: DeskLine, files: dict[str, str] | None = None) -> None:
    asked = propose(line, files)
    waiting(line.vote("owner.a", asked))
    done(line.vote("owner.b", asked))


def test_changed_limits_hold_once_two_policy_owners_agreed_and_not_before(line: DeskLine) -> None:
    def level() -> str:
        asked = waiting(line.call("sup", "create_requisition", item="tray", quantity=1))
        done(line.call("sup", "withdraw_request", plan=asked.plan.id))
        return asked.plan.needs[0].rule

    asked = propose(line)
    assert any("manager_to = 90000" in one for one in asked.plan.snapshot)
    assert level() == "requisition.manager"
    waiting(line.vote("owner.a", asked))
    assert level() == "requisition.manager"
    done(line.vote("owner.b", asked))
    assert level() == "requisition.director"
    again = DeskLine(line.store, NOW)  # another process, or the same after a restart
    assert waiting(again.call("sup", "create_requisition", item="tray", quantity=1)).plan.needs[0].rule == (
        "requisition.director"
    )


@pytest.mark.parametrize(("asker", "third"), [("owner.a", "owner.c"), ("owner.c", "owner.b")])
def test_a_policy_owner_who_asked_is_none_of_the_two(line: DeskLine, asker: str, third: str) -> None:
    asked = propose(line, who=asker)
    refused(line.vote(asker, asked))
    waiting(line.vote(third, asked))
    refused(line.vote(third, asked))
    assert state(line, asked) == "awaiting"


@pytest.mark.parametrize("who", ["nora", "finance.controller", "audrey", "sup"])
def test_nobody_else_asks_for_changed_rules(line: DeskLine, who: str) -> None:
    assert refused(line.desk.commands.activate_rules(LOWER, "why not", by(line, who))).rule == "default-deny"


def test_what_waits_is_decided_again_and_asked_for_anew_when_others_must_agree_now(line: DeskLine) -> None:
    bought = waiting(line.call("sup", "create_requisition", item="tray", quantity=2))
    other = expired_float(line)
    activate(line)
    assert (state(line, bought), state(line, other)) == ("superseded", "awaiting")
    new = line.find(Plan, supersedes=bought.plan.id)[0]
    assert (new.state, [need.rule for need in new.needs]) == ("awaiting", ["requisition.director"])
    done(line.vote("nora", other))


def test_changes_on_top_of_another_base_are_stale(line: DeskLine) -> None:
    first = propose(line)
    activate(line, changed(LIMITS, "window_days = 30", "window_days = 60"))
    waiting(line.vote("owner.a", first))
    assert "changed meanwhile" in refused(line.vote("owner.b", first)).sentence


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            changed("rules/everyday.cedar", "context.line.minutes > 30", "context.line.minuets > 30"),
            "everyday.cedar:",
        ),
        (changed(LIMITS, "director_to = 2500000", 'director_to = "much"'), "limits.toml:9"),
        (changed("rules/never.cedar", "!context.ask.stale.isEmpty()", "false"), "never.stale is never changed"),
        (changed("rules/never.cedar", '@id("never.triage")', '@id("sometimes.triage")'), "never.triage is never"),
        ({"data/surprise.toml": "x = 1"}, "nothing reads this file"),
        ({"data/grants.toml": '[[give]]\nuser = "nobody"\nrole = "admin"'}, "no user 'nobody'"),
        ({"data/grants.toml": '[[give]]\nuser = "sam"\nrole = "king"'}, "no role 'king'"),
        (changed(LIMITS, "window_days = 30", "window_days = 30 "), ""),
    ],
)
def test_what_cannot_be_used_is_refused_where_the_mistake_is(
    line: DeskLine, files: dict[str, str], said: str
) -> None:
    result = line.desk.commands.activate_rules(files, "try", by(line, "adam"))
    if said:
        assert said in refused(result).sentence
        assert line.find(RuleSet) == []
    else:
        waiting(result)


def test_roles_are_given_and_taken_by_the_same_two(line: DeskLine) -> None:
    text = (
        '[[give]]\nuser = "bea"\nrole = "nursing_supervisor"\nsite = "hill"\n'
        '[[take]]\nuser = "nora"\nrole = "nursing_supervisor"\nsite = "hill"\n'
    )
    asked = expired_float(line)
    activate(line, {"data/grants.toml": text})
    assert "nursing_supervisor" in line.user("bea").roles
    assert line.user("nora").grants == ()
    refused(line.vote("nora", asked))
    done(line.vote("bea", asked))


def test_nobody_decides_on_their_own_roles(line: DeskLine) -> None:
    asked = propose(line, {"data/grants.toml": '[[give]]\nuser = "owner.a"\nrole = "admin"'})
    refused(line.vote("owner.a", asked))
    waiting(line.vote("owner.b", asked))
    done(line.vote("owner.c", asked))


def test_a_rule_set_is_kept_as_it_was_agreed(line: DeskLine) -> None:
    activate(line)
    kept = line.find(RuleSet)[0]
    with pytest.raises(DatabaseError, match="never changed"):
        line.put(kept.changed(files={}))


def test_none_of_this_is_a_tool(line: DeskLine) -> None:
    names = {"decide", "break_glass", "review_glass", "kill_switch", "activate_rules", "commands"}
    assert not names & set(line.desk.tools())
    for name in names:
        assert refused(line.call("adam", name, reason="please")).kind == "unknown"
