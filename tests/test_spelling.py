"""Slips of the finger are put right; another form of a word, and a name, are no slips."""

import pytest

from agent.planners.embedded.spelling import Spelling

SPELLING = Spelling({"expedite": 3, "tomorrow": 9, "requisition": 5, "order": 4}, lambda word: word == "patient")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorow", "tomorrow"),
        ("tomorro", "tomorrow"),
        ("Requsition 1005", "Requisition 1005"),
        ("expedited", "expedited"),
        ("orders", "orders"),
        ("patient", "patient"),
        ("for Dr. Tomorow", "for Dr. Tomorow"),
        ("HIP-REV-7", "HIP-REV-7"),
    ],
)
def test_a_slip_is_put_right_and_nothing_else(said: str, meant: str) -> None:
    assert SPELLING.corrected(said) == meant
