"""Beds through the desk: assigning, opening, and asking what would be, on the sandbox."""

from typing import Any

import pytest
from desk_line import DeskLine, done, refused, waiting

from hospital.ids import UnitId
from hospital.model.people import Encounter, Shift
from hospital.model.places import Bed, Unit
from hospital.model.work import OutboxMessage
from policies.plans import Plan

MANAGER, SUPERVISOR, CNO = "capacity.manager", "nursing.supervisor", "cno.delegate"


@pytest.fixture
def line(desk_line: DeskLine) -> DeskLine:
    """The sandbox with clean beds and nurses to spare on the medical ward of Northgate."""
    ward = desk_line.get(Unit, "northgate-2-west")
    for stay in desk_line.find(Encounter, unit_id=ward.id, state="in_bed", order="id")[:4]:
        bed = desk_line.get(Bed, str(stay.bed_id))
        desk_line.put(stay.changed(state="discharged", bed_id=None), bed.changed(status="available", staffed=True))
    return desk_line


def boarder(line: DeskLine, **wanted: object) -> Encounter:
    """The patient who has waited longest at Northgate for a bed like this."""
    found = line.find(Encounter, site_id="northgate", state="boarding", order="admitted_at", **wanted)
    return found[0]


def clean_bed(line: DeskLine, unit: str) -> Bed:
    taken = {stay.bed_id for stay in line.find(Encounter, state="in_bed")}
    return next(
        bed
        for bed in line.find(Bed, unit_id=unit, status="available", staffed=True, order="id")
        if bed.id not in taken
    )


def test_a_conforming_bed_is_given_at_once_and_the_ehr_hears_of_it(line: DeskLine) -> None:
    stay, bed = boarder(line, level="medical"), clean_bed(line, "northgate-2-west")
    line.put(stay.changed(service_id="medicine", isolation=False, equipment=()))
    left = line.get(Bed, str(stay.bed_id))
    done(line.call(MANAGER, "assign_bed", bed=bed.label, patient=stay.id))
    moved = line.get(Encounter, stay.id)
    assert (moved.state, moved.bed_id, moved.unit_id) == ("in_bed", bed.id, bed.unit_id)
    assert line.get(Bed, bed.id).status == "occupied"
    assert line.get(Bed, left.id).status == "dirty"
    (told,) = [one for one in line.find(OutboxMessage) if one.operation == "assign_bed"]
    assert told.payload["bed_id"] == bed.id


@pytest.mark.parametrize("beyond", [{"isolation": True}, {"service_id": "cardiology"}])
def test_isolation_and_another_specialty_wait_for_the_supervisor(line: DeskLine, beyond: dict[str, object]) -> None:
    stay, bed = boarder(line, level="medical"), clean_bed(line, "northgate-2-west")
    line.put(stay.changed(**{"service_id": "medicine", "equipment": (), **beyond}))
    line.put(bed.changed(isolation_capable=True))
    asked = waiting(line.call(MANAGER, "assign_bed", bed=bed.label, patient=stay.id))
    assert [need.role for need in asked.plan.needs] == ["nursing_supervisor"]
    assert line.get(Encounter, stay.id).state == "boarding"
    done(line.vote(SUPERVISOR, asked))
    assert line.get(Encounter, stay.id).bed_id == bed.id


@pytest.mark.parametrize(
    ("stay_is", "bed_is", "missing"),
    [
        ({"isolation": True}, {"isolation_capable": False}, "isolate"),
        ({"equipment": ("bariatric",)}, {"features": ()}, "equipment"),
        ({"level": "icu"}, {}, "level of care"),
        ({}, {"status": "dirty"}, "dirty"),
        ({}, {"staffed": False, "status": "closed"}, "closed for lack of staff"),
    ],
)
def test_a_bed_that_lacks_what_is_needed_is_refused_with_what_is_missing(
    line: DeskLine, stay_is: dict[str, object], bed_is: dict[str, object], missing: str
) -> None:
    stay, bed = boarder(line, level="medical"), clean_bed(line, "northgate-2-west")
    line.put(stay.changed(**{"service_id": "medicine", "isolation": False, "equipment": (), **stay_is}))
    line.put(bed.changed(**bed_is))
    answer = refused(line.call(MANAGER, "assign_bed", bed=bed.label, patient=stay.id))
    assert missing in answer.sentence
    assert line.get(Encounter, stay.id).bed_id == stay.bed_id


def test_nobody_may_be_put_where_every_nurse_has_enough_patients(line: DeskLine) -> None:
    stay, bed = boarder(line, level="medical"), clean_bed(line, "northgate-2-west")
    lying = len(line.find(Encounter, unit_id="northgate-2-west", state="in_bed"))
    line.put(line.get(Unit, "northgate-2-west").changed(staffed_beds=lying))
    assert "nurse" in refused(line.call(MANAGER, "assign_bed", bed=bed.label, patient=stay.id)).sentence


def test_without_a_name_who_waited_longest_and_conforms_is_meant(line: DeskLine) -> None:
    bed = clean_bed(line, "northgate-2-west")
    for stay in line.find(Encounter, site_id="northgate", state="boarding", level="medical"):
        line.put(stay.changed(service_id="medicine", isolation=False, equipment=()))
    first = boarder(line, level="medical")
    answer = done(line.call(MANAGER, "assign_bed", bed=bed.label))
    assert answer.facts["stay"] == first.id


def test_a_bed_plan_drafts_each_placement_by_itself(line: DeskLine) -> None:
    options = done(line.call(MANAGER, "propose_allocation", goal="beds")).options
    assert options
    assert all(len(plan.lines) == 1 for plan in options)
    beds = [plan.lines[0].bed_id for plan in options if plan.lines[0].kind == "assign_bed"]
    assert len(set(beds)) == len(options)


def test_a_unit_that_would_fall_below_its_ratio_is_not_offered_and_the_why_not_says_it(line: DeskLine) -> None:
    """With the nurses there it is offered; when all but as many as its patients take have called out, no more."""
    west = UnitId("northgate-2-west")
    for stay in line.find(Encounter, site_id="northgate", state="boarding", level="medical"):
        line.put(stay.changed(service_id="medicine", isolation=False, equipment=()))
    for bed in line.find(Bed, site_id="northgate", status="available"):
        line.put(bed if bed.unit_id == west else bed.changed(status="dirty"))
    there = [one for one in line.find(Shift, unit_id=west, role="rn") if one.start <= line.now < one.end]
    before = done(line.call(MANAGER, "propose_allocation", goal="beds")).options
    offered = [plan for plan in before if plan.lines[0].kind == "assign_bed" and plan.lines[0].unit_id == west]
    assert offered
    kept = -(-len(line.find(Encounter, unit_id=west, state="in_bed")) // 5)
    line.put(*(one.changed(state="called_out") for one in there[kept - 1 :]))
    lying, nurses = len(line.find(Encounter, unit_id=west, state="in_bed")), kept - 1

    answer = done(line.call(MANAGER, "propose_allocation", goal="beds"))
    assert not [one for one in answer.options if one.lines[0].kind == "assign_bed" and one.lines[0].unit_id == west]
    said = f"2 West would be 1:{-(-(lying + 1) // nurses)} with one more; the pack says 1:5"
    assert said in str(answer.facts["why_not"])
    plan = line.call(MANAGER, "submit_plan", plan=offered[0].id)
    assert "ratio" in str(plan)


def test_closed_beds_open_with_their_nurses_once_the_chief_nurse_agrees(line: DeskLine) -> None:
    before = line.get(Unit, "northgate-3-east").staffed_beds
    options = done(line.call(MANAGER, "propose_allocation", goal="surge", beds=2)).options
    plan = next(plan for plan in options if plan.lines[0].kind == "open_beds")
    asked = waiting(line.call(MANAGER, "submit_plan", plan=plan.id))
    assert "cno_delegate" in [need.role for need in asked.plan.needs]
    assert line.get(Unit, "northgate-3-east").staffed_beds == before
    assert line.get(Plan, plan.id).state == "awaiting"
    for need in sorted(asked.plan.needs, key=lambda need: need.order):
        line.vote(need.who[0], asked)
    opened = plan.lines[0]
    assert opened.kind == "open_beds"
    assert line.get(Plan, plan.id).state == "committed"
    assert line.get(Unit, opened.unit_id).staffed_beds == before + len(opened.bed_ids)


def test_assumptions_add_up_and_leave_everything_as_it_is(line: DeskLine) -> None:
    stays, units = line.find(Encounter, order="id"), line.find(Unit, order="id")
    more = {"kind": "more_patients", "count": 5, "source": "ed"}
    early = {"kind": "early_discharges", "unit": "2 West"}
    first = done(line.call(MANAGER, "simulate", assumptions=[more]))
    both = done(line.call(MANAGER, "simulate", assumptions=[more, early]))
    live, then = first.facts["live"]["Northgate"], first.facts["assumed"]["Northgate"]
    assert then["in or waiting"] == live["in or waiting"] + 5
    assert both.facts["assumed"]["Northgate"]["in or waiting"] == then["in or waiting"]
    assert len(both.facts["assumptions"]) == 2
    assert both.facts["live"] == first.facts["live"]
    assert (stays, units) == (line.find(Encounter, order="id"), line.find(Unit, order="id"))


@pytest.mark.parametrize(
    ("assumption", "about", "figure", "change"),
    [
        ({"kind": "beds_closed", "count": 3, "unit": "2 West"}, "beds", "staffed beds", -3),
        ({"kind": "beds_opened", "count": 2, "unit": "3 East"}, "beds", "staffed beds", 2),
        ({"kind": "nurses_missing", "count": 1, "unit": "5 West"}, "staff", "nurses there", -1),
        ({"kind": "more_nurses", "count": 2, "unit": "5 West"}, "staff", "nurses there", 2),
    ],
)
def test_each_kind_of_assumption_changes_what_it_names(
    line: DeskLine, assumption: dict[str, object], about: str, figure: str, change: int
) -> None:
    unit: dict[str, Any] = {"unit": assumption["unit"]} if about == "staff" else {}
    found = done(line.call(MANAGER, "simulate", assumptions=[assumption], about=about, **unit)).facts
    (what,) = found["assumed"]
    assert found["assumed"][what][figure] - found["live"][what][figure] == change


@pytest.mark.parametrize(
    ("assumptions", "said"),
    [
        ([], "What should I assume"),
        ([{"kind": "more_patients", "source": "ed"}], "How many patients"),
        ([{"kind": "beds_opened", "count": 90, "unit": "3 East"}], "at most that many"),
        ([{"kind": "early_discharges", "unit": "9 Nowhere"}], "no unit"),
    ],
)
def test_an_assumption_that_makes_no_sense_is_answered_in_a_sentence(
    line: DeskLine, assumptions: list[dict[str, object]], said: str
) -> None:
    assert said in refused(line.call(MANAGER, "simulate", assumptions=assumptions)).sentence


@pytest.mark.parametrize("where", [{"unit": "ED"}, {"unit": "PACU"}])
def test_where_patients_only_pass_through_nobody_is_given_a_bed(line: DeskLine, where: dict[str, Any]) -> None:
    assert "inpatient unit" in refused(line.call(MANAGER, "assign_bed", **where)).sentence
