"""Keeping a slot while somebody asks the patient, or a room while somebody asks the surgeon."""

from datetime import timedelta

from pydantic import AwareDatetime, Field

from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource, PlaceHold
from hospital.changes.visits import service_of
from hospital.ids import PatientId, SlotId
from hospital.model.bookings import Hold, Slot
from hospital.model.places import Clinic
from hospital.ports import Range
from tools.directory import find_patient, find_room
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Toolbox, tool

HOLD_FOR = timedelta(minutes=30)
"""How long a hold stands (gates.md)."""


class HoldSlot(Arguments):
    slot: str | None = Field(default=None, description="The id of a free slot, as query_capacity gives it; or a room")
    room: str | None = Field(default=None, description="An operating room, with `start` and `end`; or a slot")
    site: str | None = None
    start: AwareDatetime | None = Field(default=None, description="room: from when it is kept")
    end: AwareDatetime | None = Field(default=None, description="room: until when it is kept")
    patient: str | None = Field(default=None, description="The patient's record number, when it is for one")


@tool(HoldSlot, "write", sources=("ehr",))
async def hold_slot(args: HoldSlot, box: Toolbox) -> Draft:
    """Keep a free slot or room for 30 minutes. Others do not get it meanwhile; nothing is booked."""
    if (args.slot is None) == (args.room is None):
        raise Problem("missing", "Which slot or room should be held?", argument="slot")
    patient = find_patient(box, args.patient) if args.patient else None
    if args.room is not None:
        return _hold_room(args, args.room, box, patient.id if patient else None)
    slot = find_slot(box, args.slot or "")
    clinic = box.world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
    line = PlaceHold(
        group=fresh_id("HOLD"),
        site_id=slot.site_id,
        holder=box.context.actor.id,
        resources=(HeldResource(resource=f"slot:{slot.id}", start=slot.start, end=slot.end),),
        expires_at=box.now + HOLD_FOR,
        patient_id=patient.id if patient else None,
        service_id=service_of(box.world, slot),
    )
    where = clinic.name if clinic else name_resource(box.world, f"room:{slot.room_id}")
    return _draft(box, line, where, {"slot": slot.id})


def _hold_room(args: HoldSlot, said: str, box: Toolbox, patient: PatientId | None) -> Draft:
    room = find_room(box, said, args.site)
    if args.start is None or args.end is None:
        raise Problem("missing", f"From when until when should {room.name} be held?", argument="start")
    if args.end <= args.start:
        raise Problem("invalid", "The end is not after the start.", argument="end")
    line = PlaceHold(
        group=fresh_id("HOLD"),
        site_id=room.site_id,
        holder=box.context.actor.id,
        resources=(HeldResource(resource=f"room:{room.id}", start=args.start, end=args.end),),
        expires_at=box.now + HOLD_FOR,
        patient_id=patient,
    )
    return _draft(box, line, room.name, {"room": room.id})


def _draft(box: Toolbox, line: PlaceHold, where: str, held: dict[str, str]) -> Draft:
    site, span = box.local(line.site_id), line.resources[0]
    until = site.local(line.expires_at).strftime("%H:%M")
    return Draft(
        title=f"Hold {where}",
        lines=(line,),
        headline=f"Held {where}, {site.name}, {local_span(site, span.start, span.end)} until {until} ({line.group}).",
        facts={"hold": line.group, **held, "until": line.expires_at.isoformat()},
    )


def find_slot(box: Toolbox, said: str) -> Slot:
    """The slot with this id.

    Raises:
        Problem: when there is none.
    """
    slot = box.world.get(Slot, SlotId(said))
    if slot is None:
        raise Problem("unknown", f"There is no slot {said}.", argument="slot")
    return slot


def own_hold(box: Toolbox, slot: Slot) -> str | None:
    """The group under which the person who asks holds this slot now."""
    holds = box.world.find(
        Hold,
        resource=f"slot:{slot.id}",
        state="held",
        holder=box.context.actor.id,
        expires_at=Range(at_least=box.now),
    )
    return holds[0].group if holds else None
