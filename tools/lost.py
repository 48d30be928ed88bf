"""What is lost and when: rooms, a device or a person, from now or on the day said, until they are back."""

from dataclasses import dataclass
from datetime import datetime

from hospital.entity import Entity
from hospital.model.people import Clinician
from hospital.model.places import Equipment, Maintenance, Room, Site
from hospital.planning.intervals import Interval
from tools.allocation_arguments import ProposeAllocation
from tools.directory import find_clinician, find_device, find_room, find_site
from tools.or_day import DOWN
from tools.sites_asked import is_everywhere
from tools.tool import Problem, Toolbox
from tools.windows import listed, local_day, say_moment, say_span, window_of


@dataclass(frozen=True)
class Lost:
    """Rooms, or a device, or a person, that cannot be used in the window; `said` is the window in words."""

    name: str
    site: Site
    window: Interval
    said: str
    rooms: tuple[Room, ...] = ()
    device: Equipment | None = None
    person: Clinician | None = None

    @property
    def maintenance(self) -> tuple[Entity, ...]:
        """The rooms or the device as taken over the window, for the hospital without them."""
        things = [*((room.id, None) for room in self.rooms), *(((None, self.device.id),) if self.device else ())]
        return tuple(
            Maintenance(
                id=f"lost-{room or device}",
                site_id=self.site.id,
                room_id=room,
                equipment_id=device,
                start=self.window.start,
                end=self.window.end,
                work_order="lost",
            )
            for room, device in things
        )


def find_lost(args: ProposeAllocation, box: Toolbox) -> Lost:
    """The room, device or person named; nothing named: the operating rooms of the site that are down.

    Raises:
        Problem: nothing of the kind, nothing is down, or a window that has passed or contradicts itself.
    """
    where = None if is_everywhere(args.site) else args.site
    if args.device:
        device = _one_of(box, args.device, where)
        site = box.local(device.site_id)
        return Lost(device.name, site, *_window(args, box, site), device=device)
    if args.clinician:
        person = find_clinician(box, args.clinician)
        if not person.site_ids:
            raise Problem("conflict", f"{person.name} works at no site.", argument="clinician")
        home = find_site(box, where).id if where else box.context.actor.home.site_id
        site = box.local(home if home in person.site_ids else person.site_ids[0])
        return Lost(person.name, site, *_window(args, box, site), person=person)
    if args.room:
        return _rooms(args, box, [find_room(box, args.room, where)])
    site = find_site(box, where)
    down = [room for room in box.world.find(Room, site_id=site.id, kind="or", order="id") if is_down(room, box.now)]
    if not down:
        raise Problem("missing", f"No operating room at {site.name} is down. Which room is lost?", argument="room")
    return _rooms(args, box, down)


def is_down(room: Room, now: datetime) -> bool:
    """Whether nothing can be done in the room now."""
    return room.status in DOWN and (room.status_until is None or room.status_until > now)


def _one_of(box: Toolbox, said: str, site: str | None) -> Equipment:
    """The device named; where only the kind is named, one that works: devices of a kind stand in for each other."""
    kind = "-".join(said.casefold().split())
    at = find_site(box, site).id if site or box.context.actor.home.site_id else None
    alike = box.world.find(Equipment, kind=kind, order="id")
    here = [one for one in alike if one.site_id == at]
    if alike and not here:
        name = box.local(at).name if at else "your site"
        sites = sorted({box.local(one.site_id).name for one in alike})
        raise Problem("unknown", f"{name} has no {said}.", choices=tuple(sites), argument="device")
    working = [one for one in here if one.status != "out_of_service"]
    if here:
        # One that was reported already is the one that is meant.
        return next((one for one in here if one not in working), here[0])
    return find_device(box, said, site)


def _rooms(args: ProposeAllocation, box: Toolbox, rooms: list[Room]) -> Lost:
    site = box.local(rooms[0].site_id)
    ends = [room.status_until for room in rooms if is_down(room, box.now)]
    known = max((end for end in ends if end), default=None) if ends and all(ends) else None
    window, said = _window(args, box, site, known)
    return Lost(listed([room.name for room in rooms]), site, window, said, rooms=tuple(rooms))


def _window(args: ProposeAllocation, box: Toolbox, site: Site, known: datetime | None = None) -> tuple[Interval, str]:
    """From now, or the time said, until it is back: as said, as recorded, or not that day."""
    if args.day is None and args.start is None:
        end = args.end or known
        if end is None:
            rest = Interval(box.now, local_day(site, site.local(box.now).date()).end)
            return rest, "for the rest of today (no end is known)"
        return window_of(box, site, None, None, end), f"until {say_moment(site, end)}"
    window = window_of(box, site, args.day, args.start, args.end)
    return window, say_span(site, window.start, window.end)
