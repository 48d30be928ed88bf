"""The API through its door: the real application, store, policies and desk on a small hospital."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_hospital import NOW
from small_line import small_line

from bots.app import Wardline
from bots.web.api import create_api
from bots.web.guardrails import LARGEST_BODY
from hospital.ids import ExceptionId, SiteId, UserId
from hospital.model.work import WorkException

BASE = "http://127.0.0.1:8787"
As = Callable[[str], dict[str, str]]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Wardline]:
    wardline = small_line(tmp_path)
    yield wardline
    wardline.close()


@pytest.fixture
def http(line: Wardline) -> Iterator[TestClient]:
    with TestClient(
        create_api(line), base_url=BASE, client=("127.0.0.1", 5), raise_server_exceptions=False
    ) as client:
        yield client


def _as(user: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer sandbox:{user}", **more}


def _thread(http: TestClient, user: str) -> str:
    return str(http.post("/v1/threads", headers=_as(user)).json()["id"])


def _say(http: TestClient, user: str, text: str, thread: str | None = None, **headers: str) -> Any:
    thread = thread or _thread(http, user)
    return http.post(f"/v1/threads/{thread}/messages", json={"text": text}, headers=_as(user, **headers))


def _events(body: str) -> list[dict[str, Any]]:
    found = []
    for raw in body.strip().split("\n\n"):
        event = dict(line.split(": ", 1) for line in raw.split("\n") if not line.startswith(":"))
        found.append({**event, "data": json.loads(event["data"])})
    return found


def test_a_message_gives_exactly_one_turn(http: TestClient) -> None:
    turn = _say(http, "sup", "hello there").json()
    assert set(turn) == {
        *("thread", "turn", "user", "outcome", "text", "tools", "plan", "options"),
        *("citations", "as_of", "cards", "planner", "trace"),
    }
    assert (turn["user"], turn["outcome"], turn["text"]) == ("sup", "answer", "You said: hello there")


def test_from_a_question_to_a_committed_plan(http: TestClient) -> None:
    turn = _say(http, "sup", "order 4 TRAY").json()
    plan = turn["plan"]
    assert turn["outcome"] == "await_approval"
    assert [one["id"] for one in http.get("/v1/approvals", headers=_as("periop.director")).json()] == [plan["id"]]
    decided = http.post(
        f"/v1/approvals/{plan['id']}/decisions",
        json={"decision": "approve", "digest": plan["digest"]},
        headers=_as("periop.director"),
    )
    assert decided.status_code == 200
    assert decided.json()["plan"]["state"] == "committed"
    assert http.get("/v1/approvals", headers=_as("periop.director")).json() == []
    shown = http.get(f"/v1/plans/{plan['id']}", headers=_as("sup")).json()
    assert (shown["state"], shown["needs"][0]["have"]) == ("committed", 1)


def test_a_decision_on_something_else_than_was_seen_is_refused(http: TestClient) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    other = http.post(
        f"/v1/approvals/{plan['id']}/decisions",
        json={"decision": "approve", "digest": "0" * 64},
        headers=_as("periop.director"),
    )
    assert other.status_code >= 400
    assert "not what the plan says" in other.json()["detail"]
    assert http.get(f"/v1/plans/{plan['id']}", headers=_as("sup")).json()["state"] == "awaiting"


@pytest.mark.parametrize("user", ["sup", "sam", "audrey"])
def test_nobody_decides_who_was_not_asked(http: TestClient, user: str) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    body = {"decision": "approve", "digest": plan["digest"]}
    refused = http.post(f"/v1/approvals/{plan['id']}/decisions", json=body, headers=_as(user))
    assert refused.status_code >= 400
    assert http.get(f"/v1/plans/{plan['id']}", headers=_as("sup")).json()["state"] == "awaiting"


def test_a_rejection_needs_a_reason_and_ends_the_plan(http: TestClient) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    path, head = f"/v1/approvals/{plan['id']}/decisions", _as("periop.director")
    body = {"decision": "reject", "digest": plan["digest"]}
    assert "why" in http.post(path, json=body, headers=head).json()["detail"]
    done = http.post(path, json={**body, "reason": "we have enough"}, headers=head).json()
    assert done["plan"]["state"] == "rejected"


def test_nothing_is_ever_decided_by_a_get(http: TestClient) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    head = _as("periop.director")
    query = f"?decision=approve&digest={plan['digest']}"
    assert http.get(f"/v1/approvals/{plan['id']}/decisions{query}", headers=head).status_code == 405
    assert http.get(f"/v1/plans/{plan['id']}", headers=head).json()["state"] == "awaiting"


def test_progress_comes_before_the_turn_in_a_stream(http: TestClient) -> None:
    answer = _say(http, "sup", "chart", Accept="text/event-stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = _events(answer.text)
    assert [one["event"] for one in events] == ["progress"] * (len(events) - 1) + ["turn"]
    assert events[-1]["id"] == events[-1]["data"]["turn"]
    assert events[-1]["data"]["words"] == "Here is **demand** by day."


def test_a_lost_answer_is_fetched_again_not_asked_again(http: TestClient) -> None:
    thread = _thread(http, "sup")
    first = _say(http, "sup", "order 4 TRAY", thread, **{"Idempotency-Key": "k-1"}).json()
    head = {"Idempotency-Key": "k-1", "Accept": "text/event-stream", "Last-Event-ID": "3"}
    again = _events(_say(http, "sup", "order 4 TRAY", thread, **head).text)
    assert [one["data"]["turn"] for one in again if one["event"] == "turn"] == [first["turn"]]
    assert len(http.get("/v1/plans", headers=_as("sup")).json()) == 1
    other = _say(http, "sup", "order 5 TRAY", thread, **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422
    assert len(http.get("/v1/plans", headers=_as("sup")).json()) == 1


def test_a_stream_goes_on_after_the_last_event_that_was_seen(http: TestClient) -> None:
    thread = _thread(http, "sup")
    turns = [_say(http, "sup", text, thread).json()["turn"] for text in ("one", "two", "three")]
    head = _as("sup", Accept="text/event-stream", **{"Last-Event-ID": turns[0]})
    events = _events(http.get(f"/v1/threads/{thread}/messages", headers=head).text)
    assert [one["id"] for one in events] == turns[1:]


def test_a_conversation_is_its_own_persons_only(http: TestClient) -> None:
    thread = _thread(http, "sup")
    _say(http, "sup", "hello", thread)
    assert _say(http, "sam", "let me in", thread).status_code == 404
    assert http.get(f"/v1/threads/{thread}/messages", headers=_as("sam")).status_code == 404
    assert http.put(f"/v1/threads/{thread}", headers=_as("sam")).status_code == 409
    assert [one["id"] for one in http.get("/v1/threads", headers=_as("sup")).json()] == [thread]
    assert http.get("/v1/threads", headers=_as("sam")).json() == []


def test_a_plan_is_shown_to_those_it_concerns_and_auditors(http: TestClient) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    codes = {
        user: http.get(f"/v1/plans/{plan['id']}", headers=_as(user)).status_code
        for user in ("sup", "periop.director", "audrey", "cora")
    }
    assert codes == {"sup": 200, "periop.director": 200, "audrey": 200, "cora": 404}


def test_a_plans_tag_changes_when_it_is_decided(http: TestClient) -> None:
    plan = _say(http, "sup", "order 4 TRAY").json()["plan"]
    path = f"/v1/plans/{plan['id']}"
    tag = http.get(path, headers=_as("sup")).headers["etag"]
    assert http.get(path, headers=_as("sup", **{"If-None-Match": tag})).status_code == 304
    body = {"decision": "approve", "digest": plan["digest"]}
    http.post(f"/v1/approvals/{plan['id']}/decisions", json=body, headers=_as("periop.director"))
    assert http.get(path, headers=_as("sup", **{"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize(
    ("who", "sees"),
    [("sam", 1), ("oz", 1), ("bea", 1), ("adam", 1), ("audrey", 1), ("cora", 0), ("nora", 0), ("sam.lake", 0)],
)
def test_exceptions_are_seen_by_owners_openers_and_overseers(http: TestClient, who: str, sees: int) -> None:
    _say(http, "sam", "hand this over")
    found = http.get("/v1/exceptions", headers=_as(who)).json()
    assert [(one["owner_role"], one["severity"]) for one in found] == [("or_charge", "high")] * sees


def test_a_role_elsewhere_owns_no_exception_here(http: TestClient, line: Wardline) -> None:
    with line.store.working() as world:
        for site in ("hill", "lake"):
            world.put(
                WorkException(
                    id=ExceptionId(f"EXC-{site}"),
                    kind="stale_feed",
                    owner_role="or_scheduler",
                    site_id=SiteId(site),
                    summary=f"for {site}",
                    opened_at=NOW,
                    due=NOW,
                    opened_by=UserId("nora"),
                )
            )
    for who, only in (("sam", "EXC-hill"), ("sam.lake", "EXC-lake")):
        assert [one["id"] for one in http.get("/v1/exceptions", headers=_as(who)).json()] == [only]


def test_the_audit_is_for_auditors(http: TestClient) -> None:
    _say(http, "sup", "order 4 TRAY")
    assert http.get("/v1/audit", headers=_as("sup")).status_code == 403
    entries = http.get("/v1/audit", headers=_as("audrey")).json()
    assert "tool:create_requisition" in [one["what"] for one in entries]
    after = entries[0]["sequence"]
    rest = http.get(f"/v1/audit?after={after}", headers=_as("audrey")).json()
    assert [one["sequence"] for one in rest] == [one["sequence"] for one in entries[1:]]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer sandbox:nobody"}, 403),
        ({"Authorization": "Bearer sandbox:sup", "X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Authorization": "Bearer sandbox:sup", "Host": "evil.example"}, 403),
        ({"Authorization": "Bearer not.a.token"}, 401),
    ],
)
def test_a_closed_door_says_why(http: TestClient, headers: dict[str, str], status: int) -> None:
    answer = http.get("/v1/plans", headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_two_hosts_in_one_request_are_refused(http: TestClient) -> None:
    headers = [("Authorization", "Bearer sandbox:sup"), ("Authorization", "Bearer sandbox:audrey")]
    assert http.get("/v1/plans", headers=headers).status_code == 400


def test_another_machine_cannot_be_a_sandbox_user(line: Wardline) -> None:
    with TestClient(create_api(line), base_url=BASE, client=("10.1.2.3", 5)) as far:
        assert far.get("/v1/plans", headers=_as("sup")).status_code == 403
        assert far.get("/v1/users").status_code == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "hi", "user": "audrey"}, "user"),
        ({"text": "x" * 200_000}, "text"),
    ],
)
def test_a_malformed_message_is_told_its_field(http: TestClient, body: Any, said: str) -> None:
    answer = http.post(f"/v1/threads/{_thread(http, 'sup')}/messages", json=body, headers=_as("sup"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == said


def test_a_body_past_the_limit_is_refused_whether_declared_or_not(http: TestClient) -> None:
    path = f"/v1/threads/{_thread(http, 'sup')}/messages"
    head = _as("sup", **{"Content-Type": "application/json"})
    big = b'{"text": "' + b"x" * LARGEST_BODY + b'"}'
    assert http.post(path, content=big, headers=head).status_code == 413
    chunks = (big[start : start + 65_536] for start in range(0, len(big), 65_536))
    answer = http.post(path, content=chunks, headers=head)
    assert answer.status_code == 413
    assert "limit" in answer.json()["detail"]


def test_odd_messages_get_a_sentence_and_change_nothing(http: TestClient) -> None:
    for text in ("", "   ", "🙂🙂", "x" * 10_000):
        turn = _say(http, "sup", text).json()
        assert turn["outcome"] == "clarify"
        assert turn["text"]
    assert http.get("/v1/plans", headers=_as("sup")).json() == []


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/nothing-here", "/page/app.js"])
def test_every_answer_carries_the_security_headers(http: TestClient, path: str) -> None:
    headers = http.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_loads_nothing_from_anywhere_else(http: TestClient) -> None:
    for name in ("/", "/docs"):
        page = http.get(name).text
        parts = [part.split('"')[0] for key in ('src="', 'href="') for part in page.split(key)[1:]]
        assert parts
        assert all(part.startswith(("/", "#")) for part in parts)
        assert "<script>" not in page
        for part in parts:
            if part.startswith("/page/"):
                assert http.get(part).status_code == 200


def test_the_pages_folder_gives_nothing_else_away(http: TestClient) -> None:
    for name in ("../api.py", "..%2Fapi.py", "nothing.js"):
        assert http.get(f"/page/{name}").status_code == 404


def test_health_readiness_and_metrics(http: TestClient) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json()["sandbox"] is True
    _say(http, "sup", "hello")
    told = http.get("/metrics").text
    assert 'wardline_turns_total{outcome="answer"} 1.0' in told
    assert 'route="/v1/threads/{thread_id}/messages"' in told
    assert "sup" not in told


def test_the_api_describes_itself(http: TestClient) -> None:
    described = http.get("/openapi.json").json()
    assert {"/v1/threads", "/v1/approvals/{plan_id}/decisions", "/v1/plans/{plan_id}"} <= set(described["paths"])
    assert "get" not in described["paths"]["/v1/approvals/{plan_id}/decisions"]
