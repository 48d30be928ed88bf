"""Clinic slots and imaging visits."""

from datetime import datetime, timedelta

from evals.checks.look import Wrong, audited, first_wrong, new_rows, rows_with, same, say, words_of
from evals.replay import Played
from hospital.model.bookings import Appointment, Hold, ImagingOrder, Slot, Task
from hospital.model.places import Clinic, Room, Site
from hospital.ports import Range

HOW_MANY = 3


def _open_slots(played: Played) -> list[Slot]:
    """What may be offered at the clinic for the visit type, earliest first, by the clinic's own row and rules."""
    clinic = played.after.get(Clinic, played.about("clinic"))
    if clinic is None:
        return []
    now, kind = played.line.clock.now(), played.about("visit_type")
    site = played.after.get(Site, clinic.site_id)
    held = {hold.resource for hold in played.after.find(Hold, state="held") if hold.expires_at > now}
    found = []
    for slot in played.after.find(
        Slot, clinic_id=clinic.id, visit_type=kind, status="free", start=Range(at_least=now)
    ):
        today = site is not None and site.local(slot.start).date() == site.local(now).date()
        soon = slot.start - now < timedelta(hours=clinic.backfill_notice_hours)
        kept = kind in clinic.same_day_visit_types and not today
        if not (
            slot.urgent_reserved
            or f"slot:{slot.id}" in held
            or kept
            or (kind in clinic.complex_visit_types and soon and not (today and kind in clinic.same_day_visit_types))
        ):
            found.append(slot)
    return sorted(found, key=lambda slot: (slot.start, slot.id))


def right_visit_type(played: Played) -> Wrong:
    """Every slot offered is one that may be: it exists, is free, unheld, of the clinic and the visit type asked."""
    allowed = {str(slot.id) for slot in _open_slots(played)}
    offered = [str(row["Slot"]) for row in rows_with(played.last, "#", "When", "Slot")]
    wrong = [id for id in offered if id not in allowed]
    return f"{wrong[0]} may not be offered" if wrong else None if offered else "no slot is offered"


def next_three(played: Played) -> Wrong:
    """Exactly the earliest ones: none earlier was left out."""
    offered = [str(row["Slot"]) for row in rows_with(played.last, "#", "When", "Slot")]
    return same("the next slots", offered, [str(slot.id) for slot in _open_slots(played)[:HOW_MANY]])


def time_zone(played: Played) -> Wrong:
    """Each time with the zone of its site, as the wall clock there shows it."""
    clinic = played.after.get(Clinic, played.about("clinic"))
    site = played.after.get(Site, clinic.site_id) if clinic else None
    if site is None:
        return f"there is no clinic {played.about('clinic')}"
    for row in rows_with(played.last, "#", "When", "Zone", "Slot"):
        slot = played.after.get(Slot, str(row["Slot"]))
        shown = site.local(slot.start).strftime("%a %d %b %H:%M") if slot else None
        if row["Zone"] != site.timezone or not str(row["When"]).startswith(str(shown)):
            return f"{row['Slot']} is at {shown} {site.timezone}, not {row['When']} {row['Zone']}"
    return say(words_of(played.last), site.timezone)


def _visit(played: Played) -> Appointment | None:
    visits = new_rows(played, Appointment, booked_at=Range(at_least=played.line.clock.now()))
    return visits[0] if len(visits) == 1 and visits[0].status == "booked" else None


def prerequisites_told(played: Played) -> Wrong:
    """Each check that is missing on the order is a task for that visit; the screen is told of either way."""
    visit = _visit(played)
    if visit is None:
        return "no visit was booked"
    tasks = {
        (task.kind, visit.id in task.about or str(visit.patient_id) in task.about) for task in new_rows(played, Task)
    }
    orders = [
        order
        for order in played.before.find(ImagingOrder, patient_id=visit.patient_id, state="open")
        if order.contrast and order.protocol == played.about("protocol")
    ]
    if not orders:
        return "there was no order with contrast"
    missing = {
        k
        for k, done in (("renal_check", orders[0].renal_check_done), ("safety_screen", orders[0].safety_screen_done))
        if not done
    }
    said = " ".join(turn.text for turn in played.turns)
    return first_wrong(
        same("tasks", {kind for kind, about in tasks if about}, missing), say(said, "safety screen", "eGFR|renal")
    )


def contrast_scanner(played: Played) -> Wrong:
    """The visit is in a scanner of the right kind that gives contrast, at the time asked for."""
    visit = _visit(played)
    if visit is None:
        return "no visit was booked"
    room = played.after.get(Room, visit.room_id)
    if room is None or not room.contrast or room.modality != played.about("modality"):
        return f"{visit.room_id} cannot give contrast"
    start = datetime.fromisoformat(played.about("start"))
    return first_wrong(same("start", visit.start, start), same("patient", visit.patient_id, played.about("patient")))


def held_then_booked(played: Played) -> Wrong:
    """The audit chain has the hold before the booking; the hold is used and the slot busy."""
    visit = _visit(played)
    if visit is None:
        return "no visit was booked"
    whats = [entry.what for entry in audited(played)]
    hold, book = "tool:hold_slot", "tool:book_appointment"
    if hold not in whats or book not in whats or whats.index(hold) > whats.index(book):
        return f"the audit chain has {whats}"
    holds = new_rows(played, Hold, resource=f"slot:{visit.slot_id}")
    slot = played.after.get(Slot, visit.slot_id) if visit.slot_id else None
    return first_wrong(
        same("the hold", [hold.state for hold in holds], ["used"]), same("the slot", slot and slot.status, "busy")
    )


def reference_number(played: Played) -> Wrong:
    """The number of the visit that was booked."""
    visit = _visit(played)
    return None if visit and visit.id in played.last.text else "the reference is not told"


def booked_only_after_yes(played: Played) -> Wrong:
    """The commit of the booking comes after the asker's own statement, which only the second turn made."""
    visit = _visit(played)
    whats = [entry.what for entry in audited(played)]
    early = [turn.outcome for turn in played.turns[:-1]]
    if early != ["propose"]:
        return f"before the yes the outcome was {early}"
    if visit is None:
        return "no visit was booked"
    attested = [i for i, what in enumerate(whats) if what.startswith("attest")]
    commits = [i for i, what in enumerate(whats) if what == "commit"]
    return None if attested and commits and attested[0] < commits[-1] else f"the audit chain has {whats}"
