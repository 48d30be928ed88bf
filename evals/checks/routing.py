"""Imaging orders over scanners, and freed slots for the waitlist: recounted from orders, slots, rooms and entries."""

from evals.checks.look import Wrong, first_wrong, new_rows, plan_of, rows_with, same, say, words_of
from evals.replay import Played
from hospital.changes.bookings import BookAppointment
from hospital.changes.waitlist import OfferSlot
from hospital.model.bookings import Appointment, Hold, ImagingOrder, Slot, WaitlistEntry
from hospital.model.people import Scope, Shift, User
from hospital.model.places import Maintenance, Room
from policies.plans import Plan


def _orders(played: Played) -> list[ImagingOrder]:
    return played.before.find(ImagingOrder, patient_id=played.about("patient"), state="open")


def _bookings(played: Played) -> list[BookAppointment]:
    plans = [played.after.get(Plan, option.plan_id) for option in played.last.options]
    return [line for plan in plans if plan for line in plan.lines if isinstance(line, BookAppointment)]


def only_fitting_scanners(played: Played) -> Wrong:
    """Every option is a free slot, long enough, of the order's modality, with contrast where it needs it."""
    lines, orders = _bookings(played), {order.id: order for order in _orders(played)}
    if not lines:
        return "no option is given"
    for line in lines:
        order, slot = orders.get(line.order_id or ""), played.after.get(Slot, line.slot_id)
        room = played.after.get(Room, line.room_id)
        if order is None or slot is None or room is None or slot.status != "free":
            return f"{line.slot_id} is no free slot for an open order"
        if room.modality != order.modality or (order.contrast and not room.contrast):
            return f"{room.id} cannot do {order.protocol}"
        if (slot.end - slot.start).total_seconds() < order.minutes * 60:
            return f"{slot.id} is shorter than {order.minutes} min"
        if wrong := _not_staffed(played, slot, room):
            return wrong
        if played.script.about.get("site") not in (None, room.site_id):
            return f"{room.id} is at another site"
    return same("scanners", len({line.room_id for line in lines}), len(lines))


def _not_staffed(played: Played, slot: Slot, room: Room) -> Wrong:
    """Whether it is under maintenance, or nobody works there although a roster is out."""
    for one in played.after.find(Maintenance, room_id=room.id, state="scheduled"):
        if one.start < slot.end and slot.start < one.end:
            return f"{room.id} is under maintenance then"
    shifts = [one for one in played.after.find(Shift, site_id=room.site_id, role="imaging_tech")
              if one.state in ("rostered", "approved")]  # fmt: skip
    published = any(one.end >= slot.end for one in shifts)
    there = any(one.start <= slot.start and slot.end <= one.end for one in shifts)
    return None if there or not published else f"nobody works at {room.id} then"


def costs_of_each(played: Played) -> Wrong:
    """The table has an option per plan with money for travel and for serving."""
    rows = rows_with(played.last, "Scanner", "When", "Technologists", "Travel", "Cost to serve")
    unpriced = [row["#"] for row in rows if not str(row["Travel"]).startswith("$")
                or not str(row["Cost to serve"]).startswith("$")]  # fmt: skip
    return first_wrong(
        same("options", len(rows), len(_bookings(played))),
        f"options {unpriced} have no price" if unpriced else None,
    )


def prerequisites_of_order(played: Played) -> Wrong:
    """What is missing on the order is a task of each option; the reply says so."""
    (order,) = _orders(played)[:1] or (None,)
    if order is None:
        return "the patient has no open order"
    missing = {"renal_check"} if order.contrast and not order.renal_check_done else set()
    missing |= set() if order.safety_screen_done else {"safety_screen"}
    for line in _bookings(played):
        if wrong := same("tasks", {task.kind for task in line.tasks} - {"authorisation"}, missing):
            return wrong
    return say(words_of(played.last), "renal") if "renal_check" in missing else None


def nothing_booked(played: Played) -> Wrong:
    """No visit and no hold is new."""
    now = played.line.clock.now()
    holds = [one.id for one in new_rows(played, Hold) if one.expires_at > now]
    return first_wrong(
        same("visits", played.after.count(Appointment), played.before.count(Appointment)),
        f"{holds} are held" if holds else None,
    )


def _offer(played: Played) -> OfferSlot | None:
    plan = plan_of(played)
    lines = [line for line in plan.lines if isinstance(line, OfferSlot)] if plan else []
    return lines[0] if len(lines) == 1 else None


def next_is_offered(played: Played) -> Wrong:
    """The entry named, or else whoever comes first: by priority, then by how long they have waited."""
    line = _offer(played)
    if line is None:
        return "no offer is planned"
    waiting = played.before.find(
        WaitlistEntry, clinic_id=played.about("clinic"), visit_type=played.about("visit_type"), state="waiting"
    )
    first = min(waiting, key=lambda one: (one.priority, one.since, one.id))
    slot = played.before.get(Slot, line.slot_id)
    return first_wrong(
        same("entry", line.entry_id, played.script.about.get("entry", first.id)),
        same(
            "clinic and kind", (line.clinic_id, line.visit_type), (played.about("clinic"), played.about("visit_type"))
        ),
        None if slot is not None and slot.status == "free" else f"{line.slot_id} was not free",
    )


def kept_for_them(played: Played) -> Wrong:
    """The slot is held for that patient, and the entry is offered."""
    line = _offer(played)
    held = [one for one in new_rows(played, Hold) if line and one.resource == f"slot:{line.slot_id}"]
    entry = played.after.get(WaitlistEntry, line.entry_id) if line else None
    return first_wrong(
        None if line and len(held) == 1 and held[0].patient_id == line.patient_id else "the slot is not kept",
        same("entry", entry.state if entry else None, "offered"),
    )


def no_visit_booked(played: Played) -> Wrong:
    """The visit itself waits until the patient agrees."""
    return same("visits", played.after.count(Appointment), played.before.count(Appointment))


def reason_and_director(played: Played) -> Wrong:
    """The reason is on the line, and the clinic's medical director is asked and named."""
    line, plan = _offer(played), plan_of(played)
    if line is None or plan is None or len(line.reason) < 3:
        return "no reason is kept"
    asked = {who for need in plan.needs for who in need.who}
    where = Scope(service_id=line.service_id, site_id=line.site_id)
    directors = {
        user.id
        for user in played.after.find(User)
        if any(one.role == "clinic_medical_director" and one.scope.covers(where) for one in user.grants)
    }
    named = {user.id: user.name for user in played.after.find(User)}
    unsaid = [named[who] for who in asked if named[who] not in words_of(played.last)]
    return first_wrong(
        same("who is asked", asked, directors),
        f"the reply does not name {unsaid}" if unsaid else None,
    )


def slot_not_kept_yet(played: Played) -> Wrong:
    """Before the director agreed nothing holds the slot and the entry still waits."""
    line = _offer(played)
    held = [one.id for one in played.after.find(Hold) if line and one.resource == f"slot:{line.slot_id}"]
    entry = played.after.get(WaitlistEntry, line.entry_id) if line else None
    return first_wrong(f"{held} hold it" if held else None, same("entry", entry.state if entry else None, "waiting"))
