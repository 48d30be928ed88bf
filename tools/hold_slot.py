"""Keeping a slot while somebody asks the patient."""

from datetime import timedelta

from pydantic import Field

from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource, PlaceHold
from hospital.changes.visits import service_of
from hospital.ids import SlotId
from hospital.model.bookings import Hold, Slot
from hospital.model.places import Clinic
from hospital.ports import Range
from tools.directory import find_patient
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Toolbox, tool

HOLD_FOR = timedelta(minutes=30)
"""How long a hold stands (gates.md)."""


class HoldSlot(Arguments):
    slot: str = Field(description="The id of a free slot, as query_capacity gives it")
    patient: str | None = Field(default=None, description="The patient's record number, when it is for one")


@tool(HoldSlot, "write", sources=("ehr",))
async def hold_slot(args: HoldSlot, box: Toolbox) -> Draft:
    """Keep a free slot for 30 minutes. Others do not get it meanwhile; nothing is booked."""
    slot = find_slot(box, args.slot)
    patient = find_patient(box, args.patient) if args.patient else None
    clinic = box.world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
    site = box.local(slot.site_id)
    line = PlaceHold(
        group=fresh_id("HOLD"),
        site_id=slot.site_id,
        holder=box.context.actor.id,
        resources=(HeldResource(resource=f"slot:{slot.id}", start=slot.start, end=slot.end),),
        expires_at=box.now + HOLD_FOR,
        patient_id=patient.id if patient else None,
        service_id=service_of(box.world, slot),
    )
    until = site.local(line.expires_at).strftime("%H:%M")
    where = clinic.name if clinic else name_resource(box.world, f"room:{slot.room_id}")
    return Draft(
        title=f"Hold {where}",
        lines=(line,),
        headline=f"Held {where}, {site.name}, {local_span(site, slot.start, slot.end)} until {until} ({line.group}).",
        facts={"hold": line.group, "slot": slot.id, "until": line.expires_at.isoformat()},
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
