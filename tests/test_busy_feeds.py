"""Plans that wait while the feeds go on: unrelated events never block them, a touched resource-day says so."""

from datetime import timedelta
from typing import Any

import pytest
from small_hospital import NOW, fill, people, purchase, staff_request, visit

from hospital.ids import TurnId, UserId
from hospital.model.bookings import Appointment, Slot
from hospital.model.history import Feed
from hospital.model.people import Patient, Shift
from hospital.model.places import Room
from hospital.model.supply import Item, Requisition
from hospital.ports import UnitOfWork
from middleware.store.database import SqlStore
from policies import ledger
from policies.decide import load_policy
from policies.drafting import draft_plan
from policies.plans import Plan

POLICY = load_policy()
PER_SECOND = 50
HOUR = timedelta(hours=1)
FEEDS = ("ehr", "adt", "wfm", "erp", "inventory")


def busy_second(work: UnitOfWork, second: int) -> None:
    """Fifty events of one second: other patients, slots, rooms and shifts than any plan here touches."""
    at = NOW + timedelta(seconds=second)
    rows: list[Any] = [Feed(id=feed, last_event_at=at) for feed in FEEDS]
    for number in range(PER_SECOND - len(FEEDS)):
        n = f"{second % 40}-{number}"
        start = NOW + timedelta(days=3, minutes=20 * number)
        end = start + timedelta(minutes=20)
        made: Any = (
            Slot(
                id=f"other-{n}",
                site_id="lake",
                clinic_id=None,
                session_id=None,
                room_id="lake-1",
                clinician_id=None,
                visit_type="new",
                start=start,
                end=end,
                status="busy" if second % 2 else "free",
            ),
            Room(id=f"lake-{n}", site_id="lake", name=f"Room {n}", kind="clinic"),
            Shift(
                id=f"S-{n}",
                staff_id=f"L-{number}",
                site_id="lake",
                unit_id="lake-ward",
                role="rn",
                start=start,
                end=end + 12 * HOUR,
            ),
            Patient(id=f"L-{n}", name=f"Other {n}", birth_date=NOW.date()),
        )[number % 4]
        rows.append(made)
    work.put(*rows)


def submitted(store: SqlStore, who: str, *lines: Any) -> Plan:
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()[who], "Waits", lines, NOW)
    assert ledger.submit(store, POLICY, plan, NOW).status in ("awaiting", "attest")
    return plan


def vote(store: SqlStore, plan: Plan, who: str, at: timedelta = HOUR) -> ledger.VoteOutcome:
    return ledger.vote(store, POLICY, plan.id, UserId(who), "approve", plan.digest, "", "test", NOW + at)


def an_hour_goes_by(store: SqlStore, seconds: range) -> None:
    for second in seconds:
        with store.working() as work:
            busy_second(work, second)


@pytest.mark.parametrize("every", [60, pytest.param(1, marks=pytest.mark.full)])
def test_plans_that_wait_an_hour_of_busy_feeds_still_commit(every: int, empty_store: SqlStore) -> None:
    """Every minute of the hour (each second of it in the full run) brings fifty events."""
    store = fill(empty_store)
    bought = submitted(store, "sup", purchase(2))
    staffed = submitted(store, "cleo", staff_request("agency"))
    booked = submitted(store, "cora", visit())
    an_hour_goes_by(store, range(0, 3_601, every))
    assert vote(store, bought, "periop.manager").status == "committed"
    assert vote(store, staffed, "nils").status == "recorded"
    assert vote(store, staffed, "nursing.finance").status == "committed"
    said = (UserId("cora"), booked.digest, TurnId("T-2"), "web", NOW + HOUR)
    assert ledger.attest(store, POLICY, booked.id, *said).status == "committed"
    with store.reading() as world:
        assert [world.count(kind) for kind in (Requisition, Appointment)] == [1, 1]


def test_a_touched_resource_day_is_stale_with_the_difference(empty_store: SqlStore) -> None:
    store = fill(empty_store)
    bought, booked = submitted(store, "sup", purchase(2)), submitted(store, "cora", visit())
    an_hour_goes_by(store, range(0, 3_601, 600))
    with store.working() as work:
        tray, slot = work.get(Item, "TRAY"), work.get(Slot, "slot-0")
        assert tray is not None
        assert slot is not None
        work.put(tray.changed(unit_cost=120_000), slot.changed(status="busy"))
    stale = vote(store, bought, "periop.manager")
    assert stale.status == "stale"
    assert any("$1,200.00 now, not $1,000.00" in one for one in stale.differences)
    said = (UserId("cora"), booked.digest, TurnId("T-2"), "web", NOW + HOUR)
    refused = ledger.attest(store, POLICY, booked.id, *said)
    assert (refused.status, "busy" in refused.sentence) == ("refused", True)
    with store.reading() as world:
        assert world.count(Requisition) == world.count(Appointment) == 0
