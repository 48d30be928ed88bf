"""A share of `wardline bench slack`: events twice and out of order, servers that die, a Slack that refuses."""

from pathlib import Path

import pytest
from small_hospital import NOW, fill
from small_line import WordPlanner

from bots.app import Wardline
from bots.fake_slack.faults import Faults
from bots.settings import Settings
from evals.slack.after import After
from evals.slack.fleet import fleet_town
from evals.slack.storm import Weather, storm
from hospital.clocks import FrozenClock
from middleware.store.database import create

SAYINGS = (("sup", "order 4 TRAY"), ("sam", "hello there"), ("cora", "the second one"), ("sup", "chart"))


def _weather(folder: Path, weather: Weather, database_url: str = "") -> After:
    settings = Settings(home=folder, now=NOW, database_url=database_url)
    line = Wardline(settings, fill(create(settings.store_url, sandbox=True)), FrozenClock(NOW), planner=WordPlanner())
    with fleet_town(line, settings, folder, 2, "small_line:WordPlanner") as (made, fleet):
        after = storm(made, fleet, weather)
    line.close()
    return after


@pytest.mark.full
def test_everything_happens_once_while_a_server_is_killed(tmp_path: Path) -> None:
    after = _weather(tmp_path, Weather(SAYINGS, 40, ((0.5, 1),), ((0.8, 0),), decider="periop.director"))
    assert after.wrong(crashed=True) == []
    assert after.clicks > 0


@pytest.mark.slow
def test_a_slack_that_refuses_and_breaks_loses_nothing_and_hears_nothing_twice(
    tmp_path: Path, store_url: str
) -> None:
    faults = Faults(
        duplicate=0.2, reorder=0.2, too_many=0.3, retry_after=1, broken=0.1, effect_lost=0.1, limits=False
    )
    after = _weather(tmp_path, Weather(SAYINGS, 10, faults=faults, decider="periop.director"), store_url)
    assert after.wrong(crashed=False) == []
