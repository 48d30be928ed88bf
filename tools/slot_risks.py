"""How likely the visits booked at a clinic are missed, slot by slot; never by person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hospital.model.bookings import Appointment
from hospital.model.history import SlotRisk
from hospital.planning.intervals import Interval
from hospital.planning.no_show_rates import Foretold, MissedRates
from hospital.ports import In, Not, Range, Reader

RATES_OVER = timedelta(days=180)
"""The past from which rates are taken where no model knows the booking."""


@dataclass(frozen=True, slots=True)
class BookedSlot:
    """One booked slot to come with the chance that its visit is missed."""

    slot_id: str
    clinician_id: str | None
    visit_type: str
    start: datetime
    end: datetime
    foretold: Foretold


def slot_risks(world: Reader, now: datetime, clinic_id: str, window: Interval) -> list[BookedSlot]:
    """Every booked slot of the clinic in the window, the earliest first.

    From the model when it was fitted after the booking was made, else from the rate of such visits at the clinic.
    """
    visits = world.find(
        Appointment,
        clinic_id=clinic_id,
        start=Range(window.start, window.end),
        status=In(("booked", "pending", "arrived", "checked-in")),
        slot_id=Not(None),
        order="start",
    )
    issued = {
        str(one.id): one for one in world.find(SlotRisk, clinic_id=clinic_id, start=Range(window.start, window.end))
    }
    rates = missed_rates(world, now, clinic_id)
    found = []
    for visit in visits:
        slot = str(visit.slot_id)
        kept = issued.get(slot)
        lead = (visit.start.date() - visit.booked_at.date()).days
        if kept is not None and kept.issued_at >= visit.booked_at:
            foretold = Foretold(slot, kept.probability, "model", 0)
        else:
            foretold = rates.risk(slot, visit.visit_type, lead)
        found.append(BookedSlot(slot, visit.clinician_id, visit.visit_type, visit.start, visit.end, foretold))
    return found


def missed_rates(world: Reader, now: datetime, clinic_id: str) -> MissedRates:
    """The clinic's rates of missed visits over the last RATES_OVER, cancelled ones apart."""
    past = world.values(
        Appointment,
        ("visit_type", "booked_at", "start", "status"),
        clinic_id=clinic_id,
        start=Range(now - RATES_OVER, now),
        status=In(("fulfilled", "noshow")),
    )
    return MissedRates.of(
        (kind, (start.date() - booked.date()).days, status == "noshow") for kind, booked, start, status in past
    )
