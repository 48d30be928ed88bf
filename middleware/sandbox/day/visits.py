"""Clinics and scanners: visits happen or are missed, slots fill up, and the horizon of slots goes on."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from hospital.model.bookings import Appointment, ClinicSession, Hold, Slot
from hospital.model.places import Clinic, Room
from hospital.ports import In, Range
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.world.clinicians import build_clinicians
from middleware.sandbox.world.clinics import build_horizon, sittings
from middleware.sandbox.world.frame import AHEAD_DAYS, Row, World
from middleware.sandbox.world.imaging import build_scanner_slots
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER
from middleware.sandbox.world.visits import share_booked

MISSED = 0.07
LONGEST_VISIT = timedelta(hours=3)
_FIELDS = ("id", "start", "site_id", "clinic_id", "room_id", "clinician_id", "visit_type", "end", "urgent_reserved")


def hold_visits(passing: Passing) -> None:
    """Booked visits begin, end, or are missed."""
    past = Range(at_least=passing.since - LONGEST_VISIT, before=passing.now)
    clinics = In(tuple(id for (id,) in passing.work.values(Clinic, ("id",))))
    scanners = In(tuple(id for (id,) in passing.work.values(Room, ("id",), kind="imaging")))
    alive = In(("booked", "arrived", "checked-in"))
    wheres: tuple[dict[str, Any], ...] = ({"clinic_id": clinics}, {"room_id": scanners})
    for where in wheres:
        for visit in passing.work.find(Appointment, status=alive, start=past, **where):
            missed = passing.luck(visit.id, "missed") < MISSED and visit.status == "booked"
            status = "checked-in" if visit.end > passing.now else "noshow" if missed else "fulfilled"
            if status != visit.status and not (missed and visit.end > passing.now):
                passing.work.put(visit.changed(status=status))


def extend_slots(passing: Passing) -> None:
    """Sessions and slots up to the end of the horizon, as the template says."""
    if not passing.new_days():
        return
    frame = passing.frame
    last = passing.work.find(ClinicSession, order="-start", limit=1)
    first = (last[0].start.date() - frame.today).days + 1 if last else 0
    world = World()
    build_clinicians(frame, world)
    build_horizon(frame, world, sittings(world), frame.workdays(first, AHEAD_DAYS))
    last_scan = passing.work.find(Slot, clinic_id=None, order="-start", limit=1)
    first = (last_scan[0].start.date() - frame.today).days + 1 if last_scan else 0
    build_scanner_slots(frame, world, frame.days(first, AHEAD_DAYS))
    tag = f"{frame.today:%y%m%d}"
    for number, row in enumerate(world.of(Appointment)):
        row["id"] = f"APT-{tag}H{number:05d}"
    for kind in (ClinicSession, Slot, Appointment):
        passing.work.bulk(kind, world.of(kind))


def fill_slots(passing: Passing) -> None:
    """Once a day: free slots are booked as their day comes nearer, but never those that somebody holds."""
    if not passing.new_days():
        return
    held = {hold.resource for hold in passing.work.find(Hold, state="held", start=Range(at_least=passing.now))}
    coming = Range(at_least=passing.now, before=passing.now + timedelta(days=AHEAD_DAYS))
    rng = passing.rng("fill slots", passing.frame.today)
    free = [
        row
        for row in passing.work.values(Slot, _FIELDS, status="free", start=coming)
        if not row[8] and row[6] != "same-day-complex" and f"slot:{row[0]}" not in held
    ]
    if not free:
        return
    ahead = np.array([(row[1] - passing.now).total_seconds() / 86400 for row in free])
    before = share_booked(ahead + (passing.now - passing.since).total_seconds() / 86400)
    chance = np.clip((share_booked(ahead) - before) / (1 - before), 0, 1)
    chosen = [row for row, hit in zip(free, (rng.random(len(free)) < chance).tolist(), strict=True) if hit]
    who = rng.integers(0, COUNT, len(chosen)).tolist()
    slots = {slot.id: slot for slot in passing.work.find(Slot, id=In(tuple(row[0] for row in chosen)))}
    passing.work.put(*(slots[row[0]].changed(status="busy") for row in chosen))
    passing.work.bulk(Appointment, _booked(passing, chosen, who))


def _booked(passing: Passing, chosen: list[tuple[object, ...]], who: list[int]) -> list[Row]:
    services = dict(passing.work.values(Clinic, ("id", "service_id")))
    at: datetime = passing.now - timedelta(minutes=30)
    return [
        {
            "id": f"APT-{passing.frame.today:%y%m%d}F{number:05d}", "patient_id": str(FIRST_NUMBER + patient),
            "site_id": site, "clinic_id": clinic, "service_id": services.get(clinic, "imaging"), "room_id": room,
            "clinician_id": clinician, "slot_id": slot, "visit_type": kind, "status": "booked", "start": start,
            "end": end, "booked_at": at,
        }
        for number, ((slot, start, site, clinic, room, clinician, kind, end, _), patient) in enumerate(
            zip(chosen, who, strict=True)
        )
    ]  # fmt: skip
