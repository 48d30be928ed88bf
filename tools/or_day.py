"""The operating rooms of one site over a window: who uses each minute of prime time, from one read per table."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospital.model.bookings import Block, Hold, SurgicalCase
from hospital.model.places import Maintenance, Room, Site
from hospital.planning.capacity import DayAccount, Kind, Labelled, account
from hospital.planning.intervals import Interval, Spans, intersect, union
from hospital.planning.prime_time import PrimeTime
from hospital.ports import In, Range
from tools.tool import Toolbox

LONGEST = timedelta(days=2)
"""No case, block or maintenance of a room starts longer before the window than this and still reaches into it."""
DOWN = ("blocked", "closed")
FAR = timedelta(days=3650)


@dataclass(frozen=True)
class RoomTime:
    """One room: its minutes by kind, how released time was released, and whose the rest of the blocks is."""

    room: Room
    account: DayAccount
    down: Spans
    """Out of service: reported or from the feed."""
    released: tuple[tuple[Spans, str], ...]
    """Free released time with how it was released."""
    owned: tuple[tuple[Spans, Block], ...]
    """Free block time that its owner still has."""


def read_or_time(
    box: Toolbox, site: Site, window: Interval, rooms: list[Room], prime: PrimeTime | None = None
) -> list[RoomTime]:
    """The prime time of these rooms of one site in the window, minute by minute accounted for."""
    opened = (prime or PrimeTime()).within(window, site.timezone)
    ids = {str(room.id) for room in rooms}
    uses: dict[str, list[Labelled]] = defaultdict(list)
    for case_id, room_id, start, end in _values(box, SurgicalCase, "end", site, window, state=_LIVE):
        _add(uses, room_id, start, end, "booked", case_id)
    for order, room_id, start, end in _values(box, Maintenance, "end", site, window, state="scheduled"):
        _add(uses, room_id, start, end, "maintenance", order)
    for hold_id, resource, start, end in box.world.values(
        Hold,
        ("id", "resource", "start", "end"),
        resource=In(tuple(f"room:{id}" for id in ids)),
        state="held",
        expires_at=Range(at_least=box.now),
        start=Range(before=window.end),
    ):
        _add(uses, resource.removeprefix("room:"), start, end, "held", hold_id)
    blocks = defaultdict(list)
    for block in box.world.find(
        Block, site_id=site.id, start=Range(at_least=window.start - LONGEST, before=window.end)
    ):
        if block.room_id in ids and block.end > window.start:
            blocks[str(block.room_id)].append(block)
            kind: Kind = "released" if is_released(block, box.now) else "blocked"
            _add(uses, block.room_id, block.start, block.end, kind, block.id)
    return [_room_time(room, opened, uses[room.id], blocks[room.id], box.now) for room in rooms]


_LIVE = In(("scheduled", "in_progress"))


def _values(
    box: Toolbox,
    kind: type[SurgicalCase] | type[Maintenance],
    end: str,
    site: Site,
    window: Interval,
    **where: object,
) -> list[tuple[str, str | None, datetime, datetime]]:
    first = Range(at_least=window.start - LONGEST, before=window.end)
    if kind is Maintenance:
        first = Range(before=window.end)  # maintenance may last for weeks, and there is little of it
    found = box.world.values(kind, ("id", "room_id", "start", end), site_id=site.id, start=first, **where)
    return [
        (id, room, start, until) for id, room, start, until in found if until is not None and until > window.start
    ]


def _add(
    uses: dict[str, list[Labelled]], room_id: str | None, start: datetime, end: datetime, kind: Kind, ref: str
) -> None:
    if room_id is not None:
        uses[room_id].append(Labelled(Interval(start, end), kind, ref))


def is_released(block: Block, now: datetime) -> bool:
    """Whether the block's time is anybody's: given up, or past its automatic release."""
    return block.state == "released" or block.auto_release_at <= now


def say_release(block: Block) -> str:
    """How the block came to be released."""
    return {None: "automatically", "auto": "automatically", "voluntary": "by its owner", "approved": "by approval"}[
        block.released_mode
    ]


def down_span(room: Room, now: datetime) -> Interval | None:
    """When the room is out of service: until its stated time, or until further notice."""
    if room.status not in DOWN or (room.status_until is not None and room.status_until <= now):
        return None
    since = min(room.status_at or now, now)
    return Interval(since, room.status_until or now + FAR)


def _room_time(room: Room, opened: Spans, uses: list[Labelled], blocks: list[Block], now: datetime) -> RoomTime:
    down = down_span(room, now)
    if down is not None:
        # Nothing can be done in a room that is out of service, as under maintenance; told apart below.
        uses = [*uses, Labelled(down, "maintenance", "down")]
    day = account(opened, uses)
    released = tuple(
        (spans, say_release(block))
        for block in blocks
        if is_released(block, now) and (spans := intersect(day.spans["released"], [Interval(block.start, block.end)]))
    )
    owned = tuple(
        (spans, block)
        for block in blocks
        if not is_released(block, now)
        and (spans := intersect(day.spans["blocked"], [Interval(block.start, block.end)]))
    )
    return RoomTime(room, day, intersect(opened, [down]) if down else (), released, owned)


def block_for(time: RoomTime, clinician_id: str | None, service_id: str | None) -> Spans:
    """Free block time that this surgeon or service may use as its owner."""
    return union(
        span
        for spans, block in time.owned
        for span in spans
        if (clinician_id is not None and block.owner_id == clinician_id)
        or (service_id is not None and block.service_id == service_id and block.owner_id in (None, clinician_id))
    )
