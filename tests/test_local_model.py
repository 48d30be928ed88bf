"""A real small language model behind the planner, over real HTTP; skipped when its extra is not installed."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from test_openai_planner import find_visits, move_visit

from agent.planners.openai.cassette import Cassette
from agent.planners.openai.planner import OpenAIPlanner
from agent.planners.port import Asked, Reply, ToolCalls
from bots.local_model import NAME, NoLocalModel, joined, missing, serving
from hospital.model.people import Patient, User
from hospital.ports import Reader
from middleware.store.database import SqlStore

WHY = missing()
needs_it = pytest.mark.skipif(WHY is not None, reason=WHY or "")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("local_model"), 0) as address:
        yield address


@pytest.fixture
def world(sqlite_store: SqlStore) -> Iterator[Reader]:
    with sqlite_store.working() as work:
        work.put(Patient.model_validate({"id": "40417", "name": "Ann Okafor", "birth_date": date(1961, 3, 9)}))
    with sqlite_store.reading() as world:
        yield world


def ask(planner: OpenAIPlanner, world: Reader, text: str) -> tuple[ToolCalls | Reply, Asked]:
    user = User.model_validate({"id": "desk.1", "name": "Desk One", "grants": (), "home": {}})
    now = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
    tools = {tool.name: tool for tool in (find_visits, move_visit)}
    asked = Asked(user=user, text=text, now=now, world=world, tools=tools, memory={}, history=())

    async def once() -> ToolCalls | Reply:
        try:
            return await planner.next(asked)
        finally:
            await planner.close()

    return asyncio.run(once()), asked


@pytest.mark.slow
@needs_it
def test_a_real_model_calls_a_tool_and_is_recorded(address: str, world: Reader, tmp_path: Path) -> None:
    file, question = tmp_path / "run.json", "Which visits does Ann Okafor, 40417, have?"
    model = OpenAIPlanner(address, "", NAME, timeout=240.0, patience=240.0, cassette=Cassette(file, "record"))
    step, asked = ask(model, world, question)
    assert isinstance(step, ToolCalls)
    (call,) = step.calls
    assert (call.name, call.args["patient"]) == ("find_visits", "40417")  # it only ever saw PATIENT_1
    (use,) = asked.spent
    assert use.counted
    assert use.tokens_in > 300
    assert use.first_token_ms is not None
    assert 0 < use.first_token_ms <= use.ms
    kept = file.read_text(encoding="utf-8")
    assert not [raw for raw in ("40417", "Okafor") if raw in kept]
    again, _ = ask(OpenAIPlanner("http://127.0.0.1:9/v1", "", NAME, cassette=Cassette(file)), world, question)
    assert again == step


@pytest.mark.skipif(WHY is None, reason="The extra is installed.")
def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoLocalModel, match=r"local-model.*is not installed"):
        joined(tmp_path)
    (tmp_path / f"{NAME}.gguf").write_bytes(b"joined before")
    with pytest.raises(NoLocalModel, match="is not installed"), serving(tmp_path, 0):
        pass
