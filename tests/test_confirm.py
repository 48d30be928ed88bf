"""What counts as the asking person's own yes."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.confirm import confirmed, says_yes

YES = (
    "yes|Yes!|yes please|yep|yeah she agreed|ok|okay|sure|sure, go ahead|go ahead|do it|please book it|book it|"
    "she's fine with that|he's happy with that|that works|works for her|sounds good|correct|confirmed|"
    "yes, the patient agreed|the patient agrees|Mrs. Ortiz agreed|yes, Mr. Jones said yes|they agreed|perfect|"
    "yes that's right|absolutely|of course|yes he is|no problem, she agrees|all good, book it|I confirm|y|"
    "yes, Dr. Varga's office asked for it"
).split("|")
NO = (
    "no|no wait|yes but later|not yet|yes if it's Friday|maybe|hold on|wait|don't|she doesn't want it|"
    "is that ok?|ok?|can you confirm the address|yes for Monday|yes and also book another one|ok what about Lakeside|"
    "sure, how long does it take|yes the other one|stop|cancel it|ok cancel it|never mind|she never agreed|"
    "yes unless it rains|he isn't sure|okay, let me ask her first|thanks|hello|is she fine with that|"
    "yes patient 88214 agreed|which room is it|move it|agreed to nothing|I will ask|yes at 10 instead|"
    "nobody agreed|she said she'd think about it"
).split("|")


@pytest.mark.parametrize("text", YES)
def test_a_plain_yes_is_heard(text: str) -> None:
    assert says_yes(text, "book_appointment")


@pytest.mark.parametrize("text", NO)
def test_anything_else_confirms_nothing(text: str) -> None:
    assert not says_yes(text, "book_appointment")


def test_the_verb_of_what_was_asked_may_be_said_again_and_no_other() -> None:
    assert says_yes("ok cancel it", "cancel_appointment")
    assert says_yes("yes, move it please", "reschedule_appointment")
    assert not says_yes("ok cancel it", "reschedule_appointment")
    assert not says_yes("book it", "cancel_appointment")


def test_only_the_very_next_turn_confirms_and_only_what_could_be_seen() -> None:
    shown = datetime(2026, 9, 14, 13, tzinfo=UTC)
    pending = {"plan_id": "PLAN-1", "digest": "d", "turn_number": 4, "kind": "", "shown_at": shown.isoformat()}
    state = {"pending": pending}
    later = shown + timedelta(seconds=1)
    found = confirmed("yes", state, 5, later)
    assert found is not None
    assert (found.plan_id, found.digest) == ("PLAN-1", "d")
    assert confirmed("yes", state, 6, later) is None
    assert confirmed("yes", state, 4, later) is None
    assert confirmed("yes", state, 5, shown - timedelta(seconds=1)) is None  # typed before the plan was shown
    assert confirmed("yes", {}, 5, later) is None
    assert confirmed("no", state, 5, later) is None
