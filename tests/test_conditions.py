"""What can be made to go wrong in the sandbox, and that it can be undone."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from small_hospital import NOW, fill

from hospital.clocks import SystemClock
from hospital.freshness import find_late
from hospital.model.history import Feed
from hospital.model.places import Bed, Room
from middleware.sandbox.conditions import FEEDS, business_now, clear, given, llm_is_down, standing
from middleware.sandbox.feeds import HEARD, keep_fresh
from middleware.sandbox.services.faults import read_fault
from middleware.store.database import SqlStore, create

ROOT = Path(__file__).parent.parent
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    fill(sqlite_store)
    with sqlite_store.working() as work:
        work.put(
            Room(id="lake-or-3", site_id="lake", name="OR 3", kind="or"),
            Bed(id="b-7", site_id="hill", unit_id="hill-ward", label="7-A", level="med_surg", status="occupied"),
        )
    return sqlite_store


def heard(store: SqlStore, feed: str) -> timedelta:
    """How long before NOW a feed was last heard of."""
    with store.reading() as world:
        found = world.get(Feed, feed)
        assert found is not None
        return NOW - found.last_event_at


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize(("value", "lag"), [("47m", 47 * MINUTE), ("90s", 1.5 * MINUTE), ("30h", 1800 * MINUTE)])
def test_any_feed_can_be_late(tmp_path: Path, store: SqlStore, feed: str, value: str, lag: timedelta) -> None:
    assert feed.upper() in given(tmp_path, store, f"{feed}-lag={value}", NOW)
    assert heard(store, feed) == lag
    others = set(FEEDS) - {feed}
    assert {heard(store, other) for other in others} == {timedelta(0)}


def test_a_late_feed_is_late_for_whoever_asks(tmp_path: Path, store: SqlStore) -> None:
    given(tmp_path, store, "ADT-lag = 47m", NOW)
    with store.reading() as world:
        late = find_late(world.find(Feed), {"adt": 15 * MINUTE}, NOW, ["adt"])
    assert [one.age_minutes for one in late] == [47]


def test_feeds_are_kept_fresh_except_those_made_late(tmp_path: Path, store: SqlStore) -> None:
    given(tmp_path, store, "adt-lag=47m", NOW)
    later = NOW + timedelta(hours=5)
    with store.working() as work:
        keep_fresh(work, later)
    assert heard(store, "adt") == NOW - later + 47 * MINUTE
    assert heard(store, "ehr") == NOW - later + HEARD


@pytest.mark.parametrize("system", ["ehr", "wfm", "erp"])
@pytest.mark.parametrize("mode", ["down", "refuse", "effect-then-timeout", "slow"])
def test_a_system_can_fail_and_come_back(tmp_path: Path, store: SqlStore, system: str, mode: str) -> None:
    given(tmp_path, store, f"{system}={mode}")
    fault = read_fault(tmp_path, system)
    assert fault is not None
    assert fault.mode == mode
    assert standing(tmp_path, store) == [f"{system}={mode}"]
    given(tmp_path, store, f"{system}=up")
    assert read_fault(tmp_path, system) is None


def test_how_slow_can_be_said(tmp_path: Path, store: SqlStore) -> None:
    given(tmp_path, store, "erp=slow:0.5s")
    fault = read_fault(tmp_path, "erp")
    assert fault is not None
    assert fault.seconds == 0.5


@pytest.mark.parametrize(("name", "room", "other"), [("or3-lake", "lake-or-3", "hill-or-1"),
                                                     ("OR1-Hill", "hill-or-1", "lake-or-3")])  # fmt: skip
def test_any_operating_room_can_be_flooded(tmp_path: Path, store: SqlStore, name: str, room: str, other: str) -> None:
    given(tmp_path, store, f"{name}=flooded", NOW)
    with store.reading() as world:
        flooded, dry = world.get(Room, room), world.get(Room, other)
    assert flooded is not None
    assert dry is not None
    assert (flooded.status, flooded.status_by, flooded.status_note) == ("blocked", "feed", "flooded")
    assert dry.status == "available"


def test_clearing_leaves_everything_as_it_was(tmp_path: Path, store: SqlStore) -> None:
    with store.reading() as world:
        before = (world.find(Feed, order="id"), world.find(Room, order="id"), world.find(Bed, order="id"))
    for condition in ("adt-lag=47m", "adt-lag=2h", "erp=down", "llm=down", "or3-lake=flooded", "bed-7-a-hill=dirty",
                      "bed-7-a-hill=blocked"):  # fmt: skip
        given(tmp_path, store, condition, NOW)
    assert standing(tmp_path, store) == [
        "erp=down", "llm=down", "adt-lag=7200s", "bed-7-a-hill=blocked", "or3-lake=flooded"
    ]  # fmt: skip
    clear(tmp_path, store, NOW)
    with store.reading() as world:
        after = (world.find(Feed, order="id"), world.find(Room, order="id"), world.find(Bed, order="id"))
    assert after == before
    assert standing(tmp_path, store) == []


def test_the_language_model_can_be_out_of_reach(tmp_path: Path, store: SqlStore) -> None:
    given(tmp_path, store, "llm=down")
    assert llm_is_down(tmp_path)
    given(tmp_path, store, "llm=up")
    assert not llm_is_down(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("atd-lag=47m", "adt-lag"),
        ("epr=down", "erp"),
        ("erp=slwo", "slow"),
        ("or3-laek=flooded", "or3-lake"),
        ("or9-lake=flooded", "or3-lake"),
        ("bed-7-b-hill=dirty", "bed-7-a-hill"),
        ("adt-lag=soon", "47m"),
        ("erp=down:3s", "down"),
        ("adt-lag", "adt-lag"),
        ("or3-lake=dry", "flooded"),
        ("llm=slow", "down or up"),
    ],
)
def test_an_unknown_condition_is_refused_with_the_nearest(
    tmp_path: Path, store: SqlStore, wrong: str, nearest: str
) -> None:
    with pytest.raises(ValueError, match=nearest):
        given(tmp_path, store, wrong, NOW)
    assert standing(tmp_path, store) == []


def test_a_condition_is_seen_by_other_processes(tmp_path: Path, store: SqlStore) -> None:
    code = (
        "from pathlib import Path\n"
        "from middleware.sandbox.conditions import given\n"
        "from middleware.store.database import SqlStore\n"
        f"home = Path({str(tmp_path)!r})\n"
        "store = SqlStore(f'sqlite:///{home}/wardline.db')\n"
        "given(home, store, 'wfm=down')\n"
        "given(home, store, 'or3-lake=flooded')\n"
        "store.close()\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert standing(tmp_path, store) == ["wfm=down", "or3-lake=flooded"]


def test_a_store_without_a_frozen_moment_goes_by_the_system_clock(store: SqlStore) -> None:
    assert abs(business_now(store) - SystemClock().now()) < MINUTE


def test_a_production_store_has_no_conditions(tmp_path: Path) -> None:
    production = create(f"sqlite:///{tmp_path / 'production.db'}", sandbox=False)
    with pytest.raises(ValueError, match="production"):
        given(tmp_path, production, "erp=down")
    with pytest.raises(ValueError, match="production"):
        clear(tmp_path, production)
    assert read_fault(tmp_path, "erp") is None
    production.close()
