"""What an endpoint answered once is answered again without it; another request ends the run with the difference."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openai_server import Act, Endpoint, calling, running
from small_hospital import NOW as HOUSE_NOW
from small_hospital import fill, people
from small_line import WordPlanner

from agent.planners.fallback import FallbackPlanner
from agent.planners.openai.cassette import BadCassette, Cassette, CassetteMiss, Mode
from agent.planners.openai.planner import OpenAIPlanner
from agent.planners.port import Asked, Reply, ToolCalls
from bots.app import Wardline
from bots.model import model_of
from bots.settings import Settings
from hospital.clocks import FrozenClock
from hospital.model.people import Patient, User
from hospital.ports import Reader
from middleware.store.database import SqlStore, create
from tools.catalogue import TOOLS

NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
KEY = "sk-very-secret"
SAID = "Ann Okafor, 40417, born March 9, 1961: is a telemetry bed free?"
RAW = ("40417", "okafor", "1961", "march 9", KEY)


@pytest.fixture
def world(sqlite_store: SqlStore) -> Iterator[Reader]:
    with sqlite_store.working() as work:
        work.put(Patient.model_validate({"id": "40417", "name": "Ann Okafor", "birth_date": date(1961, 3, 9)}))
    with sqlite_store.reading() as world:
        yield world


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running() as server:
        yield server


def asked(world: Reader, text: str) -> Asked:
    user = User.model_validate({"id": "desk.1", "name": "Desk One", "grants": (), "home": {}})
    tools = {name: TOOLS[name] for name in ("query_capacity", "list_exceptions")}
    return Asked(user=user, text=text, now=NOW, world=world, tools=tools, memory={}, history=())


def ask(url: str, file: Path, mode: Mode, *turns: Asked) -> list[ToolCalls | Reply]:
    """One step of each turn with one planner."""

    async def all_of() -> list[ToolCalls | Reply]:
        planner = OpenAIPlanner(url, KEY, "small", attempts=2, patience=5, cassette=Cassette(file, mode))
        try:
            return [await planner.next(turn) for turn in turns]
        finally:
            await planner.close()

    return asyncio.run(all_of())


def test_a_run_is_replayed_without_its_endpoint(world: Reader, tmp_path: Path) -> None:
    file = tmp_path / "runs" / "one.json"
    texts = (SAID, "and how is PATIENT_1?", SAID)
    with running() as server:
        server.acts = [
            calling("query_capacity", subject="beds", site="PATIENT_1"),
            Act(text="No “news”.\n\nNone.", tokens=(90, 7)),
            Act(text="NAME_1 (PATIENT_1) has one."),
        ]
        first = ask(server.url, file, "record", *(asked(world, text) for text in texts))
    again = [asked(world, text) for text in texts]
    assert ask(server.url, file, "replay", *again) == first  # nobody listens there any more
    assert isinstance(first[0], ToolCalls)
    assert first[0].calls[0].args["site"] == "40417"
    assert first[2] == Reply("Ann Okafor (40417) has one.")
    assert [(use.tokens_in, use.tokens_out) for use in again[1].spent] == [(90, 7)]


def test_a_cassette_holds_nobody_and_no_key(world: Reader, endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    endpoint.acts = [Act(text="NAME_1 is PATIENT_1, born BIRTHDATE_1.")]
    ask(endpoint.url, file, "record", asked(world, SAID))
    kept = file.read_text(encoding="utf-8").casefold()
    assert "telemetry" in kept
    assert not [raw for raw in RAW if raw in kept]


def test_only_answers_that_came_whole_are_recorded(world: Reader, endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    for broken in (Act(text="There are so", killed=True), Act(text="It", cut_off=True), Act(status=503)):
        endpoint.acts = [broken, Act(text="Whole.")]
        endpoint.bodies.clear()
        assert ask(endpoint.url, file, "record", asked(world, "hello")) == [Reply("Whole.")]
        assert len(endpoint.bodies) == 2
        assert ask(endpoint.url, file, "replay", asked(world, "hello")) == [Reply("Whole.")]
        assert len(Cassette(file)._kept) == 1


def test_another_request_ends_the_run_with_the_difference(world: Reader, endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    for text in ("which beds are free?", "is there a loaner set rule?"):
        ask(endpoint.url, file, "record", *[asked(world, text)])
        file.replace(tmp_path / f"{len(text)}.json")
    with pytest.raises(CassetteMiss) as miss:
        ask(endpoint.url, tmp_path / "20.json", "replay", asked(world, f"which beds are clean? {SAID}"))
    told = str(miss.value)
    assert "20.json" in told
    assert any(line.startswith("-") and "which beds are free?" in line for line in told.splitlines())
    assert any(line.startswith("+") and "which beds are clean?" in line for line in told.splitlines())
    assert not [raw for raw in RAW if raw in told.casefold()]
    assert len(told.splitlines()) < 20  # what is the same is not told


def test_a_turn_makes_no_answer_of_a_miss(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    settings = Settings(
        home=tmp_path, now=HOUSE_NOW, model="small", base_url=endpoint.url, cassette=file, cassette_mode="record"
    )
    endpoint.acts = [calling("list_exceptions", role="all"), Act(text="Nothing is open.")]
    store = fill(create(settings.store_url, sandbox=True))
    with line_of(settings, store) as recording:
        first = recording.ask(people()["sup"], "what is open?", None, "cli")
    with line_of(settings.model_copy(update={"cassette_mode": "replay", "base_url": ""}), store) as replaying:
        again = replaying.ask(people()["sup"], "what is open?", None, "cli")
        assert (again.text, again.planner) == (first.text, "openai:small")
        assert [use.name for use in again.tools] == ["list_exceptions"]
        with pytest.raises(CassetteMiss, match="not recorded"):
            replaying.ask(people()["sup"], "what is late?", None, "cli")


@contextmanager
def line_of(settings: Settings, store: SqlStore) -> Iterator[Wardline]:
    model = model_of(settings)
    line = Wardline(settings, store, FrozenClock(HOUSE_NOW), planner=FallbackPlanner(model, WordPlanner()))
    try:
        yield line
    finally:
        line.turns.run(model.close())
        line.close()


@pytest.mark.parametrize("content", [None, "not JSON", "{}", '[{"request": {}}]'])
def test_a_file_that_is_no_cassette_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "odd.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadCassette, match=r"odd\.json is no cassette"):
        model_of(Settings(model="small", cassette=file))
