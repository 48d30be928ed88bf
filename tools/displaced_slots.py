"""The slots that could be given to displaced visits instead of theirs, with what stands against each."""

from collections import defaultdict
from datetime import timedelta

from hospital.changes.taken import LIVE_VISITS, LONGEST
from hospital.changes.visits import orders_of
from hospital.model.bookings import Appointment, Slot
from hospital.model.places import Clinic, Maintenance, Room, Site
from hospital.planning.backfill import kept_by_rule
from hospital.planning.displaced_visits import DisplacedVisit, OpenSlot, VisitProblem
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.affected_visits import VisitLoss, span_of
from tools.open_slots import FIELDS, FreeSlot, held_slots
from tools.or_day import down_span
from tools.scanners import read_scanners
from tools.tool import Toolbox

NOTICE = timedelta(hours=2)
"""How soon a patient can come instead: they must be reached and must travel (our judgement)."""
AHEAD = timedelta(days=14)
"""How long after the loss other slots are looked for."""
WORDS = {
    "held": "a slot that somebody holds",
    "urgent": "a slot reserved for urgent visits",
    "same_day": "a slot kept for patients of the same day",
    "notice": "a slot inside the clinic's notice for complex visits",
    "maintenance": "a scanner without maintenance then",
    "down": "a scanner that works",
    "no_technologist": "a technologist on duty",
    "contrast": "a scanner that can give contrast",
    "length": "a longer slot",
    "patient": "another visit of the patient at another time",
}
"""What giving up a constraint means."""


def problem_of(box: Toolbox, loss: VisitLoss) -> VisitProblem:
    """The visits, and the slots of the same service and kind from now until two weeks after the loss."""
    window = Interval(box.now + NOTICE, max(loss.lost.window.end, box.now + NOTICE) + AHEAD)
    services = {visit.service_id for visit in loss.visits}
    clinics = {str(one.id): one for one in box.world.find(Clinic, service_id=In(tuple(services)))}
    kinds = In(tuple({visit.visit_type for visit in loss.visits}))
    sites = {str(site.id): site for site in box.world.find(Site)}
    slots = [
        *_clinic_slots(box, loss, clinics, sites, window, kinds),
        *(_scanner_slots(box, loss, sites, window, kinds) if any(v.clinic_id is None for v in loss.visits) else ()),
    ]
    busy = _elsewhere(box, loss, window)
    visits = tuple(
        DisplacedVisit(
            visit.id, visit.patient_id, visit.site_id, visit.clinician_id, visit.visit_type, span_of(visit),
            sites[visit.site_id].local(visit.start).date(), max(0, (box.now - visit.booked_at).days),
            tuple(busy[visit.patient_id]), any(order.contrast for order in orders_of(box.world, visit)),
        )
        for visit in loss.visits
    )  # fmt: skip
    money = box.policy.data.money
    miles = {(a, b): far for a in sites for b in sites if (far := money.miles(a, b)) is not None}
    return VisitProblem(visits, tuple(slots), WORDS, miles)


def _elsewhere(box: Toolbox, loss: VisitLoss, window: Interval) -> dict[str, list[Interval]]:
    """When the patients have other visits, which they can do without leaving them."""
    moving = {visit.id for visit in loss.visits}
    found = box.world.values(
        Appointment,
        ("id", "patient_id", "start", "end"),
        patient_id=In(tuple({visit.patient_id for visit in loss.visits})),
        status=LIVE_VISITS,
        start=Range(at_least=window.start - LONGEST, before=window.end),
    )
    spans: dict[str, list[Interval]] = defaultdict(list)
    for id, patient, start, end in found:
        if id not in moving:
            spans[patient].append(Interval(start, end))
    return spans


def _free(box: Toolbox, window: Interval, **where: object) -> list[tuple[FreeSlot, str | None]]:
    rows = box.world.values(
        Slot,
        (*FIELDS, "session_id"),
        status=In(("free", "busy-tentative")),
        start=Range(at_least=window.start, before=window.end),
        **where,
    )
    return [(FreeSlot(*row[:-1]), row[-1]) for row in rows]


def _is_lost(loss: VisitLoss, slot: FreeSlot, session: str | None) -> bool:
    """Whether the slot is lost itself."""
    lost = loss.lost
    if session is not None and session in loss.sessions:
        return True
    hit = slot.clinician_id == (lost.person.id if lost.person else "") or slot.room_id in {r.id for r in lost.rooms}
    return hit and lost.window.overlaps(Interval(slot.start, slot.end))


def _clinic_slots(
    box: Toolbox, loss: VisitLoss, clinics: dict[str, Clinic], sites: dict[str, Site], window: Interval, kinds: In
) -> list[OpenSlot]:
    rows = _free(box, window, clinic_id=In(tuple(clinics)), visit_type=kinds)
    held = held_slots(box, [slot.id for slot, _ in rows])
    down = _rooms_down(box, sorted({slot.room_id for slot, _ in rows}), window)
    found = []
    for slot, session in rows:
        if _is_lost(loss, slot, session) or any(
            Interval(slot.start, slot.end).overlaps(s) for s in down[slot.room_id]
        ):
            continue
        clinic = clinics[slot.clinic_id or ""]
        site = sites[clinic.site_id]
        kept = kept_by_rule(clinic, site, slot.visit_type, slot.start, slot.urgent_reserved, box.now)
        against: set[str] = {kept} if kept else set()
        if slot.status != "free" or slot.id in held:
            against.add("held")
        found.append(_open(slot, site, against))
    return found


def _scanner_slots(
    box: Toolbox, loss: VisitLoss, sites: dict[str, Site], window: Interval, kinds: In
) -> list[OpenSlot]:
    """Slots of scanners of the same modality that do not stand in maintenance and have a technologist."""
    modalities = {room.modality for visit in loss.visits if (room := box.world.get(Room, visit.room_id))}
    found = []
    for site in sites.values():
        rooms = box.world.find(Room, site_id=site.id, kind="imaging", modality=In(tuple(modalities)))
        if not rooms:
            continue
        scanners = read_scanners(box, site, rooms, window)
        contrast = {str(room.id): room.contrast for room in rooms}
        rows = _free(box, window, room_id=In(tuple(contrast)), visit_type=kinds)
        held = held_slots(box, [slot.id for slot, _ in rows])
        for slot, session in rows:
            if _is_lost(loss, slot, session):
                continue
            why = scanners.why_not(slot)
            against = {*([why] if why else ()), *(() if contrast[slot.room_id] else ("contrast",))}
            if slot.status != "free" or slot.id in held:
                against.add("held")
            found.append(_open(slot, site, against))
    return found


def _open(slot: FreeSlot, site: Site, against: set[str]) -> OpenSlot:
    span = Interval(slot.start, slot.end)
    day = site.local(slot.start).date()
    return OpenSlot(slot.id, site.id, slot.clinician_id, slot.visit_type, span, day, frozenset(against))


def _rooms_down(box: Toolbox, ids: list[str], window: Interval) -> dict[str, list[Interval]]:
    """When clinic rooms are out of service."""
    spans: dict[str, list[Interval]] = defaultdict(list)
    for room in box.world.find(Room, id=In(tuple(ids))):
        if (down := down_span(room, box.now)) is not None:
            spans[str(room.id)].append(down)
    for one in box.world.find(
        Maintenance, room_id=In(tuple(ids)), state="scheduled", start=Range(before=window.end),
        end=Range(at_least=window.start),
    ):  # fmt: skip
        spans[str(one.room_id)].append(Interval(one.start, one.end))
    return spans
