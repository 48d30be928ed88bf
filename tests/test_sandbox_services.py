"""The sandbox's own EHR, workforce system and ERP: once per key, with faults, and nothing is lost on a restart."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_hospital import NOW

from hospital.clocks import FrozenClock
from middleware.connectors.sandbox import InProcess
from middleware.sandbox.services.catalogue import SERVICES, open_service
from middleware.sandbox.services.ehr import seed_ehr
from middleware.sandbox.services.erp import seed_erp
from middleware.sandbox.services.workforce import seed_workforce
from middleware.sandbox.switches import set_switch

Body = dict[str, Any]
CLOCK = FrozenClock(NOW)


def client(home: Path, system: str, timeout: float = 2.0) -> httpx.Client:
    """A fresh start of the service on its file, as after a restart."""
    return httpx.Client(base_url="http://test", transport=InProcess(system, home, CLOCK), timeout=timeout)


def post(on: httpx.Client, path: str, body: Body, key: str, plan: str | None = "PLAN-1") -> httpx.Response:
    headers = {"Idempotency-Key": key} | ({"Wardline-Plan": plan} if plan else {})
    return on.post(path, json=body, headers=headers)


def requisition(**changed: Any) -> Body:
    return {
        "requisition_id": "REQ-x1",
        "item_id": "TRAY",
        "description": "Tray",
        "quantity": 2,
        "unit_cost": 100_000,
        "amount": 200_000,
        "currency": "USD",
        "cost_centre": "4100",
        "purpose": "hips",
        "requested_by": "sup",
        "need_by": None,
        **changed,
    }


def visit(id: str = "APT-1", slot: str = "slot-1") -> Body:
    return {
        "appointment_id": id,
        "patient_id": "P-1",
        "slot_id": slot,
        "room_id": "hill-d1",
        "visit_type": "new",
        "start": NOW.isoformat(),
        "end": (NOW + timedelta(minutes=20)).isoformat(),
    }


def known_requisition() -> Body:
    return {
        "id": "REQ-1042",
        "key": "old-key",
        "item_id": "TRAY",
        "description": "Tray",
        "quantity": 2,
        "amount": 200_000,
        "cost_centre_id": "4100",
        "purpose": "hips",
        "state": "pending_approval",
        "requested_by": "sup",
        "need_by": date(2026, 9, 18),
    }


def test_requisitions_get_numbers_after_the_last_one_and_each_key_has_one(tmp_path: Path) -> None:
    seed_erp(tmp_path, [known_requisition()])
    erp = client(tmp_path, "erp")
    first = post(erp, "/requisitions", requisition(), "k1")
    again = post(erp, "/requisitions", requisition(), "k1")
    other = post(erp, "/requisitions", requisition(quantity=1, amount=100_000), "k2")
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 201]
    assert [answer.json()["reference"] for answer in (first, again, other)] == ["REQ-1043", "REQ-1043", "REQ-1044"]
    assert [one["id"] for one in erp.get("/requisitions").json()] == ["REQ-1042", "REQ-1043", "REQ-1044"]


def test_without_any_requisition_the_first_number_is_1043(tmp_path: Path) -> None:
    assert post(client(tmp_path, "erp"), "/requisitions", requisition(), "k").json()["reference"] == "REQ-1043"


def test_a_key_used_to_ask_for_something_else_is_refused(tmp_path: Path) -> None:
    erp = client(tmp_path, "erp")
    post(erp, "/requisitions", requisition(), "k1")
    assert post(erp, "/requisitions", requisition(quantity=20, amount=2_000_000), "k1").status_code == 409
    assert len(erp.get("/requisitions").json()) == 1


def test_a_repeat_of_a_key_from_before_finds_what_it_made(tmp_path: Path) -> None:
    seed_erp(tmp_path, [known_requisition()])
    erp = client(tmp_path, "erp")
    assert post(erp, "/requisitions", requisition(), "old-key").json()["reference"] == "REQ-1042"
    assert [one["id"] for one in erp.get("/requisitions", params={"key": "old-key"}).json()] == ["REQ-1042"]
    assert erp.get("/requisitions", params={"key": "new-key"}).json() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"amount": 1}, "is not 1"), ({"currency": "EUR"}, "EUR"), ({"quantity": 0}, "quantity")],
)
def test_a_requisition_that_makes_no_sense_is_refused(tmp_path: Path, wrong: Body, said: str) -> None:
    erp = client(tmp_path, "erp")
    answer = post(erp, "/requisitions", requisition(**wrong), "k")
    assert answer.status_code == 422
    assert said in answer.text
    assert erp.get("/requisitions").json() == []


def test_the_approval_flow_of_the_erp_can_be_played(tmp_path: Path) -> None:
    erp = client(tmp_path, "erp")
    waiting = post(erp, "/requisitions", requisition(), "k", plan=None).json()["reference"]
    approved = post(erp, "/requisitions", requisition(), "k2").json()["reference"]
    assert erp.get(f"/requisitions/{waiting}").json()["state"] == "pending_approval"
    assert erp.get(f"/requisitions/{approved}").json()["state"] == "approved"
    assert erp.post(f"/requisitions/{waiting}/state", json={"state": "received"}).status_code == 409
    for state in ("approved", "ordered", "received"):
        assert erp.post(f"/requisitions/{waiting}/state", json={"state": state}).json()["state"] == state
    assert [one["id"] for one in erp.get("/requisitions", params={"state": "received"}).json()] == [waiting]
    changes = erp.get("/feed", params={"since": 2}).json()["changes"]
    assert [one["type"] for one in changes] == [f"requisition.{s}" for s in ("approved", "ordered", "received")]


def test_a_named_person_fills_a_staffing_request(tmp_path: Path) -> None:
    seed_workforce(tmp_path)
    body = {
        "shift_id": "SH-1",
        "unit_id": "hill-ward",
        "role": "rn",
        "skill": "med_surg",
        "source": "agency",
        "staff_id": None,
        "start": NOW.isoformat(),
        "end": (NOW + timedelta(hours=12)).isoformat(),
        "rate": 9_800,
    }
    wfm = client(tmp_path, "wfm")
    post(wfm, "/staffing-requests", body, "open")
    post(wfm, "/staffing-requests", {**body, "source": "float", "staff_id": "N-1"}, "named")
    assert [one["state"] for one in wfm.get("/staffing-requests").json()] == ["open", "filled"]
    assert [one["staff_id"] for one in wfm.get("/staffing-requests", params={"key": "named"}).json()] == ["N-1"]
    assert post(wfm, "/staffing-requests", {**body, "end": body["start"]}, "backwards").status_code == 422


def test_a_slot_is_given_to_one_visit_until_that_one_leaves_it(tmp_path: Path) -> None:
    start = datetime(2026, 9, 15, 14, tzinfo=UTC)
    known = {"id": "APT-0", "slot_id": "slot-0", "start": start, "end": start + timedelta(minutes=20)}
    seed_ehr(tmp_path, [{**visit(), **known}], [])
    ehr = client(tmp_path, "ehr")
    assert post(ehr, "/appointments", visit(slot="slot-0"), "a").status_code == 409
    assert post(ehr, "/appointments", visit(slot="slot-1"), "b").status_code == 201
    move = {**visit("APT-0", "slot-1")}
    assert post(ehr, "/appointments/APT-0/reschedule", move, "c").status_code == 409
    assert post(ehr, "/appointments/APT-0/reschedule", {**move, "slot_id": "slot-2"}, "d").status_code == 201
    assert post(ehr, "/appointments", visit("APT-2", "slot-0"), "e").status_code == 201
    cancel = {"appointment_id": "APT-1", "reason": "patient"}
    assert post(ehr, "/appointments/APT-1/cancel", cancel, "f").json()["record"]["state"] == "cancelled"
    assert post(ehr, "/appointments/APT-1/cancel", cancel, "g").status_code == 409
    assert post(ehr, "/appointments/APT-1/cancel", cancel, "f").status_code == 200
    assert post(ehr, "/appointments", visit("APT-3", "slot-1"), "h").status_code == 201
    assert post(ehr, "/appointments/APT-9/cancel", cancel, "i").status_code == 404


def test_the_feed_tells_changes_in_pages(tmp_path: Path) -> None:
    ehr = client(tmp_path, "ehr")
    for n in range(3):
        post(ehr, "/appointments", visit(f"APT-{n}", f"slot-{n}"), f"k{n}")
    page = ehr.get("/feed", params={"since": 0, "limit": 2}).json()
    rest = ehr.get("/feed", params={"since": page["next"]}).json()
    assert [one["id"] for one in page["changes"] + rest["changes"]] == ["APT-0", "APT-1", "APT-2"]
    assert page["changes"][0]["at"] == NOW.isoformat()
    assert ehr.get("/feed", params={"since": rest["next"]}).json() == {"changes": [], "next": rest["next"]}


@pytest.mark.parametrize("system", SERVICES)
def test_what_was_done_is_still_known_after_a_restart(tmp_path: Path, system: str) -> None:
    asked: dict[str, tuple[str, Body]] = {
        "erp": ("/requisitions", requisition()),
        "ehr": ("/appointments", visit()),
        "wfm": (
            "/staffing-requests",
            {**visit(), "shift_id": "S", "unit_id": "U", "role": "rn", "skill": "x", "source": "agency", "rate": 1},
        ),
    }
    made = post(client(tmp_path, system), *asked[system], "k:1/odd key").json()["reference"]
    effect = client(tmp_path, system).get("/effects/k%3A1%2Fodd%20key").json()
    assert effect["reference"] == made
    assert post(client(tmp_path, system), *asked[system], "k:1/odd key").status_code == 200
    assert client(tmp_path, system).get("/effects/other").status_code == 404


def test_a_service_that_is_down_does_nothing_and_comes_back(tmp_path: Path) -> None:
    erp = client(tmp_path, "erp")
    set_switch(tmp_path, "erp", {"mode": "down"})
    assert post(erp, "/requisitions", requisition(), "k").status_code == 503
    assert erp.get("/requisitions").status_code == 503
    assert client(tmp_path, "wfm").get("/staffing-requests").status_code == 200  # only the one that was switched
    set_switch(tmp_path, "erp", None)
    assert erp.get("/requisitions").json() == []


def test_a_refusing_service_still_answers_questions(tmp_path: Path) -> None:
    erp = client(tmp_path, "erp")
    set_switch(tmp_path, "erp", {"mode": "refuse"})
    assert post(erp, "/requisitions", requisition(), "k").status_code == 422
    assert erp.get("/requisitions").json() == []


def test_a_slow_service_answers_late(tmp_path: Path) -> None:
    set_switch(tmp_path, "erp", {"mode": "slow", "seconds": 0.2})
    assert client(tmp_path, "erp").get("/requisitions").json() == []
    with pytest.raises(httpx.ReadTimeout):
        client(tmp_path, "erp", timeout=0.1).get("/requisitions")


def test_an_effect_then_a_time_out_leaves_the_effect(tmp_path: Path) -> None:
    set_switch(tmp_path, "erp", {"mode": "effect-then-timeout"})
    erp = client(tmp_path, "erp", timeout=0.3)
    with pytest.raises(httpx.ReadTimeout):
        post(erp, "/requisitions", requisition(), "k")
    assert erp.get("/effects/k").json()["reference"] == "REQ-1043"


def test_it_can_be_called_where_an_event_loop_is_running(tmp_path: Path) -> None:
    async def ask() -> int:
        return client(tmp_path, "erp").get("/requisitions").status_code

    assert asyncio.run(ask()) == 200


def test_several_clients_at_once_get_different_numbers(tmp_path: Path) -> None:
    apps = [open_service("erp", tmp_path, CLOCK) for _ in range(3)]

    async def create(number: int) -> str:
        transport = httpx.ASGITransport(apps[number % 3])
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            answer = await http.post("/requisitions", json=requisition(), headers={"Idempotency-Key": f"k{number}"})
            reference: str = answer.json()["reference"]
            return reference

    async def create_all() -> list[str]:
        return await asyncio.gather(*(create(number) for number in range(12)))

    assert sorted(asyncio.run(create_all())) == [f"REQ-{number}" for number in range(1043, 1055)]
