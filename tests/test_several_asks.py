"""Several asks in one message: each gets what it would get alone, one question at a time, and nothing by mistake."""

from itertools import permutations

import pytest
from talking import Line, calls_of

from agent.planners.embedded.asks import pieces_of
from agent.turn import Turn
from hospital.cards import ChoicesCard

SCHEDULER, CAPACITY, CHARGE, SUPPLY, CALLS = (
    "or.scheduler",
    "capacity.manager",
    "charge.5west",
    "supply.lead",
    "callcenter.1",
)
ASKS = (
    "is OR 7 free on Thursday",
    "how many beds are free on 4 North right now",
    "how many nurses are short on 5 West tonight",
    "what was the turnover at Lakeside in July",
    "how many CUP-B do we have at Northgate",
    "what does the handbook say about releasing a block",
)
JOINTS = (" and ", "? Also, ", ". ", "\n", ", and ")
PAIRS = [(one, other, JOINTS[at % len(JOINTS)]) for at, (one, other) in enumerate(permutations(ASKS, 2))]


def _calls(turn: Turn) -> list[tuple[str, str]]:
    return [(use.name, repr(sorted(use.args.items())).rstrip("?.')]")) for use in turn.tools]


def _questions(turn: Turn) -> list[str]:
    return [card.question for card in turn.cards if isinstance(card, ChoicesCard)]


@pytest.mark.parametrize(("one", "other", "joint"), PAIRS)
def test_two_asks_get_what_both_get_alone(line: Line, one: str, other: str, joint: str) -> None:
    alone = [_calls(line.last(CAPACITY, text)) for text in (one, other)]
    assert _calls(line.last(CAPACITY, f"{one}{joint}{other}")) == [*alone[0], *alone[1]]


@pytest.mark.parametrize(
    "text",
    [
        "beds on 3 East and 2 West",
        "how long do hips and knees take",
        "compare turnover at Northgate and Lakeside",
        "find room for a revision hip on Thursday and make it before noon",
        "if 5 West loses two nurses and 3 East closes, where do the patients go and who comes in",
        "hips on Thursday, how long do they take",
        "Dr. Varga on Thursday",
        "what's free in OR 7 and is it clean",
        "where could Dr. Takeda do a nephrectomy on Friday, needs the robot, 3 hrs",
        "Where does a laminectomy fit this week, four hours - what's possible at any hospital?",
    ],
)
def test_what_is_one_ask_stays_one(line: Line, text: str) -> None:
    turn = line.last(SCHEDULER, text)
    assert len({use.name for use in turn.tools if use.name != "query_capacity"}) <= 1


def test_pieces_are_the_message() -> None:
    text = "Is OR 4 free Thursday, and who's on? Also 3 beds; tell me what's short and cancel CASE-420."
    kept = "".join(letter for letter in text if letter.isalnum())
    joined = "".join(letter for piece in pieces_of(text) for letter in piece.text if letter.isalnum())
    assert joined == kept


def test_a_later_ask_is_about_the_place_of_the_one_before(line: Line) -> None:
    turn = line.last(CAPACITY, "how many beds are free on 5 West, and how many nurses do they have tonight")
    assert [use.args.get("unit") for use in turn.tools] == ["northgate-5-west"] * 2


def test_what_follows_goes_on_with_the_last_ask(line: Line) -> None:
    _, next_ = line.talk(CAPACITY, "how many CUP-A do we have? and beds on 4 North?", "and on 3 East?")
    assert calls_of(next_)["query_capacity"]["unit"] == "northgate-3-east"


def test_one_question_at_a_time_and_what_needs_none_is_answered(line: Line) -> None:
    asked, answered = line.talk(
        CALLS, "hold the 9:40 on MRI 1 on Thursday and what is the earliest derm slot at Lakeside", "Northgate"
    )
    assert len(_questions(asked)) == 1
    assert asked.text.index("Lakeside Dermatology") < asked.text.index("Which scanner")  # the question comes last
    assert "hold_slot" in calls_of(answered) or "query_capacity" in calls_of(answered)
    assert calls_of(asked)["query_capacity"].get("service") == "dermatology"


def test_a_second_change_waits_until_the_first_has_its_yes(line: Line) -> None:
    shown = line.last(SUPPLY, "order 3 KNEE-STD by Friday. Also order 4 CUP-B.")
    assert [use.args["quantity"] for use in shown.tools] == [3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "should we cancel CASE-420, and what is free in OR 2 today?",
        "tell me what's free in OR 2 and whether CASE-420 could be cancelled",
        "don't cancel CASE-420, and show me what's free in OR 2 today",
        "if CASE-420 is cancelled what is free and who signs",
    ],
)
def test_nothing_is_changed_by_what_is_only_asked(line: Line, text: str) -> None:
    assert not any(use.effect == "write" for use in line.last("or.charge", text).tools)


def test_two_facts_of_two_things_are_recorded_each(line: Line) -> None:
    turn = line.last(CHARGE, "bed 12 is dirty and bed 14 is being cleaned")
    said = [(use.args["name"], use.args["status"]) for use in turn.tools if use.name == "record_event"]
    assert [(name[-2:], status) for name, status in said] == [("12", "dirty"), ("14", "cleaning")]
