"""Patients who are told by name: one who needs a scan on Thursday, one in bed 12."""

from datetime import date, timedelta

from hospital.model.bookings import Appointment, ImagingOrder, Slot
from hospital.model.people import Encounter
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER

SITE = "northgate"


def build_named_visits(frame: Frame, world: World) -> None:
    """Patient 88213's order, the scanner slot that is free for it, and Mr. Ortiz in bed 12 of 5 West."""
    world.add(
        ImagingOrder,
        {
            "id": "IMG-88213",
            "patient_id": "88213",
            "protocol": "MRI brain with contrast",
            "modality": "mri",
            "contrast": True,
            "minutes": 40,
            "safety_screen_done": True,
            "renal_check_done": False,
            "authorisation": "granted",
            "ordered_at": frame.now - timedelta(days=4),
        },
    )
    wanted = f"{SITE}-mri-1-{frame.coming(3)}-0940"
    free_slot(world, wanted)
    # No other scanner is free at that time, so that the time alone says which one is meant.
    for slot in world.of(Slot):
        if slot["clinic_id"] is None and slot["id"].endswith(f"-{frame.coming(3)}-0940") and slot["id"] != wanted:
            take_slot(frame, world, slot)
    give_away_visits(world, "88213", frame.coming(3))
    for stay in world.of(Encounter):
        if stay["bed_id"] == f"{SITE}-5-112":
            stay["patient_id"] = "63104"


def give_away_visits(world: World, patient_id: str, day: date) -> None:
    """Nothing else is booked for this patient on that day: the next patient has it instead."""
    for row in world.of(Appointment):
        if row["patient_id"] == patient_id and row["start"].date() == day and row["status"] == "booked":
            row["patient_id"] = str(int(patient_id) + 1)


def take_slot(frame: Frame, world: World, slot: Row) -> None:
    """Book a slot that is still free for somebody."""
    if slot["status"] != "free":
        return
    slot["status"] = "busy"
    patient = FIRST_NUMBER + int(frame.rng(slot["id"]).integers(COUNT))
    world.add(
        Appointment,
        {
            "id": f"APT-{slot['id']}",
            "patient_id": str(patient),
            "site_id": slot["site_id"],
            "clinic_id": None,
            "service_id": "imaging",
            "room_id": slot["room_id"],
            "clinician_id": None,
            "slot_id": slot["id"],
            "visit_type": slot["visit_type"],
            "status": "booked",
            "start": slot["start"],
            "end": slot["end"],
            "booked_at": frame.now - timedelta(days=6),
        },
    )


def free_slot(world: World, slot_id: str) -> None:
    """Make a slot free, if it exists, by taking out what is booked in it."""
    for slot in world.of(Slot):
        if slot["id"] == slot_id:
            slot["status"] = "free"
    world.rows[Appointment] = [row for row in world.of(Appointment) if row["slot_id"] != slot_id]
