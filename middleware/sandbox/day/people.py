"""The roster goes on: some call out, and shifts are published up to its horizon."""

from datetime import timedelta

from hospital.model.people import Shift, Staff
from hospital.ports import Range
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.world.frame import World
from middleware.sandbox.world.rosters import ROSTER_AHEAD, publish_roster

CALLS_OUT = 0.012
"""The chance that somebody calls out of a shift, known from the day before on."""


def call_out(passing: Passing) -> None:
    """Once a day, some of those rostered for the next 24 hours call out."""
    if not passing.new_days():
        return
    soon = Range(at_least=passing.now, before=passing.now + timedelta(hours=24))
    coming = passing.work.find(Shift, state="rostered", source="home", start=soon)
    passing.work.put(
        *(one.changed(state="called_out") for one in coming if passing.luck(one.id, "calls out") < CALLS_OUT)
    )


def extend_roster(passing: Passing) -> None:
    """Shifts for the days that came into the horizon."""
    if not passing.new_days():
        return
    frame = passing.frame
    last = passing.work.find(Shift, start=Range(at_least=passing.now), order="-start", limit=1)
    first = (last[0].start.date() - frame.today).days + 1 if last else 0
    days = frame.days(first, ROSTER_AHEAD)
    if not days:
        return
    pools: dict[tuple[str, str], list[str]] = {}
    people = passing.work.values(Staff, ("id", "home_unit_id", "role"), employment="home")
    for id, unit, role in sorted(people):
        if unit is not None and id.rpartition("-")[2].isdigit():
            pools.setdefault((unit, role), []).append(id)
    world = World()
    publish_roster(frame, world, pools, days)
    rows = world.of(Shift)
    ids = {row["id"] for row in rows}
    since = Range(at_least=passing.now - timedelta(days=1))
    there = {id for (id,) in passing.work.values(Shift, ("id",), start=since) if id in ids}
    passing.work.bulk(Shift, [row for row in rows if row["id"] not in there])
