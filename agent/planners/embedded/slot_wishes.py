"""On which weekdays and at which hours a free slot is wished for: "mornings only", "Tue or Thu", "after 3"."""

import re
from datetime import date, time
from typing import Any

from agent.planners.embedded.date_values import Daily, Moment, Window
from agent.planners.embedded.heard import Heard

WISHES = ("weekdays", "not_before", "not_after")
_WEEK = range(7)
_WORKDAYS = re.compile(r"\b(?:any |on )?(?:a )?(?:weekdays?|workdays?|working days?)\b", re.IGNORECASE)
_WEEKEND = re.compile(r"\b(?:weekends?(?: only)?|saturdays? or sundays?)\b", re.IGNORECASE)


def slot_wishes(heard: Heard) -> dict[str, Any]:
    """The weekdays and hours wished for, as arguments of `query_capacity`; as before when nothing new is said."""
    found = _said(heard)
    if found or heard.times or not heard.follows:
        return found
    earlier = [args for name, args in heard.memory.get("based") or [] if name == "query_capacity"]
    return {key: earlier[-1][key] for key in WISHES if key in earlier[-1]} if earlier else {}


def window_wished(heard: Heard) -> dict[str, str]:
    """The window said: "Tue or Thu" and "the 22nd or 24th" reach from the first to the last of these days.

    An hour alone ("after 3") limits every day and is no window of today.
    """
    days = _days(heard)
    if len(days) > 1:
        return {"start": days[0].start.isoformat(), "end": days[-1].end.isoformat()}
    if heard.times and all(_is_hour(when) for when in heard.times):
        return _spoken_about(heard)
    return heard.window_until()


def _spoken_about(heard: Heard) -> dict[str, str]:
    """The window of the turn before, when this goes on with it."""
    earlier: dict[str, str] = (heard.memory.get("time") or {}) if heard.follows else {}
    if "start" in earlier:
        return {key: earlier[key] for key in ("start", "end") if key in earlier}
    return {"day": earlier["day"]} if "day" in earlier else {}


def sites_said(heard: Heard) -> str | None:
    """The site or sites said, as one argument: "Harbor or Lakeside" is looked at in one list."""
    sites = heard.slots.get("site", [])
    return heard.site() if heard.everywhere or len(sites) < 2 else ", ".join(sites)


def _said(heard: Heard) -> dict[str, Any]:
    days: set[int] = set()
    without: set[int] = set()
    hours: dict[str, str] = {}
    for when in heard.times:
        if isinstance(when, Daily):
            if when.weekdays != frozenset(_WEEK):
                (without if when.excluded else days).update(when.weekdays)
            if when.start != when.end:
                hours |= _hours(when.start, when.end, excluded=when.excluded)
        elif isinstance(when, Window) and when.daily is not None and not when.excluded:
            hours |= _hours(*when.daily, excluded=False)
        elif isinstance(when, Window) and when.excluded and when.grain == "day":
            without.add(when.start.weekday())
        elif isinstance(when, Moment) and _is_hour(when):
            late = (when.bound in ("after", "from")) is not when.excluded
            hours["not_before" if late else "not_after"] = when.at.strftime("%H:%M")
    if len(several := _days(heard)) > 1:
        days |= {day.start.weekday() for day in several}
    if not days and _WORKDAYS.search(heard.text):
        days = {0, 1, 2, 3, 4}
    elif not days and _WEEKEND.search(heard.text) and not heard.times:
        days = {5, 6}
    wished = (days or set(_WEEK)) - without
    return {**({"weekdays": sorted(wished)} if wished and len(wished) < len(_WEEK) else {}), **hours}


def _hours(start: time, end: time, *, excluded: bool) -> dict[str, str]:
    """Hours of the day; without the mornings is after them, without any other part is before it."""
    if not excluded:
        return {"not_before": f"{start:%H:%M}", **({"not_after": f"{end:%H:%M}"} if end > start else {})}
    return {"not_before": f"{end:%H:%M}"} if start < time(9) else {"not_after": f"{start:%H:%M}"}


def _is_hour(when: object) -> bool:
    """Whether it bounds the hours of a day and tells no day: "after 3", "before 10"."""
    return isinstance(when, Moment) and not when.dated and when.bound in ("after", "from", "before", "by", "until")


def _days(heard: Heard) -> list[Window]:
    """Several single days that would do, in order of time."""
    days = [when for when in heard.times if isinstance(when, Window) and when.grain == "day" and when.bound == "at"]
    wanted: dict[date, Window] = {day.start.date(): day for day in days if not day.excluded}
    return [wanted[day] for day in sorted(wanted)]
