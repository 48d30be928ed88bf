"""A visit that is booked already: which one is meant, cancelling it, moving it, telling when it is."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Do, Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.clinic import nearest
from agent.planners.embedded.skills.reads import read
from agent.planners.embedded.skills.wishes import is_imaging, modality
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
    window = heard.window() or _moved_by(heard, found)
    if not window and heard.at() is None:
        asked = question(f"To which day or time should {visit} move?", asks_for="day")
        return replace(asked, hides=("query_bookings",))
    slots = yield from do("query_capacity", **_where(heard, found), **window)
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
        rows = [row for row in rows if row["day"] == heard.time["day"][:10]]
    return rows


def _where(heard: Heard, visit: Appointment) -> dict[str, Any]:
    """Where a slot for this visit is looked for: its own clinic or scanners, or another site that is said."""
    site = heard.one("site")
    if visit.clinic_id is None:
        kind = next((one for one in ("mri", "ct") if visit.visit_type.startswith(one)), None)
        return {"subject": "imaging", "site": site or visit.site_id, "modality": kind, "limit": 10}
    elsewhere = site is not None and site != visit.site_id
    place = {"service": visit.service_id, "site": site} if elsewhere else {"clinic": visit.clinic_id}
    return {
        "subject": "clinic",
        "visit_type": visit.visit_type,
        "clinician": heard.one("clinician"),
        "limit": 10,
        **place,
    }


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
