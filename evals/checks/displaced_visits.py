"""Visits that lost their physician or scanner: all are listed, each new slot is real, and nobody was moved."""

from collections import Counter
from datetime import datetime
from typing import Any

from evals.checks.look import Wrong, first_wrong, rows_with, same
from evals.replay import Played
from hospital.changes.bookings import RescheduleAppointment
from hospital.model.bookings import Appointment, Slot
from hospital.model.places import Clinic, Room
from hospital.ports import In
from policies.plans import Plan

MOVABLE = In(("proposed", "pending", "booked"))
LIVE = In(("proposed", "pending", "booked", "arrived", "checked-in"))


def _times(played: Played) -> tuple[datetime, datetime]:
    now, since = played.line.clock.now(), played.script.about.get("since")
    return max(now, datetime.fromisoformat(since)) if since else now, datetime.fromisoformat(played.about("until"))


def _where(played: Played) -> dict[str, Any]:
    about = played.script.about
    return {"clinician_id": about["clinician"]} if about.get("clinician") else {"room_id": about["room"]}


def _displaced(played: Played) -> dict[str, Appointment]:
    """The visits booked on what is lost, from the rows before."""
    since, until = _times(played)
    booked = played.before.find(Appointment, status=MOVABLE, **_where(played))
    return {str(one.id): one for one in booked if since <= one.start < until}


def _lines(played: Played) -> dict[str, RescheduleAppointment]:
    plans = [played.after.get(Plan, option.plan_id) for option in played.last.options]
    lines = [line for plan in plans if plan for line in plan.lines]
    return {str(line.appointment_id): line for line in lines if isinstance(line, RescheduleAppointment)}


def each_visit_listed(played: Played) -> Wrong:
    """Every visit hit is in the table once, with its slot or "no slot"; each slot is free and given once."""
    visits, lines = _displaced(played), _lines(played)
    rows = {str(row["Visit"]): row for row in rows_with(played.last, "Visit", "New slot", "Was")}
    if not visits or set(rows) != set(visits):
        return f"{sorted(visits)} are displaced, {sorted(rows)} are listed"
    for id, line in lines.items():
        if wrong := _slot_wrong(played, visits[id], line):
            return f"{id}: {wrong}"
    twice = [slot for slot, count in Counter(line.slot_id for line in lines.values()).items() if count > 1]
    unsaid = [id for id in visits if id not in lines and rows[id]["New slot"] != "no slot"]
    return first_wrong(
        f"{twice} are given twice" if twice else None,
        f"{unsaid} have no plan, and the table does not say so" if unsaid else None,
    )


def _slot_wrong(played: Played, visit: Appointment, line: RescheduleAppointment) -> Wrong:
    slot = played.after.get(Slot, line.slot_id)
    if slot is None or slot.status != "free" or slot.urgent_reserved or slot.start <= played.line.clock.now():
        return f"{line.slot_id} is no free slot"
    if slot.visit_type != visit.visit_type:
        return f"{slot.id} is for {slot.visit_type}, the visit is {visit.visit_type}"
    clinic, room = played.after.get(Clinic, slot.clinic_id or ""), played.after.get(Room, slot.room_id)
    if (clinic is None) != (visit.clinic_id is None) or (clinic and clinic.service_id != visit.service_id):
        return f"{slot.id} is another service's"
    since, until = _times(played)
    lost = all(getattr(slot, name) == value for name, value in _where(played).items())
    if room is None or (lost and since < slot.end and slot.start < until):
        return f"{slot.id} is lost itself"
    clash = [
        one.id
        for one in played.after.find(Appointment, patient_id=visit.patient_id, status=LIVE)
        if one.id != visit.id and one.start < slot.end and slot.start < one.end
    ]
    return f"the patient has {clash[0]} then" if clash else None


def says_why_no_slot(played: Played) -> Wrong:
    """A visit without a slot says what it would take; none at its own clinic of its kind is free and not given."""
    visits, given = _displaced(played), {line.slot_id for line in _lines(played).values()}
    since, until = _times(played)
    for row in rows_with(played.last, "Visit", "New slot", "Why"):
        visit = visits.get(str(row["Visit"]))
        if visit is None or row["New slot"] != "no slot":
            continue
        if len(str(row["Why"])) < 10:
            return f"{visit.id} has no slot, and nothing says why"
        free = played.after.find(Slot, clinic_id=visit.clinic_id, visit_type=visit.visit_type, status="free")
        left = [one.id for one in free if one.id not in given and since < one.start and not one.urgent_reserved]
        soon = [one for one in left if visit.clinic_id and _slot_at(played, one) < until]
        if soon:
            return f"{visit.id} has no slot although {soon[0]} is free"
    return None


def _slot_at(played: Played, id: str) -> datetime:
    slot = played.after.get(Slot, id)
    return slot.start if slot else played.line.clock.now()


def visits_untouched(played: Played) -> Wrong:
    """No visit is cancelled or moved before its patient has agreed."""
    changed = [id for id, visit in _displaced(played).items() if played.after.get(Appointment, id) != visit]
    before, after = (world.count(Appointment, status="cancelled") for world in (played.before, played.after))
    return first_wrong(same("cancelled visits", after, before), f"{changed} were changed" if changed else None)


def least_harm_first(played: Played) -> Wrong:
    """Whoever keeps the day comes before whoever has no slot at all."""
    rows = rows_with(played.last, "Visit", "New slot", "Leaves its day")
    without = [n for n, row in enumerate(rows) if row["New slot"] == "no slot"]
    late = [row["Visit"] for n, row in enumerate(rows) if without and n > without[0] and row["New slot"] != "no slot"]
    return f"{late} come after visits without a slot" if late else None


def only_agreed_moved(played: Played) -> Wrong:
    """One visit moved, the one that was shown when the patient was asked, into the slot shown."""
    shown = played.turns[-2].plan
    plan = played.after.get(Plan, shown.id) if shown else None
    lines = [line for line in plan.lines if isinstance(line, RescheduleAppointment)] if plan else []
    moved = {id: played.after.get(Appointment, id) for id in _displaced(played)}
    changed = {id for id, visit in _displaced(played).items() if moved[id] != visit}
    if len(lines) != 1 or changed != {str(lines[0].appointment_id)}:
        return f"{sorted(changed)} were moved, the plan shown has {[line.appointment_id for line in lines]}"
    now = moved[str(lines[0].appointment_id)]
    return same("new slot", now.slot_id if now else None, lines[0].slot_id)


def moved_only_after_yes(played: Played) -> Wrong:
    """Before the last turn the turn shown had only drafted the move, and nothing says that it was done."""
    shown = played.turns[-2].plan
    plan = played.after.get(Plan, shown.id) if shown else None
    if plan is None or shown is None or shown.state != "drafted":
        return "the move was no draft when the patient was asked"
    return None if plan.state in ("committed", "delivered") else f"{plan.id} is {plan.state} after the yes"
