"""What a language model takes is told per answer, per model, on /metrics and by the command; over real HTTP."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import SANDBOX_NOW
from fastapi.testclient import TestClient
from openai_server import Act, Endpoint, calling, running
from small_hospital import NOW, fill, people
from small_line import WordPlanner
from typer.testing import CliRunner

from agent.planners.fallback import FallbackPlanner
from agent.turn import ModelUse, Turn
from bots.app import Wardline
from bots.cli import app as command
from bots.model import model_of
from bots.settings import Settings
from bots.web.api import create_api
from evals.replay import open_line
from hospital.clocks import FrozenClock
from middleware.store.database import create

PRICES = {"price_in": Decimal("2.50"), "price_out": Decimal(10)}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running() as server:
        yield server


def settings_for(home: Path, endpoint: Endpoint, now: datetime) -> Settings:
    return Settings.model_validate({"home": home, "now": now, "model": "small", "base_url": endpoint.url, **PRICES})


@pytest.fixture
def line(tmp_path: Path, endpoint: Endpoint) -> Iterator[Wardline]:
    settings = settings_for(tmp_path, endpoint, NOW)
    store = fill(create(settings.store_url, sandbox=True))
    model = model_of(settings)
    wardline = Wardline(settings, store, FrozenClock(NOW), planner=FallbackPlanner(model, WordPlanner(), rest=0))
    yield wardline
    wardline.turns.run(model.close())
    wardline.close()


def say(line: Wardline, text: str = "exceptions") -> Turn:
    return line.ask(people()["sup"], text, None, "cli")


def test_a_turn_says_what_each_answer_took(line: Wardline, endpoint: Endpoint) -> None:
    look = Act(calls=(("list_exceptions", '{"role": "all"}'),), finish="tool_calls", tokens=(1200, 30), slow=0.3)
    endpoint.acts = [look, Act(text="Nothing is open.", tokens=(1300, 8), between=0.4)]
    first, second = say(line).model_use
    assert (first.model, first.tokens_in, first.tokens_out, first.counted) == ("small", 1200, 30, True)
    assert (first.cost, second.cost) == (3300, 3330)  # millionths: 1200 x 2.5 + 30 x 10, 1300 x 2.5 + 8 x 10
    assert first.first_token_ms is not None
    assert first.first_token_ms >= 290  # the wait before anything came
    assert second.first_token_ms is not None
    assert second.ms - second.first_token_ms >= 350  # and the one between the first word and the last
    assert all(request["stream_options"] == {"include_usage": True} for request in endpoint.requests)


def test_tokens_that_are_not_told_are_estimated(line: Wardline, endpoint: Endpoint) -> None:
    endpoint.acts = [Act(text="Nothing is open at all.")]
    (use,) = say(line).model_use
    assert not use.counted
    assert use.tokens_in == pytest.approx(len(endpoint.bodies[0]) / 4, rel=0.1)
    assert use.tokens_out == 6


def test_a_server_that_knows_no_such_option_is_asked_without(line: Wardline, endpoint: Endpoint) -> None:
    endpoint.acts = [Act(status=400, says="unknown field: stream_options"), Act(text="Nothing."), Act(text="No.")]
    assert say(line).text == "Nothing."
    assert say(line).text == "No."
    assert ["stream_options" in request for request in endpoint.requests] == [True, False, False]


def test_an_answer_that_never_came_is_told_as_failed(line: Wardline, endpoint: Endpoint) -> None:
    endpoint.acts = [Act(status=401)]
    turn = say(line)
    assert turn.planner == "embedded"
    (use,) = turn.model_use
    assert (use.failed, use.tokens_out, use.first_token_ms) == (True, 0, None)


def test_without_a_model_a_turn_says_nothing_of_it(line: Wardline) -> None:
    line._given_planner = WordPlanner()
    assert "model_use" not in say(line).model_dump()


def test_operators_see_it_on_metrics_and_by_the_command(
    own_sandbox_home: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(own_sandbox_home, endpoint, SANDBOX_NOW)
    model = model_of(settings)
    line = open_line(settings, own_sandbox_home, FallbackPlanner(model, WordPlanner(), rest=0))
    look = Act(calls=(("list_exceptions", '{"role": "all"}'),), finish="tool_calls", tokens=(1000, 100))
    endpoint.acts = [look, Act(text="Nothing.", tokens=(3000, 100)), Act(status=401)]
    with TestClient(create_api(line), base_url="http://127.0.0.1:8787", client=("127.0.0.1", 5)) as http:
        sup = {"Authorization": "Bearer sandbox:or.scheduler"}
        thread = http.post("/v1/threads", headers=sup).json()["id"]
        for _ in range(2):
            http.post(f"/v1/threads/{thread}/messages", json={"text": "exceptions"}, headers=sup)
        told = http.get("/metrics").text
        line.turns.run(model.close())
    line.close()
    for said in (
        'wardline_model_answers_total{model="small",outcome="whole"} 2.0',
        'wardline_model_answers_total{model="small",outcome="failed"} 1.0',
        'wardline_model_tokens_total{direction="out",model="small"} 200.0',
        'wardline_model_first_token_seconds_count{model="small"} 2.0',
        'wardline_model_seconds_count{model="small"} 3.0',
    ):
        assert said in told
    assert float(told.split('wardline_model_dollars_total{model="small"} ')[1].split()[0]) >= 0.012
    monkeypatch.setenv("WARDLINE_HOME", str(own_sandbox_home))
    monkeypatch.setenv("WARDLINE_NOW", SANDBOX_NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "200")
    (totals,) = json.loads(CliRunner().invoke(command, ["models", "spent", "--json"]).stdout)
    assert (totals["model"], totals["turns"], totals["answers"], totals["failed"]) == ("small", 2, 2, 1)
    assert totals["tokens_in"] >= 4000
    assert totals["tokens_out"] == 200
    assert totals["p50_ms"] >= totals["first_token_p50_ms"]
    shown = CliRunner().invoke(command, ["models", "spent"]).stdout
    assert "small" in shown
    assert f"{totals['cost'] / 1_000_000:.4f}" in shown


def test_the_shape_of_one_answer_is_what_scripts_get(line: Wardline, endpoint: Endpoint) -> None:
    endpoint.acts = [calling("list_exceptions", role="all"), Act(text="Nothing.")]
    written = json.loads(say(line).model_dump_json())["model_use"]
    assert [ModelUse.model_validate(one).model for one in written] == ["small", "small"]
