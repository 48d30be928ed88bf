"""Keeping an operating room for half an hour, without booking it."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.planners.embedded.date_values import Moment, Window
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, question, settle
from hospital.ids import RoomId
from hospital.model.places import Room, Site

_HOURS_ONLY = re.compile(
    r"(?:[\d:.,\s–-]|am\b|pm\b|to\b|till?\b|until\b|from\b|between\b|and\b|at\b|noon|midnight|h\b|hrs?\b)+",
    re.IGNORECASE,
)
"""Hours without a day."""
_BARE_HOURS = re.compile(
    r"\bbetween\s\d{1,2}(?::\d\d)?\sand\s\d{1,2}(?::\d\d)?\b|"
    r"\b\d{1,2}(?::\d\d)?\s?(?:-|–|to|till|until)\s?\d{1,2}(?::\d\d)?\b",
    re.IGNORECASE,
)
ROOM_MATTERS = ("or_open_time", "schedule_show", "propose_case")
"""Matters after which "hold it" is about an operating room."""


def is_about_room(heard: Heard) -> bool:
    """Whether an operating room is to be held, not a clinic's or scanner's slot."""
    if any(heard.one(kind) for kind in ("scanner", "clinic")) or heard.named("service"):
        return False
    return heard.one("room") is not None or heard.memory.get("intent") in ROOM_MATTERS


def hold_room(heard: Heard) -> Script:
    """Hold the room said for the stretch said; which and when is asked for, never guessed."""
    room = heard.one("room")
    if room is None:
        return question("Which room should be held, and from when until when?", asks_for="room")
    start, end = _span(heard)
    if start is None or end is None:
        return question("From when until when should it be held?", asks_for="start")
    result = yield from do("hold_slot", room=room, start=start, end=end, patient=heard.one("patient"))
    return (yield from settle("hold_room", result, f"hold {room}"))


def _span(heard: Heard) -> tuple[str | None, str | None]:
    """From when until when; hours without a day are on the day spoken about before."""
    start, end = heard.time.get("start") or heard.time.get("at"), heard.time.get("end") or heard.time.get("until")
    if (start is None or end is None) and (hours := _BARE_HOURS.search(heard.text)) is not None:
        zone = ZoneInfo(_zone(heard))
        said = hours[0] if hours[0].casefold().startswith("between") else f"from {hours[0]}"
        span = next((w for w in read_dates(said, heard.asked.now, zone) if isinstance(w, Window)), None)
        start, end = (span.start.isoformat(), span.end.isoformat()) if span else (start, end)
        if span and (day := heard.time.get("day") or heard.memory.get("time", {}).get("day")):
            return _on(span.start.isoformat(), day), _on(span.end.isoformat(), day)
    minutes = heard.minutes()
    if start is not None and end is None and minutes is not None:
        end = (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()
    day = heard.memory.get("time", {}).get("day")
    if start is None or end is None or day is None or _says_day(heard):
        return start, end
    return _on(start, day), _on(end, day)


def _zone(heard: Heard) -> str:
    """The zone of the room, in which hours are meant."""
    room = heard.asked.world.get(Room, RoomId(heard.one("room") or ""))
    site = heard.asked.world.get(Site, room.site_id) if room is not None else None
    return site.timezone if site is not None else str(heard.asked.now.tzinfo)


def _says_day(heard: Heard) -> bool:
    """Whether the day is said with the hours."""
    spans = [when for when in heard.times if isinstance(when, Moment | Window)]
    return any(_HOURS_ONLY.fullmatch(when.said.words) is None for when in spans)


def _on(moment: str, day: str) -> str:
    at = datetime.fromisoformat(moment)
    return datetime.combine(date.fromisoformat(day), at.timetz()).isoformat()
