"""Who and what a message is about: where a nurse is sent, who is lost, which state is reported, what "ones" are."""

from collections.abc import Iterable, Iterator
from datetime import date

import pytest
from talking import Line, calls_of

from agent.planners.embedded.intents import load_intents
from agent.turn import Turn
from hospital.cards import ChoicesCard

ABOUT = {intent.name: intent.title for intent in load_intents()}
SCHEDULER, NURSE, SUPPLY, CALLS = "or.scheduler", "charge.5west", "supply.lead", "callcenter.1"


def choices_of(turn: Turn) -> tuple[str, ...]:
    return next((card.choices for card in turn.cards if isinstance(card, ChoicesCard)), ())


@pytest.mark.parametrize(
    ("who", "text", "source", "target"),
    [
        (NURSE, "float a nurse from 4 North to 5 West tonight", "northgate-4-north", "northgate-5-west"),
        (NURSE, "please float somebody to 5 West from 2 West tonight", "northgate-2-west", "northgate-5-west"),
        ("nursing.supervisor", "float one RN off the ICU to 3 East tonight", "northgate-icu", "northgate-3-east"),
        (
            "nursing.supervisor.lakeside",
            "float a nurse from 2 East over to 3 West tonight",
            "lakeside-2-east",
            "lakeside-3-west",
        ),
    ],
)
def test_a_float_goes_to_one_unit_and_leaves_the_other(
    line: Line, who: str, text: str, source: str, target: str
) -> None:
    turn = line.last(who, text)
    asked = calls_of(turn)["request_staffing"]
    assert (asked["unit"], asked["from_unit"], asked["source"]) == (target, source, "float")
    assert turn.outcome == "clarify"  # which nurse is never guessed


def test_who_is_on_duty_there_is_offered_and_the_one_chosen_leaves_her_unit(line: Line) -> None:
    first, second = line.talk(
        "nursing.supervisor.riverside", "float a nurse from 2 North to 6 West tonight", "the first"
    )
    offered = choices_of(first)
    assert len(offered) > 1
    assert calls_of(second)["request_staffing"]["from_unit"] == "riverside-2-north"
    assert second.plan is not None
    assert any(offered[0] in sentence and "2 North" in sentence for sentence in second.plan.lines)


def test_a_nurse_who_is_not_on_duty_there_is_not_floated_from_there(line: Line) -> None:
    turn = line.last("nursing.supervisor", "float Kai Wolfe from the ICU to 4 North tonight")
    assert "Kai Wolfe is not on duty on ICU" in turn.text
    assert turn.plan is None


@pytest.mark.parametrize(
    ("who", "text", "clinician", "day"),
    [
        (
            CALLS,
            "my cardiologist Dr. Gomes twisted her ankle, who is affected today",
            "physician.gomes",
            "2026-09-14",
        ),
        (
            CALLS,
            "Dr. Kapoor slipped on the stairs. Which patients are hit tomorrow?",
            "physician.kapoor",
            "2026-09-15",
        ),
        (
            CALLS,
            "how many visits are affected if Dr. Adler is stuck abroad on Wednesday",
            "physician.adler",
            "2026-09-16",
        ),
        (CALLS, "Dr. Falk's mother died, find other times for Friday's patients", "physician.falk", "2026-09-18"),
    ],
)
def test_a_clinician_who_cannot_come_is_a_loss_whatever_the_reason(
    line: Line, who: str, text: str, clinician: str, day: str
) -> None:
    turn = line.last(who, text)
    asked = calls_of(turn)["propose_allocation"]
    assert (asked["goal"], asked["clinician"]) == ("displacement", clinician)
    assert date.fromisoformat(asked.get("start", day)[:10]) == date.fromisoformat(day)
    assert "urgency" not in turn.text


@pytest.mark.parametrize(
    ("who", "text", "subject", "status"),
    [
        (NURSE, "bed 5-112 needs cleaning", "bed", "dirty"),
        (NURSE, "bed 5-113 is being cleaned", "bed", "cleaning"),
        (NURSE, "fyi bed 5-107 has ben cleaned", "bed", "available"),
        (SCHEDULER, "OR 9 is out of order until 1pm", "room", "blocked"),
        (NURSE, "Priya Nair rang in sick for tonight", "shift", "called_out"),
    ],
)
def test_the_state_that_is_reported_is_the_one_recorded(
    line: Line, who: str, text: str, subject: str, status: str
) -> None:
    asked = calls_of(line.last(who, text))["record_event"]
    assert (asked["subject"], asked["status"]) == (subject, status)


def test_what_gives_capacity_back_is_left_to_the_feed(line: Line) -> None:
    turn = line.last(NURSE, "bed 5-107 has been cleaned")
    assert ("record_event", "refused") in [(use.name, use.result) for use in turn.tools]


@pytest.mark.parametrize("text", ["cold maria santos go to the icu tonight", "maria santos goes to the icu tonight?"])
def test_nobody_is_sent_anywhere_without_a_verb_that_asks_for_it(line: Line, text: str) -> None:
    assert not [use for use in line.last(NURSE, text).tools if use.name == "request_staffing"]


def test_a_nurse_wanted_elsewhere_is_only_asked_about_when_a_question_ends_it(line: Line) -> None:
    text = "we're one down tonight and 4 North wants to borrow a nurse, what does that leave me with"
    assert not {"request_staffing", "hand_over"} & calls_of(line.last(NURSE, text)).keys()


def test_a_name_said_in_part_goes_by_what_was_spoken_about(line: Line) -> None:
    knee = line.last(SUPPLY, "how many KNEE-STD do we have", "and the revision ones?")
    assert calls_of(knee)["query_inventory"]["item"] == "KNEE-REV-3"
    hip = line.last(SCHEDULER, "how long does a total hip take with Dr. Varga", "a revision instead")
    assert calls_of(hip)["predict_duration"]["procedure"] == "revision-hip"


def test_a_part_of_the_day_is_of_the_day_spoken_about(line: Line) -> None:
    asked = calls_of(line.last(CALLS, "any CT free on Thursday at Riverside?", "in the afternoon"))["query_capacity"]
    assert asked["start"] == "2026-09-17T12:00:00-05:00"
    assert asked["end"] == "2026-09-17T17:00:00-05:00"


def test_a_plan_is_taken_back_in_so_many_words(line: Line) -> None:
    made, back = line.talk(SUPPLY, "order 2 CUP-C", "oh no, take that back")
    assert made.plan is not None
    assert calls_of(back)["withdraw_request"] == {"plan": made.plan.id}


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("MRI 1 at Northgate is out of order tomorrow, move its patients to other slots", "northgate-mri-1"),
        ("CT 1 at Lakeside has gone down for the day, get its patients in elsewhere", "lakeside-ct-1"),
        ("the Riverside CT 2 failed this morning: find new times for all the exams", "riverside-ct-2"),
    ],
)
def test_what_is_lost_and_to_be_moved_is_a_displacement(line: Line, text: str, room: str) -> None:
    asked = calls_of(line.last("imaging.manager", text))["propose_allocation"]
    assert (asked["goal"], asked["room"]) == ("displacement", room)


def test_a_matter_picked_from_our_list_says_nothing_but_itself(line: Line) -> None:
    ours = ABOUT["request_maintenance"]
    text, picked = next(picked_from(line, ours, BARELY_TOLD))
    wish = calls_of(picked)["request_maintenance"]
    assert (wish["room"], wish["start"]) == ("northgate-or-11", "2026-09-19T08:00:00-05:00")
    assert wish["note"] == text


BARELY_TOLD = tuple(
    f"{who}, OR 11 Saturday 8 to 10"
    for who in ("the lamp people", "they come about the ceiling", "the visitors from Trumpf", "ceiling", "him again")
)
"""So little is said that one or the other is doubtful, however much is learnt."""


def picked_from(line: Line, matter: str, texts: Iterable[str]) -> Iterator[tuple[str, Turn]]:
    """The texts of which it is asked what is meant, with the answer once the matter is picked from our list."""
    for text in texts:
        asked, picked = line.talk(SCHEDULER, text, matter)
        if matter in choices_of(asked):
            yield text, picked


def test_a_case_is_not_cancelled_because_our_list_says_the_word(line: Line) -> None:
    texts = [
        "hm CASE-503, tomorrow is tight",
        *(f"CASE-503 tomorrow, {said}" for said in ("Osei says hm", "or what")),
    ]
    _, picked = next(picked_from(line, ABOUT["change_case"], texts))
    assert calls_of(picked)["propose_allocation"]["case"] == "CASE-503"
    assert "change_case" not in calls_of(picked)


def test_who_is_affected_is_a_question_and_sends_nothing(line: Line) -> None:
    turn = line.last(SCHEDULER, "OR 6 has no power all day tomorrow, which cases are affected")
    assert calls_of(turn)["propose_allocation"]["goal"] == "displacement"
    assert "submit_plan" not in calls_of(turn)
