"""Recording what somebody reports: a room, bed or device that is down, a person who called out."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.changes.records import RecordStatus
from hospital.ids import SiteId, UnitId
from hospital.model.people import Shift, Staff
from hospital.model.places import Bed, Equipment, Room
from hospital.ports import In, Range
from tools.affected_cases import say_hit
from tools.directory import find_room, find_site
from tools.or_day import DOWN
from tools.tool import Arguments, Draft, Problem, Toolbox, tool

Status = Literal["blocked", "dirty", "cleaning", "closed", "out_of_service", "called_out", "available"]
_DOWN: dict[str, Status] = {
    "room": "blocked",
    "bed": "blocked",
    "equipment": "out_of_service",
    "shift": "called_out",
}


class RecordEvent(Arguments):
    subject: Literal["room", "bed", "equipment", "shift"] = Field(description="What the fact is about")
    name: str = Field(description="Name or id: 'OR 4', '4-212', a device, or the staff member who called out")
    status: Status = "blocked"
    site: str | None = None
    until: AwareDatetime | None = Field(default=None, description="When it is expected back")
    note: str = Field(default="", max_length=300)


@tool(RecordEvent, "write")
async def record_event(args: RecordEvent, box: Toolbox) -> Draft:
    """Record a fact in one's own scope. It is marked as reported and may only reduce capacity."""
    if args.until is not None and args.until <= box.now:
        raise Problem(
            "invalid", f"{args.until:%H:%M on %d %b} has passed; say until when it is out.", argument="until"
        )
    id, site_id, unit_id = _FIND[args.subject](args, box)
    status = _meant(args)
    line = RecordStatus(
        subject=args.subject,
        subject_id=id,
        site_id=site_id,
        unit_id=unit_id,
        status=status,
        until=args.until,
        note=args.note,
        reported_by=box.context.actor.id,
        reported_at=box.now,
    )
    hit = _hit(box, line)
    return Draft(
        title=f"Record {args.subject} {args.name} as {status.replace('_', ' ')}",
        lines=(line,),
        headline=f"{line.sentence(box.world)}, reported by {box.context.actor.name}. {hit}".rstrip(),
        facts={"subject": id, "status": status, "site": site_id},
    )


def _meant(args: RecordEvent) -> Status:
    """The word for being down that this kind of thing has; any other status is meant as it was said."""
    if args.status not in _DOWN.values() or (args.status == "closed" and args.subject in ("room", "bed")):
        return args.status
    return _DOWN[args.subject]


def _hit(box: Toolbox, line: RecordStatus) -> str:
    """What the fact means for operations that are booked: an operating room that is down displaces its cases."""
    room = box.world.get(Room, line.subject_id) if line.subject == "room" else None
    if room is None or room.kind != "or" or line.status not in DOWN:
        return ""
    return say_hit(box, room, line.until)


Found = tuple[str, SiteId, UnitId | None]


def _room(args: RecordEvent, box: Toolbox) -> Found:
    room = find_room(box, args.name, args.site)
    return room.id, room.site_id, None


def _bed(args: RecordEvent, box: Toolbox) -> Found:
    site = find_site(box, args.site)
    label = args.name.casefold().removeprefix("bed ").strip()
    beds = [b for b in box.world.find(Bed, site_id=site.id) if label in (b.id.casefold(), b.label.casefold())]
    if not beds:
        raise Problem("unknown", f"There is no bed {args.name} at {site.name}.", argument="name")
    return beds[0].id, beds[0].site_id, beds[0].unit_id


def _equipment(args: RecordEvent, box: Toolbox) -> Found:
    site = find_site(box, args.site)
    wanted = args.name.casefold()
    devices = box.world.find(Equipment, site_id=site.id, order="name")
    found = [d for d in devices if wanted in (d.id.casefold(), d.name.casefold())]
    if not found:
        near = tuple(d.name for d in devices if wanted.split()[0] in d.name.casefold())[:5]
        raise Problem("unknown", f"There is no device {args.name} at {site.name}.", choices=near, argument="name")
    return found[0].id, found[0].site_id, None


def _shift(args: RecordEvent, box: Toolbox) -> Found:
    site = find_site(box, args.site)
    shifts = _coming_shifts(box, site.id, args.name, box.now)
    if not shifts:
        raise Problem(
            "unknown",
            f"Nobody called {args.name} is rostered at {site.name} in the next 24 hours.",
            argument="name",
        )
    if len(shifts) > 1:
        raise Problem(
            "missing", f"Which {args.name} called out?", choices=tuple(name for name, _ in shifts), argument="name"
        )
    shift = shifts[0][1]
    return shift.id, shift.site_id, shift.unit_id


def _coming_shifts(box: Toolbox, site_id: SiteId, name: str, now: datetime) -> list[tuple[str, Shift]]:
    people = {
        person.id: person.name
        for person in box.world.find(Staff, site_id=site_id)
        if name.casefold() in (person.name.casefold(), person.id.casefold(), *person.name.casefold().split())
    }
    shifts = box.world.find(
        Shift,
        staff_id=In(tuple(people)),
        state="rostered",
        start=Range(at_least=now - timedelta(hours=12), before=now + timedelta(hours=24)),
        order="start",
    )
    return [(people[shift.staff_id], shift) for shift in shifts if shift.staff_id is not None and shift.end > now]


_FIND = {"room": _room, "bed": _bed, "equipment": _equipment, "shift": _shift}
