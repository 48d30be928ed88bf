"""Patients who are told by name: one who needs a scan on Thursday, one in bed 12."""

from datetime import timedelta

from hospital.model.bookings import Appointment, ImagingOrder, Slot
from hospital.model.people import Encounter
from middleware.sandbox.world.frame import Frame, World

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
    free_slot(world, f"{SITE}-mri-1-{frame.coming(3)}-0940")
    for stay in world.of(Encounter):
        if stay["bed_id"] == f"{SITE}-5-112":
            stay["patient_id"] = "63104"


def free_slot(world: World, slot_id: str) -> None:
    """Make a slot free, if it exists, by taking out what is booked in it."""
    for slot in world.of(Slot):
        if slot["id"] == slot_id:
            slot["status"] = "free"
    world.rows[Appointment] = [row for row in world.of(Appointment) if row["slot_id"] != slot_id]
