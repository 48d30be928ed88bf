"""What the services hold when the sandbox is new: the same bookings, cases and purchases as the store."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from hospital.clocks import FrozenClock
from hospital.entity import Entity
from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.supply import Requisition
from middleware.sandbox.services.base import file_of
from middleware.sandbox.services.ehr import seed_ehr
from middleware.sandbox.services.erp import seed_erp
from middleware.sandbox.services.workforce import seed_workforce
from middleware.sandbox.world.frame import Row

CANARY = "CANARY-DX"
"""Stands in free text of the EHR's messages, as diagnoses do in real ones; it must never get any further."""
NOTES = 12
WRITERS: Mapping[str, Callable[[Path, dict[type[Entity], list[Row]]], None]] = {
    "ehr": lambda home, world: seed_ehr(
        home,
        [row for row in world[Appointment] if row["status"] == "booked"],
        [row for row in world[SurgicalCase] if row["state"] == "scheduled"],
    ),
    "wfm": lambda home, _: seed_workforce(home),
    "erp": lambda home, world: seed_erp(home, world[Requisition]),
}


def seed_services(home: Path, world: dict[type[Entity], list[Row]], now: datetime) -> None:
    """Start all three services over with what this world holds, and with notes in the EHR's feed."""
    for write in WRITERS.values():
        write(home, world)
    booked = [row for row in world[Appointment] if row["status"] == "booked" and row["start"] > now]
    step = max(1, len(booked) // NOTES)
    clock = FrozenClock(now - timedelta(minutes=4))
    with file_of(home, "ehr", clock).writing() as books:
        for number, row in enumerate(booked[::step][:NOTES]):
            data = {
                "appointment_id": row["id"],
                "patient_id": row["patient_id"],
                "slot_id": row["slot_id"],
                "note": f"{CANARY}-{number:02d} seen for this before; discuss at the visit",
            }
            books.put("note", f"NOTE-{number:02d}", "filed", data, "note.filed")
