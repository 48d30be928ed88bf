"""A seeded share of `wardline eval slack`: what is decided in Slack is what is decided at the command line."""

from random import Random

import pytest
from conftest import SANDBOX_NOW

from bots.settings import Settings
from evals.dialogue import Script, load_dialogues, scripts_of
from evals.slack.dialogues import compare_scripts

SEED = 11


def _share(count: int) -> list[Script]:
    """So many of all dialogues and their variants, the same for one seed."""
    return Random(SEED).sample([script for one in load_dialogues() for script in scripts_of(one)], count)


def _assert_the_same(scripts: list[Script]) -> None:
    found = list(compare_scripts(scripts, Settings(now=SANDBOX_NOW)))
    assert [one.name for one in found] == [script.name for script in scripts]
    assert all(len(one.outcomes) == len(script.turns) for one, script in zip(found, scripts, strict=True))
    assert [(one.name, one.wrong) for one in found if one.wrong] == []


@pytest.mark.slow
def test_a_dialogue_decides_in_slack_what_it_decides_at_the_command_line() -> None:
    _assert_the_same(_share(1))


@pytest.mark.full
def test_dialogues_decide_in_slack_what_they_decide_at_the_command_line() -> None:
    _assert_the_same(_share(12)[1:])
