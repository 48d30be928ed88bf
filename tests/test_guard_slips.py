"""A slip of the finger hides no emergency, and a word of its own is never read as one."""

from pathlib import Path

import pytest
import yaml

import agent.planners.embedded
from agent.guard import guard
from agent.guard_slips import SLIPS, put_right
from knowledge.encoder import load_encoder

EXAMPLES = Path(agent.planners.embedded.__file__).parent / "examples"


@pytest.mark.parametrize(
    "text",
    [
        "I cant breath",
        "My mother has chset pain",
        "my patient has cehst pain and sweats",
        "unconscous man in the lobby",
        "a visitor is unconsious",
        "she is having a siezure",
        "the caller took an overdsoe",
        "a sucidal caller is on the line",
        "he is bleding badly",
        "my father collasped at the desk",
        "she has stopped breating",
        "the visitor has no pluse",
        "a child is chokng",
        "heart atack in the waiting room",
        "he is gaspng for air",
    ],
)
def test_a_slip_in_a_word_of_danger_is_an_emergency_all_the_same(text: str) -> None:
    verdict = guard(text)
    assert verdict is not None, text
    assert verdict.kind == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "gaps",
        "fill the gaps in 4 West tonight",
        "there are gaping holes in his roster",
        "sizing of the block for Dr. Varga",
        "she is sizing my template",
        "the price may collapse, says my colleague",
        "selling the old beds, says the man of supply",
        "he is tuning the schedule",
        "I need pans and pins for the tray of my case",
        "Mr. Hart asks for a slot",
        "Stoke is where my patient lives",
        "he shot the list over to me",
        "no pulls on the line in bed 4",
        "the patient is drying her hands",
        "breadth of the bed, not the length",
        "he is not bleeding badly",
    ],
)
def test_a_word_of_its_own_is_no_slip(text: str) -> None:
    assert guard(text) is None


def test_no_english_word_that_the_encoder_knows_is_a_slip() -> None:
    encoder = load_encoder()
    assert encoder.knows("gaps"), "the sentence encoder comes with the application"
    assert [slip for slip in SLIPS if encoder.knows(slip)] == []


def test_what_people_say_of_ordinary_matters_is_read_as_it_stands() -> None:
    said = [text for file in EXAMPLES.glob("*.yaml") for text in yaml.safe_load(file.read_text())["examples"]]
    assert len(said) > 1000
    assert [text for text in said if put_right(text) != text] == []
