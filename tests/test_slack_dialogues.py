"""A share of `wardline eval slack`: a dialogue decides in Slack what it decides at the command line."""

import pytest
from conftest import SANDBOX_NOW

from bots.settings import Settings
from evals.dialogue import load_dialogues, scripts_of
from evals.slack.dialogues import compare_scripts


@pytest.mark.full
def test_dialogues_decide_in_slack_what_they_decide_at_the_command_line() -> None:
    wanted = ("SC-01", "OR-04")
    scripts = [next(iter(scripts_of(one))) for one in load_dialogues() if one.id in wanted]
    found = list(compare_scripts(scripts, Settings(now=SANDBOX_NOW)))
    assert len(found) == 2
    assert [(one.name, one.differences, one.leaks) for one in found if one.differences or one.leaks] == []
