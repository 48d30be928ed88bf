"""How people in operating rooms say which room and which operation they mean, and what only asks or tells."""

import pytest
from conftest import SANDBOX_NOW
from talking import Line, calls_of

from agent.planners.embedded.bare_rooms import with_rooms_in_full
from agent.planners.embedded.date_values import Window
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.deeds import asks_to_know
from agent.planners.embedded.time_short import hours_in_full
from hospital.model.people import User
from policies.plans import Plan

SCHEDULER, CHARGE, SUPPLY, NURSE = "or.scheduler", "or.charge", "supply.lead", "charge.5west"
OSEI, VARGA, LUND = "surgeon.osei", "surgeon.varga", "surgeon.lund"
CHANGES = {"change_case", "submit_plan", "release_block", "create_requisition", "record_event"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("what's on in 4 at 1 pm", "what's on in OR 4 at 1 pm"),
        ("is 7 free tomorrow", "is OR 7 free tomorrow"),
        ("7 is being cleaned", "OR 7 is being cleaned"),
        ("we lost 4 for the rest of the day", "we lost OR 4 for the rest of the day"),
        ("back in 4 hours", "back in 4 hours"),
        ("start in 3 please", "start in 3 please"),
        ("put them in 14 today", "put them in 14 today"),
    ],
)
def test_a_number_is_a_room_where_rooms_are_called_so(line: Line, text: str, meant: str) -> None:
    with line.store.reading() as world:
        charge, nurse = world.get(User, CHARGE), world.get(User, NURSE)
    assert charge is not None
    assert nurse is not None
    assert with_rooms_in_full(text, charge, range(1, 13)) == meant
    assert with_rooms_in_full(text, nurse, range(1, 13)) == text


@pytest.mark.parametrize(
    ("user", "text", "case"),
    [
        (SCHEDULER, "tell me about the 1300 in OR 4", "CASE-403"),
        (CHARGE, "who's in room 2 at ten", "CASE-420"),
        (OSEI, "what's my first case tomorrow", "CASE-503"),
        (SCHEDULER, "details of the last one in OR 4 today", "CASE-403"),
    ],
)
def test_an_operation_is_known_by_its_hour_or_place(line: Line, user: str, text: str, case: str) -> None:
    assert calls_of(line.last(user, text))["query_schedule"] == {"case": case}


def test_it_is_then_the_operation_that_is_moved(line: Line) -> None:
    moved = calls_of(line.last(SCHEDULER, "tell me about the 1300 in OR 4", "push it back half an hour"))
    assert moved["change_case"] == {"cases": ["CASE-403"], "later_minutes": 30}


def test_the_room_and_hour_it_has_are_not_where_it_goes(line: Line) -> None:
    moved = calls_of(line.last(SCHEDULER, "move the 10:30 in OR 4 to 3pm"))
    assert moved["change_case"]["cases"] == ["CASE-402"]
    assert moved["change_case"]["start"] == "2026-09-14T15:00:00-05:00"
    assert "room" not in moved["change_case"]


def test_a_surgeon_who_says_my_means_their_own(line: Line) -> None:
    assert calls_of(line.last(OSEI, "how long do my fusions take"))["predict_duration"]["clinician"] == OSEI
    assert calls_of(line.last(LUND, "is anything of mine short on thursday"))["query_inventory"]["surgeon"] == LUND


def test_a_shortage_is_that_of_the_surgeon_named(line: Line) -> None:
    told = line.last(SUPPLY, "what's missing for Varga on thursday").text
    assert "CASE-510" in told
    assert "CASE-515" not in told


@pytest.mark.parametrize(
    ("user", "text"),
    [
        (VARGA, "would CUP-B even work as a swap for CUP-A?"),
        (SUPPLY, "Petrov doesn't like B cups. does Lund?"),
        ("surgeon.adeyemi", "my block is not to be given away"),
        (OSEI, "block next tuesday stays mine"),
        (OSEI, "I need my block, so I'm hanging on to my tuesday list"),
        (SUPPLY, "don't order any more hip trays until further notice"),
        (SUPPLY, "we already ordered the hip trays"),
        (CHARGE, "if we had to shut OR 3 tomorrow how bad would it be"),
        (CHARGE, "could OR 9 take them if OR 2 was lost tomorrow?"),
    ],
)
def test_what_only_asks_supposes_or_forbids_changes_nothing(line: Line, user: str, text: str) -> None:
    turn = line.last(user, text)
    assert turn.outcome != "await_approval"
    assert not CHANGES & {use.name for use in turn.tools}


def test_a_room_that_is_in_use_again_is_not_lost(line: Line) -> None:
    turn = line.last(CHARGE, "they have mopped up, theatre 8 can be used again")
    assert not {"submit_plan", "propose_allocation"} & {use.name for use in turn.tools}


def test_out_until_a_day_is_from_now_on_and_not_on_that_day(line: Line) -> None:
    called = calls_of(line.last(CHARGE, "OR 8 is out until wednesday, burst pipe"))
    assert called["record_event"]["until"] == "2026-09-16T00:00:00-05:00"
    assert "request_maintenance" not in called


def test_two_surgeons_each_get_their_own_plan(line: Line) -> None:
    turn = line.last(SUPPLY, "use CUP-B for Lund and for Petrov on thursday")
    with line.store.reading() as world:
        plans = [plan for plan in world.find(Plan, asked_by=SUPPLY) if "CUP-B" in plan.title]
    assert turn.outcome == "await_approval"
    assert {name for name in ("Lund", "Petrov", "Varga") for plan in plans if name in plan.title} == {
        "Lund",
        "Petrov",
    }


def test_a_length_within_a_part_of_a_day_is_no_whole_part(line: Line) -> None:
    asked = calls_of(line.last(CHARGE, "plan the filter change in OR 9 for saturday morning, 3 hours"))
    assert (asked["request_maintenance"]["start"][11:16], asked["request_maintenance"]["end"][11:16]) == (
        "07:00",
        "10:00",
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("next fortnight", "2026-09-14", "2026-09-28"),
        ("w/c 21st", "2026-09-21", "2026-09-28"),
        ("thursday week", "2026-09-24", "2026-09-25"),
    ],
)
def test_a_fortnight_and_a_week_after(text: str, start: str, end: str) -> None:
    found = read_dates(hours_in_full(text), SANDBOX_NOW, SANDBOX_NOW.tzinfo)  # type: ignore[arg-type]
    assert len(found) == 1
    assert isinstance(found[0], Window)
    assert (found[0].start.date().isoformat(), found[0].end.date().isoformat()) == (start, end)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("is cup B as good as cup A?", True),
        ("Lund is fine with it. is Petrov?", True),
        ("would you order two?", False),
        ("please order two. is that in budget?", False),
    ],
)
def test_a_question_about_others_is_one(text: str, asks: bool) -> None:
    assert asks_to_know(text) is asks


def test_a_change_to_what_was_shown_is_shown_and_not_sent(line: Line) -> None:
    shown, changed = line.talk(
        "or.charge", "OR 4 is flooded, where can its cases go?", "and if it stays shut tomorrow too"
    )
    assert shown.outcome == "propose"
    assert all(use.effect == "read" for use in changed.tools)
