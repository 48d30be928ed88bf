"""Who must agree to something is answered from the section of its gate, whatever the question names."""

import pytest
from talking import Line


@pytest.mark.parametrize(
    ("user", "text", "says"),
    [
        ("supply.lead", "whose yes do I need to buy trays for 5000 dollars", "the manager up to a first limit"),
        ("supply.lead", "why would ordering 3 CUP-C need a director", "the manager up to a first limit"),
        ("nurse.manager.5west", "who has to sign off an agency nurse", "gate `agency`"),
        ("capacity.manager", "why can't I put somebody on telemetry by myself", "gate `placement`"),
        ("capacity.manager", "who has to agree to open the closed beds", "gate `surge`"),
        ("or.scheduler", "who needs to agree before a case is moved", "gate `change-case`"),
        (
            "imaging.manager",
            "who must approve taking MRI 2 at Lakeside out of service on Friday",
            "gate `maintenance`",
        ),
        ("surgeon.lund", "does anybody have to agree when I give my block away", "gate `release-block`"),
        ("surgeon.petrov", "who needs to say yes if I use CUP-B", "gate `substitute-item`"),
        ("ent.manager", "who has to approve overbooking my clinic", "gate `overbook`"),
    ],
)
def test_the_gate_of_the_act_is_quoted(line: Line, user: str, text: str, says: str) -> None:
    turn = line.last(user, text)
    assert [use.name for use in turn.tools] == ["search_handbook"]
    assert says in turn.text


def test_that_is_what_was_just_spoken_of(line: Line) -> None:
    assert (
        "gate `placement`" in line.last("capacity.manager", "move 5-112 to 4-215", "why can't I just do that?").text
    )


def test_asking_why_a_purchase_needs_somebody_splits_nothing(line: Line) -> None:
    asked = line.last(
        "finance.controller", "explain how two orders below 3000 need the director but one agency night not"
    )
    assert asked.outcome == "answer"
    wished = line.last("supply.lead", "make it two orders, each below the limit")
    assert wished.outcome == "refuse"
