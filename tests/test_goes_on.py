"""A follow-up goes on with what was shown: figures side by side, the other of two, a question about the answer."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import SANDBOX_NOW
from talking import Line, calls_of

from agent.planners.embedded.dates import Window, read_dates

MANAGER, NURSE, SUPPLY, CALLS = "capacity.manager", "charge.5west", "supply.lead", "callcenter.1"
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("asked", "said", "start"),
    [
        ("2026-11-29", "July", "2026-07"),
        ("2026-03-02", "in November", "2025-11"),
        ("2026-09-14", "August", "2026-08"),
        ("2026-11-29", "July last year", "2025-07"),
        ("2026-09-14", "Q2", "2026-04"),
        ("2026-02-03", "q3", "2025-07"),
        ("2026-09-14", "the second quarter of 2025", "2025-04"),
        ("2026-09-14", "ytd", "2026-01"),
        ("2026-09-14", "so far this month", "2026-09"),
    ],
)
def test_who_asks_about_the_past_means_the_last_of_that_name(asked: str, said: str, start: str) -> None:
    now = datetime.fromisoformat(asked).replace(hour=9, tzinfo=CHICAGO)
    (window,) = read_dates(f"turnover {said}", now, CHICAGO, back=True)
    assert isinstance(window, Window)
    assert window.start.isoformat().startswith(start)


def test_since_ends_now_and_last_alone_is_the_period_just_named() -> None:
    (since,) = read_dates("overtime since June", SANDBOX_NOW, CHICAGO, back=True)
    this, last = read_dates("cancellations this month against last", SANDBOX_NOW, CHICAGO, back=True)
    assert isinstance(since, Window)
    assert isinstance(this, Window)
    assert isinstance(last, Window)
    assert since.end == SANDBOX_NOW.astimezone(CHICAGO)
    assert last.end == this.start


@pytest.mark.parametrize("said", ["how many went home before noon at Harbor", "discharges before noon, 3 East"])
def test_the_noon_in_the_name_of_a_figure_is_no_time(line: Line, said: str) -> None:
    call = calls_of(line.last(MANAGER, said))["query_kpi"]
    assert not {"day", "start", "end"} & call.keys()


def test_figures_of_two_months_or_two_sites_stand_side_by_side(line: Line) -> None:
    months = line.last(MANAGER, "how did block utilisation do in June against July")
    assert [use.args["start"][:7] for use in months.tools] == ["2026-06", "2026-07"]
    assert "Jun 2026: " in months.text.splitlines()[0]
    assert "Jul 2026: " in months.text.splitlines()[0]
    sites = line.last(MANAGER, "first case on time starts in August, Eastfield versus Riverside")
    assert [use.args["site"] for use in sites.tools] == ["eastfield", "riverside"]


def test_a_figure_keeps_its_month_when_the_place_changes(line: Line) -> None:
    *_, everywhere = line.talk(MANAGER, "turnover at Lakeside in August", "ok now June", "and Harbor", "all sites")
    call = calls_of(everywhere)["query_kpi"]
    assert (call["site"], call["start"][:7]) == ("all", "2026-06")


def test_what_is_over_is_not_looked_for_ahead(line: Line) -> None:
    told = line.last(MANAGER, "missed appointments in neurology at Riverside, July")
    assert calls_of(told)["query_kpi"]["kpi"] == "no-show"


def test_somebody_asked_about_by_name_is_told_of_first_and_of_two_the_other_is_meant(line: Line) -> None:
    which, one, other = line.talk(NURSE, "could Maria do tomorrow night?", "Santos", "and the other one?")
    assert which.outcome == "clarify"
    assert one.text.startswith("Maria Santos")
    assert other.text.startswith("Maria Keller")
    assert calls_of(other)["propose_allocation"]["start"].startswith("2026-09-15T19:00")
    here, there = calls_of(one)["propose_allocation"], calls_of(other)["propose_allocation"]
    assert {**here, "staff": ""} == {**there, "staff": ""}


def test_who_cannot_come_is_told_why(line: Line) -> None:
    assert "cannot come: " in line.last(NURSE, "is Priya Nair able to stay on tonight").text.splitlines()[0]


def test_a_question_after_a_change_looks_up_and_changes_nothing_more(line: Line) -> None:
    ordered, asked = line.talk(SUPPLY, "order 2 KNEE-STD", "how many are there at Lakeside?")
    assert "create_requisition" in calls_of(ordered)
    assert calls_of(asked) == {"query_inventory": {"about": "stock", "item": "KNEE-STD", "site": "lakeside"}}


def test_an_empty_follow_up_is_asked_about_again(line: Line) -> None:
    asked, again = line.talk(CALLS, "please cancel the appointment", "the second")
    assert asked.outcome == again.outcome == "clarify"
    assert not calls_of(again)


@pytest.mark.parametrize("goes_on", ["by how much?", "how much is it?"])
def test_a_bare_question_is_about_the_answer_before(line: Line, goes_on: str) -> None:
    first, second = line.talk("cardiology.manager", "does demand in cardiology exceed the slots next week", goes_on)
    assert calls_of(first) == calls_of(second)


@pytest.mark.parametrize("picked", ["the first", "ok the second one then", "last option please"])
def test_one_of_the_options_shown_is_submitted_by_its_place(line: Line, picked: str) -> None:
    _, sent = line.talk("or.scheduler", "find a place for a hernia repair with Marchetti on Wednesday", picked)
    assert "submit_plan" in calls_of(sent)


def test_a_plan_from_before_is_not_submitted_in_place_of_the_options_shown_since(line: Line) -> None:
    *_, asked = line.talk(
        "or.scheduler",
        "find a place for a total knee with Lund on Friday",
        "the second",
        "find a place for a hernia repair with Marchetti on Thursday",
        "submit it",
    )
    assert asked.outcome == "clarify"
    assert not calls_of(asked)


def test_after_lunch_is_on_the_day_that_is_said(line: Line) -> None:
    turn = line.last("or.scheduler", "what is in OR 3 on Wednesday, and is there time after lunch?")
    assert all(args.get("start", "2026-09-16").startswith("2026-09-16") for args in calls_of(turn).values())
