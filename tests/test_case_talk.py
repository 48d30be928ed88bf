"""Operations in talk: bare case numbers, "it" after a case, several at once, and what is not to be done."""

import pytest
from conftest import SANDBOX_NOW
from talking import Line, calls_of

from agent.planners.embedded.bare_numbers import with_bare_records
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.lexicon import Mention
from agent.planners.embedded.spelling import with_apostrophes
from agent.planners.embedded.time_short import hours_in_full
from middleware.store.database import SqlStore

SCHEDULER, CHARGE, SUPPLY, IMAGING = "or.scheduler", "or.charge", "supply.lead", "imaging.manager"


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("shove 403 to the afternoon", ["403"]),
        ("trade 401 for 402", ["401", "402"]),
        ("what's 503 waiting for", ["503"]),
        ("is the room free at 420", []),
        ("finish by 515", []),
        ("get 510 gloves", []),
        ("500 of them", []),
        ("room 401", []),
        ("$420 too much", []),
        ("514 x CUP-B", []),
        ("call 555-0402", []),
    ],
)
def test_a_bare_number_is_a_case_where_it_can_be_one(sandbox_store: SqlStore, text: str, cases: list[str]) -> None:
    with sandbox_store.reading() as world:
        times = read_dates(text, SANDBOX_NOW, SANDBOX_NOW.tzinfo)  # type: ignore[arg-type]
        found, _ = with_bare_records(text, [], times, world)
    assert [one.words for one in found] == cases


def test_a_number_before_an_item_counts_it(sandbox_store: SqlStore) -> None:
    text = "could use 514 CUP-B"
    item = Mention("item", text.index("CUP"), len(text), "CUP-B")
    with sandbox_store.reading() as world:
        assert with_bare_records(text, [item], (), world)[0] == [item]


def test_hours_and_apostrophes_may_be_left_short() -> None:
    assert hours_in_full("out 0645-0915") == "out 06:45 to 09:15"
    assert hours_in_full("bed 4-201, ext 555-1234") == "bed 4-201, ext 555-1234"
    assert with_apostrophes("dont, whats wont") == "don't, what's won't"


@pytest.mark.parametrize("deed", ["bump {}", "push {} back half an hour", "shift {} to 2 pm", "swap {} with 403"])
def test_a_verb_before_a_case_changes_it(line: Line, deed: str) -> None:
    turn = line.last(SCHEDULER, deed.format(402))
    assert calls_of(turn).keys() & {"change_case", "propose_allocation"}


def test_it_is_the_case_that_was_shown_on_its_own_day(line: Line) -> None:
    _, moved = line.talk(SCHEDULER, "pull up case 503", "slide it to 10 am")
    change = calls_of(moved)["change_case"]
    assert change["cases"] == ["CASE-503"]
    assert change["start"].startswith("2026-09-15T10:00")


def test_them_are_the_two_cases_spoken_about(line: Line) -> None:
    turn = line.last(SCHEDULER, "show CASE-402", "and 403", "swap them")
    assert calls_of(turn)["change_case"] == {"change": "swap", "cases": ["CASE-402", "CASE-403"]}


def test_two_cases_to_two_rooms_are_asked_about(line: Line) -> None:
    turn = line.last(SCHEDULER, "shift 402 into OR 7 and 403 into OR 9")
    assert turn.outcome == "clarify"
    assert not calls_of(turn)


@pytest.mark.parametrize("text", ["don't release Lund's block", "please do not cancel 514", "no need to bump 402"])
def test_what_is_not_to_be_done_is_not_done(line: Line, text: str) -> None:
    assert not calls_of(line.last(SCHEDULER, text))


def test_two_lost_rooms_are_both_looked_at_and_nothing_is_sent(line: Line) -> None:
    turn = line.last(CHARGE, "OR 3 and OR 5 have no power tomorrow, find places for the cases")
    asked = [use.args["room"] for use in turn.tools if use.name == "propose_allocation"]
    assert asked == ["northgate-or-3", "northgate-or-5"]
    assert "submit_plan" not in calls_of(turn)


def test_a_surgeon_who_is_away_is_looked_at_and_nothing_is_sent(line: Line) -> None:
    turn = line.last(SCHEDULER, "Dr. Petrov can't operate on Thursday")
    assert "submit_plan" not in calls_of(turn)
    assert calls_of(turn)["propose_allocation"]["clinician"] == "surgeon.petrov"


def test_trouble_that_is_denied_blocks_nothing(line: Line) -> None:
    called = calls_of(line.last(CHARGE, "OR 8 isn't leaking after all"))
    assert called.get("record_event", {}).get("status") != "blocked"


def test_a_question_what_would_be_best_changes_nothing(line: Line) -> None:
    for text in ("should I release Adeyemi's Wednesday?", "ought we to cancel 516?", "should we order 3 CUP-A?"):
        called = calls_of(line.last(SCHEDULER, text))
        assert not called.keys() & {"release_block", "change_case", "create_requisition"}, text


def test_what_is_over_blocks_nothing(line: Line) -> None:
    assert "record_event" not in calls_of(line.last(CHARGE, "OR 11 had no power yesterday"))


def test_a_device_is_known_by_its_number_or_asked_for(line: Line) -> None:
    asked, picked = line.talk(CHARGE, "the c-arm fell over and is broken", "C-arm 2")
    assert asked.outcome == "clarify"
    assert calls_of(picked)["record_event"]["subject"] == "equipment"
    numbered = calls_of(line.last(CHARGE, "c-arm 1 is broken"))
    assert numbered["record_event"]["name"] != calls_of(picked)["record_event"]["name"]


def test_a_surgeon_who_takes_another_implant_speaks_for_own_cases(line: Line) -> None:
    called = calls_of(line.last("surgeon.petrov", "I'll take CUP-B on Thursday"))
    assert called["substitute_item"]["cases"] == ["CASE-516"]


def test_a_day_before_which_it_must_be_is_where_the_search_ends(line: Line) -> None:
    called = calls_of(line.last(SCHEDULER, "find Osei a spot for a spinal fusion before the 25th"))[
        "propose_allocation"
    ]
    assert (called["start"][:10], called["end"][:10]) == ("2026-09-14", "2026-09-25")
    called = calls_of(line.last(SCHEDULER, "what's open in theatre Wednesday or Thursday"))["query_capacity"]
    assert (called["start"][:10], called["end"][:10]) == ("2026-09-16", "2026-09-18")


@pytest.mark.parametrize("text", ["Varga isn't happy with CUP-B on 514", "Petrov refuses CUP-B for 516"])
def test_an_implant_that_is_declined_is_not_planned(line: Line, text: str) -> None:
    assert "substitute_item" not in calls_of(line.last(SUPPLY, text))


def test_the_number_of_a_case_is_no_quantity(line: Line) -> None:
    asked = line.last(SUPPLY, "order HIP-REV-7 for 510")
    assert "create_requisition" not in calls_of(asked)
    assert calls_of(line.last(SUPPLY, "any word on 1042?"))["query_erp"]["requisition"] == "REQ-1042"


def test_a_delay_by_a_bare_number_is_minutes(line: Line) -> None:
    assert calls_of(line.last(CHARGE, "delay 403 by 25"))["change_case"]["later_minutes"] == 25


def test_a_band_said_outranks_the_name_of_a_list(line: Line) -> None:
    turn = line.last(CHARGE, "for the emergency list: appendectomy, expedited, says Dr. Marchetti")
    assert calls_of(turn)["propose_allocation"]["urgency"] == "expedited"


def test_a_surgeon_who_is_ill_says_so_and_sees_what_that_hits(line: Line) -> None:
    turn = line.last("surgeon.osei", "I'm ill, I can't come in tomorrow")
    assert calls_of(turn)["propose_allocation"]["clinician"] == "surgeon.osei"
    assert "submit_plan" not in calls_of(turn)


def test_what_is_only_thought_about_is_not_done(line: Line) -> None:
    assert "release_block" not in calls_of(line.last("surgeon.lund", "I might not need my Friday"))
    called = calls_of(line.last(SUPPLY, "could we buy 2 CUP-A if we wanted to"))
    assert "create_requisition" not in called


def test_the_rest_of_a_block_begins_where_its_use_ends(line: Line) -> None:
    turn = line.last(SCHEDULER, "Adeyemi needs his Wednesday block until 1 pm, release the rest")
    assert calls_of(turn)["release_block"]["start"].startswith("2026-09-16T13:00")


def test_a_case_with_a_band_is_an_add_on(line: Line) -> None:
    turn = line.last(CHARGE, "place a hip fracture with Dr. Lund, expedited, c-arm in the room")
    assert calls_of(turn)["propose_allocation"]["goal"] == "add_on"


def test_since_says_when_it_began(line: Line) -> None:
    called = calls_of(line.last(CHARGE, "CT 2 broken since 6"))
    assert "until" not in called["record_event"]


@pytest.mark.parametrize("text", ["OR 6 has no power on Saturday", "CT 2 is out of order Friday 8 to 10"])
def test_what_is_out_on_a_later_day_is_not_blocked_now(line: Line, text: str) -> None:
    assert "record_event" not in calls_of(line.last(CHARGE, text))


def test_a_part_of_a_block_is_given_back(line: Line) -> None:
    called = calls_of(line.last(SCHEDULER, "release Dr. Adeyemi's Wednesday block after 1 pm"))
    assert called["release_block"]["start"].startswith("2026-09-16T13:00")


def test_another_set_that_is_not_named_is_asked_for(line: Line) -> None:
    turn = line.last(SCHEDULER, "change the tray on CASE-509 to the other revision set")
    assert turn.outcome == "clarify"
    assert "HIP-REV-7" in turn.text


@pytest.mark.parametrize("text", ["CUP-B on 516 please", "use CUP-B for 516", "516 gets CUP-B"])
def test_what_is_not_planned_comes_instead_of_what_is(line: Line, text: str) -> None:
    called = calls_of(line.last(SUPPLY, text))["substitute_item"]
    assert (called["item"], called["substitute"], called["cases"]) == ("CUP-A", "CUP-B", ["CASE-516"])


def test_asking_whether_another_item_will_do_asks_no_surgeon(line: Line) -> None:
    turn = line.last(SUPPLY, "could CASE-515 have CUP-B instead?")
    assert "substitute_item" not in calls_of(turn)


def test_a_corrected_order_takes_the_place_of_the_first(line: Line) -> None:
    _, second = line.talk(SUPPLY, "order one KNEE-STD", "no, three")
    called = calls_of(second)
    assert called["create_requisition"]["quantity"] == 3
    assert "withdraw_request" in called


def test_cups_are_counted_each_and_asked_about_before_an_order(line: Line) -> None:
    counted = line.last(SUPPLY, "how many cups are left")
    assert counted.outcome == "answer"
    assert all(f"{item} Acetabular" in counted.text for item in ("CUP-A", "CUP-B"))
    ordered = line.last(SUPPLY, "buy two cups")
    assert ordered.outcome == "clarify"
    assert "CUP-A" in ordered.text


def test_whether_a_loaner_comes_in_time_is_about_its_case(line: Line) -> None:
    called = calls_of(line.last(SCHEDULER, "will LS-204 make it for CASE-503?"))
    assert called["query_inventory"] == {"about": "loaners", "item": "LS-204", "case": "CASE-503"}


def test_a_room_is_held_for_half_an_hour(line: Line) -> None:
    _, second = line.talk(SCHEDULER, "is OR 9 free on Thursday?", "hold it 1 to 2 pm")
    held = calls_of(second)["hold_slot"]
    assert (held["room"], held["start"][:16]) == ("northgate-or-9", "2026-09-17T13:00")
    assert line.last(SCHEDULER, "hold OR 9 on Thursday").outcome == "clarify"


def test_the_other_room_may_be_a_bare_number(line: Line) -> None:
    _, other = line.talk(SCHEDULER, "is OR 9 open on Thursday?", "and 7?")
    assert calls_of(other)["query_capacity"]["room"] == "northgate-or-7"


def test_a_scanner_that_was_unclear_is_settled_by_its_site(line: Line) -> None:
    turn = line.last(IMAGING, "plan maintenance on CT 2", "next Tuesday 7 to 11", "the one at Lakeside")
    assert calls_of(turn)["request_maintenance"]["room"] == "lakeside-ct-2"


def test_why_a_requisition_waits_is_told_by_the_erp(line: Line) -> None:
    turn = line.last(SUPPLY, "where is REQ-1042", "why is it waiting?")
    assert calls_of(turn)["query_erp"]["requisition"] == "REQ-1042"
