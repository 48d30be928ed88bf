"""Operating room time, minute by minute from the rows, without the interval arithmetic of the product."""

import re
from collections import Counter
from datetime import datetime, time

from evals.checks.look import MINUTE, Wrong, first_wrong, on_clock, rows_with, same, say, site_of, words_of
from evals.replay import Played
from hospital.cards import Cell
from hospital.model.bookings import Block, Hold, SurgicalCase
from hospital.model.history import Feed
from hospital.model.places import Maintenance, Room
from hospital.ports import In

PRIME = (time(7, 30), time(15, 30))
"""Prime time (field.md, operations rules)."""
OPEN = ("released", "unassigned")


class RoomDay:
    """Every minute of one room's prime time on the day asked, and the one thing it counts as."""

    def __init__(self, played: Played, room: Room) -> None:
        self.room = room
        self.now = played.line.clock.now()
        site = site_of(played)
        self.start = on_clock(site, played.about("day"), PRIME[0])
        self.end = on_clock(site, played.about("day"), PRIME[1])
        world = played.after
        self._cases = world.find(SurgicalCase, room_id=room.id, state=In(("scheduled", "in_progress")))
        self._holds = world.find(Hold, resource=f"room:{room.id}", state="held")
        self._works = world.find(Maintenance, room_id=room.id, state="scheduled")
        self._blocks = world.find(Block, room_id=room.id)
        count = (self.end - self.start) // MINUTE
        self.minutes = {m: self._use(m) for m in (self.start + i * MINUTE for i in range(count))}

    def _use(self, moment: datetime) -> str:
        room = self.room
        if room.status in ("blocked", "closed") and (room.status_until is None or moment < room.status_until):
            return "down"
        if any(work.start <= moment < work.end for work in self._works):
            return "maintenance"
        if any(c.start and c.end and c.start <= moment < c.end for c in self._cases):
            return "booked"
        if any(h.start <= moment < h.end and h.expires_at > self.now for h in self._holds):
            return "held"
        blocks = [block for block in self._blocks if block.start <= moment < block.end]
        if any(block.state == "released" or block.auto_release_at <= self.now for block in blocks):
            return "released"
        return "blocked" if blocks else "unassigned"

    def count(self, *uses: str) -> int:
        """Minutes of these uses."""
        counted = Counter(self.minutes.values())
        return sum(counted[use] for use in uses)


def _days(played: Played) -> list[tuple[RoomDay, dict[str, Cell] | None]]:
    site = site_of(played)
    told = {
        str(row["Room"]): row
        for row in rows_with(played.last, "Room", "Open", "Gaps")
        if str(row[""]).startswith(f"{site.name}:")
        and f"{on_clock(site, played.about('day'), PRIME[0]):%d %b}" in str(row[""])
    }
    rooms = played.after.find(Room, site_id=site.id, kind="or")
    return [(RoomDay(played, room), told.get(room.name)) for room in rooms]


def minutes_per_room(played: Played) -> Wrong:
    """Every operating room of the site with its open minutes of that day."""
    for day, told in _days(played):
        if told is None:
            return f"{day.room.name} is not in the table of the day and site asked for"
        real = day.count(*OPEN)
        wrong = same(f"open minutes of {day.room.name}", told["Open"], real)
        if real and not wrong:
            wrong = say(words_of(played.last), rf"\b{day.room.name} {real} min\b")
        if wrong:
            return wrong
    return None


def released_and_unassigned_apart(played: Played) -> Wrong:
    """Both figures of every room, and the sentence that says which is which."""
    released = unassigned = 0
    for day, told in _days(played):
        if told is None:
            return f"{day.room.name} is not in the table"
        wrong = first_wrong(
            same(f"released minutes of {day.room.name}", told["Released"], day.count("released")),
            same(f"unassigned minutes of {day.room.name}", told["Unassigned"], day.count("unassigned")),
        )
        if wrong:
            return wrong
        released, unassigned = released + day.count("released"), unassigned + day.count("unassigned")
    wanted = (["released"] if released else []) + (["never assigned|unassigned"] if unassigned else [])
    return say(words_of(played.last), *wanted)


def held_time_not_free(played: Played) -> Wrong:
    """No held minute lies in a gap that is offered, and held minutes are counted apart."""
    for day, told in _days(played):
        if told is None:
            return f"{day.room.name} is not in the table"
        if wrong := same(f"held minutes of {day.room.name}", told["Held"], day.count("held")):
            return wrong
        for start, end in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", str(told["Gaps"])):
            inside = [use for m, use in day.minutes.items() if start <= f"{m:%H:%M}" < end]
            if taken := [use for use in inside if use not in OPEN]:
                return f"{day.room.name} {start}-{end} is offered as open, but {len(taken)} min of it are {taken[0]}"
    return None


def data_as_of(played: Played) -> Wrong:
    """Every source's age as its feed's row has it, the hospital record's among them."""
    return _ages(played, "ehr")


def as_of_per_source(played: Played) -> Wrong:
    """Every source's age as its feed's row has it, the bed feed's among them."""
    return first_wrong(_ages(played, "adt"), say(words_of(played.last), "as of"))


def _ages(played: Played, needed: str) -> Wrong:
    if needed not in played.last.as_of:
        return f"the age of {needed} is not told"
    for source, said in played.last.as_of.items():
        feed = played.after.get(Feed, source)
        if feed is None or feed.last_event_at != said:
            return f"{source} is as of {feed.last_event_at if feed else 'never'}, not {said}"
    return None
