"""Broken glass, the kill switch and changed rules over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_hospital import NOW
from small_line import small_line

from bots.app import Wardline
from bots.web.api import create_api
from hospital.model.places import Unit
from tools.tool import Context


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Wardline]:
    wardline = small_line(tmp_path)
    with wardline.store.working() as uow:
        ward = uow.get(Unit, "hill-ward")
        assert ward is not None
        uow.put(ward.changed(cost_centre_id="4200"))
    yield wardline
    wardline.close()


@pytest.fixture
def http(line: Wardline) -> Iterator[TestClient]:
    api = create_api(line)
    with TestClient(api, base_url="http://127.0.0.1:8787", client=("127.0.0.1", 5)) as client:
        yield client


def _as(user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer sandbox:{user}"}


def _waits(line: Wardline) -> Any:
    """A float whose competency has expired."""
    args = {
        "unit": "Ward",
        "source": "float",
        "staff": "N-2",
        "start": NOW + timedelta(hours=11),
        "end": NOW + timedelta(hours=23),
    }
    with line.store.reading() as world:
        from hospital.model.people import User

        cleo = world.get(User, "cleo")
    assert cleo is not None
    result = line.turns.run(line.desk.call("request_staffing", args, Context(actor=cleo, surface="api")))
    return result.plan  # type: ignore[union-attr]


def test_the_glass_is_broken_and_reviewed(line: Wardline, http: TestClient) -> None:
    plan = _waits(line)
    at, body = f"/v1/plans/{plan.id}/broken-glass", {"digest": plan.digest, "reason": "nobody answers"}
    refused = http.post(at, json=body, headers=_as("oz"))
    assert (refused.status_code, refused.json()["rule"]) == (403, "default-deny")
    assert http.post(at, json={**body, "reason": ""}, headers=_as("nora")).status_code == 422
    assert http.post(at, json=body, headers=_as("nora")).json()["plan"]["state"] == "committed"
    assert http.post(at, json=body, headers=_as("cno.delegate")).status_code == 409
    assert http.get("/v1/broken-glass", headers=_as("sam")).json() == []
    (row,) = http.get("/v1/broken-glass", headers=_as("audrey")).json()
    assert (row["user_id"], row["state"]) == ("nora", "to review")
    found = {"finding": "justified", "reason": "the only nurse"}
    done = http.post(f"/v1/broken-glass/{row['review']}/review", json=found, headers=_as("audrey"))
    assert done.status_code == 200
    assert http.get("/v1/broken-glass", headers=_as("nora")).json()[0]["state"] == "reviewed"


def test_the_switch_is_turned_by_the_administrator(line: Wardline, http: TestClient) -> None:
    body = {"on": True, "site": "hill", "reason": "odd bookings"}
    assert http.put("/v1/kill-switch", json=body, headers=_as("nora")).status_code == 403
    assert http.put("/v1/kill-switch", json=body, headers=_as("adam")).status_code == 200
    assert http.get("/v1/kill-switch", headers=_as("sam")).json() == {"system": False, "sites": ["hill"]}
    assert http.put("/v1/kill-switch", json={**body, "on": False}, headers=_as("adam")).status_code == 200
    assert http.get("/v1/kill-switch", headers=_as("sam")).json() == {"system": False, "sites": []}


def test_changed_rules_wait_for_two_owners_and_are_then_shown(line: Wardline, http: TestClient) -> None:
    name = "data/limits.toml"
    before = http.get("/v1/rules", headers=_as("owner.a")).json()
    text = before["files"][name].replace("window_days = 30", "window_days = 45")
    asked = http.post("/v1/rules", json={"files": {name: text}, "reason": "longer"}, headers=_as("adam")).json()
    plan = asked["plan"]
    assert (before["id"], plan["state"]) == ("shipped", "awaiting")
    for owner in ("owner.a", "owner.b"):
        vote = {"decision": "approve", "digest": plan["digest"]}
        said = http.post(f"/v1/approvals/{plan['id']}/decisions", json=vote, headers=_as(owner))
        assert said.status_code == 200, said.text
    after = http.get("/v1/rules", headers=_as("owner.a")).json()
    assert after["files"] == {**before["files"], name: text}
    assert after["version"] != before["version"]


@pytest.mark.parametrize("path", ["/v1/rules", "/v1/kill-switch", "/v1/broken-glass"])
def test_nobody_looks_without_signing_in(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 401
