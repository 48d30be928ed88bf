"""Outpatient visits to come about: the earliest slots, holding one, booking it for a patient."""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Asking, Do, Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.room_holds import hold_room, is_about_room
from agent.planners.embedded.skills.shown import slot_at, slot_meant, slots_of
from agent.planners.embedded.skills.wishes import is_imaging, modality, visit_type, wants_contrast
from agent.planners.embedded.slot_wishes import sites_said, slot_wishes, window_wished
from hospital.ids import ClinicianId
from hospital.model.people import Clinician, Patient
from policies.plans import Plan
from tools.results import Done, Refused, Result


def clinic_earliest_slot(heard: Heard) -> Script:
    """The next free slots of one visit type; after "not that doctor" those with somebody else."""
    asked = _clinic_arguments(heard)
    asked["visit_type"] = asked["visit_type"] or "any"
    result = yield from do("query_capacity", **asked, limit=10 if heard.rejects else None)
    slots = slots_of(result) if isinstance(result, Done) else []
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
        "site": sites_said(heard) if clinic is None else heard.one("site"),
        "clinic": clinic,
        "service": heard.one("service") if clinic is None else None,
        "clinician": heard.one("clinician"),
        "visit_type": visit_type(heard.text) or visit_type(heard.earlier),
        **window_wished(heard),
        **slot_wishes(heard),
    }


def book_visit(heard: Heard) -> Script:
    """Find the slot, hold it, and ask whether the patient agreed; booking waits for that yes."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on?", asks_for="day")
    shown = yield from slot_meant(heard)  # before anything is asked, so that it is kept until the answer
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
    if shown is not None:
        kept = heard.memory.get("intent") == "hold_slot" and shown in heard.memory.get("slots", {}).get("slot", [])
        return (yield from _hold_and_book(shown, _digits(patient), held=kept))
    chosen = yield from _at_the_time(heard)
    if isinstance(chosen, Say):
        return chosen
    return (yield from _hold_and_book(chosen, _digits(patient)))


def _at_the_time(heard: Heard) -> Generator[tuple[Do, ...], tuple[Result, ...], str | Say]:
    """The free slot at the moment asked for, the first when none is; else what there is instead, as a question."""
    if (exact := slot_at(heard)) is not None:
        return exact
    slots = yield from _free_slots(heard)
    if isinstance(slots, Refused):
        return tell(slots)
    wanted = heard.at()
    chosen = nearest(slots, wanted)
    if chosen is None:
        return Say(slots.headline, kind="clarify")
    if wanted is not None and abs(datetime.fromisoformat(chosen["start"]) - wanted) > timedelta(minutes=2):
        others = tuple(str(slot["said"]) for slot in slots_of(slots)[:3])
        asked = "That time is not free. Which of these would suit?"
        return replace(question(asked, others, asks_for="day"), hides=("query_capacity",))
    return str(chosen["slot"])


def _hold_and_book(slot: str, patient: str, *, held: bool = False) -> Script:
    """Hold the slot, unless the speaker holds it already, and draft the booking that waits for the patient's yes."""
    said = ""
    if not held:
        result = yield from do("hold_slot", slot=slot, patient=patient)
        if isinstance(result, Refused):
            return (yield from settle("hold_slot", result, "hold a slot for a patient"))
        said = f"{result.headline} "
    booked = yield from do("book_appointment", slot=slot, patient=patient)
    if isinstance(booked, Refused):
        return (yield from settle("book_appointment", booked, "book a visit for a patient"))
    return Say(f"{said}{booked.headline} Did the patient agree to this time?", hides=("query_capacity", "hold_slot"))


def _free_slots(heard: Heard) -> Asking:
    """The free slots around the time asked for, of a scanner or of a clinic."""
    scanner = is_imaging(heard.matter())
    arguments: dict[str, Any] = _imaging_arguments(heard) if scanner else _clinic_arguments(heard)
    if (at := heard.at()) is not None:
        arguments = {k: v for k, v in arguments.items() if k not in ("day", "start", "end")}
        arguments["start"], arguments["end"] = at.isoformat(), (at + timedelta(hours=4)).isoformat()
    result = yield from do("query_capacity", **arguments)
    if isinstance(result, Done) and heard.at() is not None and not slots_of(result):
        del arguments["start"], arguments["end"]
        result = yield from do("query_capacity", **arguments, **heard.window())
    return result


def _imaging_arguments(heard: Heard) -> dict[str, Any]:
    text = heard.matter()
    return {
        "subject": "imaging",
        "site": sites_said(heard) or "all",
        "room": heard.one("scanner"),
        "modality": modality(text) or "mri",
        "contrast": wants_contrast(text) or False,
        "limit": 10,
        **heard.window(),
        **slot_wishes(heard),
    }


def nearest(result: Result, wanted: datetime | None) -> dict[str, Any] | None:
    """The slot nearest to the moment wanted, the first when none is said; None when there is no slot."""
    slots = slots_of(result)
    if not slots:
        return None
    if wanted is None:
        return slots[0]
    return min(slots, key=lambda slot: abs(datetime.fromisoformat(slot["start"]) - wanted))


def _digits(patient: str) -> str:
    return "".join(letter for letter in patient if letter.isdigit()) or patient


def hold_slot(heard: Heard) -> Script:
    """Keep the first slot that fits, or an operating room, for half an hour."""
    if is_about_room(heard):
        return (yield from hold_room(heard))
    shown = yield from slot_meant(heard)
    if shown is None:
        chosen = yield from _at_the_time(heard)
        if isinstance(chosen, Say):
            return chosen
        shown = chosen
    heard.slots["slot"] = [shown]
    held = yield from do("hold_slot", slot=shown, patient=heard.one("patient"))
    return replace((yield from settle("hold_slot", held, "hold a slot")), hides=("query_capacity",))


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
    if not heard.memory.get("intent"):
        return Say("All right, nothing is changed.")
    return Say("All right, nothing is booked; what was held lapses by itself. What would suit better?")
