"""The embedded planner at work: it asks instead of guessing, follows up, and writes nothing by mistake."""

import pytest
from talking import Line, calls_of

from hospital.cards import ChoicesCard
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Patient
from policies.plans import Plan

SCHEDULER, NURSE, SUPPLY, CALLS = "or.scheduler", "charge.5west", "supply.lead", "callcenter.1"
SEARCH = "Need 3 hours Thursday for a total hip: C-arm, cell saver, ICU bed after. Any site."


def choices_of(turn: object) -> tuple[str, ...]:
    return next((card.choices for card in getattr(turn, "cards", ()) if isinstance(card, ChoicesCard)), ())


def plans(line: Line) -> int:
    with line.store.reading() as world:
        return len(world.find(Plan))


def test_a_service_is_not_its_cost_centre(line: Line) -> None:
    asked = calls_of(line.last(CALLS, "First available follow-up in cardiology at Northgate?"))
    assert asked["query_capacity"]["service"] == "cardiology"
    for text in ("What is left in the Cardiology budget?", "how much money is left in cost centre 4500"):
        assert calls_of(line.last(SUPPLY, text))["query_erp"]["cost_centre"] == "4500"


def test_a_kind_of_scan_is_not_a_scanner(line: Line) -> None:
    args = calls_of(line.last(CALLS, "when is the next MRI at Riverside"))["query_capacity"]
    assert (args["subject"], args["modality"], args["site"]) == ("imaging", "mri", "riverside")
    assert "room" not in args


def test_each_operation_that_a_name_fits_is_told_and_one_may_be_picked(line: Line) -> None:
    first, second = line.talk(SCHEDULER, "how long does a knee take with Dr. Varga", "the revision")
    assert [use.name for use in first.tools] == ["predict_duration"] * 2
    assert all(f"{kind} knee arthroplasty with Dr. Elena Varga" in first.text for kind in ("Total", "Revision"))
    assert calls_of(second)["predict_duration"] == {"procedure": "revision-knee", "clinician": "surgeon.varga"}


def test_a_first_name_that_two_nurses_share_is_settled_by_place_in_the_list(line: Line) -> None:
    first, second = line.talk(NURSE, "Maria called in sick tonight", "the second one")
    assert first.outcome == "clarify"
    assert choices_of(first)[1].startswith("Maria Santos")
    assert calls_of(second)["record_event"]["name"] == "rn.santos"


def test_words_side_by_side_name_one_operation(line: Line) -> None:
    args = calls_of(line.last(SCHEDULER, "Expected length of a revision total knee for Dr Varga?"))
    assert args["predict_duration"]["procedure"] == "revision-knee"


def test_a_record_number_a_time_and_a_scan_are_a_booking(line: Line) -> None:
    for text in ("Patient 88213, MRI brain with contrast, Thursday 9:40", "pt 88213 CT abdomen tomorrow 2pm"):
        turn = line.last(CALLS, text)
        assert "query_capacity" in calls_of(turn)
        assert ("book_appointment", "done") not in [(use.name, use.result) for use in turn.tools]


@pytest.mark.parametrize("text", ["Do I have enough RNs for the night shift on 5W?", "staffing on 5 West overnight?"])
def test_a_night_without_a_day_is_the_coming_one(line: Line, text: str) -> None:
    args = calls_of(line.last(NURSE, text))["query_capacity"]
    assert args["start"] == "2026-09-14T19:00:00-05:00"
    assert args["end"] == "2026-09-15T07:00:00-05:00"


def test_the_coming_week_begins_now(line: Line) -> None:
    args = calls_of(line.last(SUPPLY, "show implant shortages for the coming week by case"))["query_inventory"]
    assert args["start"] == "2026-09-14T08:00:00-05:00"
    assert args["end"] == "2026-09-21T08:00:00-05:00"


@pytest.mark.parametrize(
    "text", ["Requisition 2 x KNEE-REV-3", "buy 2 revision knee sets please", "2 x KNEE-REV-3, please order them"]
)
def test_orders_are_heard_as_orders(line: Line, text: str) -> None:
    assert calls_of(line.last(SUPPLY, text))["create_requisition"] == {"item": "KNEE-REV-3", "quantity": 2}


def test_a_requisition_number_is_looked_up(line: Line) -> None:
    assert calls_of(line.last(SUPPLY, "what's the status of requisition 1005"))["query_erp"] == {
        "requisition": "REQ-1005"
    }


def requested(line: Line) -> list[tuple[SurgicalCase, Patient]]:
    with line.store.reading() as world:
        cases = [case for case in world.find(SurgicalCase, state="requested") if case.patient_id]
        return [
            (case, patient) for case in cases if case.patient_id and (patient := world.get(Patient, case.patient_id))
        ]


@pytest.mark.parametrize("text", ["Put Mr. Jones on for tomorrow.", "add jones to tomorrow's list"])
def test_who_is_meant_is_settled_by_two_identifiers(line: Line, text: str) -> None:
    fitting = [pair for pair in requested(line) if pair[1].name.endswith(" Jones")]
    assert len(fitting) == 2
    turn = line.last(SCHEDULER, text)
    assert turn.outcome == "clarify"
    assert "record number and date of birth" in turn.text
    for case, patient in fitting:
        assert any(
            patient.id in choice and f"{patient.birth_date:%d %b %Y}" in choice and case.id in choice
            for choice in choices_of(turn)
        )


def test_a_record_number_and_birth_date_resume_the_scheduling(line: Line) -> None:
    case, patient = next(pair for pair in requested(line) if pair[1].name.endswith(" Jones"))
    turn = line.last(SCHEDULER, "Put Mr. Jones on for tomorrow.", f"{patient.id}, born {patient.birth_date:%d %b %Y}")
    assert calls_of(turn)["propose_allocation"]["case"] == case.id
    assert calls_of(turn)["propose_allocation"]["day"] == "2026-09-15"


def test_a_wrong_birth_date_stops_the_scheduling(line: Line) -> None:
    _, patient = next(pair for pair in requested(line) if pair[1].name.endswith(" Jones"))
    turn = line.last(SCHEDULER, "Put Mr. Jones on for tomorrow.", f"{patient.id}, born 1 Jan 1931")
    assert turn.outcome == "clarify"
    assert "date of birth" in turn.text
    assert not turn.tools


@pytest.mark.parametrize(
    ("user", "text"),
    [
        (SCHEDULER, "Who'd need to agree if we release a block early?"),
        (SUPPLY, "who approves it when we order 4 KNEE-REV-3?"),
        (CALLS, "How do I cancel a visit?"),
        (SCHEDULER, "Do we order 4 KNEE-REV-3 or not?"),
    ],
)
def test_a_question_writes_nothing(line: Line, user: str, text: str) -> None:
    before = plans(line)
    turn = line.last(user, text)
    assert turn.outcome == "answer"
    assert plans(line) == before
    assert all(use.effect == "read" for use in turn.tools)


def test_a_polite_request_is_a_request(line: Line) -> None:
    turn = line.last(SUPPLY, "could you order 2 CUP-C please?")
    assert calls_of(turn)["create_requisition"] == {"item": "CUP-C", "quantity": 2}


@pytest.mark.parametrize(
    ("user", "text", "said"),
    [
        (SCHEDULER, "OR time at Springfield on Thursday?", "Springfield"),
        (SCHEDULER, "what does Dr. Smith have on Thursday", "Dr. Smith"),
        (SCHEDULER, "is OR 99 free Thursday", "OR 99"),
        (SUPPLY, "order 4 HIP-REV-8", "HIP-REV-8"),
        (SUPPLY, "order 3 of FOO-9", "FOO-9"),
        (SUPPLY, "order -3 HIP-REV-7", "-3"),
        (SUPPLY, "order 0 HIP-REV-7", "0"),
        (SUPPLY, "order 999999 HIP-REV-7", "999999"),
        (SUPPLY, "order 4 HIP-REV-7 by last Friday", "last Friday"),
        (SCHEDULER, "open OR time yesterday?", "esterday"),
        (SCHEDULER, "Which ORs have open time at Harbor on 3 March 2024?", "is over already"),
        (CALLS, "Book patient 88213 for an MRI last Thursday at 9:40", "ast Thursday"),
        (CALLS, "book 99999999 for MRI brain Thursday 10:00", "99999999"),
        (CALLS, "🙂🙂", "words"),
        (CALLS, "   ", "empty"),
        (SCHEDULER, "Welche Säle sind morgen frei?", "English"),
        (SCHEDULER, "¿Qué quirófanos están libres mañana?", "English"),
        (SCHEDULER, "Quelles salles sont libres demain ?", "English"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_written(line: Line, user: str, text: str, said: str) -> None:
    before = plans(line)
    turn = line.last(user, text)
    assert turn.outcome == "clarify"
    assert said in turn.text
    assert plans(line) == before


def test_control_characters_do_no_harm(line: Line) -> None:
    turn = line.last(NURSE, "beds on\x00 5 West\x07?")
    assert calls_of(turn)["query_capacity"]["unit"] == "northgate-5-west"


def test_a_room_moves_along_to_another_site_and_day(line: Line) -> None:
    turns = line.talk(SCHEDULER, "Is OR 4 free on Thursday?", "and at Lakeside?", "what about Friday", "and OR 2?")
    rooms = [(calls_of(turn)["query_capacity"]["room"], calls_of(turn)["query_capacity"]["day"]) for turn in turns]
    assert rooms == [
        ("northgate-or-4", "2026-09-17"),
        ("lakeside-or-4", "2026-09-17"),
        ("lakeside-or-4", "2026-09-18"),
        ("lakeside-or-2", "2026-09-18"),
    ]


def test_a_visit_type_and_service_are_carried_over(line: Line) -> None:
    turns = line.talk(CALLS, "Earliest new-patient derm at Lakeside?", "and at Northgate?", "what about cardiology")
    args = [calls_of(turn)["query_capacity"] for turn in turns]
    assert [(one["site"], one["service"], one["visit_type"]) for one in args] == [
        ("lakeside", "dermatology", "new-patient"),
        ("northgate", "dermatology", "new-patient"),
        ("northgate", "cardiology", "new-patient"),
    ]


def test_not_that_doctor_offers_somebody_else(line: Line) -> None:
    first, second = line.talk(CALLS, "Earliest new-patient derm at Lakeside?", "no, not that doctor")
    doctor = first.text.split(" with ")[1].split(";")[0].split(" (")[0].strip()
    assert second.outcome in ("answer", "clarify")
    assert f"with {doctor} at" not in second.text
    assert doctor in second.text


def test_a_search_is_refined_and_an_option_chosen(line: Line) -> None:
    first, second, third = line.talk(SCHEDULER, SEARCH, "make it 2 hours", "the second one")
    assert first.options
    again = calls_of(second)["propose_allocation"]
    assert again["minutes"] == 120
    assert set(again["equipment"]) == {"c-arm", "cell-saver"}
    assert again["post_op_level"] == "icu"
    assert calls_of(third)["submit_plan"]["plan"] == second.options[1].plan_id


def test_answers_to_our_questions_go_on_with_the_order(line: Line) -> None:
    turns = line.talk(SUPPLY, "I want to order some sets", "SCREW-P6", "2")
    assert [turn.outcome for turn in turns[:2]] == ["clarify", "clarify"]
    assert calls_of(turns[2])["create_requisition"] == {"item": "SCREW-P6", "quantity": 2}


def test_after_a_digression_the_open_question_can_be_answered(line: Line) -> None:
    turns = line.talk(SUPPLY, "I need to order SHOULDER-1", "how many CUP-A are on the shelf?", "3")
    assert calls_of(turns[1])["query_inventory"]["item"] == "CUP-A"
    assert calls_of(turns[2])["create_requisition"] == {"item": "SHOULDER-1", "quantity": 3}


def test_a_waiting_plan_is_explained_and_taken_back(line: Line) -> None:
    waits, why, who, back = line.talk(
        SUPPLY, "order 4 STEM-9", "why does it need the director?", "who has to approve that?", "withdraw it"
    )
    assert waits.outcome == "await_approval"
    assert waits.plan is not None
    assert waits.plan.id in why.text
    assert waits.plan.id in who.text
    assert calls_of(back)["withdraw_request"]["plan"] == waits.plan.id


def test_a_new_matter_takes_nothing_from_the_old_one(line: Line) -> None:
    _, second = line.talk(SCHEDULER, "Is OR 4 at Lakeside free on Thursday?", "how are the beds looking right now?")
    args = calls_of(second)["query_capacity"]
    assert args["subject"] == "beds"
    assert not args.keys() & {"room", "site", "day"}


def test_another_unit_keeps_the_night(line: Line) -> None:
    _, second = line.talk(NURSE, "Do we have enough nurses tonight?", "and 2 West?")
    args = calls_of(second)["query_capacity"]
    assert args["unit"] == "northgate-2-west"
    assert args["start"] == "2026-09-14T19:00:00-05:00"


def test_asking_why_does_not_do_it_again(line: Line) -> None:
    before = plans(line)
    ordered, why = line.talk(SUPPLY, "Order 3 of HIP-REV-7", "and why?")
    assert [use.name for use in ordered.tools if use.effect == "write"] == ["create_requisition"]
    assert not [use.name for use in why.tools if use.effect == "write"]
    assert plans(line) == before + 1


def test_a_number_alone_is_another_case(line: Line) -> None:
    _, second = line.talk(SCHEDULER, "show me case 401", "and 402?")
    assert "CASE-402" in str(calls_of(second))


def test_make_it_changes_the_matter_and_chooses_nothing(line: Line) -> None:
    _, second = line.talk(NURSE, "Who can cover tonight on 5 West?", "make it tomorrow night")
    assert "submit_plan" not in calls_of(second)
    assert calls_of(second)["query_capacity"]["start"].startswith("2026-09-15")


def test_what_was_lost_is_what_is_moved(line: Line) -> None:
    _, second = line.talk(
        SCHEDULER, "OR 6 has a leak, out until 3pm", "which cases are affected and where could they go?"
    )
    assert not [use.name for use in second.tools if use.effect == "write" and use.name != "propose_allocation"]


@pytest.mark.parametrize("text", ["agency share on 5 West in August?", "5 West overtime in July?"])
def test_a_question_changes_nothing(line: Line, text: str) -> None:
    assert not [use.name for use in line.last(NURSE, text).tools if use.effect == "write"]
