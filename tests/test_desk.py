"""The desk: one door for every read and write, which says why not, and writes each call down once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asking import handbook, policy
from desk_line import DeskLine, done, refused, say, waiting
from small_hospital import NOW, hold, purchase, user, visit

from hospital.changes.base import Change
from hospital.changes.cases import ScheduleCase
from hospital.changes.holds import HeldResource
from hospital.entity import Entity
from hospital.model.bookings import Appointment, Hold, Slot
from hospital.model.history import Feed
from hospital.model.people import AgencyRate, Scope, Shift
from hospital.model.places import Unit
from hospital.model.supply import Item, Requisition
from hospital.model.work import OutboxMessage, Setting, WorkException
from policies import audit
from policies.plans import AuditEntry, Plan, Vote
from tools.desk import Desk
from tools.results import Result
from tools.tool import Arguments, Context, Draft, Tool, Toolbox, tool

TRAYS: dict[str, Any] = {"item": "TRAY", "quantity": 2}
HAND: dict[str, Any] = {"to_role": "or_charge", "about": "a test", "summary": "please look"}
WRITTEN: tuple[type[Entity], ...] = (Requisition, Appointment, Hold, Shift, OutboxMessage, Plan, Vote)


def none_of(line: DeskLine, *kinds: type[Entity]) -> bool:
    """Whether there is not one of these."""
    return not any(line.find(kind) for kind in kinds)


def nothing_written(line: DeskLine) -> bool:
    """Whether neither the hospital, nor the ledger, nor the outbox has anything new."""
    return none_of(line, *WRITTEN)


def make_late(line: DeskLine, feed: str) -> None:
    line.put(Feed(id=feed, last_event_at=NOW - timedelta(days=3)))


def drafts(*lines: Change) -> dict[str, Tool]:
    """A catalogue with one write tool, which drafts exactly these lines."""

    @tool(Arguments, "write")
    async def draft_lines(args: Arguments, box: Toolbox) -> Draft:
        """Draft the lines."""
        return Draft(title="Test", lines=lines)

    return {"draft_lines": draft_lines}


def call_draft(line: DeskLine, who: str, *lines: Change) -> Result:
    desk = Desk(line.store, policy(), handbook(), line.clock, drafts(*lines))
    return asyncio.run(desk.call("draft_lines", {}, Context(actor=line.user(who), surface="test")))


def decide(line: DeskLine, who: str, plan: Plan, digest: str, decision: Any = "approve") -> Result:
    context = Context(actor=line.user(who), surface="test")
    return asyncio.run(line.desk.decide(plan.id, decision, digest, "seen", context))


def case(patient: str | None = "P-1") -> ScheduleCase:
    """Two hours in OR 1 tomorrow."""
    start = NOW + timedelta(days=1)
    return ScheduleCase(
        case_id="CASE-900",
        site_id="hill",
        patient_id=patient,
        procedure_id="hip",
        service_id="ortho",
        surgeon_id="varga",
        anaesthesiologist_id=None,
        post_op_level=None,
        resources=(HeldResource(resource="room:hill-or-1", start=start, end=start + timedelta(hours=2)),),
    )


def test_an_unknown_tool_is_named_in_the_refusal(small_desk: DeskLine) -> None:
    said = refused(small_desk.call("sam", "open_the_safe"))
    assert (said.kind, "open_the_safe" in said.sentence) == ("unknown", True)


def test_no_decision_is_a_tool(small_desk: DeskLine) -> None:
    assert not {"decide", "approve", "break_glass", "activate_rules"} & set(small_desk.desk.tools())


@pytest.mark.parametrize(
    ("args", "kind", "argument", "value"),
    [
        ({"item": "TRAY"}, "missing", "quantity", None),
        ({"item": "TRAY", "quantity": -3}, "invalid", "quantity", "-3"),
        ({"item": "TRAY", "quantity": "many"}, "invalid", "quantity", "many"),
        ({"item": "TRAY", "quantity": 1001}, "invalid", "quantity", "1001"),
        ({"item": "TRAY", "quantity": 2, "need_by": "31 June"}, "invalid", "need_by", "31 June"),
        ({"item": "TRAY", "quantity": 2, "vendor": "Acme"}, "invalid", "vendor", "Acme"),
        ({"item": "NOSUCH-99", "quantity": 2}, "unknown", "item", "NOSUCH-99"),
    ],
)
def test_a_wrong_argument_is_said_in_one_sentence_with_its_value(
    args: dict[str, Any], kind: str, argument: str, value: str | None, small_desk: DeskLine
) -> None:
    said = refused(small_desk.call("sup", "create_requisition", **args))
    assert (said.kind, said.argument) == (kind, argument)
    assert "\n" not in said.sentence
    assert argument.replace("_", " ") in said.sentence.casefold()
    assert value is None or value in said.sentence
    assert nothing_written(small_desk)


def test_what_the_read_matrix_keeps_from_a_role_is_not_read(small_desk: DeskLine) -> None:
    said = refused(small_desk.call("adam", "book_appointment", slot="slot-0", patient="P-1"))
    assert (said.kind, said.rule) == ("read", "read.bookings")
    assert "minimum necessary" in said.sentence
    assert said.sentence[0].isupper()
    assert nothing_written(small_desk)


def test_a_late_feed_stops_the_write_that_depends_on_it_and_no_other(small_desk: DeskLine) -> None:
    make_late(small_desk, "erp")
    said = refused(small_desk.call("sup", "create_requisition", **TRAYS))
    assert said.kind == "stale"
    assert "erp" in said.sentence.casefold()
    assert said.instead
    assert said.as_of["erp"] == NOW - timedelta(days=3)
    assert nothing_written(small_desk)
    assert done(small_desk.call("sam", "hold_slot", slot="slot-0")).late == ()


def test_a_read_on_a_late_feed_goes_on_and_tells_it(small_desk: DeskLine) -> None:
    make_late(small_desk, "inventory")
    told = done(small_desk.call("sup", "query_inventory", item="TRAY"))
    assert any("inventory" in one.casefold() for one in told.late)


def test_the_kill_switch_stops_writes_and_leaves_reads_and_hand_overs(small_desk: DeskLine) -> None:
    small_desk.put(Setting(id="kill_switch", value="on"))
    for who, name, args in (
        ("sup", "create_requisition", TRAYS),
        ("sam", "hold_slot", {"slot": "slot-0"}),
        ("cora", "book_appointment", {"slot": "slot-0", "patient": "P-1"}),
    ):
        said = refused(small_desk.call(who, name, **args))
        assert (said.kind, said.rule) == ("conflict", "never.stopped")
        assert "the kill switch is on" in said.sentence.casefold()
        assert said.instead
    assert none_of(small_desk, Requisition, Hold, OutboxMessage)
    done(small_desk.call("sam", "list_exceptions", role="all"))
    done(small_desk.call("sam", "hand_over", **HAND))
    assert len(small_desk.find(WorkException)) == 1


def test_the_kill_switch_of_another_site_stops_nothing_here(small_desk: DeskLine) -> None:
    small_desk.put(Setting(id="kill_switch:lake", value="on"))
    done(small_desk.call("sam", "hold_slot", slot="slot-0"))


def test_a_request_waits_through_the_kill_switch_and_can_be_taken_back(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    small_desk.put(Setting(id="kill_switch", value="on"))
    refused(small_desk.vote("periop.manager", asked))
    done(small_desk.call("sup", "withdraw_request", plan=asked.plan.id))
    assert small_desk.find(Requisition) == []


@pytest.mark.parametrize(
    ("who", "name", "args"),
    [
        ("doc.varga", "hold_slot", {"slot": "slot-0"}),
        ("sam.lake", "hold_slot", {"slot": "slot-0"}),
        ("cleo", "book_appointment", {"slot": "slot-0", "patient": "P-1"}),
        ("cora", "create_requisition", TRAYS),
        ("cora", "record_event", {"subject": "room", "name": "OR 1", "site": "Hill"}),
    ],
)
def test_what_is_not_ones_role_or_scope_is_refused_as_such(
    who: str, name: str, args: dict[str, Any], small_desk: DeskLine
) -> None:
    said = refused(small_desk.call(who, name, **args))
    assert said.kind == "role"
    assert said.sentence.endswith(".")
    assert none_of(small_desk, Requisition, Hold, Appointment)


@pytest.mark.parametrize(("staff", "rule"), [("N-2", "never.mandated-overtime"), ("N-0", "never.competency")])
def test_what_nobody_may_do_is_refused_as_never(staff: str, rule: str, small_desk: DeskLine) -> None:
    small_desk.put(small_desk.get(Unit, "hill-ward").changed(cost_centre_id="4200"))
    source = "overtime" if rule == "never.mandated-overtime" else "float"
    times: dict[str, Any] = {"start": NOW + timedelta(hours=11), "end": NOW + timedelta(hours=23)}
    said = refused(small_desk.call("cleo", "request_staffing", source=source, staff=staff, **times))
    assert (said.kind, said.rule) == ("never", rule)
    assert said.instead
    assert small_desk.find(Shift) == []


def test_a_case_without_its_patient_is_missing_something(small_desk: DeskLine) -> None:
    said = refused(call_draft(small_desk, "sam", case(None)))
    assert (said.kind, said.rule) == ("missing", "new-case.complete")
    assert "patient" in said.sentence
    assert waiting(call_draft(small_desk, "sam", case())).reason == "attestation"


def test_what_the_world_says_no_to_is_a_conflict_and_said_once(small_desk: DeskLine) -> None:
    small_desk.put(small_desk.get(Slot, "slot-0").changed(status="busy"))
    said = refused(small_desk.call("sam", "hold_slot", slot="slot-0"))
    assert said.kind == "conflict"
    assert said.sentence.casefold().count("the slot is busy, not free") == 1


def test_an_unforeseen_line_is_judged_by_the_same_rules(small_desk: DeskLine) -> None:
    assert refused(call_draft(small_desk, "sam", hold(31))).rule == "hold.minutes"
    assert waiting(call_draft(small_desk, "sup", purchase(2))).plan.needs[0].rule == "requisition.manager"
    assert waiting(call_draft(small_desk, "cora", visit())).reason == "attestation"


def calls_written_down(line: DeskLine) -> list[AuditEntry]:
    return [one for one in line.find(AuditEntry, order="sequence") if one.what.startswith("tool:")]


def test_each_call_is_one_link_of_the_audit_chain(small_desk: DeskLine) -> None:
    results = [
        small_desk.call("sam", "list_exceptions", role="all"),
        small_desk.call("sam", "open_the_safe"),
        small_desk.call("sup", "create_requisition", item="TRAY", quantity=-1),
        small_desk.call("sup", "create_requisition", **TRAYS),
        small_desk.call("sam", "hold_slot", slot="slot-0"),
        small_desk.call("sam", "hold_slot", slot="slot-0"),
    ]
    links = calls_written_down(small_desk)
    assert [link.what for link in links] == [
        "tool:list_exceptions",
        "tool:open_the_safe",
        "tool:create_requisition",
        "tool:create_requisition",
        "tool:hold_slot",
        "tool:hold_slot",
    ]
    assert [link.actor for link in links] == ["sam", "sam", "sup", "sup", "sam", "sam"]
    assert [link.why.split()[0] for link in links] == ["done", "refused", "refused", "waiting", "done", "refused"]
    assert say(results[5]) in links[5].why
    asked = waiting(results[3]).plan
    assert (links[3].plan_id, links[3].digest) == (asked.id, asked.digest)
    with small_desk.store.reading() as world:
        assert audit.verify(world).ok


def test_a_refusal_before_any_tool_is_kept_too(small_desk: DeskLine) -> None:
    context = Context(actor=small_desk.user("sam"), surface="test")
    small_desk.desk.note_refusal("never.triage", "Triage is for nurses.", context)
    (link,) = small_desk.find(AuditEntry)
    assert (link.what, link.actor) == ("guard", "sam")
    assert "never.triage" in link.why


def test_the_same_key_twice_is_the_same_plan_and_nothing_is_doubled(small_desk: DeskLine) -> None:
    first = waiting(small_desk.call("sup", "create_requisition", "k-1", **TRAYS))
    again = waiting(small_desk.call("sup", "create_requisition", "k-1", **TRAYS))
    other = waiting(small_desk.call("sup", "create_requisition", "k-2", **TRAYS))
    assert again.plan.id == first.plan.id != other.plan.id
    assert len(small_desk.find(Plan)) == 2
    held = [done(small_desk.call("sam", "hold_slot", "k-3", slot="slot-0")) for _ in range(2)]
    assert held[0].plan is not None
    assert held[1].plan is not None
    assert held[0].plan.id == held[1].plan.id
    assert len(small_desk.find(Hold)) == 1
    done(small_desk.vote("periop.manager", first))
    done(small_desk.call("sup", "create_requisition", "k-1", **TRAYS))
    assert len(small_desk.find(Requisition)) == 1


@pytest.mark.parametrize("number", range(6))
def test_a_request_is_not_raised_by_one_sent_after_it_at_the_same_moment(number: int, small_desk: DeskLine) -> None:
    first = waiting(small_desk.call("sup", "create_requisition", f"first-{number}", **TRAYS))
    second = waiting(small_desk.call("sup", "create_requisition", f"second-{number}", **TRAYS))
    assert second.plan.needs[0].rule == "requisition.director"  # 4 trays in all
    done(small_desk.vote("periop.manager", first))
    done(small_desk.vote("periop.director", second))


def test_only_the_asker_submits_or_withdraws(small_desk: DeskLine) -> None:
    small_desk.put(user("sue", "supply_chain", scope=Scope(cost_centre_id="4100")))
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    for who in ("sue", "periop.manager", "adam"):
        for name in ("submit_plan", "withdraw_request"):
            said = refused(small_desk.call(who, name, plan=asked.plan.id))
            assert said.kind == "role"
            assert "sup" in said.sentence
    assert small_desk.get(Plan, asked.plan.id).state == "awaiting"
    assert refused(small_desk.call("sup", "withdraw_request", plan="PLAN-NONE")).kind == "unknown"
    done(small_desk.call("sup", "withdraw_request", plan=asked.plan.id, reason="not needed"))
    assert small_desk.get(Plan, asked.plan.id).state == "withdrawn"
    assert refused(small_desk.call("sup", "withdraw_request", plan=asked.plan.id)).kind == "conflict"
    assert refused(small_desk.vote("periop.manager", asked)).sentence.endswith(".")


def test_a_decision_counts_only_for_the_digest_that_was_shown(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    said = refused(decide(small_desk, "periop.manager", asked.plan, "0" * 64))
    assert said.sentence.endswith(".")
    assert none_of(small_desk, Vote, Requisition)
    assert refused(decide(small_desk, "periop.manager", asked.plan.model_copy(update={"id": "PLAN-X"}), "0")).sentence
    done(decide(small_desk, "periop.manager", asked.plan, asked.plan.digest))
    assert [one.plan_id for one in small_desk.find(Requisition)] == [asked.plan.id]


def test_nobody_decides_on_their_own_request(small_desk: DeskLine) -> None:
    small_desk.put(
        user("sup", "supply_chain", "cost_centre_manager", scope=Scope(cost_centre_id="4100")),
    )
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    for decision in ("approve", "reject"):
        refused(decide(small_desk, "sup", asked.plan, asked.plan.digest, decision))
    assert none_of(small_desk, Vote, Requisition)
    assert small_desk.get(Plan, asked.plan.id).state == "awaiting"


def test_a_first_yes_of_two_still_waits(small_desk: DeskLine) -> None:
    small_desk.put(
        small_desk.get(Unit, "hill-ward").changed(cost_centre_id="4200"),
        AgencyRate(id="R-1", role="rn", competency="med_surg", hourly_rate=9_800),
    )
    times: dict[str, Any] = {"start": NOW + timedelta(hours=11), "end": NOW + timedelta(hours=23)}
    asked = small_desk.call("cleo", "request_staffing", **times)
    assert waiting(small_desk.vote("nils", asked)).reason == "approval"
    assert small_desk.find(Shift) == []
    done(small_desk.vote("nursing.finance", asked))
    assert [shift.state for shift in small_desk.find(Shift)] == ["requested"]


def test_what_changed_since_is_said_once_and_nothing_is_done(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    small_desk.put(small_desk.get(Item, "TRAY").changed(unit_cost=150_000))
    said = refused(small_desk.vote("periop.manager", asked))
    assert said.sentence.count("$1,500.00 now") == 1
    assert none_of(small_desk, Requisition, OutboxMessage)
    assert said.again is not None
    assert (said.again.state, said.again.supersedes, said.again.cost) == ("awaiting", asked.plan.id, 300_000)
    assert "was $2,000.00 and is $3,000.00" in said.instead
    assert small_desk.get(Plan, asked.plan.id).state == "superseded"
    assert refused(small_desk.vote("periop.deputy", asked)).sentence.endswith(".")


def test_two_differences_are_each_said_once(small_desk: DeskLine) -> None:
    shown = waiting(small_desk.call("cora", "book_appointment", slot="slot-0", patient="P-1"))
    small_desk.put(small_desk.get(Slot, "slot-0").changed(status="busy"), _other_visit())
    said = refused(small_desk.confirm("cora", "book_appointment", shown))
    assert said.kind == "conflict"
    for part in ("the slot is busy, not free", "the patient has APT-OTHER at that time already"):
        assert said.sentence.casefold().count(part.casefold()) == 1
    assert [one.id for one in small_desk.find(Appointment)] == ["APT-OTHER"]


def _other_visit() -> Appointment:
    start = NOW + timedelta(days=1)
    return Appointment(
        id="APT-OTHER",
        patient_id="P-1",
        site_id="hill",
        clinic_id=None,
        service_id="derm",
        room_id="hill-or-1",
        clinician_id=None,
        slot_id=None,
        visit_type="new",
        status="booked",
        start=start,
        end=start + timedelta(minutes=20),
        booked_at=NOW,
    )
