"""Which booked cases a loss hits, and the hospital without what is lost."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hospital.entity import Entity
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Equipment, Room
from hospital.overlay import Overlay
from hospital.planning.intervals import Interval
from hospital.ports import Range
from tools.case_sites import BED_STAY
from tools.lost import Lost
from tools.tool import Toolbox
from tools.windows import listed, local_day, plural, say_moment


@dataclass(frozen=True)
class Loss:
    """What is lost with the cases it hits, and how the hospital is without it."""

    lost: Lost
    cases: tuple[SurgicalCase, ...]
    """Booked and not begun, by start."""
    running: tuple[SurgicalCase, ...] = ()
    """In there now: nothing here moves them."""
    elsewhere: tuple[SurgicalCase, ...] = ()
    """The person's cases at other sites: those are asked about there."""
    without: tuple[Entity, ...] = ()
    """Rows as they are without what is lost."""
    surgeon_away: Interval | None = None
    """When the surgeon who is lost is not there: their cases wait for them."""

    def world(self, box: Toolbox) -> Toolbox:
        """The hospital without what is lost and without the cases that must leave: their places are free."""
        gone = [case.changed(state="cancelled") for case in self.cases]
        return replace(box, world=Overlay(box.world, *self.without, *gone))


def cases_hit(box: Toolbox, lost: Lost) -> Loss:
    """The operations that cannot be where or when they are booked."""
    if lost.device is not None:
        return Loss(lost, _without_device(box, lost, lost.device), without=lost.maintenance)
    if lost.person is not None:
        return _of_person(box, lost, lost.person)
    rooms = [room for room in lost.rooms if room.kind == "or"]
    running = [c for room in rooms for c in box.world.find(SurgicalCase, room_id=room.id, state="in_progress")]
    cases = [case for room in rooms for case in cases_in(box, room, lost.window)]
    return Loss(lost, tuple(cases), tuple(running), without=lost.maintenance)


def cases_in(box: Toolbox, room: Room, window: Interval) -> list[SurgicalCase]:
    """Booked cases of a room that have not begun and reach into the window."""
    found = box.world.find(
        SurgicalCase,
        room_id=room.id,
        state="scheduled",
        start=Range(at_least=window.start - BED_STAY, before=window.end),
    )
    still = (one for one in found if one.end and one.end > window.start)
    return sorted(still, key=lambda one: (one.start, one.id))


def _without_device(box: Toolbox, lost: Lost, device: Equipment) -> tuple[SurgicalCase, ...]:
    """The cases left without a device of the kind: urgent ones keep theirs first, then those that come first."""
    others = box.world.find(Equipment, site_id=lost.site.id, kind=device.kind)
    left = sum(one.id != device.id and one.status != "out_of_service" for one in others)
    coming = Range(at_least=lost.window.start, before=lost.window.end)
    booked = box.world.find(SurgicalCase, site_id=lost.site.id, state="scheduled", start=coming, order="start")
    users = [case for case in booked if device.kind in case.equipment and case.end is not None]
    kept: list[SurgicalCase] = []
    for case in sorted(users, key=lambda one: (one.elective, one.start, one.id)):
        together = sum(_overlap(case, other) for other in kept)
        if together < left:
            kept.append(case)
    return tuple(case for case in users if case not in kept)


def _overlap(one: SurgicalCase, other: SurgicalCase) -> bool:
    return bool(
        one.start and one.end and other.start and other.end and one.start < other.end and other.start < one.end
    )


def _of_person(box: Toolbox, lost: Lost, person: Clinician) -> Loss:
    """The operations of a surgeon or an anaesthesiologist in the window; a surgeon's wait for the surgeon."""
    if person.role not in ("surgeon", "anaesthesiologist"):
        return Loss(lost, ())
    who: dict[str, Any] = (
        {"surgeon_id": person.id} if person.role == "surgeon" else {"anaesthesiologist_id": person.id}
    )
    coming = Range(at_least=lost.window.start, before=lost.window.end)
    found = box.world.find(SurgicalCase, state="scheduled", start=coming, order="start", **who)
    cases = tuple(case for case in found if case.site_id == lost.site.id and case.end)
    elsewhere = tuple(case for case in found if case.site_id != lost.site.id)
    if person.role == "surgeon":
        return Loss(lost, cases, elsewhere=elsewhere, surgeon_away=lost.window)
    away: Clinician = person.changed(site_ids=())
    return Loss(lost, cases, elsewhere=elsewhere, without=(away,))


def say_hit(box: Toolbox, room: Room, until: datetime | None) -> str:
    """What a room that is down means for its cases, in a sentence; empty when nothing is booked."""
    site = box.local(room.site_id)
    end = until or local_day(site, site.local(box.now).date()).end
    hit = cases_in(box, room, Interval(box.now, end)) if end > box.now else []
    if not hit:
        return f"No case is booked in {room.name} until then."
    named = listed([f"{case.id} ({say_moment(site, case.start)})" for case in hit if case.start])
    return f"{plural(len(hit), 'case')} booked in it until then: {named}. Ask to move them and I look for places."
