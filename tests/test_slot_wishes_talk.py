"""Free slots as they are wished for: some weekdays, some hours, several sites in one list, and which one is taken."""

from typing import Any

import pytest
from talking import Line, calls_of

from agent.turn import Turn
from hospital.cards import TableCard

CALLER, IMAGING = "callcenter.1", "imaging.manager"


def looked_for(turn: Turn) -> dict[str, Any]:
    return calls_of(turn)["query_capacity"]


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("new patient dermatology at Lakeside, tuesdays or thursdays", {"weekdays": [1, 3]}),
        (
            "what is free for a new patient in urology at Harbor, mornings only?",
            {"not_before": "07:00", "not_after": "12:00"},
        ),
        ("next free ENT follow up at Riverside, any weekday after 3pm", {"weekdays": [0, 1, 2, 3, 4]}),
        ("next free ENT follow up at Riverside, any weekday after 3pm", {"not_before": "15:00"}),
        ("next new patient slot in cardiology at Harbor, no mondays", {"weekdays": [1, 2, 3, 4, 5, 6]}),
    ],
)
def test_weekdays_and_hours_that_are_wished_for_are_looked_for(line: Line, said: str, wished: dict[str, Any]) -> None:
    asked = looked_for(line.last(CALLER, said))
    assert {key: asked.get(key) for key in wished} == wished
    assert "day" not in asked


def test_two_days_that_would_do_are_both_looked_at(line: Line) -> None:
    asked = looked_for(line.last(CALLER, "is there a new patient cardiology slot at Riverside on the 22nd or 24th?"))
    assert asked["weekdays"] == [1, 3]
    assert (asked["start"][:10], asked["end"][:10]) == ("2026-09-22", "2026-09-25")


def test_two_sites_are_one_list_and_its_place_is_what_is_taken(line: Line) -> None:
    asked, taken = line.talk(
        CALLER, "new patient dermatology slots at Harbor or Lakeside?", "the second one, patient 57964"
    )
    rows = next(card for card in asked.cards if isinstance(card, TableCard)).rows
    assert {str(row[3]) for row in rows} <= {"Harbor Dermatology", "Lakeside Dermatology"}
    assert calls_of(taken)["hold_slot"]["slot"] == rows[1][-1]


def test_the_time_of_one_of_the_list_takes_it_and_is_kept_until_the_patient_is_known(line: Line) -> None:
    asked, third, named = line.talk(CALLER, "new patient slots in neurology at Northgate", "the third", "57964")
    rows = next(card for card in asked.cards if isinstance(card, TableCard)).rows
    assert third.outcome == "clarify"
    assert calls_of(named)["hold_slot"]["slot"] == rows[2][-1]


def test_scanner_times_of_two_sites_are_one_list(line: Line) -> None:
    asked = line.last(CALLER, "next free MRI at Lakeside or Riverside tomorrow")
    table = next(card for card in asked.cards if isinstance(card, TableCard))
    assert table.columns[3] == "Site"
    starts = [str(row[1]) for row in table.rows]
    assert len(starts) == 3
    assert starts == sorted(starts)


def test_the_day_a_visit_cannot_be_is_not_where_it_is_moved_to(line: Line) -> None:
    told = line.last(CALLER, "friday doesn't suit patient 75747, the week after is fine")
    asked = looked_for(told)
    assert asked["start"][:10] > "2026-09-25"


def test_what_was_done_already_is_not_done_again(line: Line) -> None:
    told = line.last(CALLER, "I moved patient 38851 to 3pm already, all sorted")
    assert not told.tools


def test_open_scan_orders_are_spread_without_the_site_ruled_out(line: Line) -> None:
    told = line.last(IMAGING, "spread the open MRI orders over the sites, but not Northgate")
    call = calls_of(told)["propose_allocation"]
    assert "northgate" not in call["site"]
    assert call["procedure"] == "mri"
    assert "Nothing is booked" in told.text


def test_scans_have_a_forecast_against_the_scanners_slots(line: Line) -> None:
    told = line.last(IMAGING, "how many scans do you expect next week at Lakeside?")
    assert calls_of(told)["forecast_demand"]["site"] == "lakeside"
    assert "scanner slots" in told.text


def test_a_visit_of_no_kind_said_is_looked_for_by_every_kind(line: Line) -> None:
    asked, taken = line.talk(CALLER, "what does Lakeside dermatology have next?", "the 2nd please, patient 57964")
    rows = next(card for card in asked.cards if isinstance(card, TableCard)).rows
    assert len({row[1] for row in rows}) > 1
    assert calls_of(taken)["hold_slot"]["slot"] == rows[1][-1]


def test_what_may_be_lost_shows_whom_that_would_hit_and_changes_nothing(line: Line) -> None:
    told = line.last(IMAGING, "what if CT 1 at Eastfield stays down tomorrow?")
    assert calls_of(told)["propose_allocation"]["goal"] == "displacement"
    assert set(calls_of(told)) == {"propose_allocation"}


def test_what_may_happen_is_not_done(line: Line) -> None:
    told = line.last(CALLER, "it might be that patient 30279 cancels the MRI tomorrow")
    assert "cancel_appointment" not in calls_of(told)


def test_maintenance_some_time_in_a_week_takes_no_whole_week(line: Line) -> None:
    asked = line.last(IMAGING, "plan maintenance of CT 2 at Northgate, 4 hours some time next week")
    assert "request_maintenance" not in calls_of(asked)
    assert asked.outcome == "clarify"
