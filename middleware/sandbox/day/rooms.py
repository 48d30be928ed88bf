"""Operating rooms: blocks release themselves, cases begin and end, and new ones are put on."""

from datetime import datetime, timedelta

from hospital.model.bookings import Block, CaseItem, Hold, SurgicalCase
from hospital.model.places import Room
from hospital.model.supply import Stock
from hospital.ports import In, Range
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.world.blocks import RoomDay, build_blocks, room_days
from middleware.sandbox.world.clinicians import build_clinicians
from middleware.sandbox.world.frame import AHEAD_DAYS, World
from middleware.sandbox.world.surgery import build_surgery

GIVEN_UP_AFTER = timedelta(hours=12)
"""A case whose room stays out of service so long after its time was cancelled."""

NEW_A_DAY = 0.125
"""Share of room-days for which cases are put on, if there is room, on one day."""


def release_blocks(passing: Passing) -> None:
    """Blocks past their time are anybody's."""
    due = passing.work.find(
        Block, state="allocated", start=Range(at_least=passing.since, before=passing.now + timedelta(days=4))
    )
    passing.work.put(
        *(
            block.changed(state="released", released_mode="auto")
            for block in due
            if block.auto_release_at <= passing.now
        )
    )


def run_cases(passing: Passing) -> None:
    """Cases enter and leave their rooms, a little late and a little long; what they used is off the shelf."""
    out = {room.id for room in passing.work.find(Room, kind="or", status=In(("blocked", "closed")))}
    going = passing.work.find(
        SurgicalCase, state=In(("scheduled", "in_progress")), start=Range(before=passing.now), order="start"
    )
    for case in going:
        if case.start is None or case.end is None or case.room_id is None:
            continue
        if case.state == "scheduled" and case.room_id in out:
            if case.end + GIVEN_UP_AFTER < passing.now:
                passing.work.put(case.changed(state="cancelled", cancel_reason="room out of service"))
            continue
        _move_on(passing, case, case.start, case.end)


def _move_on(passing: Passing, case: SurgicalCase, start: datetime, end: datetime) -> None:
    wheels_in = case.wheels_in or start + timedelta(minutes=int(10 * passing.luck(case.id, "late")))
    minutes = (end - start).total_seconds() / 60
    took = max(15, int(minutes * (0.85 + 0.5 * passing.luck(case.id, "long") ** 2)))
    wheels_out = wheels_in + timedelta(minutes=took)
    if wheels_out <= passing.now:
        passing.work.put(
            case.changed(state="completed", wheels_in=wheels_in, wheels_out=wheels_out, actual_minutes=took)
        )
        for line in case.items:
            _use(passing, case, line)
    elif wheels_in <= passing.now and case.state == "scheduled":
        passing.work.put(case.changed(state="in_progress", wheels_in=wheels_in))


def _use(passing: Passing, case: SurgicalCase, line: CaseItem) -> None:
    for stock in passing.work.find(Stock, site_id=case.site_id, item_id=line.item_id):
        passing.work.put(stock.changed(on_hand=max(0, stock.on_hand - line.quantity)))


def put_on_cases(passing: Passing) -> None:
    """Once a day: new blocks at the end of the horizon, and new cases wherever a room is free that they may use."""
    ended = len(passing.new_days())
    if not ended:
        return
    frame, work = passing.frame, passing.work
    world = World()
    build_clinicians(frame, world)
    days = [day for day in room_days(frame, world) if 1 <= (day.day - frame.today).days <= AHEAD_DAYS]
    _new_blocks(passing, days, world)
    share = min(1.0, NEW_A_DAY * ended)
    build_surgery(frame, world, [day for day in days if passing.luck(day.room, day.day, frame.today) < share], set())
    taken = _taken(passing)
    fresh = []
    for number, row in enumerate(world.of(SurgicalCase)):
        spans = taken.setdefault(row["room_id"], []), taken.setdefault(row["surgeon_id"], [])
        if all(row["end"] <= start or row["start"] >= end for span in spans for start, end in span):
            row["id"] = f"CASE-{frame.today:%y%m%d}{number:04d}"
            fresh.append(row)
            for span in spans:
                span.append((row["start"], row["end"]))
    work.bulk(SurgicalCase, fresh)


def _new_blocks(passing: Passing, days: list[RoomDay], world: World) -> None:
    build_blocks(passing.frame, world, days, set())
    last = passing.work.find(Block, order="-start", limit=1)
    after = last[0].start if last else passing.now
    passing.work.bulk(Block, [row for row in world.of(Block) if row["start"] > after + timedelta(hours=8)])


def _taken(passing: Passing) -> dict[str, list[tuple[datetime, datetime]]]:
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    coming = Range(at_least=passing.now - timedelta(days=1))
    fields = ("room_id", "surgeon_id", "start", "end")
    states = In(("scheduled", "in_progress"))
    for room, surgeon, start, end in passing.work.values(SurgicalCase, fields, state=states, start=coming):
        for who in (room, surgeon):
            spans.setdefault(who, []).append((start, end))
    for hold in passing.work.find(Hold, state="held", start=coming):
        spans.setdefault(hold.resource.partition(":")[2], []).append((hold.start, hold.end))
    return spans
