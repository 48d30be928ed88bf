"""Clinics: access, missed visits, and whether given-up slots are used again."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hospital.kpis.formula import Cohort, Formula, Kpi, Measured, share
from hospital.model.bookings import Appointment, Slot
from hospital.model.places import Clinic
from hospital.ports import In, Range, Reader, Shares

NOTICE = timedelta(hours=24)
"""A visit cancelled later than this before it cannot fairly be refilled."""
TAKEN = In(("pending", "booked", "arrived", "checked-in", "fulfilled", "noshow"))
"""A slot that somebody had, whether they came or not."""
LOOK_AHEAD = timedelta(days=180)
IMAGING = "imaging"


def _place(world: Reader, cohort: Cohort) -> dict[str, object]:
    """Clinic visits of the cohort, by the clinics (which are indexed); scanner visits where imaging is asked."""
    if cohort.service_id == IMAGING or (cohort.room_id and not cohort.clinic_id):
        return {"site_id": cohort.site_ids, **cohort.where(service_id="service_id", room_id="room_id")}
    clinics = [
        str(clinic.id)
        for clinic in world.find(Clinic, site_id=cohort.site_ids)
        if cohort.service_id in (None, clinic.service_id) and cohort.clinic_id in (None, clinic.id)
    ]
    return {"clinic_id": In(clinics), **cohort.where(clinician_id="clinician_id")}


def no_show(world: Reader, cohort: Cohort) -> Measured:
    """Missed visits over those that were kept or missed."""
    found = world.values(Appointment, ("status",), start=cohort.past, **_place(world, cohort))
    counts = Counter(status for (status,) in found)
    missed, kept = counts["noshow"], counts["fulfilled"]
    other = len(found) - missed - kept - counts["cancelled"]
    return share(
        missed, missed + kept, missed + kept, {"cancelled visits": counts["cancelled"], "visits not over yet": other}
    )


def slot_recovery(world: Reader, cohort: Cohort) -> Measured:
    """Cancelled with enough notice, and the same resource at the same time given to somebody else."""
    where = {"start": cohort.past, **_place(world, cohort)}
    gone = world.values(Appointment, ("id", "start", "cancelled_at"), status="cancelled", **where)
    fair = {id for id, start, at in gone if at is not None and start - at >= NOTICE}
    again = Shares(("room_id", "start"), {"status": TAKEN})
    refilled = sum(id in fair for (id,) in world.values(Appointment, ("id",), status="cancelled", id=again, **where))
    return share(refilled, len(fair), len(fair), {"cancelled with under 24 h notice": len(gone) - len(fair)})


def third_next_available(world: Reader, cohort: Cohort) -> Measured:
    """Mean over providers of calendar days from now to their third open slot."""
    slots = world.values(
        Slot,
        ("clinician_id", "start", "site_id", "urgent_reserved"),
        status="free",
        start=Range(cohort.now, cohort.now + LOOK_AHEAD),
        **_place(world, cohort),
    )
    zones = {str(site.id): ZoneInfo(site.timezone) for site in cohort.sites}
    open_: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    urgent = 0
    for provider, start, site, reserved in slots:
        if reserved:
            urgent += 1
        elif provider is not None:
            open_[provider, site].append(start)
    days = [
        (sorted(starts)[2].astimezone(zones[site]).date() - cohort.now.astimezone(zones[site]).date()).days
        for (_, site), starts in open_.items()
        if len(starts) >= 3
    ]
    excluded = {"urgent-reserved slots": urgent, "providers with under three open slots": len(open_) - len(days)}
    return Measured(sum(days), len(days), sum(days) / len(days) if days else None, len(days), excluded)


CLINICS = (
    Kpi(
        Formula(
            "tnaa", "Third next available appointment", 1, "days",
            "calendar days to the third open slot, summed over providers", "providers",
            "providers with three open slots in 180 days",
            ("urgent-reserved slots", "providers with under three open slots"),
            ("third next available", "third next available appointment", "tnaa", "access", "wait for an appointment",
             "third next", "how far out are we booking", "days out are we booking", "until a new patient",
             "wait to be seen", "waits to be seen", "take to get in", "takes to get in",
             "long to get in", "long to get an appointment", "waiting time for a first visit"),
            "lower", standing=True,
        ),
        third_next_available,
    ),
    Kpi(
        Formula(
            "no-show", "No-show rate", 1, "%", "no-shows", "fulfilled + no-shows", "visits of the period",
            ("cancelled visits", "visits not over yet"),
            ("no show rate", "no shows", "noshow", "missed visits", "missed appointments", "did not attend",
             "dna rate", "dnas", "failed to attend", "non attendance", "didn't show", "did not show",
             "didn't turn up", "did not turn up", "never turned up", "never came", "did not come", "didn't come",
             "stood us up"),
            "lower",
        ),
        no_show,
    ),
    Kpi(
        Formula(
            "slot-recovery", "Slot recovery", 1, "%", "refilled", "cancelled with notice >= 24 h",
            "cancelled visits of the period", ("cancelled with under 24 h notice",),
            ("slot recovery", "recovered slots", "slots were recovered", "refilled slots", "backfill rate",
             "filling cancelled slots", "slots refilled", "slots got refilled", "slots we refilled",
             "given up slots", "cancelled slots", "freed slots", "freed appointments"),
        ),
        slot_recovery,
    ),
)  # fmt: skip
"""In the order of the field."""
