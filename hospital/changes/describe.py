"""How ids are said to people: names, local times, visits without the patient's name."""

from datetime import datetime, timedelta

from hospital.ids import AppointmentId
from hospital.model.bookings import Appointment, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Equipment, Room, Site
from hospital.ports import Reader


def local_span(site: Site | None, start: datetime, end: datetime) -> str:
    """`Thu 17 Sep 09:40-10:25 (America/Chicago)` on the site's wall clock; a long one names both days."""
    if site is None:
        return f"{start.isoformat()} to {end.isoformat()}"
    first, last = site.local(start), site.local(end)
    overnight = last.date() != first.date() and last - first >= timedelta(hours=20)
    until = f" to {last:%a %d %b %H:%M}" if overnight else f"-{last:%H:%M}"
    return f"{first:%a %d %b %H:%M}{until} ({site.timezone})"


def name_resource(world: Reader, resource: str) -> str:
    """What people call a `kind:ID` resource."""
    kind, _, id = resource.partition(":")
    if kind == "slot" and (slot := world.get(Slot, id)):
        clinician = world.get(Clinician, slot.clinician_id) if slot.clinician_id else None
        room = name_resource(world, f"room:{slot.room_id}")
        return f"{clinician.name}, {room}" if clinician else room
    if kind == "room" and (room_row := world.get(Room, id)):
        return room_row.name
    if kind in ("clinician", "anaesthesia") and (person := world.get(Clinician, id)):
        return person.name
    if kind == "equipment" and (device := world.get(Equipment, id)):
        return device.name
    counted, _, _ = id.partition("@")  # `team:scrub-team-of-2@northgate`: counted, not one certain thing
    return counted.replace("-", " ") if counted != id else id


def describe_visit(world: Reader, appointment_id: AppointmentId) -> str:
    """`APT-1 (new patient, Lakeside Dermatology, Thu 17 Sep 09:40-10:00 ...)`, without the patient's name."""
    visit = world.get(Appointment, appointment_id)
    if visit is None:
        return appointment_id
    site = world.get(Site, visit.site_id)
    clinic = world.get(Clinic, visit.clinic_id) if visit.clinic_id else None
    where = clinic.name if clinic else name_resource(world, f"room:{visit.room_id}")
    return f"{appointment_id} ({visit.visit_type}, {where}, {local_span(site, visit.start, visit.end)})"
