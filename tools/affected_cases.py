"""What is hit when a room, a device or a person is lost: which booked cases, and the hospital without it."""

from dataclasses import dataclass, replace
from datetime import datetime

from hospital.entity import Entity
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Equipment, Room, Site
from hospital.overlay import Overlay
from hospital.ports import Range
from tools.allocation_arguments import ProposeAllocation
from tools.case_sites import BED_STAY
from tools.directory import find_clinician, find_device, find_room, find_site
from tools.or_day import DOWN
from tools.tool import Problem, Toolbox
from tools.windows import listed, local_day, plural, say_moment


@dataclass(frozen=True)
class Loss:
    """What is lost, from now until when, and how the hospital is without it."""

    name: str
    site: Site
    until: datetime
    until_said: str
    cases: tuple[SurgicalCase, ...]
    """Booked and not begun, by start."""
    running: tuple[SurgicalCase, ...]
    """In there now: nothing here moves them."""
    without: tuple[Entity, ...]
    """Rows as they are without what is lost."""
    surgeon_back: datetime | None = None
    """When the surgeon who is lost is there again: their cases wait for them."""

    def world(self, box: Toolbox) -> Toolbox:
        """The hospital without what is lost and without the cases that must leave: their places are free."""
        gone = [case.changed(state="cancelled") for case in self.cases]
        return replace(box, world=Overlay(box.world, *self.without, *gone))


def find_loss(args: ProposeAllocation, box: Toolbox) -> Loss:
    """The room, device or person named; nothing named: the rooms of the site that are down.

    Raises:
        Problem: nothing of the kind, or nothing is down.
    """
    if args.device:
        return _device(args, box)
    if args.clinician:
        return _person(args, box)
    if args.room:
        return _rooms(args, box, [find_room(box, args.room, args.site)])
    site = find_site(box, args.site)
    down = [room for room in box.world.find(Room, site_id=site.id, kind="or", order="id") if is_down(room, box.now)]
    if not down:
        raise Problem("missing", f"No operating room at {site.name} is down. Which room is lost?", argument="room")
    return _rooms(args, box, down)


def is_down(room: Room, now: datetime) -> bool:
    """Whether nothing can be done in the room now."""
    return room.status in DOWN and (room.status_until is None or room.status_until > now)


def cases_in(box: Toolbox, room: Room, until: datetime) -> list[SurgicalCase]:
    """Booked cases of a room that have not begun and would start before it is back."""
    found = box.world.find(
        SurgicalCase, room_id=room.id, state="scheduled", start=Range(at_least=box.now - BED_STAY, before=until)
    )
    return sorted((one for one in found if one.end and one.end > box.now), key=lambda one: (one.start, one.id))


def _until(args: ProposeAllocation, box: Toolbox, site: Site, known: datetime | None) -> tuple[datetime, str]:
    """When it is back: as said, as recorded, or not today."""
    until = args.end or known
    if until is None:
        return local_day(site, site.local(box.now).date()).end, "for the rest of today (no end is known)"
    return until, f"until {say_moment(site, until)}"


def _rooms(args: ProposeAllocation, box: Toolbox, rooms: list[Room]) -> Loss:
    site = box.local(rooms[0].site_id)
    ends = [room.status_until for room in rooms if is_down(room, box.now)]
    known = max((end for end in ends if end), default=None) if ends and all(ends) else None
    until, said = _until(args, box, site, known)
    closed = [room.changed(status="blocked", status_until=until, status_at=box.now) for room in rooms]
    running = [c for room in rooms for c in box.world.find(SurgicalCase, room_id=room.id, state="in_progress")]
    cases = [case for room in rooms for case in cases_in(box, room, until)]
    names = listed([room.name for room in rooms])
    return Loss(names, site, until, said, tuple(cases), tuple(running), tuple(closed))


def _device(args: ProposeAllocation, box: Toolbox) -> Loss:
    """The cases that are left without a device of the kind: the later ones give way."""
    device = find_device(box, args.device or "", args.site)
    site = box.local(device.site_id)
    until, said = _until(args, box, site, None)
    others = box.world.find(Equipment, site_id=site.id, kind=device.kind)
    left = sum(one.id != device.id and one.status != "out_of_service" for one in others)
    coming = Range(at_least=box.now, before=until)
    booked = box.world.find(SurgicalCase, site_id=site.id, state="scheduled", start=coming, order="start")
    users = [case for case in booked if device.kind in case.equipment and case.end is not None]
    kept: list[SurgicalCase] = []
    for case in users:
        together = sum(_overlap(case, other) for other in kept)
        if together < left:
            kept.append(case)
    gone = device.changed(status="out_of_service", status_by="reported")
    return Loss(device.name, site, until, said, tuple(case for case in users if case not in kept), (), (gone,))


def _overlap(one: SurgicalCase, other: SurgicalCase) -> bool:
    return bool(
        one.start and one.end and other.start and other.end and one.start < other.end and other.start < one.end
    )


def _person(args: ProposeAllocation, box: Toolbox) -> Loss:
    person = find_clinician(box, args.clinician or "")
    if person.role not in ("surgeon", "anaesthesiologist"):
        raise Problem("invalid", f"{person.name} has no operations to move ({person.role}).", argument="clinician")
    asked = find_site(box, args.site).id if args.site or box.context.actor.home.site_id else None
    site = box.local(asked if asked in person.site_ids else person.site_ids[0])
    until, said = _until(args, box, site, None)
    who = {"surgeon_id": person.id} if person.role == "surgeon" else {"anaesthesiologist_id": person.id}
    found = box.world.find(
        SurgicalCase, state="scheduled", start=Range(at_least=box.now, before=until), order="start", limit=None, **who
    )
    cases = tuple(case for case in found if case.site_id == site.id and case.end)
    if person.role == "surgeon":
        return Loss(person.name, site, until, said, cases, (), (), surgeon_back=until)
    away: Clinician = person.changed(site_ids=())
    return Loss(person.name, site, until, said, cases, (), (away,))


def say_hit(box: Toolbox, room: Room, until: datetime | None) -> str:
    """What a room that is down means for its cases, in a sentence; empty when nothing is booked."""
    site = box.local(room.site_id)
    hit = cases_in(box, room, until or local_day(site, site.local(box.now).date()).end)
    if not hit:
        return f"No case is booked in {room.name} until then."
    named = listed([f"{case.id} ({say_moment(site, case.start)})" for case in hit if case.start])
    return f"{plural(len(hit), 'case')} booked in it until then: {named}. Ask to move them and I look for places."
