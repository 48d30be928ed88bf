"""Cancelling one visit that the patient no longer wants."""

from pydantic import Field

from hospital.changes.bookings import CancelAppointment as Line
from hospital.changes.describe import describe_visit
from policies.plans import Effect
from tools.directory import find_own_plan
from tools.reschedule_appointment import find_visit
from tools.tool import Arguments, Draft, Submit, Toolbox, tool


class CancelAppointment(Arguments):
    appointment: str | None = Field(default=None, description="The reference of the visit, e.g. APT-123")
    reason: str = Field(default="patient asked", max_length=200)
    confirms: str | None = Field(
        default=None, description="The id of the plan shown before, once the patient has agreed to it"
    )


@tool(CancelAppointment, "write", sources=("ehr",), reads=("bookings",))
async def cancel_appointment(args: CancelAppointment, box: Toolbox) -> Draft | Submit:
    """Cancel a visit. The person asking must confirm, in a turn of its own, that the patient agreed."""
    if args.confirms is not None:
        return Submit(find_own_plan(box, args.confirms).id)
    visit = find_visit(box, args.appointment)
    return Draft(
        title=f"Cancel {visit.id}",
        lines=(Line(appointment_id=visit.id, reason=args.reason, start=visit.start),),
        effect=Effect(visits=-1, notes=("the slot becomes free again",)),
        headline=f"{describe_visit(box.world, visit.id)} would be cancelled and its slot freed.",
        facts={"reference": visit.id},
    )
