"""Managers and approvers in talk: figures side by side, the time before, who must agree, and what is only told."""

import pytest
from conftest import SANDBOX_NOW
from talking import Line, calls_of

from agent.planners.embedded.date_follow import going_on
from agent.planners.embedded.deeds import asks_to_know

AUGUST = {"start": "2026-08-01T00:00:00-05:00", "end": "2026-09-01T00:00:00-05:00"}
SECOND_QUARTER = {"start": "2026-04-01T00:00:00-05:00", "end": "2026-07-01T00:00:00-05:00"}


@pytest.mark.parametrize(
    ("text", "earlier", "start", "end"),
    [
        ("and the month before?", AUGUST, "2026-07-01", "2026-08-01"),
        ("the one before that", AUGUST, "2026-07-01", "2026-08-01"),
        ("the quarter before", SECOND_QUARTER, "2026-01-01", "2026-04-01"),
        ("and the one after", SECOND_QUARTER, "2026-07-01", "2026-10-01"),
        ("the year before", AUGUST, "2025-08-01", "2025-09-01"),
    ],
)
def test_the_month_before_is_before_the_one_spoken_about(
    text: str, earlier: dict[str, str], start: str, end: str
) -> None:
    meant = going_on({}, text, (), earlier, SANDBOX_NOW)
    assert (meant["start"][:10], meant["end"][:10]) == (start, end)


@pytest.mark.parametrize(
    ("text", "day"), [("and the Thursday before", "2026-09-03"), ("the Monday after", "2026-09-14")]
)
def test_a_weekday_before_is_the_nearest_one(text: str, day: str) -> None:
    assert going_on({}, text, (), {"day": "2026-09-10"}, SANDBOX_NOW)["day"] == day


@pytest.mark.parametrize(
    "text",
    [
        "I was told Dr. Varga has given up Friday, is that right?",
        "they released the room, true?",
        "somebody said OR 4 is closed?",
        "the patient wants to know when her scan is",
        "Dr. Lund is asking whether his block was given away",
    ],
)
def test_what_is_told_and_asked_about_is_a_question(text: str) -> None:
    assert asks_to_know(text)


@pytest.mark.parametrize("text", ["cancel the visit, ok?", "she asked to move her scan to Friday", "release OR 5"])
def test_a_request_stays_one(text: str) -> None:
    assert not asks_to_know(text)


@pytest.mark.parametrize(
    "text",
    [
        "I heard Dr. Lund gave up Friday in OR 6, true?",
        "look at the KNEE-STD stock and order 2 if it is under 3",
        "if KNEE-STD drops below 4 order 2",
        "order 2 KNEE-STD if Northgate is out",
        "the family of patient 88213 is asking when the MRI is",
    ],
)
def test_nothing_is_changed_by_a_question_or_under_a_condition(line: Line, text: str) -> None:
    turn = line.last("supply.lead" if "KNEE" in text else "or.charge", text)
    assert not any(use.effect == "write" for use in turn.tools)


def test_two_figures_stand_side_by_side(line: Line) -> None:
    turn = line.last("periop.director", "turnover and first case starts at Northgate and Lakeside in July")
    asked = {(use.args["kpi"], use.args["site"]) for use in turn.tools}
    assert asked == {(kpi, site) for kpi in ("turnover", "first-case-on-time") for site in ("northgate", "lakeside")}


def test_a_figure_is_told_for_every_site(line: Line) -> None:
    turn = line.last("cardiology.manager", "no-show rate by site in August")
    assert len({use.args["site"] for use in turn.tools}) == 5


def test_why_goes_on_with_the_figure_that_was_told(line: Line) -> None:
    turn = line.last("imaging.manager", "what was our overtime in August? and why did it go up?")
    assert calls_of(turn)["explain_change"]["kpi"] == "overtime"


def test_who_must_agree_is_told_of_the_options_shown(line: Line) -> None:
    turn = line.last("or.charge", "OR 4 is flooded, where can its cases go?", "and who has to agree?")
    assert "Option 1" in turn.text
    assert "anaesthesia lead" in turn.text


def test_what_lacks_depends_on_who_asks(line: Line) -> None:
    assert "query_inventory" in calls_of(line.last("supply.lead", "what are we short of tomorrow?"))
    staff = calls_of(line.last("nursing.supervisor", "where are we short tonight?"))["query_capacity"]
    assert staff["subject"] == "staff"


def test_what_is_held_is_booked_after_a_question_about_the_rules(line: Line) -> None:
    *_, held, _, booked = line.talk(
        "callcenter.1",
        "next MRI at Northgate with contrast",
        "hold the first one",
        "what does the handbook say about holds?",
        "ok, book it for patient 88213",
    )
    assert calls_of(booked)["book_appointment"]["slot"] == calls_of(held)["hold_slot"]["slot"]


def test_a_supposed_loss_only_shows_where_its_cases_could_go(line: Line) -> None:
    turn = line.last("periop.director", "suppose OR 6 is closed on Thursday, how bad does it get?")
    assert calls_of(turn)["propose_allocation"]["goal"] == "displacement"
    assert "submit_plan" not in calls_of(turn)
