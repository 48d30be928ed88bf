"""Clinic templates and overbooking, recounted from sessions, slots, devices and bookings."""

import re
from collections import Counter

from evals.checks.look import Wrong, first_wrong, rows_with, same, say, words_of
from evals.checks.money import people_for
from evals.replay import Played
from hospital.changes.sessions import AddSession
from hospital.changes.template_slots import ConvertSlots, OverbookSession
from hospital.model.bookings import Appointment, ClinicSession, Slot
from hospital.model.people import Clinician, PatientGroup, User
from hospital.model.places import Clinic, Equipment, Room
from hospital.money import format_money
from policies.plans import Plan


def _plan(played: Played) -> Plan | None:
    shown = played.last.plan.id if played.last.plan else None
    first = played.last.options[0].plan_id if played.last.options else None
    id = shown or first
    return played.after.get(Plan, id) if id else None


def everything_in_one_plan(played: Played) -> Wrong:
    """Sessions with clinician, room, devices and staff in one plan; nobody and nothing is used twice."""
    plan = _plan(played)
    sessions = [line for line in plan.lines if isinstance(line, AddSession)] if plan else []
    if plan is None or not sessions:
        return "no plan adds a session"
    others = [line for line in plan.lines if not isinstance(line, AddSession | ConvertSlots)]
    if others:
        return f"the plan also has {others[0].kind}"
    for line in sessions:
        if wrong := _session_wrong(played, line, sessions):
            return f"{line.session_id}: {wrong}"
    labour = sum(line.labour for line in sessions)
    return first_wrong(
        same("cost of the plan", plan.cost, labour),
        None if format_money(labour) in played.reply else f"the labour {format_money(labour)} is not told",
        say(words_of(played.last), "labour", "room time", "expected revenue", "physician", "room"),
    )


def _session_wrong(played: Played, line: AddSession, together: list[AddSession]) -> Wrong:
    clinic, person = played.after.get(Clinic, line.clinic_id), played.after.get(Clinician, line.clinician_id)
    room = played.after.get(Room, line.room_id)
    if clinic is None or person is None or room is None:
        return "its clinic, clinician or room does not exist"
    if clinic.service_id != played.about("service") or person.service_id != clinic.service_id:
        return "it is another service's"
    booked = [(one.clinician_id, one.room_id, one.start, one.end) for one in played.after.find(ClinicSession)]
    booked += [(one.clinician_id, one.room_id, one.start, one.end) for one in together if one is not line]
    for who, where, start, end in booked:
        if start < line.end and line.start < end and (who == line.clinician_id or where == line.room_id):
            return f"{person.name} or {room.name} is taken then"
    for kind in clinic.session_equipment:
        if kind not in line.equipment:
            return f"it has no {kind}"
        devices = played.after.find(Equipment, site_id=line.site_id, kind=kind)
        using = {one.id for one in played.after.find(Clinic, site_id=line.site_id) if kind in one.session_equipment}
        there = played.after.find(ClinicSession, site_id=line.site_id)
        spans = [(one.start, one.end) for one in there if one.clinic_id in using]
        spans += [(one.start, one.end) for one in together if one.site_id == line.site_id]
        busy = sum(start <= line.start < end for start, end in spans)
        if busy > sum(device.status != "out_of_service" for device in devices):
            return f"{busy} sessions need one of {len(devices)} {kind}"
    return None if line.labour > 0 and line.cost_centre_id else "nobody pays for its staff"


def each_with_its_approver(played: Played) -> Wrong:
    """Every change is listed with the service's medical director, and with whoever may pay when it costs."""
    plan = _plan(played)
    if plan is None:
        return "there is no plan"
    service = plan.lines[0].scope(played.after).service_id
    directors = {
        user.name
        for user in played.after.find(User)
        for grant in user.grants
        if grant.role == "clinic_medical_director" and grant.scope.service_id == service
    }
    told = {str(row["Change"]): str(row["Approver"]) for row in rows_with(played.last, "Change", "Approver")}
    for sentence, line in zip(plan.snapshot, plan.lines, strict=True):
        approver = told.get(sentence)
        if approver is None or not any(name in approver for name in directors):
            return f"no medical director for: {sentence}"
        if line.cost() and not re.search("cost centre|finance", approver):
            return f"nobody who pays for: {sentence}"
    centre = next((line.scope(played.after).cost_centre_id or line.cost_centre_id
                   for line in plan.lines if isinstance(line, AddSession)), None)  # fmt: skip
    level, _ = people_for(str(centre), plan.cost)
    roles = {need.role for need in plan.needs}
    paying = "finance_controller" if level == "finance" else f"cost_centre_{level}"
    return None if "clinic_medical_director" in roles and paying in roles else f"the plan asks {sorted(roles)}"


def gap_is_told(played: Played) -> Wrong:
    """Demand against slots, with its interval."""
    rows = rows_with(played.last, "Measure", "p50", "p80", "Slots", "Gap p50", "Gap p80")
    for row in rows:
        if wrong := same("gap at the median", row["Gap p50"], int(str(row["p50"])) - int(str(row["Slots"]))):
            return wrong
    return None if rows else "no demand is set against slots"


def asks_which_clinic(played: Played) -> Wrong:
    """With several clinics on that day the first answer asks which, naming them, and nothing is written."""
    first = played.turns[0]
    if first.outcome != "clarify":
        return f"the first turn is {first.outcome}"
    clinic = played.after.get(Clinic, played.about("clinic"))
    others = [one.name for one in played.after.find(Clinic, service_id=clinic.service_id)] if clinic else []
    words = first.text + " ".join(str(card.model_dump()) for card in first.cards)
    return None if sum(name in words for name in others) >= 2 else "it does not name the clinics"


def _extra(played: Played) -> list[OverbookSession]:
    plan = _plan(played)
    return [line for line in plan.lines if isinstance(line, OverbookSession)] if plan else []


def overrun_and_wait(played: Played) -> Wrong:
    """Both are told, before and after, for every session; neither gets shorter by adding visits."""
    rows = rows_with(played.last, "Extra", "Overrun before, min", "Overrun after, min", "Wait after, min")
    if len(rows) < len(_extra(played)) or not rows:
        return "overrun and wait are not told for every session"
    for row in rows:
        if float(str(row["Overrun after, min"])) < float(str(row["Overrun before, min"])):
            return "more visits make the overrun shorter"
    return say(words_of(played.last), r"expected overrun at most \d", r"mean wait \d")


def within_cap(played: Played) -> Wrong:
    """No session gets more extra visits than the clinic's cap, which is told; all are beside booked slots."""
    clinic = played.after.get(Clinic, played.about("clinic"))
    lines = _extra(played)
    if clinic is None or not lines:
        return "nothing is overbooked"
    for line in lines:
        if line.clinic_id != clinic.id:
            return f"{line.clinic_id} is overbooked, not {clinic.id}"
        if len(line.adds) > clinic.overbook_cap:
            return f"{line.session_id} gets {len(line.adds)}, the cap is {clinic.overbook_cap}"
        if any((slot := played.after.get(Slot, id)) is None or slot.status != "busy" for id in line.beside):
            return f"{line.session_id} is overbooked beside a slot that is not booked"
    return say(words_of(played.last), rf"cap is {clinic.overbook_cap}\b")


def groups_compared(played: Played) -> Wrong:
    """Every group with its booked visits in the overbooked sessions, counted again; the group is in no line."""
    counted: Counter[str] = Counter()
    for line in _extra(played):
        slots = {slot.id for slot in played.after.find(Slot, session_id=line.session_id)}
        for visit in played.after.find(Appointment, clinic_id=line.clinic_id, status="booked"):
            if visit.slot_id in slots:
                group = played.after.get(PatientGroup, visit.patient_id)
                counted[group.language if group else "not known"] += 1
    told = {
        str(row["Group"]): row["Booked visits"]
        for row in rows_with(played.last, "Group", "Booked visits")[: len(counted)]
    }
    plan = _plan(played)
    lines = str([line.model_dump() for line in plan.lines]) if plan else ""
    return first_wrong(
        same("booked visits by group", told, dict(counted)),
        "a group is among what was asked for" if any(group in lines for group in counted) else None,
        say(words_of(played.last), "group check"),
    )


def director_asked(played: Played) -> Wrong:
    """The plan waits for the medical director of that clinic's service, and for nobody else."""
    plan = _plan(played)
    if plan is None or plan.state != "awaiting":
        return "no plan waits"
    clinic = played.after.get(Clinic, played.about("clinic"))
    return first_wrong(
        same("who is asked", [need.role for need in plan.needs], ["clinic_medical_director"]),
        same("for which service", plan.needs[0].scope.service_id, clinic.service_id if clinic else None),
    )
