"""Recording a fact somebody reports: it may only reduce capacity until the feed says otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.entity import Entity, Time
from hospital.ids import ServiceId, SiteId, UnitId, UserId
from hospital.model.people import Scope, Shift, Staff
from hospital.model.places import Bed, Clinic, Equipment, PlaceStatus, Room, Site
from hospital.ports import Reader, Writer

_CAPACITY = {"available": 3, "occupied": 2, "dirty": 1, "cleaning": 1, "blocked": 0, "closed": 0}
_EVER = datetime.max.replace(tzinfo=UTC)


class RecordStatus(Change):
    """A room, bed or device is reported down (or dirty, blocked), or a person calls out of a shift."""

    kind: Literal["record_status"] = "record_status"
    action: ClassVar[str] = "record_fact"
    subject: Literal["room", "bed", "equipment", "shift"]
    subject_id: str
    site_id: SiteId
    unit_id: UnitId | None = None
    status: PlaceStatus | Literal["out_of_service", "called_out"]
    until: Time | None = None
    note: str = ""
    reported_by: UserId
    reported_at: Time

    def scope(self, world: Reader) -> Scope:
        """Where the thing is: a clinic room or a scanner also belongs to its service."""
        room = world.get(Room, self.subject_id) if self.subject == "room" else None
        if room is None:
            return Scope(site_id=self.site_id, unit_id=self.unit_id)
        clinic = world.get(Clinic, room.clinic_id) if room.clinic_id else None
        imaging = ServiceId("imaging") if room.kind == "imaging" else None
        return Scope(site_id=room.site_id, service_id=clinic.service_id if clinic else imaging)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return {"reduces_capacity": self._reduces(world), "subject": self.subject}

    def _reduces(self, world: Reader) -> bool:
        if self.subject in ("equipment", "shift"):
            return self.status in ("out_of_service", "called_out")
        place = world.get(Room, self.subject_id) if self.subject == "room" else world.get(Bed, self.subject_id)
        if place is None:
            return False
        told, known = _CAPACITY.get(self.status, 3), _CAPACITY[place.status]
        until = place.status_until if isinstance(place, Room) else None
        longer = until is not None and (self.until or _EVER) > until
        return told < known or (told == known and longer and told == 0)

    def touches(self) -> frozenset[str]:
        return span_days(f"{self.subject}:{self.subject_id}", self.reported_at, self.until or self.reported_at)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        kinds: dict[str, type[Entity]] = {"room": Room, "bed": Bed, "equipment": Equipment, "shift": Shift}
        known = world.get(kinds[self.subject], self.subject_id)
        if known is None:
            return (Violation(constraint=self.subject, sentence=f"there is no {self.subject} {self.subject_id}"),)
        if isinstance(known, Shift) and (known.state == "called_out" or known.end <= now):
            why = "is called out already" if known.state == "called_out" else "is over"
            return (Violation(constraint="shift", sentence=f"{self._name(world)} {why}"),)
        if self.until is not None and self.until <= now:
            return (Violation(constraint="in the past", sentence="the time it is out until has passed"),)
        return ()

    def apply(self, world: Writer, commit: Commit) -> None:
        if self.subject == "room" and (room := world.get(Room, self.subject_id)):
            world.put(
                room.changed(
                    status=self.status,
                    status_until=self.until,
                    status_note=self.note,
                    status_by="reported",
                    status_at=commit.at,
                )
            )
        elif self.subject == "bed" and (bed := world.get(Bed, self.subject_id)):
            world.put(bed.changed(status=self.status, status_by="reported", status_at=commit.at))
        elif self.subject == "equipment" and (device := world.get(Equipment, self.subject_id)):
            world.put(device.changed(status="out_of_service", status_by="reported"))
        elif self.subject == "shift" and (shift := world.get(Shift, self.subject_id)):
            world.put(shift.changed(state="called_out"))

    def sentence(self, world: Reader) -> str:
        site = world.get(Site, self.site_id)
        until = f" until {site.local(self.until):%a %d %b %H:%M}" if site and self.until else ""
        why = f" ({self.note})" if self.note else ""
        return f"Record {self._name(world)} at {site.name if site else self.site_id} as {self.status}{until}{why}"

    def _name(self, world: Reader) -> str:
        if self.subject == "room" and (room := world.get(Room, self.subject_id)):
            return room.name
        if self.subject == "bed" and (bed := world.get(Bed, self.subject_id)):
            return f"bed {bed.label}"
        if self.subject == "shift" and (shift := world.get(Shift, self.subject_id)) and shift.staff_id:
            person = world.get(Staff, shift.staff_id)
            return f"{person.name if person else shift.staff_id}'s shift"
        return self.subject_id
