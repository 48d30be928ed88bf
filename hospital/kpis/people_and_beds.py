"""Staff and beds: overtime, waiting for a bed, and discharges before noon."""

from collections import Counter
from statistics import median
from zoneinfo import ZoneInfo

from hospital.kpis.formula import Cohort, Formula, Kpi, Measured, share
from hospital.model.bookings import Appointment
from hospital.model.people import Encounter, Shift
from hospital.model.places import Room
from hospital.ports import In, Range, Reader

IMAGING = "imaging"
NOON = 12


def overtime(world: Reader, cohort: Cohort) -> Measured:
    """Hours of overtime shifts over all hours worked; of the imaging service, minutes past the booked end."""
    if cohort.service_id == IMAGING:
        return imaging_overtime(world, cohort)
    found = world.values(
        Shift,
        ("start", "end", "state", "source"),
        site_id=cohort.site_ids,
        start=cohort.past,
        **cohort.where(unit_id="unit_id"),
    )
    excluded: Counter[str] = Counter()
    extra = worked = 0.0
    n = 0
    for start, end, state, source in found:
        if state == "called_out":
            excluded["called-out shifts"] += 1
        elif state == "requested" or end > cohort.now:
            excluded["shifts not worked yet"] += 1
        else:
            hours = (end - start).total_seconds() / 3600
            worked, n = worked + hours, n + 1
            extra += hours if source == "overtime" else 0.0
    return share(extra, worked, n, excluded)


def imaging_overtime(world: Reader, cohort: Cohort) -> Measured:
    """Hours examinations ran past their booked end, over the hours of examinations done."""
    scanners = [str(room.id) for room in world.find(Room, kind="imaging", site_id=cohort.site_ids)]
    found = world.values(
        Appointment,
        ("start", "end", "status", "overtime_minutes"),
        room_id=cohort.room_id or In(scanners),
        start=cohort.past,
    )
    done = [(start, end, late) for start, end, status, late in found if status == "fulfilled"]
    extra = sum(late for _, _, late in done) / 60
    worked = sum((end - start).total_seconds() for start, end, _ in done) / 3600 + extra
    late_ones = sum(late > 0 for *_, late in done)
    return share(
        extra, worked, len(done), {"examinations not done": len(found) - len(done)},
        **{"examinations that ran late": float(late_ones)},
    )  # fmt: skip


def boarding(world: Reader, cohort: Cohort) -> Measured:
    """Median hours those who wait for a bed have waited since the decision to admit."""
    waiting = world.values(
        Encounter,
        ("admitted_at",),
        site_id=cohort.site_ids,
        state="boarding",
        **cohort.where(service_id="service_id", target_unit_id="unit_id"),
    )
    hours = sorted((cohort.now - at).total_seconds() / 3600 for (at,) in waiting)
    longest = {"h, the longest": hours[-1]} if hours else {}
    return Measured(sum(hours), len(hours), median(hours) if hours else None, len(hours), {}, longest)


def discharge_before_noon(world: Reader, cohort: Cohort) -> Measured:
    """Discharges before 12:00 on the site's clock, over all discharges."""
    found = world.values(
        Encounter,
        ("site_id", "discharged_at"),
        site_id=cohort.site_ids,
        discharged_at=Range(cohort.start, min(cohort.end, cohort.now)),
        **cohort.where(unit_id="unit_id", service_id="service_id"),
    )
    zones = {str(site.id): ZoneInfo(site.timezone) for site in cohort.sites}
    early = sum(at.astimezone(zones[site]).hour < NOON for site, at in found)
    return share(early, len(found), len(found), {})


PEOPLE_AND_BEDS = (
    Kpi(
        Formula(
            "overtime", "Overtime", 1, "%", "overtime h", "worked h",
            "shifts worked (imaging: examinations done, h past the booked end)",
            ("called-out shifts", "shifts not worked yet", "examinations not done"),
            ("overtime percentage", "overtime", "overtime rate", "overtime hours", "ot rate", "over time", "ot",
             "ot hours", "extra hours", "hours beyond their shift", "work over their hours",
             "working over their hours",
             "time and a half"), "lower",
        ),
        overtime,
    ),
    Kpi(
        Formula(
            "boarding", "Boarding", 1, "h", "h waited since the decision to admit",
            "patients waiting", "patients who wait for a bed now", (),
            ("boarding time", "boarding", "wait for a bed", "ed boarding", "boarding hours", "waited for a bed",
             "waiting for a bed", "boarders wait", "people board", "patients board", "stuck in the ed",
             "sit in the ed", "wait in the ed", "waits in the ed", "boarders sit", "boarders sitting",
             "boarders held", "trolley waits", "wait for a ward", "waited for a ward", "get up to the floor",
             "holds wait", "board here", "wait of our boarders", "boarder wait"),
            "lower", median=True, standing=True,
        ),
        boarding,
    ),
    Kpi(
        Formula(
            "discharge-before-noon", "Discharge before noon", 1, "%", "discharges before 12:00", "discharges",
            "stays that ended in the period, on the site's clock", (),
            ("discharge before noon", "discharges before noon", "early discharges", "dbn", "discharged before noon",
             "home before noon", "out before noon", "discharged by noon", "discharges by noon", "home by noon",
             "out by noon", "home in the morning", "leave before lunch", "left before noon", "leave before noon",
             "went before noon", "home before midday", "discharges before midday", "home before 12",
             "discharged before 12",
             "discharges before 12", "morning discharges"),
        ),
        discharge_before_noon,
    ),
)  # fmt: skip
"""In the order of the field."""
