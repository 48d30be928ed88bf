"""Which operation is meant by what is said of it: "the 1300 in OR 4", "Marchetti's hernia this morning"."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from agent.planners.embedded.date_values import Moment, When, Window
from agent.planners.embedded.heard import Heard, time_of
from hospital.ids import RoomId, SiteId
from hospital.model.bookings import SurgicalCase
from hospital.model.places import Room, Site
from hospital.ports import In, Range

_OF_ONE_CASE = frozenset({"case_show", "change_case"})
_BY_HOUR = {
    "schedule_show": "case_show", "predict_duration": "case_show",
    "reschedule_visit": "change_case", "cancel_visit": "change_case", "hold_slot": "change_case",
}  # fmt: skip
"""What a matter is about when the hour and place of an operation are said: no visit is in an operating room."""
_LENGTH = re.compile(r"\bhow long (?:does|do|would|will|should)\b|\b(?:hold|keep|reserve|block)\b", re.IGNORECASE)
"""The usual length of an operation is asked, or time is held: of no one operation."""
_GOAL = re.compile(r"\b(?:to|into|onto)\s+(?:the\s+)?$", re.IGNORECASE)
"""What stands before where something is to go."""
_IN_A_LIST = re.compile(
    r"\b(?P<place>first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last|final)\s+"
    r"(?:(?:case|one|op|operation|patient|procedure)\b|(?:in|on|of)\b)",
    re.IGNORECASE,
)
_PLACES = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "last": -1, "final": -1,
}  # fmt: skip
_AHEAD = timedelta(days=7)


def name_said_case(heard: Heard, now: datetime) -> None:
    """Put the operation in its slot, and take away the hour and the room that only said which one it is.

    `now` is on the clock of the speaker, as the times are.
    """
    intent = heard.intent if heard.intent in _OF_ONE_CASE else _BY_HOUR.get(heard.intent)
    visits = heard.slots.keys() & {"case", "patient", "clinic", "scanner", "appointment"}
    if intent is None or visits or (intent != heard.intent and _LENGTH.search(heard.text)):
        return
    rooms, surgeons, operations = _rooms(heard), _surgeons(heard), operations_said(heard)
    site = _site(heard, rooms)
    if site is None or not (rooms or surgeons or operations):
        return
    coming = [
        case
        for case in _coming(heard, site)
        if (not rooms or case.room_id in rooms)
        and (not surgeons or case.surgeon_id in surgeons)
        and (not operations or case.procedure_id in operations)
    ]
    found = _at_an_hour(heard.times, coming, site, now)
    if not found and (heard.intent in _OF_ONE_CASE or rooms):
        found = _in_a_list(heard, coming, site, now) if rooms or surgeons else found
    if not found and heard.intent in _OF_ONE_CASE:
        found = _the_only_one(heard.times, coming, site)
    if found is None:
        return
    case, used = found
    heard.intent, heard.settled = intent, True
    heard.slots["case"] = [str(case.id)]
    heard.slots["room"] = [id for id in heard.slots.get("room", []) if id not in rooms]
    for kind in ("procedure", "clinician"):
        heard.blurred.pop(kind, None)
    rest = tuple(when for when in heard.times if when not in used)
    said = time_of(heard.times, now).keys() if used else set()
    heard.time = {key: value for key, value in heard.time.items() if key not in said} | time_of(rest, now)
    heard.times = rest


def operations_said(heard: Heard) -> set[str]:
    """The kinds of operation named; all that the words fit ("a hip")."""
    unclear = (id for blur in heard.blurred.get("procedure", ()) if blur.known for id in blur.ids)
    return {*heard.slots.get("procedure", ()), *unclear}


def _rooms(heard: Heard) -> set[str]:
    """The rooms it is in, not those it is to go to."""
    goals = {id for one in heard.named("room") if _GOAL.search(heard.text[: one.start]) for id in one.ids}
    return {*heard.slots.get("from_room", ()), *(id for id in heard.slots.get("room", ()) if id not in goals)}


def _surgeons(heard: Heard) -> set[str]:
    """Whose it is: the surgeon named, or the one who speaks of "my second case"."""
    own = heard.own_clinician()
    return set(heard.slots.get("clinician", ())) or ({own} if own else set())


def _site(heard: Heard, rooms: set[str]) -> Site | None:
    world = heard.asked.world
    room = world.get(Room, RoomId(min(rooms))) if rooms else None
    id = str(room.site_id) if room is not None else heard.one("site") or heard.user.home.site_id
    return world.get(Site, SiteId(id)) if id else None


def _coming(heard: Heard, site: Site) -> list[SurgicalCase]:
    """The planned operations of a site from this morning on, in their order."""
    morning = site.local(heard.asked.now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = heard.asked.world.find(
        SurgicalCase,
        site_id=site.id,
        state=In(("scheduled", "in_progress")),
        start=Range(at_least=morning, before=morning + 2 * _AHEAD),
        order="start",
    )
    return list(found)


def _start(case: SurgicalCase, site: Site) -> datetime:
    assert case.start is not None  # only operations with a start are looked for
    return site.local(case.start).replace(tzinfo=None)


Found = tuple[SurgicalCase, Sequence[When]] | None


def _at_an_hour(times: Sequence[When], cases: list[SurgicalCase], site: Site, now: datetime) -> Found:
    """The one that starts at an hour said, on the day said or today."""
    days = [when for when in times if isinstance(when, Window) and when.grain in ("day", "part")]
    for when in times:
        if not isinstance(when, Moment) or when.excluded:
            continue
        for day in [when.at.date()] if when.dated else [*(one.start.date() for one in days), now.date()]:
            at = datetime.combine(day, when.at.time())
            fits = [case for case in cases if _start(case, site) == at]
            if len(fits) == 1:
                return fits[0], (when, *(one for one in days if one.start.date() == day))
    return None


def _in_a_list(heard: Heard, cases: list[SurgicalCase], site: Site, now: datetime) -> Found:
    """The first, second or last of a day, in a room or of a surgeon."""
    place = _IN_A_LIST.search(heard.text)
    if place is None:
        return None
    days: list[Window] = [one for one in heard.times if isinstance(one, Window) and one.grain in ("day", "part")]
    day: date = days[0].start.date() if days else now.date()
    listed = [case for case in cases if _start(case, site).date() == day]
    at = _PLACES[place["place"].casefold()]
    return (listed[at], days[:1]) if -1 <= at < len(listed) and listed else None


def _the_only_one(times: Sequence[When], cases: list[SurgicalCase], site: Site) -> Found:
    """The only one in a stretch said, or of the coming week."""
    for when in times:
        if isinstance(when, Window) and when.bound == "at" and not when.excluded:
            begins, ends = (at.replace(tzinfo=None) for at in (when.start, when.end))
            fits = [case for case in cases if begins <= _start(case, site) < ends]
            if len(fits) == 1:
                return fits[0], (when,)
    soon = [case for case in cases if _start(case, site) < _start(cases[0], site) + _AHEAD]
    return (soon[0], ()) if len(soon) == 1 and not any(isinstance(when, Window) for when in times) else None
