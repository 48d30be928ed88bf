"""Outpatient visits: the earliest slots, booking one for a patient, moving and cancelling it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Asking, Say, Script, do, question, settle, tell
from hospital.ids import ClinicianId
from hospital.model.bookings import Appointment
from hospital.model.people import Clinician, Patient
from policies.plans import Plan
from tools.results import Done, Refused, Result, Waiting

_NEW = ("new patient", "new-patient", "new visit", "first visit", "initial", "new ")
_FOLLOW = ("follow-up", "follow up", "followup", "return", "check-up", "recheck")


def visit_type(text: str) -> str | None:
    """The kind of visit said, or None."""
    folded = f"{text.casefold()} "
    if any(words in folded for words in _FOLLOW):
        return "follow-up"
    return "new-patient" if any(words in folded for words in _NEW) else None


def clinic_earliest_slot(heard: Heard) -> Script:
    """The next free slots of one visit type; after "not that doctor" those with somebody else."""
    result = yield from do("query_capacity", **_clinic_arguments(heard), limit=10 if heard.rejects else None)
    slots = _slots(result) if isinstance(result, Done) else []
    if not heard.rejects or not slots:
        return tell(result)
    doctors = [heard.asked.world.get(Clinician, ClinicianId(id)) for id in heard.rejected]
    unwanted = {doctor.name for doctor in doctors if doctor} or {str(slots[0]["clinician"])}
    names = " and ".join(sorted(unwanted))
    others = [slot for slot in slots if slot["clinician"] not in unwanted]
    if not others:
        return question(f"All of the next slots are with {names}. Another day, site or service?", asks_for="day")
    offers = "; then ".join(f"{slot['said']} with {slot['clinician']} at {slot['clinic']}" for slot in others[:3])
    return Say(f"Without {names}: {offers}.")


def _clinic_arguments(heard: Heard) -> dict[str, Any]:
    clinic = heard.one("clinic")
    return {
        "subject": "clinic",
        "site": heard.site() if clinic is None else heard.one("site"),
        "clinic": clinic,
        "service": heard.one("service") if clinic is None else None,
        "clinician": heard.one("clinician"),
        "visit_type": visit_type(heard.text) or visit_type(heard.earlier),
        **heard.window(),
    }


def book_visit(heard: Heard) -> Script:
    """Find the slot, hold it, and ask whether the patient agreed; booking waits for that yes."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on?", asks_for="day")
    patient = heard.one("patient")
    if patient is None or not any(letter.isdigit() for letter in patient):
        who = f"Which {patient}? " if patient else "Which patient? "
        return question(f"{who}Please give the record number (and the date of birth to be sure).", asks_for="patient")
    known = heard.asked.world.get(Patient, _digits(patient))
    if known is None or (heard.born is not None and heard.born != known.birth_date):
        wrong = (
            f"There is no patient {_digits(patient)}" if known is None else f"{known.id} has another date of birth"
        )
        return question(f"{wrong}. Please check the record number and date of birth.", asks_for="patient")
    slots = yield from _free_slots(heard)
    if isinstance(slots, Refused):
        return tell(slots)
    wanted = heard.at()
    chosen = _nearest(slots, wanted)
    if chosen is None:
        return Say(slots.headline, kind="clarify")
    if wanted is not None and abs(datetime.fromisoformat(chosen["start"]) - wanted) > timedelta(minutes=2):
        others = tuple(str(slot["said"]) for slot in _slots(slots)[:3])
        asked = "That time is not free. Which of these would suit the patient?"
        return replace(question(asked, others, asks_for="day"), hides=("query_capacity",))
    held = yield from do("hold_slot", slot=chosen["slot"], patient=_digits(patient))
    if isinstance(held, Refused):
        return (yield from settle("hold_slot", held, "hold a slot for a patient"))
    booked = yield from do("book_appointment", slot=chosen["slot"], patient=_digits(patient))
    if isinstance(booked, Refused):
        return (yield from settle("book_appointment", booked, "book a visit for a patient"))
    said = f"{held.headline} {booked.headline} Did the patient agree to this time?"
    return Say(said, hides=("query_capacity", "hold_slot"))


def _free_slots(heard: Heard) -> Asking:
    """The free slots around the time asked for, of a scanner or of a clinic."""
    scanner = _is_imaging(heard.matter())
    arguments: dict[str, Any] = _imaging_arguments(heard) if scanner else _clinic_arguments(heard)
    if (at := heard.at()) is not None:
        arguments = {k: v for k, v in arguments.items() if k not in ("day", "start", "end")}
        arguments["start"], arguments["end"] = at.isoformat(), (at + timedelta(hours=4)).isoformat()
    result = yield from do("query_capacity", **arguments)
    if isinstance(result, Done) and heard.at() is not None and not _slots(result):
        del arguments["start"], arguments["end"]
        result = yield from do("query_capacity", **arguments, **heard.window())
    return result


def _is_imaging(text: str) -> bool:
    words = text.casefold().replace("-", " ").split()
    return any(word.strip(".,?!") in ("mri", "ct", "scan", "mr", "imaging") for word in words)


def _imaging_arguments(heard: Heard) -> dict[str, Any]:
    text = heard.matter().casefold()
    return {
        "subject": "imaging",
        "site": heard.site() or "all",
        "room": heard.one("scanner"),
        "modality": "ct" if " ct" in f" {text}" else "mri",
        "contrast": "contrast" in text and "without contrast" not in text and "no contrast" not in text,
        "limit": 10,
        **heard.window(),
    }


def _slots(result: Done | Waiting) -> list[dict[str, Any]]:
    sites = [site for site in result.facts.get("sites", []) if isinstance(site, dict)] or [result.facts]
    return [slot for site in sites for slot in site.get("slots", [])]


def _nearest(result: Result, wanted: datetime | None) -> dict[str, Any] | None:
    slots = _slots(result) if isinstance(result, Done) else []
    if not slots:
        return None
    if wanted is None:
        return slots[0]
    return min(slots, key=lambda slot: abs(datetime.fromisoformat(slot["start"]) - wanted))


def _digits(patient: str) -> str:
    return "".join(letter for letter in patient if letter.isdigit()) or patient


def hold_slot(heard: Heard) -> Script:
    """Keep the first slot that fits, for half an hour."""
    slots = yield from _free_slots(heard)
    if isinstance(slots, Refused):
        return tell(slots)
    chosen = _nearest(slots, heard.at())
    if chosen is None:
        return Say(slots.headline)
    held = yield from do("hold_slot", slot=chosen["slot"], patient=heard.one("patient"))
    return (yield from settle("hold_slot", held, "hold a slot"))


def confirm_yes(heard: Heard) -> Script:
    """The asking person's own yes to what was shown in the turn before."""
    plan = heard.asked.confirmed_plan
    if plan is None:
        return question("Yes to what? Nothing of yours is waiting for your word right now. What shall I do?")
    action = heard.asked.world.get(Plan, plan)
    tool = _TOOL_OF.get(action.lines[0].action, "submit_plan") if action else "submit_plan"
    result = yield from do(tool, **{"plan" if tool == "submit_plan" else "confirms": plan})
    said = yield from settle(tool, result, "carry out what was confirmed")
    reference = getattr(action.lines[0], "appointment_id", None) if action else None
    told = isinstance(result, Refused) or reference is None or reference in said.text
    return said if told else replace(said, text=f"{said.text} Reference {reference}.")


_TOOL_OF = {
    "book_visit": "book_appointment",
    "reschedule_visit": "reschedule_appointment",
    "cancel_visit": "cancel_appointment",
}


def confirm_no(heard: Heard) -> Script:
    """A no: nothing happens; a held slot lapses by itself."""
    yield from ()
    return Say("All right, nothing is booked; what was held lapses by itself. What would suit better?")


def cancel_visit(heard: Heard) -> Script:
    """Cancel one visit, once the patient's wish is confirmed."""
    visit = _visit(heard)
    if visit is None:
        return question("Which visit? Please give its reference (APT-...).", asks_for="appointment")
    result = yield from do("cancel_appointment", appointment=visit)
    return (yield from settle("cancel_appointment", result, f"cancel {visit}"))


def reschedule_visit(heard: Heard) -> Script:
    """Move one visit to the first slot that fits the time asked for."""
    visit = _visit(heard)
    if visit is None:
        return question("Which visit should move? Please give its reference (APT-...).", asks_for="appointment")
    found = heard.asked.world.get(Appointment, visit)
    if found is None:
        return question(f"There is no visit {visit}. Please check the reference.", asks_for="appointment")
    if not heard.time:
        return question(f"To which day or time should {visit} move?", asks_for="day")
    arguments: dict[str, Any] = {"subject": "clinic", "clinic": found.clinic_id, "visit_type": found.visit_type}
    if found.clinic_id is None:
        arguments = {"subject": "imaging", "site": found.site_id, "limit": 10}
    slots = yield from do("query_capacity", **arguments, **heard.window())
    if isinstance(slots, Refused):
        return tell(slots)
    chosen = _nearest(slots, heard.at())
    if chosen is None:
        return Say(slots.headline)
    result = yield from do("reschedule_appointment", appointment=visit, slot=chosen["slot"])
    return (yield from settle("reschedule_appointment", result, f"move {visit}"))


def _visit(heard: Heard) -> str | None:
    codes = [*heard.slots.get("code", []), *heard.slots.get("appointment", [])]
    return next((code.upper() for code in codes if code.upper().startswith("APT")), None)
