"""Slips of the finger are put right; another form of a word, and a name, are no slips."""

import pytest

from agent.planners.embedded.spelling import Spelling, named_as_well, words_said

KNOWN = {"patient", "net", "wet", "savage", "for", "the", "mrs", "miss"}
SAID = words_said(["expedite it tomorrow", "an order", "the requisition", "from here", "salvage"] * 8)
SPELLING = Spelling(named_as_well(SAID, ["demir", "stapler"]), KNOWN.__contains__, frozenset({"demir"}))


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
        ("KNE-REV-7", "KNE-REV-7"),
        ("satpler-60", "stapler-60"),
        ("caase-12", "case-12"),
        ("demr clinic", "derm clinic"),
        ("dr demr", "dr demir"),
        ("mrs. tomorow", "mrs. tomorow"),
        ("miss tomrorow", "miss tomorrow"),
        ("within thre days", "within three days"),
        ("4 norh", "4 north"),
        ("5 wet", "5 west"),
        ("a wet floor", "a wet floor"),
        ("net week", "next week"),
        ("the net", "the net"),
        ("frm", "from"),
        ("MRK", "MRK"),
        ("savage", "savage"),
        ("xqzzt", "xqzzt"),
    ],
)
def test_a_slip_is_put_right_and_nothing_else(said: str, meant: str) -> None:
    assert SPELLING.corrected(said) == meant
