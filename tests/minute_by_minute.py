"""What a minute of an operating room is, decided without the interval arithmetic of the real thing."""

from datetime import datetime
from typing import Any

from hospital.model.bookings import Block, Hold, SurgicalCase
from hospital.model.places import Maintenance, Room


def use_of_minute(moment: datetime, room: Room, things: list[Any], now: datetime) -> str:
    """The one thing that this minute counts as."""
    here = [thing for thing in things if thing.start <= moment < thing.end]
    if room.status == "blocked" and (room.status_until is None or moment < room.status_until):
        return "down"
    if any(isinstance(thing, Maintenance) and thing.state == "scheduled" for thing in here):
        return "maintenance"
    if any(isinstance(thing, SurgicalCase) and thing.state != "cancelled" for thing in here):
        return "booked"
    if any(isinstance(thing, Hold) and thing.expires_at > now for thing in here):
        return "held"
    blocks = [thing for thing in here if isinstance(thing, Block)]
    if any(block.state == "released" or block.auto_release_at <= now for block in blocks):
        return "released"
    return "block_of_others" if blocks else "unassigned"
