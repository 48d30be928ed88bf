"""Booking one visit or examination that the patient agreed to."""

from datetime import timedelta

from pydantic import Field

from hospital.changes.bookings import BookAppointment as Line
from hospital.changes.describe import local_span, name_resource
from hospital.changes.visits import service_of
from hospital.ids import AppointmentId
from hospital.model.bookings import ImagingOrder, Slot, Task
from hospital.model.places import Clinic, Room
from policies.plans import Effect
from tools.directory import find_own_plan, find_patient
from tools.hold_slot import find_slot, own_hold
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Submit, Toolbox, tool

CHECK_BEFORE = timedelta(hours=24)
"""Prerequisites are due this long before the examination, or now when it is sooner (our judgement)."""


class BookAppointment(Arguments):
    slot: str | None = Field(default=None, description="The slot to book, held before or free")
    patient: str | None = Field(default=None, description="The patient's record number")
    confirms: str | None = Field(
        default=None, description="The id of the plan shown before, once the patient has agreed to it"
    )


@tool(BookAppointment, "write", sources=("ehr",), reads=("bookings",))
async def book_appointment(args: BookAppointment, box: Toolbox) -> Draft | Submit:
    """Book a visit or examination. The person asking must confirm, in a turn of its own, that the patient agreed."""
    if args.confirms is not None:
        return Submit(find_own_plan(box, args.confirms).id)
    if args.patient is None:
        raise Problem("missing", "Which patient? Please give the record number.", argument="patient")
    if args.slot is None:
        raise Problem("missing", "Which slot should be booked?", argument="slot")
    patient, slot = find_patient(box, args.patient), find_slot(box, args.slot)
    room = box.world.get(Room, slot.room_id)
    clinic = box.world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
    order = _find_order(box, slot, room, patient.id)
    appointment_id = AppointmentId(fresh_id("APT"))
    tasks = prerequisites(order, appointment_id, slot, box) if order else ()
    line = Line(
        appointment_id=appointment_id,
        patient_id=patient.id,
        slot_id=slot.id,
        site_id=slot.site_id,
        service_id=service_of(box.world, slot),
        room_id=slot.room_id,
        clinician_id=slot.clinician_id,
        visit_type=slot.visit_type,
        start=slot.start,
        end=slot.end,
        order_id=order.id if order else None,
        hold_group=own_hold(box, slot),
        tasks=tasks,
    )
    site = box.local(slot.site_id)
    where = clinic.name if clinic else name_resource(box.world, f"room:{slot.room_id}")
    checks = say_checks(order, tasks)
    return Draft(
        title=f"Book {order.protocol if order else slot.visit_type} at {site.name}",
        lines=(line,),
        effect=Effect(visits=1, notes=tuple(checks)),
        headline=(
            f"{order.protocol if order else slot.visit_type} for patient {patient.id}: {where}, {site.name}, "
            f"{local_span(site, slot.start, slot.end)}, reference {appointment_id}."
            + "".join(f" {c}" for c in checks)
        ),
        facts={
            "reference": appointment_id,
            "patient": patient.id,
            "slot": slot.id,
            "room": where,
            "start": slot.start.isoformat(),
            "tasks": [task.kind for task in tasks],
        },
    )


def _find_order(box: Toolbox, slot: Slot, room: Room | None, patient_id: str) -> ImagingOrder | None:
    """The patient's open order that this scanner slot can serve; a clinic slot needs none."""
    if room is None or room.modality is None:
        return None
    orders = box.world.find(ImagingOrder, patient_id=patient_id, state="open", modality=room.modality)
    fitting = [order for order in orders if room.contrast or not order.contrast]
    if not orders:
        raise Problem("conflict", f"Patient {patient_id} has no open {room.modality.upper()} order to book.")
    if not fitting:
        raise Problem("conflict", f"{room.name} cannot give contrast, and the order asks for it.")
    minutes = (slot.end - slot.start) // timedelta(minutes=1)
    long_enough = [order for order in fitting if order.minutes <= minutes]
    if not long_enough:
        raise Problem(
            "conflict", f"{fitting[0].protocol} takes {fitting[0].minutes} minutes and the slot has {minutes}."
        )
    # The order that the slot was made for first: `mri-brain` serves an "MRI brain with contrast".
    kind = set(slot.visit_type.casefold().split("-"))
    return max(long_enough, key=lambda order: len(kind & set(order.protocol.casefold().split())))


def prerequisites(order: ImagingOrder, appointment_id: AppointmentId, slot: Slot, box: Toolbox) -> tuple[Task, ...]:
    """What still has to be done before the examination, as tasks with their owners."""
    due = max(box.now, slot.start - CHECK_BEFORE)
    wanted = (
        ("safety_screen", not order.safety_screen_done, "imaging_tech", "safety questionnaire before the scanner"),
        ("renal_check", order.contrast and not order.renal_check_done, "imaging_tech", "eGFR before contrast"),
        ("authorisation", order.authorisation == "pending", "call_center_agent", "authorisation is still pending"),
    )
    return tuple(
        Task.model_validate(
            {
                "id": f"{appointment_id}-{kind}",
                "kind": kind,
                "about": appointment_id,
                "owner_role": owner,
                "due": due,
                "note": note,
            }
        )
        for kind, needed, owner, note in wanted
        if needed
    )


def say_checks(order: ImagingOrder | None, tasks: tuple[Task, ...]) -> list[str]:
    """What is done and what is missing, a sentence each."""
    if order is None:
        return []
    done = ["Safety screen done."] if order.safety_screen_done else []
    names = {"renal_check": "renal function (eGFR) check", "safety_screen": "safety screen"}
    missing = [f"Task before it: {names.get(task.kind, task.kind)}, {task.note}." for task in tasks]
    return [*done, *missing]
