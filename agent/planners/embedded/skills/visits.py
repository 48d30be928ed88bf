"""A visit that is booked already: which one is meant, cancelling it, moving it, telling when it is."""

import re
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Do, Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.clinic import nearest
from agent.planners.embedded.skills.reads import read
from agent.planners.embedded.skills.wishes import is_imaging, modality
from agent.planners.embedded.slot_wishes import slot_wishes, window_wished
from hospital.ids import ClinicId
from hospital.model.bookings import Appointment
from hospital.model.places import Clinic, Site
from tools.results import Done, Refused, Result

_EARLIER = ("earlier", "sooner", "forward", "ahead", "before")
"""Words by which a visit moves towards now."""
Meant = Generator[tuple[Do, ...], tuple[Result, ...], str | Say]


def cancel_visit(heard: Heard) -> Script:
    """Cancel one visit, once the patient's wish is confirmed."""
    visit = yield from _which(heard, by_day=True)
    if isinstance(visit, Say):
        return visit
    result = yield from do("cancel_appointment", appointment=visit)
    said = yield from settle("cancel_appointment", result, f"cancel {visit}")
    return replace(said, hides=("query_bookings",))


def reschedule_visit(heard: Heard) -> Script:
    """Move one visit to the first slot that fits the time asked for."""
    visit = yield from _which(heard, by_day=False)
    if isinstance(visit, Say):
        return visit
    found = heard.asked.world.get(Appointment, visit)
    if found is None:
        return question(f"There is no visit {visit}. Please check the reference.", asks_for="appointment")
    window = _wanted(heard, found)
    wishes = slot_wishes(heard)
    if not window and not wishes and heard.at() is None:
        asked = question(f"To which day or time should {visit} move?", asks_for="day")
        return replace(asked, hides=("query_bookings",))
    slots = yield from do("query_capacity", **_where(heard, found), **window, **wishes)
    if isinstance(slots, Refused):
        return tell(slots)
    chosen = nearest(slots, heard.at())
    if chosen is None:
        return Say(slots.headline)
    result = yield from do("reschedule_appointment", appointment=visit, slot=chosen["slot"])
    said = yield from settle("reschedule_appointment", result, f"move {visit}")
    return replace(said, hides=("query_bookings", "query_capacity"))


def schedule_show(heard: Heard) -> Script:
    """What is booked: of one patient by record number, else of a room, person, clinic or day."""
    patient = heard.one("patient")
    if patient is None:
        return (yield from read(heard))
    if not any(map(str.isdigit, patient)):
        return _who(patient)
    return tell((yield from do("query_bookings", patient=_digits(patient))))


def _which(heard: Heard, *, by_day: bool) -> Meant:
    """The reference of the visit meant, or the question which one; `by_day`: the day said is that of the visit."""
    codes = [*heard.slots.get("code", []), *heard.slots.get("appointment", [])]
    if (code := next((code for code in codes if code.upper().startswith("APT")), None)) is not None:
        return code.upper()
    patient = heard.one("patient")
    if patient is None:
        asked = "Which visit? Please give its reference (APT-...) or the patient's record number."
        return question(asked, asks_for="appointment")
    if not any(map(str.isdigit, patient)):
        return _who(patient)
    result = yield from do("query_bookings", patient=_digits(patient))
    if not isinstance(result, Done):
        return tell(result)
    rows = result.facts["rows"]
    if not rows:
        return Say(result.headline)
    fitting = _fitting(heard, rows, by_day=by_day)
    if len(fitting) == 1:
        return str(fitting[0]["id"])
    text = (
        f"Which visit of patient {_digits(patient)}?" if fitting else f"None fits. {result.headline} Which of these?"
    )
    offered = fitting or rows
    asked_for = question(
        text, tuple(row["said"] for row in offered), "appointment", tuple(str(row["id"]) for row in offered)
    )
    return replace(asked_for, hides=("query_bookings",))


def _who(patient: str) -> Say:
    return question(f"Which {patient}? Please give the record number.", asks_for="patient")


def _fitting(heard: Heard, rows: list[dict[str, Any]], *, by_day: bool) -> list[dict[str, Any]]:
    """The visits that fit the service, kind of scan and site named, and the day where it is theirs."""
    clinic = heard.asked.world.get(Clinic, ClinicId(heard.one("clinic") or ""))
    service = clinic.service_id if clinic else heard.one("service")
    kind = modality(heard.matter())
    if service is not None:
        rows = [row for row in rows if row["service"] == service]
    elif kind is not None:
        rows = [row for row in rows if not row["clinic"] and str(row["what"]).startswith(kind)]
    elif is_imaging(heard.matter()):
        rows = [row for row in rows if not row["clinic"]]
    if by_day and "day" in heard.time:
        return [row for row in rows if row["day"] == heard.time["day"][:10]]
    own = [when.start.date().isoformat() for when in heard.times if isinstance(when, Window) and when.excluded]
    return [row for row in rows if row["day"] in own] or rows


def _where(heard: Heard, visit: Appointment) -> dict[str, Any]:
    """Where a slot for this visit is looked for: its own clinic or scanners, or another site that is said."""
    site = heard.one("site")
    if visit.clinic_id is None:
        kind = next((one for one in ("mri", "ct") if visit.visit_type.startswith(one)), None)
        scan = {"modality": kind, "protocol": visit.visit_type}
        return {"subject": "imaging", "site": site or visit.site_id, **scan, "limit": 10}
    elsewhere = site is not None and site != visit.site_id
    place = {"service": visit.service_id, "site": site} if elsewhere else {"clinic": visit.clinic_id}
    return {
        "subject": "clinic",
        "visit_type": visit.visit_type,
        "clinician": heard.one("clinician"),
        "limit": 10,
        **place,
    }


def _wanted(heard: Heard, visit: Appointment) -> dict[str, str]:
    """When it should be instead: the time said, or earlier, later that day or a week on; a "later date" is none."""
    site = heard.asked.world.get(Site, visit.site_id)
    start = site.local(visit.start) if site else visit.start
    days = [when for when in heard.times if isinstance(when, Window) and when.grain == "day"]
    own = len(heard.times) == len(days) == 1 and days[0].start.weekday() == start.weekday()
    way = _WAY.search(heard.text)
    if window_wished(heard) and not (own and way):
        return window_wished(heard)
    if (moved := _moved_by(heard, visit)) or heard.at() is not None:
        return moved
    midnight = start.replace(hour=0, minute=0)
    if _WEEK_AFTER.search(heard.text):
        monday = midnight + timedelta(days=7 - start.weekday())
        return {"start": monday.isoformat(), "end": (monday + timedelta(days=7)).isoformat()}
    day = {"start": midnight, "end": midnight + timedelta(days=1)}
    same = _SAME_DAY.search(heard.text) is not None
    if way is None:
        return {key: at.isoformat() for key, at in day.items()} if same else {}
    if way[0].casefold() in _EARLIER:
        first = day["start"] if same else site.local(heard.asked.now) if site else heard.asked.now
        return {"start": first.isoformat(), "end": start.isoformat()}
    return {"start": visit.end.isoformat(), "end": day["end"].isoformat()} if same else {}


_WAY = re.compile(r"\b(?:earlier|sooner|forward|later|further out)\b", re.IGNORECASE)
_WEEK_AFTER = re.compile(r"\b(?:the )?(?:week after|following week)\b", re.IGNORECASE)
_SAME_DAY = re.compile(r"\b(?:same|that) day\b", re.IGNORECASE)


def _moved_by(heard: Heard, visit: Appointment) -> dict[str, str]:
    """The day that lies so long after the visit ("by a week"), or before it ("a week earlier")."""
    minutes = heard.minutes()
    if minutes is None:
        return {}
    towards_now = any(word in heard.text.casefold() for word in _EARLIER)
    moved = visit.start + timedelta(minutes=-minutes if towards_now else minutes)
    site = heard.asked.world.get(Site, visit.site_id)
    return {"day": (site.local(moved) if site else moved).date().isoformat()}


def _digits(patient: str) -> str:
    return "".join(letter for letter in patient if letter.isdigit())
