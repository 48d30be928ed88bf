"""Moving one visit to another slot that the patient agreed to."""

from pydantic import Field

from hospital.changes.bookings import RescheduleAppointment as Line
from hospital.changes.describe import describe_visit, local_span
from hospital.ids import AppointmentId
from hospital.model.bookings import Appointment
from policies.plans import Effect
from tools.directory import find_own_plan
from tools.hold_slot import find_slot, own_hold
from tools.tool import Arguments, Draft, Problem, Submit, Toolbox, tool


class RescheduleAppointment(Arguments):
    appointment: str | None = Field(default=None, description="The reference of the visit, e.g. APT-123")
    slot: str | None = Field(default=None, description="The free slot to move it to")
    confirms: str | None = Field(
        default=None, description="The id of the plan shown before, once the patient has agreed to it"
    )


@tool(RescheduleAppointment, "write", sources=("ehr",), reads=("bookings",))
async def reschedule_appointment(args: RescheduleAppointment, box: Toolbox) -> Draft | Submit:
    """Move a visit to another slot of the same type. The person asking must confirm that the patient agreed."""
    if args.confirms is not None:
        return Submit(find_own_plan(box, args.confirms).id)
    visit = find_visit(box, args.appointment)
    if args.slot is None:
        raise Problem("missing", f"To which slot should {visit.id} move?", argument="slot")
    slot = find_slot(box, args.slot)
    line = Line(
        appointment_id=visit.id,
        slot_id=slot.id,
        room_id=slot.room_id,
        start=slot.start,
        end=slot.end,
        hold_group=own_hold(box, slot),
    )
    site = box.local(slot.site_id)
    return Draft(
        title=f"Move {visit.id}",
        lines=(line,),
        effect=Effect(visits=0, notes=("the old slot becomes free",)),
        headline=f"{describe_visit(box.world, visit.id)} moves to {local_span(site, slot.start, slot.end)}.",
        facts={"reference": visit.id, "slot": slot.id, "start": slot.start.isoformat()},
    )


def find_visit(box: Toolbox, said: str | None) -> Appointment:
    """The visit with this reference.

    Raises:
        Problem: none named, or no such visit.
    """
    if said is None:
        raise Problem("missing", "Which visit? Please give its reference.", argument="appointment")
    visit = box.world.get(Appointment, AppointmentId(said.upper()))
    if visit is None:
        raise Problem("unknown", f"There is no visit {said}.", argument="appointment")
    return visit
