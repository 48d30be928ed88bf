"""The planner that asks a model, against an endpoint over real HTTP."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openai_server import Act, Endpoint, calling, running
from pydantic import Field

from agent.planners.fallback import NOTE, FallbackPlanner
from agent.planners.openai.planner import OpenAIPlanner
from agent.planners.port import Asked, Call, Planner, PlannerUnavailable, Reply, ToolCalls
from hospital.cards import ChoicesCard
from hospital.model.people import Grant, Patient, Scope, User
from hospital.model.places import Site
from hospital.ports import Reader
from middleware.store.database import SqlStore
from tools.results import Done, Refused
from tools.tool import Answer, Arguments, Toolbox, tool

NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
RAW = ("40417", "Okafor", "1961-03-09", "March 9, 1961", "APT-77")


class FindVisits(Arguments):
    patient: str = Field(description="The patient's record number")
    on: str | None = None


@tool(FindVisits, "read")
async def find_visits(args: FindVisits, box: Toolbox) -> Answer:
    """Find the visits of one patient."""
    return Answer(headline="One visit.")


@tool(FindVisits, "write")
async def move_visit(args: FindVisits, box: Toolbox) -> Answer:
    """Move a visit of one patient."""
    return Answer(headline="Moved.")


@dataclass
class Line:
    """A turn on a real store and a planner on a real endpoint."""

    endpoint: Endpoint
    world: Reader

    def asked(self, text: str, **fields: Any) -> Asked:
        user = User.model_validate({"id": "desk.1", "name": "Desk One", "grants": (Grant(role="call_center_agent"),),
                                    "home": Scope.model_validate({"site_id": "harbor"})})  # fmt: skip
        tools = {t.name: t for t in (find_visits, move_visit)}
        given: dict[str, Any] = {"memory": {}, "history": (), **fields}
        return Asked(user=user, text=text, now=NOW, world=self.world, tools=tools, **given)

    def planner(self, **fields: Any) -> OpenAIPlanner:
        return OpenAIPlanner(self.endpoint.url, "", "small", **{"timeout": 5.0, "patience": 10.0, **fields})

    def next(self, asked: Asked, **fields: Any) -> ToolCalls | Reply:
        planner = self.planner(**fields)
        return run(planner, lambda: planner.next(asked))

    def plays(self, *acts: Act) -> None:
        self.endpoint.acts = list(acts)


def run(planner: OpenAIPlanner, step: Callable[[], Awaitable[ToolCalls | Reply]]) -> ToolCalls | Reply:
    async def once() -> ToolCalls | Reply:
        try:
            return await step()
        finally:
            await planner.close()

    return asyncio.run(once())


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with running() as endpoint:
        yield endpoint


@pytest.fixture
def line(sqlite_store: SqlStore, server: Endpoint) -> Iterator[Line]:
    with sqlite_store.working() as work:
        work.put(Patient.model_validate({"id": "40417", "name": "Ann Okafor", "birth_date": date(1961, 3, 9)}))
        work.put(Site.model_validate({"id": "harbor", "name": "Harbor", "timezone": "America/Denver", "state": "CO"}))
    server.bodies.clear()
    server.acts = [Act(text="Hello.")]
    with sqlite_store.reading() as world:
        yield Line(server, world)


def calls_of(step: ToolCalls | Reply) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(step, ToolCalls)
    return [(call.name, call.args) for call in step.calls]


def test_patients_are_hidden_on_the_way_out_and_put_back_in_arguments_and_reply(line: Line) -> None:
    line.plays(calling("find_visits", patient="PATIENT_1"), Act(text="NAME_1 (PATIENT_1) has VISIT_1 on Friday."))
    asked = line.asked(
        "Ann Okafor, 40417, born March 9, 1961: which visits?",
        history=[("is okafor here?", "Ann Okafor (40417) is booked.")],
    )
    step = line.next(asked)
    assert calls_of(step) == [("find_visits", {"patient": "40417"})]
    assert isinstance(step, ToolCalls)
    facts = {"patient": "40417", "birth_date": "1961-03-09", "appointment": "APT-77"}
    asked.results.append((step.calls[0], Done(headline="Patient 40417, Okafor: APT-77.", facts=facts)))
    reply = line.next(asked)
    assert isinstance(reply, Reply)
    assert "40417" in reply.text
    assert "APT-77" in reply.text
    assert "_1" not in reply.text
    assert len(line.endpoint.bodies) == 2
    for body in line.endpoint.bodies:
        assert not [raw for raw in RAW if raw.casefold() in body.casefold()]


def test_a_round_of_calls_is_told_with_its_results(line: Line) -> None:
    two = Act(
        calls=(("find_visits", '{"patient": "A-1"}'), ("find_visits", '{"patient": "B-2"}')), finish="tool_calls"
    )
    line.plays(two, Act(text="Two visits."))
    asked = line.asked("which visits?")
    step = line.next(asked)
    assert isinstance(step, ToolCalls)
    assert len({call.id for call in step.calls}) == 2
    asked.results += [(call, Done(headline=f"Visit {n}.", facts={"n": n})) for n, call in enumerate(step.calls)]
    assert line.next(asked) == Reply("Two visits.")
    messages = line.endpoint.requests[1]["messages"]
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "tool", "tool"]
    assert [c["id"] for c in messages[2]["tool_calls"]] == [m["tool_call_id"] for m in messages[3:]]
    assert json.loads(messages[4]["content"]) == {"status": "done", "headline": "Visit 1.", "facts": {"n": 1}}
    further = line.asked("which visits?", results=list(asked.results))
    line.plays(two)
    step = line.next(further)
    assert isinstance(step, ToolCalls)
    assert not {call.id for call in step.calls} & {call.id for call, _ in asked.results}


def test_the_model_learns_time_roles_home_and_tools(line: Line) -> None:
    line.next(line.asked("hello", confirmed_plan="PLAN-7"))
    request = line.endpoint.requests[0]
    system = request["messages"][0]["content"]
    for told in ("2026-09-14T07:00-06:00, Monday (America/Denver, Harbor)", "call_center_agent", "harbor", "PLAN-7"):
        assert told in system
    schemas = {t["function"]["name"]: t["function"] for t in request["tools"]}
    assert set(schemas) == {"find_visits", "move_visit", "ask_user"}
    assert schemas["find_visits"]["description"] == "Find the visits of one patient."
    assert schemas["find_visits"]["parameters"]["required"] == ["patient"]


def test_a_question_to_the_person_never_becomes_a_call(line: Line) -> None:
    ask = ("ask_user", '{"question": "Which visit of PATIENT_1?", "choices": ["Friday", "Monday"]}')
    line.plays(Act(calls=(ask, ("move_visit", '{"patient": "PATIENT_1"}')), finish="tool_calls"))
    reply = line.next(line.asked("move the visit of 40417"))
    assert isinstance(reply, Reply)
    assert (reply.kind, reply.text) == ("clarify", "Which visit of 40417?")
    assert reply.cards == (ChoicesCard(question="Which visit of 40417?", choices=("Friday", "Monday")),)


@pytest.mark.parametrize("act", [Act(refusal="I will not."), Act(text="x", finish="content_filter")])
def test_a_refusal_of_the_model_is_a_refusal(line: Line, act: Act) -> None:
    line.plays(act)
    reply = line.next(line.asked("hello"))
    assert isinstance(reply, Reply)
    assert reply.kind == "refuse"
    assert reply.text


MALFORMED = {
    "broken JSON": Act(calls=(("find_visits", '{"patient": "40'),), finish="tool_calls"),
    "no object": Act(calls=(("find_visits", '["40"]'),), finish="tool_calls"),
    "unknown tool": calling("approve_plan", plan="PLAN-1"),
    "invented stand-in": calling("find_visits", patient="PATIENT_9"),
    "empty": Act(),
    "too long": Act(text="and so on", finish="length"),
    "question without a question": calling("ask_user", choices=["a"]),
    "too many calls": Act(calls=(("find_visits", "{}"),) * 9, finish="tool_calls"),
}


@pytest.mark.parametrize("act", MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_used_is_sent_back_once(line: Line, act: Act) -> None:
    line.plays(act, calling("find_visits", patient="PATIENT_1"))
    assert calls_of(line.next(line.asked("visits of 40417"))) == [("find_visits", {"patient": "40417"})]
    first, second = (request["messages"] for request in line.endpoint.requests)
    assert second[:-1] == first
    assert "could not be used" in second[-1]["content"]
    line.endpoint.bodies.clear()
    line.plays(act)
    with pytest.raises(PlannerUnavailable, match="could not be used"):
        line.next(line.asked("visits of 40417"))
    assert len(line.endpoint.bodies) == 2


WRITTEN_OUT = {
    "alone": '{"name": "find_visits", "arguments": {"patient": "PATIENT_1"}}',
    "fenced": '```json\n{"name": "find_visits",\n "arguments": {"patient": "PATIENT_1"}}\n```',
    "tagged": '<tool_call>\n{"name": "find_visits", "parameters": {"patient": "PATIENT_1"}}\n</tool_call>',
    "as its template shows it": '{{"name": "find_visits", "arguments": {"patient": "PATIENT_1"}}}}',
}


@pytest.mark.parametrize("text", WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_a_call_written_out_as_text_is_made(line: Line, text: str) -> None:
    line.plays(Act(text=text))
    assert calls_of(line.next(line.asked("visits of 40417"))) == [("find_visits", {"patient": "40417"})]


@pytest.mark.parametrize(
    "text", ['{"name": "Ann"}', 'Say {"name": "find_visits", "arguments": {}} to me.', "{broken"]
)
def test_other_text_with_braces_stays_text(line: Line, text: str) -> None:
    line.plays(Act(text=text))
    assert line.next(line.asked("visits of 40417")) == Reply(text)


def test_a_written_call_of_no_tool_is_sent_back(line: Line) -> None:
    line.plays(Act(text='{"name": "approve_plan", "arguments": {}}'), Act(text="I cannot."))
    assert line.next(line.asked("approve it")) == Reply("I cannot.")
    assert "no tool 'approve_plan'" in line.endpoint.spoken


FAILING = {
    "cut off": Act(text="Half an ans", cut_off=True),
    "cut off in a call": replace(calling("find_visits", patient="40"), cut_off=True),
    "rate limited": Act(status=429, retry_after="0"),
    "down": Act(status=503),
    "slow": Act(text="late", slow=1.2),
}


@pytest.mark.parametrize("act", FAILING.values(), ids=FAILING)
def test_a_failed_attempt_is_made_again(line: Line, act: Act) -> None:
    line.plays(act, Act(text="Whole."))
    assert line.next(line.asked("hello"), timeout=0.6) == Reply("Whole.")
    assert len(line.endpoint.bodies) == 2


@pytest.mark.parametrize(
    ("act", "attempts"),
    [(Act(status=401), 1), (Act(status=400), 1), (Act(status=429, retry_after="60"), 1), (FAILING["cut off"], 2)],
)
def test_an_endpoint_that_fails_is_given_up(line: Line, act: Act, attempts: int) -> None:
    line.plays(act)
    with pytest.raises(PlannerUnavailable, match="language model"):
        line.next(line.asked("hello"), attempts=2)
    assert len(line.endpoint.bodies) == attempts


def test_a_wait_that_was_asked_for_is_kept(line: Line) -> None:
    line.plays(Act(status=429, retry_after="1"), Act(text="Now."))
    began = time.monotonic()
    assert line.next(line.asked("hello")) == Reply("Now.")
    assert time.monotonic() - began >= 1.0


def test_patience_ends(line: Line) -> None:
    line.plays(Act(text="late", slow=5))
    began = time.monotonic()
    with pytest.raises(PlannerUnavailable):
        line.next(line.asked("hello"), patience=0.7)
    assert time.monotonic() - began < 5  # it did not wait for the answer


def test_nobody_listening_is_unavailable(line: Line) -> None:
    planner = OpenAIPlanner("http://127.0.0.1:9/v1", "", "small", attempts=1)
    with pytest.raises(PlannerUnavailable):
        run(planner, lambda: planner.next(line.asked("hello")))


def test_history_and_results_are_cut_to_the_budget(line: Line) -> None:
    history = [(f"question {n} " + "x" * 400, "y" * 400) for n in range(12)]
    rows = [{"row": n, "note": "z" * 300} for n in range(500)]
    call = Call("model-0-0", "find_visits", {"patient": "A-1"})
    done = Done(headline="Many visits.", facts={"rows": rows})
    line.next(line.asked("and now?", history=history, results=[(call, done)]), budget=4000)
    messages = line.endpoint.requests[0]["messages"]
    assert len(line.endpoint.bodies[0]) < 4 * 4000 + 1000
    assert "question 11 " in line.endpoint.spoken
    assert "question 0 " not in line.endpoint.spoken
    assert messages[-3]["content"] == "and now?"
    told = json.loads(messages[-1]["content"])
    assert told["headline"] == "Many visits."
    assert "more" in told["facts"]["rows"][-1]


def test_the_reason_a_reply_was_sent_back_is_told(line: Line) -> None:
    line.next(line.asked("hello", retry_note="No tool returned 40417."))
    last = line.endpoint.requests[0]["messages"][-1]
    assert last == {"role": "user", "content": "Your last reply was not shown. No tool returned PATIENT_1."}


class Scripted:
    """A planner that says what it is told to, and keeps what it was asked."""

    name = "embedded"

    def __init__(self, *steps: ToolCalls | Reply) -> None:
        self.steps = list(steps)
        self.results: list[list[Call]] = []

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        self.results.append([call for call, _ in asked.results])
        return self.steps.pop(0)


def steps(planner: Planner, model: OpenAIPlanner, asked: Asked, number: int) -> list[ToolCalls | Reply]:
    """So many steps of one turn, every call answered."""

    async def walk() -> list[ToolCalls | Reply]:
        taken = []
        for _ in range(number):
            step = await planner.next(asked)
            taken.append(step)
            if isinstance(step, ToolCalls):
                asked.results += [(call, Done(headline=f"{call.name} did it.")) for call in step.calls]
        await model.close()
        return taken

    return asyncio.run(walk())


def test_the_second_planner_answers_the_rest_of_the_turn_and_says_so(line: Line) -> None:
    line.plays(calling("find_visits", patient="A-1"), Act(status=500))
    own = Call("c1", "find_visits", {"patient": "A-1"})
    second, model = Scripted(ToolCalls((own,)), Reply("One visit."), Reply("Hi.")), line.planner(attempts=1)
    now = [0.0]
    planner = FallbackPlanner(model, second, rest=30, clock=lambda: now[0])
    *_, reply = steps(planner, model, line.asked("which visits?"), 3)
    assert reply == Reply(f"One visit.\n\n{NOTE}", planner="embedded")
    assert second.results == [[], [own]]  # what the first asked for is not the second's
    assert len(line.endpoint.bodies) == 2
    assert steps(planner, model, line.asked("again"), 1) == [Reply(f"Hi.\n\n{NOTE}", planner="embedded")]
    assert len(line.endpoint.bodies) == 2  # left alone while it rests
    now[0] = 31.0
    line.plays(Act(text="Back."))
    assert steps(planner, model, line.asked("again"), 1) == [Reply("Back.")]
    assert planner.name == "openai:small"


def test_a_change_already_asked_for_is_not_planned_again(line: Line) -> None:
    line.plays(calling("move_visit", patient="A-1"), Act(status=500))
    second, model = Scripted(), line.planner(attempts=1)
    *_, reply = steps(FallbackPlanner(model, second), model, line.asked("move it"), 2)
    assert isinstance(reply, Reply)
    assert reply.text.startswith("move_visit did it.")
    assert reply.planner == "embedded"
    assert second.results == []


def test_a_refused_call_is_told_with_its_reason(line: Line) -> None:
    call = Call("model-0-0", "move_visit", {"patient": "40417"})
    refused = Refused(kind="role", sentence="Not yours to move.", choices=("find_visits",))
    line.next(line.asked("move it", results=[(call, refused)]))
    told = json.loads(line.endpoint.requests[0]["messages"][-1]["content"])
    assert told == {"refused": "role", "reason": "Not yours to move.", "choices": ["find_visits"]}
    assert "40417" not in line.endpoint.spoken


def test_the_package_is_imported_only_when_a_model_is_asked() -> None:
    import subprocess
    import sys

    code = "import sys, agent.planners.openai.planner, agent.planners.fallback; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
