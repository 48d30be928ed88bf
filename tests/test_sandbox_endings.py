"""What ends by itself in the sandbox: holds, rooms that were out until a time, loaners on their way."""

from datetime import timedelta
from pathlib import Path

from small_hospital import NOW, fill

from hospital.model.bookings import Hold
from hospital.model.places import Room
from hospital.model.supply import Loaner
from middleware.sandbox.conditions import given
from middleware.sandbox.day.endings import end_what_is_over
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.world.frame import Frame
from middleware.store.database import SqlStore

HOUR = timedelta(hours=1)


def room(number: int, **changed: object) -> Room:
    fields = {"id": f"hill-or-{number}", "site_id": "hill", "name": f"OR {number}", "kind": "or"}
    return Room.model_validate({**fields, **changed})


def test_what_is_over_ends_and_the_rest_stays(sqlite_store: SqlStore, tmp_path: Path) -> None:
    fill(sqlite_store)
    loaner = {"item_id": "TRAY", "case_id": "CASE-1", "site_id": "hill", "required_by": NOW}
    span = {"start": NOW + 9 * HOUR, "end": NOW + 10 * HOUR, "group": "G", "site_id": "hill", "holder": "sam"}
    with sqlite_store.working() as work:
        for hours in (1, 3):
            work.put(
                room(hours + 1, status="blocked", status_until=NOW + hours * HOUR, status_by="reported"),
                Hold.model_validate(
                    {**span, "id": f"H-{hours}", "resource": "room:hill-or-1", "expires_at": NOW + hours * HOUR}
                ),
                Loaner.model_validate({**loaner, "id": f"L-{hours}", "expected_at": NOW + hours * HOUR}),
            )
        work.put(room(9, status="blocked"))
    given(tmp_path, sqlite_store, "or1-hill=flooded", NOW)
    with sqlite_store.working() as work:
        end_what_is_over(Passing(work, Frame(NOW + 2 * HOUR, 7), NOW))
    with sqlite_store.reading() as world:
        assert [hold.state for hold in world.find(Hold, order="id")] == ["expired", "held"]
        rooms = {one.id: one.status for one in world.find(Room, kind="or")}
        assert [one.arrived_at for one in world.find(Loaner, order="id")] == [NOW + HOUR, None]
    assert rooms == {
        "hill-or-1": "blocked",  # flooded, by a condition
        "hill-or-2": "available",
        "hill-or-4": "blocked",  # for another hour
        "hill-or-9": "blocked",  # until somebody says otherwise
    }
