"""Talk of wards and staffing: beds by their number, nurses who are fewer, patients who come from other hospitals."""

from typing import Any

import pytest
from talking import Line, calls_of

from hospital.cards import TableCard

CHARGE, TELEMETRY, CAPACITY = "charge.5west", "charge.4north", "capacity.manager"


def assumed(line: Line, who: str, *texts: str) -> list[dict[str, Any]]:
    """What the last message assumes, as the tool was asked."""
    return list(calls_of(line.last(who, *texts))["simulate"]["assumptions"])


@pytest.mark.parametrize(
    ("who", "text", "bed"),
    [
        (TELEMETRY, "is 7 free", "4-207"),
        (CHARGE, "is 22 clean now?", "5-122"),
        ("charge.4south.riverside", "has room 9 been cleaned yet?", "4-409"),
    ],
)
def test_a_bare_number_asked_about_on_a_ward_is_one_of_its_beds(line: Line, who: str, text: str, bed: str) -> None:
    assert calls_of(line.last(who, text))["query_capacity"]["bed"] == bed


def test_a_bare_number_told_on_a_ward_is_recorded_for_its_bed(line: Line) -> None:
    told = calls_of(line.last("charge.4south.riverside", "room 12 is blocked, no suction"))["record_event"]
    assert (told["subject"], told["name"], told["status"]) == ("bed", "4-412", "blocked")


def test_each_of_several_beds_is_recorded(line: Line) -> None:
    turn = line.last("charge.2west", "8 and 9 both need cleaning")
    told = [use.args for use in turn.tools if use.name == "record_event"]
    assert [(one["name"], one["status"]) for one in told] == [("2-108", "dirty"), ("2-109", "dirty")]


def test_somebody_who_goes_home_later_changes_no_bed(line: Line) -> None:
    turn = line.last(CHARGE, "19 is going home after lunch")
    assert "record_event" not in calls_of(turn)
    assert turn.plan is None


@pytest.mark.parametrize(
    ("who", "text", "kind", "count", "unit"),
    [
        (
            TELEMETRY,
            "two of mine rang in sick for tonight, am i still legal",
            "nurses_missing",
            2,
            "northgate-4-north",
        ),
        (
            "charge.2north.riverside",
            "thinking of sending one of mine home early, would we still be in ratio",
            "nurses_missing",
            1,
            "riverside-2-north",
        ),
        (
            "charge.3south.lakeside",
            "I'm going to be down to three nurses at 7pm, is that ok",
            "nurses_there",
            3,
            "lakeside-3-south",
        ),
        (
            "charge.2west",
            "lending one rn to 5 west for the night, would that hurt me",
            "nurses_missing",
            1,
            "northgate-2-west",
        ),
    ],
)
def test_nurses_who_will_be_fewer_are_played_through_and_not_recorded(
    line: Line, who: str, text: str, kind: str, count: int, unit: str
) -> None:
    turn = line.last(who, text)
    (only,) = calls_of(turn)["simulate"]["assumptions"]
    assert (only["kind"], only["count"], only["unit"]) == (kind, count, unit)
    assert "record_event" not in calls_of(turn)
    assert turn.plan is None


def test_call_outs_in_the_feed_are_not_assumed_a_second_time(line: Line) -> None:
    turn = line.last(CHARGE, "two of mine rang in sick for tonight, am i still legal")
    assert "simulate" not in calls_of(turn)
    assert "counted already" in turn.text
    assert "6 RNs needed, 4 rostered" in turn.text


def test_call_outs_that_are_known_are_told_beside_those_assumed(line: Line) -> None:
    turn = line.last(CHARGE, "if one more nurse calls out tonight, are we still legal?")
    assert "2 call-outs already counted" in turn.text


def test_patients_from_another_hospital_come_to_the_speakers_own(line: Line) -> None:
    turn = line.last(CAPACITY, "what happens to us if harbor sends five over tonight")
    (only,) = calls_of(turn)["simulate"]["assumptions"]
    assert (only["kind"], only["count"]) == ("more_patients", 5)
    assert "site" not in only
    asked = calls_of(line.last("capacity.manager.lakeside", "any step-down beds? I've a transfer from Northgate"))
    assert "site" not in asked["query_capacity"]


def test_whoever_lies_in_emergency_is_put_where_the_other_bed_is(line: Line) -> None:
    asked = calls_of(line.last(CAPACITY, "get 4-203 for the boarder in ED-6"))["assign_bed"]
    assert (asked["bed"], asked["patient"]) == ("4-203", "ENC-000988")


def test_one_of_the_list_of_those_who_wait_is_given_a_bed(line: Line) -> None:
    first, second = line.talk(CAPACITY, "who is boarding and where could they go", "put the second one in 5-130")
    rows = next(card.rows for card in first.cards if isinstance(card, TableCard))
    assert calls_of(second)["assign_bed"]["patient"] == rows[1][1]


def test_which_unit_has_room_is_asked_of_the_whole_house(line: Line) -> None:
    turn = line.last("charge.2west", "which floor could take two more")
    assert calls_of(turn)["query_capacity"] == {"subject": "beds", "site": "northgate"}
    assert "Available of staffed: 2 West" in turn.text


def test_units_that_are_compared_are_told_one_after_the_other(line: Line) -> None:
    turn = line.last(CAPACITY, "free beds on 2 West and 5 West")
    asked = [use.args["unit"] for use in turn.tools if use.name == "query_capacity"]
    assert asked == ["northgate-2-west", "northgate-5-west"]


def test_doing_what_was_assumed_shows_the_ways_and_does_nothing(line: Line) -> None:
    turn = line.last(CAPACITY, "what if we opened 4 beds on 3 east", "ok do it")
    asked = calls_of(turn)["propose_allocation"]
    assert (asked["goal"], asked["beds"]) == ("surge", 4)
    assert turn.outcome == "propose"


def test_why_after_a_figure_explains_that_figure(line: Line) -> None:
    turn = line.last("nurse.manager.5west", "overtime last month", "why is it up?")
    assert calls_of(turn)["explain_change"]["kpi"] == "overtime"


def test_nobody_is_asked_for_over_a_whole_month(line: Line) -> None:
    turn = line.last("nurse.manager.5west", "request an agency nurse for this month")
    assert turn.plan is None
    assert turn.outcome == "clarify"


def test_anybody_in_the_building_is_sought_at_the_own_site(line: Line) -> None:
    turn = line.last("nursing.supervisor", "is there anybody anywhere in the house who could cover 5 West tonight")
    assert "site" not in calls_of(turn)["propose_allocation"]


def test_the_change_of_shift_is_at_its_hour(line: Line) -> None:
    asked = calls_of(line.last(CAPACITY, "how many beds will we have by shift change"))["forecast_demand"]
    assert asked["end"] == "2026-09-14T19:00:00-05:00"


def test_cover_without_agency_asks_for_none(line: Line) -> None:
    turn = line.last("nursing.supervisor", "get 5 west covered tonight, no agency")
    assert turn.plan is None
    assert calls_of(turn)["propose_allocation"]["unit"] == "northgate-5-west"


def test_hours_more_for_a_nurse_of_ours_are_overtime(line: Line) -> None:
    turn = line.last("nurse.manager.5west", "request overtime for Priya Nair tonight 7 to 11")
    assert calls_of(turn)["request_staffing"]["source"] == "overtime"


def test_a_bed_for_an_operation_is_given_to_no_other_patient(line: Line) -> None:
    turn = line.last(CAPACITY, "assign a bed on 3 East for the CABG coming out at 2")
    assert turn.plan is None


def test_units_left_out_are_not_the_ones_told(line: Line) -> None:
    turn = line.last("capacity.manager", "how many beds are free at Northgate", "leave out the ED and PACU")
    assert calls_of(turn)["query_capacity"].get("unit") is None
