"""An assumed world reads like the live one and never touches it."""

from datetime import timedelta
from typing import Any

import pytest
from examples_of import Examples
from small_hospital import NOW, fill

from hospital.model.places import Room, Site
from hospital.overlay import Overlay
from hospital.ports import Holds, In, Not, Range, Shares
from middleware.store.database import SqlStore
from policies.plans import Plan


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"kind": "or"},
        {"kind": Not("or")},
        {"status": In(("blocked", "closed"))},
        {"status_until": Not(None)},
        {"status_until": None},
        {"status_until": Range(NOW, NOW + timedelta(hours=3))},
        {"status_until": Range(before=NOW)},
        {"id": "no-such-room"},
    ],
)
def test_a_condition_means_over_an_assumption_what_it_means_in_the_store(
    sqlite_store: SqlStore, where: dict[str, Any]
) -> None:
    fill(sqlite_store)
    with sqlite_store.reading() as world:
        first, *_, last = world.find(Room, order="id")
        assumed = [
            first.changed(status="blocked", status_until=NOW + timedelta(hours=2)),
            last.changed(id="new-room", name="New", status="closed"),
        ]
        over = Overlay(world)
        over.put(*assumed)
        seen = over.find(Room, order="-name", **where)
        counted = over.count(Room, **where)
        names = over.values(Room, ("name", "status"), **where)
    with sqlite_store.working() as work:
        work.put(*assumed)
    with sqlite_store.reading() as world:
        assert sorted(seen, key=lambda room: room.id) == sorted(world.find(Room, **where), key=lambda room: room.id)
        assert counted == world.count(Room, **where)
        assert sorted(names) == sorted(world.values(Room, ("name", "status"), **where))
        assert [room.name for room in seen] == [room.name for room in world.find(Room, order="-name", **where)]


def test_an_assumption_leaves_the_live_world_and_what_it_does_not_name_alone(sqlite_store: SqlStore) -> None:
    fill(sqlite_store)
    with sqlite_store.reading() as world:
        room = world.find(Room, order="id", limit=1)[0]
        over = Overlay(world)
        over.put(room.changed(status="blocked"))
        twice = Overlay(over)
        twice.put(room.changed(status="closed"))
        statuses = [found.status for one in (world, over, twice) if (found := one.get(Room, room.id))]
        assert statuses == [room.status, "blocked", "closed"]
        assert twice.find(Site, order="id") == world.find(Site, order="id")


def test_what_shares_a_field_with_another_row_is_found_in_the_store_and_over_an_assumption(
    sqlite_store: SqlStore,
) -> None:
    both = Shares(("site_id",), {"kind": "clinic"})
    with fill(sqlite_store).reading() as world:
        over = Overlay(world, Room(id="lake-or-1", site_id="lake", name="OR 1", kind="or"))
        assert world.values(Room, ("id",), kind="or", id=both) == [("hill-or-1",)]
        assert over.values(Room, ("id",), kind="or", id=both) == [("hill-or-1",)]
        assert over.values(Room, ("id",), id=Shares(("name",), {"site_id": "hill"})) == [("lake-or-1",)]
        assert world.count(Room, id=Shares(("name",), {"site_id": "hill"})) == 0


def test_a_list_that_holds_a_word_is_found_in_the_store_and_over_an_assumption(sqlite_store: SqlStore) -> None:
    plan = Examples().of(Plan)
    with sqlite_store.working() as work:
        work.put(*(plan.changed(id=f"P{n}", key=str(n), touches=(f"bed:{n}", "ward")) for n in range(3)))
    with sqlite_store.reading() as world:
        over = Overlay(world, plan.changed(id="P1", key="1", touches=("elsewhere",)))
        assert [one.id for one in over.find(Plan, order="id", touches=Holds(["ward"]))] == ["P0", "P2"]
        assert over.values(Plan, ("id",), touches=Holds(["bed:1", "elsewhere"])) == [("P1",)]
