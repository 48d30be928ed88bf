"""The sandbox's day goes on: what is over is over, what comes is there, and twice the same moment is once."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hospital.model.bookings import Appointment, Block, Slot, SurgicalCase
from hospital.model.history import DemandCount, Feed
from hospital.model.people import Encounter, Shift
from hospital.model.places import Bed, Room
from hospital.model.supply import Stock
from hospital.ports import In, Not, Range
from middleware.sandbox.conditions import given
from middleware.sandbox.simulator import advance
from middleware.store.database import SqlStore

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 9, 14, 8, tzinfo=CHICAGO)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def store(own_sandbox_store: SqlStore) -> SqlStore:
    return own_sandbox_store


def snapshot(store: SqlStore) -> list[object]:
    kinds = (SurgicalCase, Encounter, Bed, Feed, Shift, DemandCount)
    with store.reading() as world:
        return [sorted(map(repr, world.find(kind, limit=3_000, order="-id"))) for kind in kinds]


def test_feeds_stay_fresh(store: SqlStore) -> None:
    assert advance(store, NOW + timedelta(hours=5))
    with store.reading() as world:
        assert all(
            NOW + timedelta(hours=4, minutes=50) < f.last_event_at <= NOW + timedelta(hours=5)
            for f in world.find(Feed)
        )


def test_a_late_feed_stays_late_while_the_rest_goes_on(store: SqlStore, own_sandbox_home: Path) -> None:
    given(own_sandbox_home, store, "adt-lag=47m")
    advance(store, NOW + timedelta(hours=2))
    with store.reading() as world:
        ages = {feed.id: NOW + timedelta(hours=2) - feed.last_event_at for feed in world.find(Feed)}
    assert ages["adt"] == timedelta(minutes=47)
    assert ages["ehr"] < timedelta(minutes=30)


def test_the_same_moment_twice_is_once(store: SqlStore) -> None:
    assert advance(store, TOMORROW)
    after = snapshot(store)
    assert not advance(store, TOMORROW)
    assert snapshot(store) == after


def test_cases_begin_and_end_and_use_what_they_were_planned_with(store: SqlStore) -> None:
    with store.reading() as world:
        mesh = world.find(Stock, site_id="northgate", item_id="MESH-M")[0].on_hand
    advance(store, NOW + timedelta(minutes=50))
    with store.reading() as world:
        running = world.get(SurgicalCase, "CASE-401")
        assert running is not None
        assert (running.state, running.wheels_out) == ("in_progress", None)
    advance(store, NOW + timedelta(hours=12))
    with store.reading() as world:
        done = world.get(SurgicalCase, "CASE-402")
        assert done is not None
        assert done.wheels_in is not None
        assert done.wheels_out is not None
        assert done.state == "completed"
        assert done.actual_minutes == (done.wheels_out - done.wheels_in).total_seconds() / 60
        assert world.find(Stock, site_id="northgate", item_id="MESH-M")[0].on_hand < mesh


def test_no_case_begins_in_a_flooded_room(store: SqlStore, own_sandbox_home: Path) -> None:
    given(own_sandbox_home, store, "or4-northgate=flooded")
    advance(store, NOW + timedelta(hours=4))
    with store.reading() as world:
        flooded = world.get(Room, "northgate-or-4")
        assert flooded is not None
        assert flooded.status == "blocked"
        waiting = world.find(SurgicalCase, id=In(("CASE-401", "CASE-402")))
        assert {case.state for case in waiting} == {"scheduled"}


def test_patients_come_and_go_and_beds_keep_one_patient_each(store: SqlStore) -> None:
    with store.reading() as world:
        before = {stay for (stay,) in world.values(Encounter, ("id",), state="in_bed")}
    advance(store, TOMORROW)
    with store.reading() as world:
        after = {stay for (stay,) in world.values(Encounter, ("id",), state="in_bed")}
        assert before - after
        assert after - before
        assert 0.8 * len(before) < len(after) < 1.2 * len(before)
        lying = Counter(bed for (bed,) in world.values(Encounter, ("bed_id",), state=Not("discharged")))
        assert set(lying.values()) == {1}
        assert set(lying) == {bed for (bed,) in world.values(Bed, ("id",), status="occupied")}


def test_visits_of_the_day_have_an_outcome(store: SqlStore) -> None:
    advance(store, NOW + timedelta(hours=11))
    with store.reading() as world:
        today = Range(at_least=NOW, before=NOW + timedelta(hours=9))
        states = Counter(s for (s,) in world.values(Appointment, ("status",), start=today))
    assert states["fulfilled"] > 10 * states["noshow"] > 0
    assert states["booked"] == 0


def test_tomorrow_has_its_counts_blocks_shifts_and_slots(store: SqlStore) -> None:
    with store.reading() as world:
        last_slot = world.find(Slot, order="-start", limit=1)[0].start
        free = world.count(Slot, status="free", start=Range(at_least=TOMORROW, before=TOMORROW + timedelta(days=14)))
    advance(store, TOMORROW)
    with store.reading() as world:
        assert world.count(DemandCount, series="referrals:cardiology:northgate", day=date(2026, 9, 14)) == 1
        assert world.find(Slot, order="-start", limit=1)[0].start > last_slot
        two_weeks = Range(at_least=TOMORROW, before=TOMORROW + timedelta(days=14))
        assert world.count(Slot, status="free", start=two_weeks) < free
        assert world.find(Shift, order="-start", limit=1)[0].start > TOMORROW + timedelta(days=27)
        due = world.find(Block, state="allocated", start=Range(at_least=TOMORROW))
        assert due
        assert all(block.auto_release_at > TOMORROW for block in due)
        taken = Counter(
            slot for (slot,) in world.values(Appointment, ("slot_id",), status="booked", start=two_weeks) if slot
        )
        assert set(taken.values()) == {1}
        assert world.count(Slot, id=In(tuple(taken)), status="busy") == len(taken)


@pytest.mark.slow
def test_a_store_left_alone_for_weeks_catches_up(store: SqlStore) -> None:
    later = NOW + timedelta(days=20)
    advance(store, later)
    with store.reading() as world:
        assert (
            world.count(
                SurgicalCase, state=In(("scheduled", "in_progress")), start=Range(before=later - timedelta(days=1))
            )
            == 0
        )
        assert world.count(Appointment, status="booked", start=Range(before=later - timedelta(days=1))) == 0
        assert (
            world.count(DemandCount, series="arrivals:medicine:harbor", day=Range(at_least=date(2026, 9, 14))) == 20
        )
        assert world.count(SurgicalCase, state="scheduled", start=Range(at_least=later)) > 1_000
        occupied, beds = world.count(Bed, status="occupied"), world.count(Bed, staffed=True)
        assert 0.6 < occupied / beds < 0.95
