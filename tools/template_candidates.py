"""What a clinic's template could do more: sessions that could be added, and free slots that could be turned."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from hospital.changes.sessions import PlannedSlot, devices_left
from hospital.changes.taken import room_down
from hospital.ids import SlotId
from hospital.model.bookings import ClinicSession, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room, Site
from hospital.planning.clinic_sessions import Candidate, Turning
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.open_slots import held_slots
from tools.tool import Toolbox
from tools.visit_demand import NEW

HALVES = ((time(8), time(12)), (time(13), time(17)))
"""A session more is a morning or an afternoon on the site's clock (our judgement)."""


@dataclass(frozen=True)
class CouldAdd:
    """A candidate session with what its line needs."""

    candidate: Candidate
    clinic: Clinic
    slots: tuple[PlannedSlot, ...]


@dataclass(frozen=True)
class CouldTurn:
    """Free slots one after the other that could become one slot of the wanted kind."""

    turning: Turning
    clinic: Clinic
    replaces: tuple[SlotId, ...]
    becomes: PlannedSlot


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def could_add(box: Toolbox, site: Site, clinic: Clinic, days: list[date]) -> list[CouldAdd]:
    """Mornings and afternoons on which a physician of the clinic and one of its rooms are both free."""
    sessions = _sessions(box, site, days)
    kind, minutes = _wanted(box, clinic)
    rooms = [room for room in box.world.find(Room, clinic_id=clinic.id, order="id") if room.status != "closed"]
    people = [
        person
        for person in box.world.find(Clinician, service_id=clinic.service_id, role="physician", order="id")
        if site.id in person.site_ids
    ]
    open_days = {site.local(one.start).date() for one in sessions}
    found: list[CouldAdd] = []
    for day in days:
        if day not in open_days:
            continue  # no clinic of the site is open: a holiday, or a weekend
        for begins, ends in HALVES:
            span = _span(site, day, begins, ends)
            if span.start <= box.now:
                continue
            busy = [one for one in sessions if one.start < span.end and span.start < one.end]
            taken = {one.room_id for one in busy} | {
                r.id for r in rooms if room_down(box.world, r.id, span.start, span.end)
            }
            free = [room for room in rooms if room.id not in taken]
            sitting = {one.clinician_id for one in sessions if site.local(one.start).date() == day}
            for person in people:
                if free and person.id not in sitting:
                    room = next(
                        (one for one in free if one.id.endswith(person.id[-2:])), free[len(found) % len(free)]
                    )
                    found.append(_candidate(box, site, clinic, person, room, span, kind, minutes))
    return found


def devices_free(box: Toolbox, site: Site, clinic: Clinic, days: list[date]) -> list[tuple[str, str, date, int]]:
    """Per kind and day the fewest devices that are left at any time of the clinic's halves."""
    found = []
    for kind in clinic.session_equipment:
        for day in days:
            spans = [_span(site, day, begins, ends) for begins, ends in HALVES]
            left = min(devices_left(box.world, site.id, kind, span.start, span.end) for span in spans)
            found.append((str(site.id), kind, spans[0].start.date(), max(0, left)))
    return found


def could_turn(box: Toolbox, site: Site, clinic: Clinic, days: list[date]) -> list[CouldTurn]:
    """Free, unheld slots of other kinds, side by side in one session, long enough together for a new visit."""
    kind, minutes = _wanted(box, clinic)
    whole = Interval(_span(site, days[0], time(), time(1)).start, _span(site, days[-1], time(22), time(23)).end)
    keep = (*clinic.same_day_visit_types, *clinic.complex_visit_types)
    rows = [
        slot
        for slot in box.world.find(
            Slot,
            clinic_id=clinic.id,
            status="free",
            start=Range(at_least=max(whole.start, box.now), before=whole.end),
        )
        if not slot.urgent_reserved and not slot.visit_type.startswith(NEW) and slot.visit_type not in keep
    ]
    held = held_slots(box, [slot.id for slot in rows])
    by_session: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(rows, key=lambda one: one.start):
        if slot.id not in held and slot.session_id is not None:
            by_session[slot.session_id].append(slot)
    found = []
    for slots in by_session.values():
        run: list[Slot] = []
        for slot in slots:
            run = [*run, slot] if run and run[-1].end == slot.start else [slot]
            if run[-1].end - run[0].start >= timedelta(minutes=minutes):
                found.append(_turning(site, clinic, run, kind, minutes))
                run = []
    return found


def _turning(site: Site, clinic: Clinic, run: list[Slot], kind: str, minutes: int) -> CouldTurn:
    first = run[0]
    becomes = PlannedSlot(
        id=SlotId(f"{first.id}-{kind[:3]}"), visit_type=kind, start=first.start,
        end=first.start + timedelta(minutes=minutes),
    )  # fmt: skip
    week = week_of(site.local(first.start).date())
    replaces = tuple(SlotId(slot.id) for slot in run)
    return CouldTurn(Turning(becomes.id, str(site.id), week), clinic, replaces, becomes)


def _candidate(
    box: Toolbox, site: Site, clinic: Clinic, person: Clinician, room: Room, span: Interval, kind: str, minutes: int
) -> CouldAdd:
    id = f"{clinic.id}-{person.id.rpartition('.')[2]}-{site.local(span.start):%Y-%m-%d-%H}"
    count = span.minutes // minutes
    step = timedelta(minutes=minutes)
    slots = tuple(
        PlannedSlot(
            id=SlotId(f"{id}-{n + 1}"), visit_type=kind, start=span.start + n * step, end=span.start + (n + 1) * step
        )
        for n in range(count)
    )
    money = box.policy.data.money
    week = week_of(site.local(span.start).date())
    candidate = Candidate(
        id, str(site.id), week, person.id, room.id, span, count, money.session(span.minutes), clinic.session_equipment
    )
    return CouldAdd(candidate, clinic, slots)


def _wanted(box: Toolbox, clinic: Clinic) -> tuple[str, int]:
    """The kind of visit that a new referral needs there, and how long it lasts in the template."""
    kind = next(kind for kind in clinic.visit_types if kind.startswith(NEW))
    rows: list[tuple[datetime, datetime]] = box.world.values(
        Slot,
        ("start", "end"),
        clinic_id=clinic.id,
        visit_type=kind,
        start=Range(at_least=box.now, before=box.now + timedelta(days=28)),
    )
    return kind, round(median((end - start).total_seconds() / 60 for start, end in rows)) if rows else 40


def _sessions(box: Toolbox, site: Site, days: list[date]) -> list[ClinicSession]:
    """All sessions at the site on these days, of every clinic: a physician sits in one place at a time."""
    start, end = _span(site, days[0], time(), time(1)).start, _span(site, days[-1], time(22), time(23)).end
    clinics = In(tuple(clinic.id for clinic in box.world.find(Clinic, site_id=site.id)))
    return box.world.find(ClinicSession, clinic_id=clinics, start=Range(at_least=start, before=end))


def _span(site: Site, day: date, begins: time, ends: time) -> Interval:
    zone = ZoneInfo(site.timezone)
    return Interval(datetime.combine(day, begins, zone), datetime.combine(day, ends, zone))
