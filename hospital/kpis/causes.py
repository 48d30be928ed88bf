"""What happened that may move a figure: call-outs, outages, referrals, volume; counted, with the days it was on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hospital.kpis.formula import Cohort
from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.history import DemandCount
from hospital.model.people import Shift
from hospital.model.places import Maintenance, Room
from hospital.ports import In, Range, Reader

IMAGING = "imaging"
GRACE = timedelta(days=4)
"""A roster that begins so soon covers the period: it may begin with a weekend and a holiday."""
OR_ROLES = ("scrub_tech", "circulating_rn")


@dataclass(frozen=True, slots=True)
class Happened:
    """How often something happened in a period, and the local days it was on (none: it has no days of its own)."""

    count: int | None
    """None: nothing is on record for that period, so that nobody knows."""
    days: frozenset[date] = frozenset()


Counting = Callable[[Reader, Cohort], Happened]


def _days(cohort: Cohort, moments: list[tuple[str, datetime]]) -> frozenset[date]:
    zones = {str(site.id): ZoneInfo(site.timezone) for site in cohort.sites}
    return frozenset(at.astimezone(zones[site]).date() for site, at in moments)


def call_outs(*roles: str) -> Counting:
    """Shifts that somebody called out of, of these roles."""

    def count(world: Reader, cohort: Cohort) -> Happened:
        rostered = world.values(
            Shift,
            ("site_id", "start", "state"),
            site_id=cohort.site_ids,
            start=cohort.past,
            role=In(roles),
            **cohort.where(unit_id="unit_id"),
        )
        found = [(site, start) for site, start, state in rostered if state == "called_out"]
        first = min((start for _, start, _ in rostered), default=cohort.end)
        # A roster that begins in the middle of the period does not say what was before.
        return Happened(len(found) if first <= cohort.start + GRACE else None, _days(cohort, found))

    return count


def outages(kind: str) -> Counting:
    """Unplanned or planned windows in which a room of this kind was out of use."""

    def count(world: Reader, cohort: Cohort) -> Happened:
        rooms = [str(room.id) for room in world.find(Room, kind=kind, site_id=cohort.site_ids)]
        rooms = [id for id in rooms if cohort.room_id in (None, id)]
        found = [
            (site, start)
            for site, start, state in world.values(
                Maintenance, ("site_id", "start", "state"), room_id=In(rooms), start=cohort.past
            )
            if state in ("cleared", "scheduled")
        ]
        return Happened(len(found), _days(cohort, found))

    return count


def referrals(service: str | None = None) -> Counting:
    """Referrals of the service, or of the cohort's own."""

    def count(world: Reader, cohort: Cohort) -> Happened:
        name = service or cohort.service_id
        series = [f"referrals:{name}:{site.id}" for site in cohort.sites]
        first, after = (_local_day(cohort, edge) for edge in (cohort.start, min(cohort.end, cohort.now)))
        found = world.values(DemandCount, ("count",), series=In(series), day=Range(first, after))
        return Happened(sum(count for (count,) in found))

    return count


def _local_day(cohort: Cohort, moment: datetime) -> date:
    return cohort.sites[0].local(moment).date()


def cases(**which: object) -> Counting:
    """Operations that were done."""

    def count(world: Reader, cohort: Cohort) -> Happened:
        where = cohort.where(service_id="service_id", room_id="room_id", surgeon_id="clinician_id")
        return Happened(
            world.count(
                SurgicalCase, site_id=cohort.site_ids, start=cohort.past, **{"state": "completed"} | which, **where
            )
        )

    return count


def examinations(world: Reader, cohort: Cohort) -> Happened:
    """Examinations on scanners."""
    rooms = [str(room.id) for room in world.find(Room, kind="imaging", site_id=cohort.site_ids)]
    return Happened(
        world.count(Appointment, room_id=cohort.room_id or In(rooms), start=cohort.past, status="fulfilled")
    )


_THEATRE: dict[str, Counting] = {
    "call-outs of OR staff": call_outs(*OR_ROLES),
    "OR outages": outages("or"),
    "cases done": cases(),
    "add-on cases": cases(elective=False),
    "cancelled cases": cases(state="cancelled"),
}
_IMAGING: dict[str, Counting] = {
    "technologist call-outs": call_outs("imaging_tech"),
    "scanner outages": outages("imaging"),
    "imaging referrals": referrals(IMAGING),
    "examinations done": examinations,
}
_CLINIC: dict[str, Counting] = {"referrals": referrals()}
_WARD: dict[str, Counting] = {"nurse call-outs": call_outs("rn")}
_OF_CLINICS = ("no-show", "slot-recovery")
_BY_KPI = {
    **dict.fromkeys(
        ("prime-time-utilisation", "block-utilisation", "first-case-on-time", "turnover", "duration-accuracy",
         "day-of-surgery-cancellation"), _THEATRE,
    ),
    **dict.fromkeys(_OF_CLINICS, _CLINIC),
    **dict.fromkeys(("overtime", "discharge-before-noon"), _WARD),
}  # fmt: skip


def causes_of(kpi: str, cohort: Cohort) -> dict[str, Counting]:
    """What is looked at for a figure, by name."""
    if cohort.service_id == IMAGING:
        return _IMAGING
    return {} if kpi in _OF_CLINICS and cohort.service_id is None else _BY_KPI.get(kpi, {})
