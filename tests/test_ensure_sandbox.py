"""The sandbox is made when there is none that fits the clock, once, whole or not at all, and reused otherwise."""

import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_hospital import NOW, entities

from hospital.clocks import FrozenClock
from hospital.entity import Entity
from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.places import Site
from hospital.model.supply import Requisition
from hospital.model.talk import Thread
from hospital.model.work import Setting
from middleware.connectors.sandbox import InProcess
from middleware.sandbox.conditions import business_now, given, standing
from middleware.sandbox.ensure import Stamp, ensure_sandbox, read_stamp
from middleware.store.database import SqlStore, create

ROOT = Path(__file__).parent.parent
CLOCK = FrozenClock(NOW)
LATER = FrozenClock(NOW + timedelta(hours=6))


class Builder:
    """Builds a hospital small enough for a test, and remembers for what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, int]] = []

    def __call__(self, now: datetime, seed: int) -> dict[type[Entity], list[dict[str, Any]]]:
        self.asked.append((now, seed))
        rows: dict[type[Entity], list[dict[str, Any]]] = defaultdict(list)
        rows[Appointment], rows[SurgicalCase] = [], []
        rows[Requisition] = [
            {"id": "REQ-1042", "key": "K", "item_id": "TRAY", "description": "Tray", "quantity": 2, "amount": 200_000,
             "cost_centre_id": "4100", "purpose": "hips", "state": "pending_approval", "requested_by": "sup",
             "created_at": now}
        ]  # fmt: skip
        for entity in entities():
            rows[type(entity)].append(dict(entity))
        return dict(rows)


def url(home: Path) -> str:
    return f"sqlite:///{home / 'wardline.db'}"


def leave_a_trace(home: Path) -> None:
    store = SqlStore(url(home))
    with store.working() as work:
        work.put(Setting(id="trace", value="here"))
    store.close()


def has_trace(home: Path, name: str = "wardline.db") -> bool:
    store = SqlStore(f"sqlite:///{home / name}")
    with store.reading() as world:
        found = world.get(Setting, "trace") is not None
    store.close()
    return found


def test_a_sandbox_is_made_with_its_services(tmp_path: Path) -> None:
    said: list[str] = []
    store = ensure_sandbox(url(tmp_path), tmp_path, CLOCK, said.append, builder=Builder())
    assert store.is_sandbox
    assert business_now(store) == NOW
    with store.reading() as world:
        assert world.count(Site) == 2
        assert world.count(Thread) == 0
    store.close()
    with httpx.Client(base_url="http://erp", transport=InProcess("erp", tmp_path, CLOCK)) as erp:
        assert [one["id"] for one in erp.get("/requisitions").json()] == ["REQ-1042"]
    assert "writing Site" in said


def test_the_same_moment_reuses_it(tmp_path: Path) -> None:
    builder = Builder()
    for _ in range(3):
        ensure_sandbox(url(tmp_path), tmp_path, CLOCK, builder=builder).close()
    assert builder.asked == [(NOW, 7)]


@pytest.mark.parametrize(("clock", "seed"), [(LATER, 7), (CLOCK, 8)])
def test_another_moment_or_seed_builds_it_anew(tmp_path: Path, clock: FrozenClock, seed: int) -> None:
    builder = Builder()
    store = ensure_sandbox(url(tmp_path), tmp_path, CLOCK, builder=builder)
    given(tmp_path, store, "erp=down")
    store.close()
    leave_a_trace(tmp_path)
    store = ensure_sandbox(url(tmp_path), tmp_path, clock, builder=builder, seed=seed)
    assert builder.asked == [(NOW, 7), (clock.at, seed)]
    assert standing(tmp_path, store) == []
    store.close()
    assert not has_trace(tmp_path)
    assert has_trace(tmp_path, "wardline.db.previous")  # nothing is thrown away at once


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    def broken(_: datetime, __: int) -> dict[type[Entity], list[dict[str, Any]]]:
        return {Site: [{"id": "x", "no such field": 1}]}

    ensure_sandbox(url(tmp_path), tmp_path, CLOCK, builder=Builder()).close()
    leave_a_trace(tmp_path)
    with pytest.raises(ValueError, match="no such field"):
        ensure_sandbox(url(tmp_path), tmp_path, LATER, builder=broken)
    assert has_trace(tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.new*")) == []
    builder = Builder()
    ensure_sandbox(url(tmp_path), tmp_path, CLOCK, builder=builder).close()
    assert builder.asked == []


def test_a_production_store_is_opened_and_not_touched(tmp_path: Path) -> None:
    create(url(tmp_path), sandbox=False).close()
    builder = Builder()
    store = ensure_sandbox(url(tmp_path), tmp_path, CLOCK, builder=builder)
    assert not store.is_sandbox
    assert read_stamp(store) is None
    with store.reading() as world:
        assert world.count(Site) == 0
    store.close()
    assert builder.asked == []


def test_processes_that_start_at_once_build_once(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from pathlib import Path\n"
        "from test_ensure_sandbox import CLOCK, Builder, ensure_sandbox, url\n"
        f"home, builder = Path({str(tmp_path)!r}), Builder()\n"
        "store = ensure_sandbox(url(home), home, CLOCK, builder=builder)\n"
        "assert store.is_sandbox\n"
        "store.close()\n"
        "print(len(builder.asked))\n"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in starts) == ["0", "1"]


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"generator": "other"}, True),
        ({"moment": NOW + timedelta(days=120)}, True),
        ({"moment": NOW + timedelta(days=140)}, False),
        ({"moment": NOW}, True),
        ({"frozen": True}, False),
        ({"seed": 8}, False),
    ],
)
def test_a_live_sandbox_is_kept_unless_it_was_left_alone(wanted: dict[str, Any], fits: bool) -> None:
    live = Stamp(moment=NOW, frozen=False, seed=7, generator="this")
    played_to = NOW + timedelta(days=100)
    asked = {**live.model_dump(), "moment": played_to, **wanted}
    assert live.fits(Stamp.model_validate(asked), played_to) is fits


def test_a_frozen_sandbox_is_for_one_generator() -> None:
    frozen = Stamp(moment=NOW, frozen=True, seed=7, generator="this")
    assert not frozen.fits(Stamp.model_validate({**frozen.model_dump(), "generator": "other"}), NOW)


def test_on_postgresql_another_moment_builds_it_anew(store_url: str, tmp_path: Path) -> None:
    builder = Builder()
    for clock in (CLOCK, CLOCK, LATER):
        store = ensure_sandbox(store_url, tmp_path, clock, builder=builder)
        assert business_now(store) == clock.at
        store.close()
    assert builder.asked == [(NOW, 7), (LATER.at, 7)]
