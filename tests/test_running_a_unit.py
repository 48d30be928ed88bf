"""Whoever runs a unit is understood: its beds by number, its shifts, its nurses, and what would be."""

import pytest
from talking import Line, calls_of

from hospital.cards import TableCard
from hospital.model.people import Encounter

NURSE, BEDS, SUPERVISOR, LAKESIDE = (
    "charge.5west",
    "capacity.manager",
    "nursing.supervisor",
    "capacity.manager.lakeside",
)


@pytest.mark.parametrize(
    ("user", "text", "bed"),
    [
        (NURSE, "bed 17, anyone in it?", "5-117"),
        (BEDS, "is bed 6 on 4 North taken", "4-206"),
        (LAKESIDE, "what's up with bed 9 on 2 East?", "2-309"),
    ],
)
def test_a_bed_by_its_number_is_one_of_the_unit_spoken_about(line: Line, user: str, text: str, bed: str) -> None:
    assert calls_of(line.last(user, text))["query_capacity"]["bed"] == bed


def test_a_bed_number_without_a_unit_is_asked_about(line: Line) -> None:
    turn = line.last(BEDS, "bed 7 has a snapped rail")
    assert (turn.outcome, turn.tools) == ("clarify", ())
    assert "4-207, 4 North, Northgate" in turn.text


@pytest.mark.parametrize(
    "text",
    [
        "Novak from 4 North bed 4 over to 5 West", "put Keller into 4-212", "novak to 4-212 please",
        "the patient on 2 West moves to 4 North", "give the second one bed 4-212",
    ],
)  # fmt: skip
def test_nobody_else_gets_the_bed_of_somebody_who_was_not_made_out(line: Line, text: str) -> None:
    turn = line.last(BEDS, text)
    for call in turn.tools:
        assert call.name != "assign_bed" or call.args.get("patient")
    assert turn.outcome not in ("await_approval", "delivered")


def test_whoever_lies_in_a_bed_is_moved_from_it_and_whoever_waited_longest_is_found(line: Line) -> None:
    moved = calls_of(line.last(BEDS, "shift 5-112 over to 3 East"))["assign_bed"]
    longest = calls_of(line.last(BEDS, "4-212 for whoever has been waiting longest"))["assign_bed"]
    with line.store.reading() as world:
        lies, waits = (world.get(Encounter, call["patient"]) for call in (moved, longest))
        boarders = world.find(Encounter, site_id="northgate", state="boarding", order="admitted_at")
    assert lies is not None
    assert lies.bed_id == "northgate-5-112"
    assert moved["unit"] == "northgate-3-east"
    assert waits == boarders[0]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("staffing 19-07 on 2 West", "2026-09-14T19:00", "2026-09-15T07:00"),
        ("2 West RNs Thursday 0700-1930", "2026-09-17T07:00", "2026-09-17T19:30"),
        ("are we short on 2 West for the 3-11 shift", "2026-09-14T15:00", "2026-09-14T23:00"),
        ("do I have enough nurses on 2 West after lunch", "2026-09-14T12:00", "2026-09-14T17:00"),
        ("2 West RNs 2nite", "2026-09-14T19:00", "2026-09-15T07:00"),
        ("nurses on 2 West, Friday days", "2026-09-18T07:00", "2026-09-18T19:00"),
        ("is 2 West staffed the night of the 18th", "2026-09-18T19:00", "2026-09-19T07:00"),
    ],
)
def test_shifts_are_read_as_rosters_write_them(line: Line, text: str, start: str, end: str) -> None:
    args = calls_of(line.last(SUPERVISOR, text))["query_capacity"]
    assert (args["subject"], args["start"][:16], args["end"][:16]) == ("staff", start, end)


@pytest.mark.parametrize(
    ("before", "then", "when"),
    [
        ("ICU nurse numbers next week", "Thursday", {"day": "2026-09-24"}),
        ("how many RNs on 2 West Wednesday", "the day after?", {"day": "2026-09-17"}),
        ("how many RNs on 2 West Wednesday", "and nights", {"start": "2026-09-16T19:00:00-05:00"}),
        ("staffing on 4 North tomorrow night", "the night before", {"start": "2026-09-14T19:00:00-05:00"}),
    ],
)
def test_a_follow_up_leans_on_the_time_spoken_about(line: Line, before: str, then: str, when: dict[str, str]) -> None:
    args = calls_of(line.talk(SUPERVISOR, before, then)[-1])["query_capacity"]
    assert args.items() >= when.items()


def test_beds_to_come_are_foreseen_in_a_follow_up(line: Line) -> None:
    _, ahead = line.talk(BEDS, "how full is 2 West", "and by 9 tonight?")
    assert calls_of(ahead)["forecast_demand"]["unit"] == "northgate-2-west"


@pytest.mark.parametrize(
    ("text", "unit"),
    [("do we make the numbers on telemetry tonight", "northgate-4-north"),
     ("is step-down short of RNs tomorrow", "northgate-3-east")],
)  # fmt: skip
def test_a_kind_of_care_is_the_one_unit_that_gives_it(line: Line, text: str, unit: str) -> None:
    assert calls_of(line.last(SUPERVISOR, text))["query_capacity"]["unit"] == unit


@pytest.mark.parametrize(
    ("user", "text", "assumed"),
    [
        (NURSE, "if our census hits 29, how many RNs is that", {"kind": "census", "count": 29}),
        (NURSE, "if I lose another RN tonight, am I still in ratio", {"kind": "nurses_missing", "count": 1}),
        (NURSE, "what if Keller calls in sick tonight", {"kind": "nurses_missing", "count": 1}),
        (BEDS, "what if we opened 3 on 3 East", {"kind": "beds_opened", "count": 3, "unit": "northgate-3-east"}),
        (NURSE, "I might lose a nurse at 3, do we still make ratio", {"kind": "nurses_missing", "count": 1}),
        (NURSE, "ED could send 2 more, are we still legal?", {"kind": "more_in_beds", "unit": "northgate-5-west"}),
        (BEDS, "what if only a third of the discharges happen", {"kind": "late_discharges", "percent": 33}),
        (NURSE, "what if three go home ill tonight", {"kind": "nurses_missing", "count": 3}),
        (BEDS, "would 4 extra step-down beds help tonight", {"kind": "beds_opened", "count": 4}),
        (BEDS, "suppose two discharges slip", {"kind": "late_discharges", "count": 2}),
        (BEDS, "model the shut beds on 3 East being open, don't do anything", {"kind": "beds_opened"}),
    ],
)
def test_what_is_only_supposed_is_played_through(
    line: Line, user: str, text: str, assumed: dict[str, str | int]
) -> None:
    turn = line.last(user, text)
    assert calls_of(turn)["simulate"]["assumptions"][0].items() >= assumed.items()
    assert turn.outcome == "answer"


def test_another_number_is_assumed_instead(line: Line) -> None:
    turns = line.talk(NURSE, "how many nurses do we need tonight", "and if three more patients come", "with 5?")
    assert [calls_of(turn)["simulate"]["assumptions"][0]["count"] for turn in turns[1:]] == [3, 5]
    assert calls_of(turns[1])["simulate"]["about"] == "staff"
    assert calls_of(turns[1])["simulate"]["start"].startswith("2026-09-14T19:00")


def test_late_discharges_leave_more_patients_at_the_end(line: Line) -> None:
    with line.store.reading() as world:
        due = world.count(Encounter, unit_id="northgate-2-west", state="in_bed")
    turn = line.last(BEDS, "what if the discharges on 2 West all slip past midnight")
    table = next(card for card in turn.cards if isinstance(card, TableCard) and card.title.startswith("As it is"))
    change = next(row[4] for row in table.rows if row[1] == "beds needed")
    assert due
    assert isinstance(change, int | float)
    assert change > 0


@pytest.mark.parametrize(
    ("text", "nurses"),
    [("the float pool is dry, buy in two for tonight", 2), ("put in for 3 registry nurses for tonight", 3)],
)
def test_as_many_outside_nurses_as_were_said_are_looked_for(line: Line, text: str, nurses: int) -> None:
    assert calls_of(line.last(NURSE, text))["propose_allocation"]["nurses"] == nurses


def test_an_empty_float_pool_is_no_wish_for_a_float(line: Line) -> None:
    asked = calls_of(line.last(NURSE, "nobody in float, please get an external nurse tonight"))
    assert asked["request_staffing"]["source"] == "agency"


def test_the_work_of_a_missing_nurse_is_covered_and_not_displaced(line: Line) -> None:
    asked = calls_of(line.last(SUPERVISOR, "Priya Nair is off ill, where do her patients go"))
    assert asked["propose_allocation"] == {"goal": "nurse_cover", "unit": "northgate-5-west"}


def test_the_unit_that_nurses_are_sent_to_is_meant(line: Line) -> None:
    asked = calls_of(line.last(SUPERVISOR, "lend 4 North's spare RN to 2 West tomorrow night"))["request_staffing"]
    assert (asked["unit"], asked["from_unit"], asked["source"]) == ("northgate-2-west", "northgate-4-north", "float")


def test_beds_in_all_are_told_from_beds_more(line: Line) -> None:
    for text in ("take 3 East up to 24 beds tonight", "open 4 more on 3 East tonight"):
        assert calls_of(line.last(BEDS, text))["propose_allocation"]["beds"] == 4


def test_a_bed_that_waits_for_housekeeping_is_dirty(line: Line) -> None:
    for text in ("bed 23 is waiting for EVS now", "5-124 was vacated and needs a terminal clean"):
        assert calls_of(line.last(NURSE, text))["record_event"]["status"] == "dirty"


def test_a_question_about_a_bed_gives_it_to_nobody(line: Line) -> None:
    turn = line.last(BEDS, "who's getting 4-213 next?")
    assert not {"assign_bed", "search_handbook"} & set(calls_of(turn))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("could Priya Nair take a night in the ICU tomorrow", "Priya Nair is neither of ICU nor of the float pool"),
        ("is Maria Santos able to do tonight on 5 West", "Maria Santos could come"),
        ("backfill for Priya Nair tonight please", "5 West, Northgate"),
    ],
)
def test_whether_a_person_could_come_is_said_first(line: Line, text: str, said: str) -> None:
    assert line.last(SUPERVISOR, text).text.startswith(said)


def test_the_other_of_two_people_is_the_one_not_taken(line: Line) -> None:
    *_, other = line.talk(NURSE, "could Maria do tonight", "Santos", "no, I mean the other one")
    assert calls_of(other)["propose_allocation"]["staff"] == "rn.keller"


def test_the_house_is_more_than_the_unit_spoken_about(line: Line) -> None:
    _, house = line.talk(BEDS, "how full is 2 West", "and how will the whole house be tonight")
    assert not {"unit", "level"} & calls_of(house)["forecast_demand"].keys()
    _, level = line.talk(BEDS, "telemetry beds?", "how many will be needed by midnight")
    assert calls_of(level)["forecast_demand"]["level"] == "telemetry"
