"""The write tools through the desk: what they draft, what they say of it, and what is written in the end."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_line import DeskLine, Scripted, done, refused, say, talk, waiting
from small_hospital import NOW

from hospital.entity import Entity
from hospital.model.bookings import Appointment, Hold, ImagingOrder, Slot, SurgicalCase, Task
from hospital.model.people import AgencyRate, Credential, Shift, Staff
from hospital.model.places import Bed, Equipment, Room, Unit
from hospital.model.supply import Item, Requisition
from hospital.model.work import OutboxMessage, WorkException
from policies.plans import Attestation, Plan

DAY = NOW + timedelta(days=1)
NIGHT: dict[str, Any] = {"start": NOW + timedelta(hours=11), "end": NOW + timedelta(hours=23)}
BOOK = ("book_appointment", {"slot": "slot-0", "patient": "P-1"})


@pytest.fixture
def line(small_desk: DeskLine) -> DeskLine:
    """The small hospital with a ward that can be staffed, a scanner, a bed and a device."""
    small_desk.put(
        small_desk.get(Unit, "hill-ward").changed(cost_centre_id="4200"),
        AgencyRate(id="R-1", role="rn", competency="med_surg", hourly_rate=9_800),
        Room(id="hill-or-2", site_id="hill", name="OR 2", kind="or"),
        Room(id="hill-mri", site_id="hill", name="MRI 1", kind="imaging", modality="mri", contrast=False),
        Bed(id="hill-b1", site_id="hill", unit_id="hill-ward", label="4-1", level="med_surg"),
        Equipment(id="arm-1", site_id="hill", kind="c-arm", name="C-arm 1"),
    )
    return small_desk


def none_of(line: DeskLine, *kinds: type[Entity]) -> bool:
    """Whether there is not one of these."""
    return not any(line.find(kind) for kind in kinds)


# create_requisition


@pytest.mark.parametrize(("quantity", "rule"), [(1, "manager"), (3, "manager"), (4, "director"), (26, "finance")])
def test_a_purchase_costs_price_times_quantity_and_goes_to_the_level_for_it(
    quantity: int, rule: str, line: DeskLine
) -> None:
    asked = waiting(line.call("sup", "create_requisition", item="tray", quantity=quantity))
    amount = quantity * line.get(Item, "TRAY").unit_cost
    assert asked.facts["amount"] == asked.plan.cost == asked.plan.effect.cost == amount
    assert asked.facts["budget_left_after"] == 3_100_000 - amount
    assert [need.rule for need in asked.plan.needs] == [f"requisition.{rule}"]
    assert f"${amount / 100:,.2f}" in asked.headline
    assert "$31,000.00 left" in asked.headline
    assert none_of(line, Requisition, OutboxMessage)


def test_a_purchase_is_done_as_approved(line: DeskLine) -> None:
    asked = line.call("sup", "create_requisition", item="TRAY", quantity=2, need_by=NOW.date(), purpose="hips")
    done(line.vote("periop.manager", asked))
    (made,) = line.find(Requisition)
    assert (made.amount, made.quantity, made.purpose, made.need_by) == (200_000, 2, "hips", NOW.date())
    assert [one.system for one in line.find(OutboxMessage)] == ["erp"]


def test_a_purchase_for_a_day_that_has_passed_is_refused(line: DeskLine) -> None:
    said = refused(line.call("sup", "create_requisition", item="TRAY", quantity=2, need_by=date(2026, 9, 13)))
    assert (said.kind, said.argument) == ("invalid", "need_by")
    assert "13 Sep 2026 has passed" in said.sentence


def test_an_item_of_no_cost_centre_is_not_bought(line: DeskLine) -> None:
    line.put(line.get(Item, "TRAY").changed(cost_centre_id="7777"))
    assert "7777" in refused(line.call("sup", "create_requisition", item="TRAY", quantity=2)).sentence


# request_staffing


def offered(line: DeskLine) -> dict[str, tuple[str, int]]:
    """Who is listed before an agency nurse, and for how much."""
    asked = waiting(line.call("cleo", "request_staffing", **NIGHT))
    return {one["who"]: (one["source"], one["cost"]) for one in asked.facts["cheaper"]}


def shift(staff: str, start: datetime, hours: int = 8, **more: Any) -> Shift:
    return Shift(
        id=f"S-{staff}",
        staff_id=staff,
        site_id="hill",
        unit_id="hill-ward",
        role="rn",
        start=start,
        end=start + timedelta(hours=hours),
        **more,
    )


def test_an_agency_nurse_costs_the_rate_card_and_waits_for_two(line: DeskLine) -> None:
    asked = waiting(line.call("cleo", "request_staffing", **NIGHT))
    assert (asked.facts["hours"], asked.facts["rate"], asked.facts["amount"]) == (12, 9_800, 117_600)
    assert [(need.rule, need.order) for need in asked.plan.needs] == [("agency.unit", 1), ("agency.cost-manager", 2)]
    assert "$1,176.00" in asked.headline
    assert none_of(line, Shift, OutboxMessage)


def test_the_cheaper_ways_are_free_people_who_may_and_can(line: DeskLine) -> None:
    assert offered(line) == {"Nurse 1": ("float", 0)}  # the others never held it, or not any more
    line.put(Credential(id="C-3", staff_id="N-3", competency="med_surg", expires_on=date(2027, 1, 1)))
    assert set(offered(line)) == {"Nurse 1", "Nurse 3"}
    line.put(line.get(Staff, "N-3").changed(home_unit_id="hill-ward", employment="home"))
    assert set(offered(line)) == {"Nurse 1"}  # works here, and has not said that more is welcome
    line.put(line.get(Staff, "N-3").changed(voluntary_overtime=True))
    assert offered(line)["Nurse 3"] == ("overtime", 12 * 5_000 * 3 // 2)
    line.put(line.get(Staff, "N-3").changed(home_unit_id="hill-other"))
    assert set(offered(line)) == {"Nurse 1"}


def test_a_way_that_costs_as_much_as_the_agency_is_not_cheaper(line: DeskLine) -> None:
    line.put(
        line.get(Staff, "N-1").changed(home_unit_id="hill-ward", employment="home", hourly_rate=9_800 * 2 // 3 + 1)
    )
    assert offered(line) == {}
    assert "No cheaper way" in waiting(line.call("cleo", "request_staffing", **NIGHT)).headline


@pytest.mark.parametrize(
    ("start", "free"),
    [
        (NIGHT["start"], False),  # the same time
        (NIGHT["start"] - timedelta(hours=9), False),  # an hour of rest
        (NIGHT["start"] - timedelta(hours=18), True),  # ten hours of rest before
        (NIGHT["start"] - timedelta(hours=17), False),
        (NIGHT["end"] + timedelta(hours=9), False),
        (NIGHT["end"] + timedelta(hours=10), True),
    ],
)
def test_a_cheaper_way_is_rested(start: datetime, free: bool, line: DeskLine) -> None:
    line.put(shift("N-1", start))
    assert ("Nurse 1" in offered(line)) is free
    line.put(shift("N-1", start, state="called_out"))
    assert "Nurse 1" in offered(line)


def test_what_the_rate_card_does_not_have_is_said_with_what_it_has(line: DeskLine) -> None:
    said = refused(line.call("cleo", "request_staffing", competency="icu", **NIGHT))
    assert (said.kind, said.argument, said.choices) == ("unknown", "competency", ("med_surg",))
    assert "icu" in said.sentence


def test_a_shift_that_is_over_or_ends_before_it_starts_is_refused(line: DeskLine) -> None:
    past = {"start": NOW - timedelta(hours=12), "end": NOW}
    assert refused(line.call("cleo", "request_staffing", **past)).kind == "invalid"  # type: ignore[arg-type]
    said = refused(line.call("cleo", "request_staffing", start=NIGHT["end"], end=NIGHT["start"]))
    assert (said.kind, said.argument) == ("invalid", "end")
    asked = refused(line.call("cleo", "request_staffing"))  # nobody is rostered there, so no shift is the next
    assert (asked.kind, asked.argument) == ("missing", "start")


def test_a_float_within_competency_is_sent_at_once_and_costs_nothing(line: DeskLine) -> None:
    sent = done(line.call("cleo", "request_staffing", source="float", staff="Nurse 1", **NIGHT))
    assert sent.facts["amount"] == 0
    assert [(one.staff_id, one.state, one.source) for one in line.find(Shift)] == [("N-1", "approved", "float")]
    assert refused(line.call("cleo", "request_staffing", source="float", staff="N-1", **NIGHT)).kind == "conflict"
    assert refused(line.call("cleo", "request_staffing", source="float", **NIGHT)).argument == "staff"


def test_voluntary_overtime_waits_for_the_nurse_manager_at_time_and_a_half(line: DeskLine) -> None:
    asked = waiting(line.call("cleo", "request_staffing", source="overtime", staff="N-1", **NIGHT))
    assert asked.facts["rate"] == 7_500
    assert [need.rule for need in asked.plan.needs] == ["overtime.manager"]
    done(line.vote("nils", asked))
    assert [one.source for one in line.find(Shift)] == ["overtime"]


def test_an_expired_competency_is_the_supervisors_to_decide(line: DeskLine) -> None:
    asked = waiting(line.call("cleo", "request_staffing", source="float", staff="N-2", **NIGHT))
    assert [need.rule for need in asked.plan.needs] == ["float-competency.supervisor"]


# hold, book, reschedule, cancel


def test_a_held_slot_is_booked_by_its_holder_and_by_nobody_else(line: DeskLine) -> None:
    held = done(line.call("cora", "hold_slot", slot="slot-0", patient="P-1"))
    (hold,) = line.find(Hold)
    assert (hold.holder, hold.expires_at, hold.group) == ("cora", NOW + timedelta(minutes=30), held.facts["hold"])
    assert "08:30" in held.headline
    assert "held by somebody else" in refused(line.call("lina", "hold_slot", slot="slot-0")).sentence
    assert refused(line.call("lina", "book_appointment", slot="slot-0", patient="P-2")).kind == "conflict"
    later = line.at(NOW + timedelta(minutes=30))
    assert waiting(later.call("lina", "book_appointment", slot="slot-0", patient="P-2")).reason == "attestation"
    shown = line.call("cora", "book_appointment", slot="slot-0", patient="P-1")
    done(line.confirm("cora", "book_appointment", shown))
    assert line.get(Hold, hold.id).state == "used"
    assert [(one.patient_id, one.status) for one in line.find(Appointment)] == [("P-1", "booked")]


def test_a_booking_shows_its_reference_and_books_nothing_yet(line: DeskLine) -> None:
    shown = waiting(line.call("cora", *BOOK[:1], **BOOK[1]))
    assert shown.reason == "attestation"
    assert shown.facts["reference"] in shown.headline
    assert "Nothing is booked yet" in shown.headline
    assert none_of(line, Appointment, Attestation, OutboxMessage)
    assert line.get(Slot, "slot-0").status == "free"


@pytest.mark.parametrize("digest", [None, "0" * 64])
def test_confirming_without_the_yes_of_this_very_turn_books_nothing(digest: str | None, line: DeskLine) -> None:
    shown = waiting(line.call("cora", *BOOK[:1], **BOOK[1]))
    if digest is None:  # a planner that names the plan, though nobody said yes
        again = line.call("cora", "book_appointment", confirms=shown.plan.id)
    else:  # a yes to something else
        again = line.confirm("cora", "book_appointment", shown, digest)
    assert waiting(again).reason == "attestation"
    assert refused(line.confirm("lina", "book_appointment", shown)).kind == "role"
    assert none_of(line, Appointment, Attestation)


def test_only_the_very_next_yes_counts(line: DeskLine, tmp_path: Path) -> None:
    planner = Scripted({"book": BOOK, "else": ("list_exceptions", {"role": "all"})})
    talk(line.conversation(tmp_path / "a", planner), line.user("cora"), "book", "else", "yes")
    assert none_of(line, Appointment, Attestation)
    talk(line.conversation(tmp_path / "b", planner), line.user("cora"), "book", "yes")
    assert len(line.find(Appointment)) == len(line.find(Attestation)) == 1


@pytest.mark.parametrize(
    ("args", "kind", "argument"),
    [
        ({"slot": "slot-0"}, "missing", "patient"),
        ({"patient": "P-1"}, "missing", "slot"),
        ({"slot": "slot-0", "patient": "Ada Stone"}, "missing", "patient"),
        ({"slot": "slot-0", "patient": "P-404"}, "unknown", "patient"),
        ({"slot": "slot-404", "patient": "P-1"}, "unknown", "slot"),
        ({"confirms": "PLAN-404"}, "unknown", "plan"),
    ],
)
def test_a_booking_asks_for_what_it_lacks(args: dict[str, Any], kind: str, argument: str, line: DeskLine) -> None:
    said = refused(line.call("cora", "book_appointment", **args))
    assert (said.kind, said.argument) == (kind, argument)


def scanner(line: DeskLine, **order: Any) -> None:
    """A scanner's slot tomorrow and an order of P-1."""
    line.put(
        Slot(
            id="scan-0",
            site_id="hill",
            clinic_id=None,
            session_id=None,
            room_id="hill-mri",
            clinician_id=None,
            visit_type="mri-brain",
            start=DAY,
            end=DAY + timedelta(hours=1),
        )
    )
    if order:
        fields: dict[str, Any] = {"contrast": False, "minutes": 45, "patient_id": "P-1", **order}
        line.put(ImagingOrder(id="ORD-1", protocol="MRI brain", modality="mri", ordered_at=NOW, **fields))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, "no open MRI order"),
        ({"patient_id": "P-2"}, "no open MRI order"),
        ({"state": "booked"}, "no open MRI order"),
        ({"contrast": True}, "cannot give contrast"),
        ({"minutes": 75}, "takes 75 minutes and the slot has 60"),
    ],
)
def test_an_examination_needs_an_order_that_the_slot_serves(order: dict[str, Any], said: str, line: DeskLine) -> None:
    scanner(line, **order)
    answer = refused(line.call("cora", "book_appointment", slot="scan-0", patient="P-1"))
    assert answer.kind == "conflict"
    assert said in answer.sentence


def test_an_examination_brings_the_checks_that_are_not_done_and_moves_and_falls_with_them(line: DeskLine) -> None:
    scanner(line, contrast=True, authorisation="pending", safety_screen_done=True)
    line.put(line.get(Room, "hill-mri").changed(contrast=True))
    shown = waiting(line.call("cora", "book_appointment", slot="scan-0", patient="P-1"))
    assert shown.facts["tasks"] == ["renal_check", "authorisation"]
    assert "Safety screen done." in shown.headline
    done(line.confirm("cora", "book_appointment", shown))
    assert {(task.kind, task.due) for task in line.find(Task)} == {("renal_check", NOW), ("authorisation", NOW)}
    (visit,) = line.find(Appointment)
    cancel = line.call("cora", "cancel_appointment", appointment=visit.id.lower())
    done(line.confirm("cora", "cancel_appointment", cancel))
    assert {task.state for task in line.find(Task)} == {"cancelled"}
    assert line.get(ImagingOrder, "ORD-1").state == "open"


def book(line: DeskLine) -> str:
    """The reference of a visit of P-1 in slot-0."""
    shown = waiting(line.call("cora", *BOOK[:1], **BOOK[1]))
    done(line.confirm("cora", "book_appointment", shown))
    return str(shown.facts["reference"])


def test_a_visit_is_moved_and_cancelled_by_a_yes_and_keeps_its_reference(line: DeskLine) -> None:
    reference = book(line)
    shown = waiting(line.call("cora", "reschedule_appointment", appointment=reference, slot="slot-2"))
    assert line.get(Appointment, reference).slot_id == "slot-0"
    done(line.confirm("cora", "reschedule_appointment", shown))
    assert line.get(Appointment, reference).slot_id == "slot-2"
    assert [line.get(Slot, f"slot-{n}").status for n in range(3)] == ["free", "free", "busy"]
    shown = waiting(line.call("cora", "cancel_appointment", appointment=reference, reason="flu"))
    assert line.get(Appointment, reference).status == "booked"
    done(line.confirm("cora", "cancel_appointment", shown))
    assert (line.get(Appointment, reference).status, line.get(Slot, "slot-2").status) == ("cancelled", "free")
    assert refused(line.call("cora", "cancel_appointment", appointment=reference)).kind == "conflict"
    assert [one.operation for one in line.find(OutboxMessage, order="sequence")] == [
        "book_appointment",
        "reschedule_appointment",
        "cancel_appointment",
    ]


@pytest.mark.parametrize("name", ["reschedule_appointment", "cancel_appointment"])
def test_a_change_of_no_visit_asks_which(name: str, line: DeskLine) -> None:
    assert refused(line.call("cora", name)).argument == "appointment"
    assert refused(line.call("cora", name, appointment="APT-404")).kind == "unknown"


# record_event, hand_over


@pytest.mark.parametrize(
    ("args", "kind", "id", "status"),
    [
        ({"subject": "room", "name": "OR 1"}, Room, "hill-or-1", "blocked"),
        ({"subject": "bed", "name": "bed 4-1", "status": "dirty"}, Bed, "hill-b1", "dirty"),
        ({"subject": "bed", "name": "4-1", "status": "out_of_service"}, Bed, "hill-b1", "blocked"),
        ({"subject": "equipment", "name": "c-arm 1"}, Equipment, "arm-1", "out_of_service"),
    ],
)
def test_what_is_reported_down_is_down_at_once(
    args: dict[str, Any], kind: Any, id: str, status: str, line: DeskLine
) -> None:
    told = done(line.call("oz" if kind is Room else "bea", "record_event", **args))
    assert told.plan is not None
    found = line.get(kind, id)
    assert (found.status, found.status_by) == (status, "reported")


def test_somebody_calls_out_of_the_coming_shift(line: DeskLine) -> None:
    line.put(shift("N-1", NOW + timedelta(hours=2)))
    done(line.call("cleo", "record_event", subject="shift", name="Nurse 1"))
    assert line.get(Shift, "S-N-1").state == "called_out"
    assert refused(line.call("cleo", "record_event", subject="shift", name="Nurse 1")).kind == "unknown"
    line.put(shift("N-1", NOW + timedelta(hours=2)), shift("N-2", NOW + timedelta(hours=2)))
    both = refused(line.call("cleo", "record_event", subject="shift", name="Nurse"))
    assert (both.kind, both.choices) == ("missing", ("Nurse 1", "Nurse 2"))


def test_a_report_never_gives_capacity_back(line: DeskLine) -> None:
    line.put(line.get(Room, "hill-or-1").changed(status="blocked"))
    said = refused(line.call("oz", "record_event", subject="room", name="OR 1", status="available"))
    assert said.rule == "record-fact.reduces"
    assert said.instead
    assert line.get(Room, "hill-or-1").status == "blocked"


def test_a_report_until_a_time_that_has_passed_or_of_nothing_is_refused(line: DeskLine) -> None:
    past = refused(line.call("oz", "record_event", subject="room", name="OR 1", until=NOW))
    assert (past.kind, past.argument) == ("invalid", "until")
    assert refused(line.call("oz", "record_event", subject="room", name="OR 9")).kind == "unknown"
    assert line.get(Room, "hill-or-1").status == "available"


@pytest.mark.parametrize(("severity", "minutes"), [("critical", 5), ("high", 30), ("medium", 240), ("low", 1440)])
def test_a_hand_over_is_owned_and_due_by_how_bad_it_is(severity: str, minutes: int, line: DeskLine) -> None:
    args = {"to_role": "nurse_triage", "about": "a caller", "summary": "chest pain", "severity": severity}
    told = done(line.call("cora", "hand_over", None, **args))
    (made,) = line.find(WorkException)
    assert (made.id, made.owner_role, made.opened_by) == (told.facts["exception"], "nurse_triage", "cora")
    assert made.due - made.opened_at == timedelta(minutes=minutes)
    assert made.id in told.headline


# submit_plan, withdraw_request, propose_allocation


def test_a_plan_is_withdrawn_once_and_then_decides_nothing(line: DeskLine) -> None:
    asked = waiting(line.call("sup", "create_requisition", item="TRAY", quantity=2))
    again = waiting(line.call("sup", "submit_plan", plan=asked.plan.id))
    assert again.plan.id == asked.plan.id
    assert "taken back" in done(line.call("sup", "withdraw_request", plan=asked.plan.id)).headline
    refused(line.vote("periop.manager", asked))
    assert line.get(Plan, asked.plan.id).state == "withdrawn"
    assert none_of(line, Requisition)


def test_options_are_kept_as_drafts_and_one_is_submitted(desk_line: DeskLine) -> None:
    case = next(
        one
        for one in desk_line.find(SurgicalCase, state="requested", order="id")
        if one.patient_id and one.surgeon_id and one.site_id == desk_line.user("or.scheduler").home.site_id
    )
    before = (len(desk_line.find(Hold)), len(desk_line.find(OutboxMessage)))
    told = done(desk_line.call("or.scheduler", "propose_allocation", case=case.id))
    assert 1 <= len(told.options) <= 3
    assert {desk_line.get(Plan, one.id).state for one in told.options} == {"drafted"}
    assert (len(desk_line.find(Hold)), len(desk_line.find(OutboxMessage))) == before
    assert desk_line.get(SurgicalCase, case.id).state == "requested"
    option = told.options[0]
    assert option.report.violated == ()
    shown = desk_line.call("or.scheduler", "submit_plan", plan=option.id)
    assert waiting(shown).reason == "attestation", say(shown)
    assert desk_line.get(SurgicalCase, case.id).state == "requested"
    done(desk_line.confirm("or.scheduler", "book_appointment", shown))
    line = option.lines[0]
    assert line.kind == "schedule_case"
    assert desk_line.get(SurgicalCase, line.case_id).room_id == line.room_id
    assert desk_line.get(SurgicalCase, case.id).state == "cancelled"
    if len(told.options) > 1:  # the request is fulfilled once
        said = refused(desk_line.call("or.scheduler", "submit_plan", plan=told.options[1].id))
        assert said.kind == "conflict"
        assert case.id in said.sentence
