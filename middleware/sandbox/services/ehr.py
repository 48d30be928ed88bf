"""The sandbox EHR: appointments and surgical cases, without anything clinical in them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from hospital.ports import Clock
from middleware.sandbox.services.base import Asked, Key, Plan, Spanned, answer, common_service, file_of, found
from middleware.sandbox.services.ehr_beds import add_beds
from middleware.sandbox.services.ehr_cases import CASE, add_case_changes
from middleware.sandbox.services.ehr_templates import add_template_routes
from middleware.sandbox.services.ledger import Books, Data, Refused

VISIT = "appointment"


class NewAppointment(Spanned):
    """A visit or examination for one patient in one slot."""

    appointment_id: str
    patient_id: str
    slot_id: str
    room_id: str
    visit_type: str


class MovedAppointment(Spanned):
    """The other slot of a visit."""

    appointment_id: str
    slot_id: str
    room_id: str


class CancelledAppointment(Asked):
    """Why a visit does not take place."""

    appointment_id: str
    reason: str


class NewCase(Spanned):
    """An operation in a room, wheels-in to wheels-out."""

    case_id: str
    patient_id: str | None = None
    procedure_id: str
    surgeon_id: str
    room_id: str


def ehr_service(home: Path, clock: Clock | None = None) -> FastAPI:
    """The EHR on its file in this home."""
    file = file_of(home, "ehr", clock)
    app = common_service("Sandbox EHR", file)

    @app.post("/appointments", status_code=201)
    async def book(body: NewAppointment, key: Key, plan: Plan = None) -> JSONResponse:
        """Book a visit into a slot that nobody has."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            if books.get(VISIT, body.appointment_id):
                raise Refused(f"there is an appointment {body.appointment_id} already", 409)
            _refuse_taken(books, body.slot_id, body.appointment_id)
            data = {**payload, "plan_id": plan}
            books.put(VISIT, body.appointment_id, "booked", data, "appointment.booked", body.slot_id)
            return body.appointment_id

        return answer(*file.once(key, "book_appointment", payload, VISIT, effect))

    @app.post("/appointments/{id}/reschedule")
    async def reschedule(id: str, body: MovedAppointment, key: Key) -> JSONResponse:
        """Move a booked visit into another slot that nobody has."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            visit = _booked(books, id)
            _refuse_taken(books, body.slot_id, id)
            books.put(VISIT, id, "booked", {**visit, **payload}, "appointment.rescheduled", body.slot_id)
            return id

        return answer(*file.once(key, "reschedule_appointment", payload, VISIT, effect))

    @app.post("/appointments/{id}/cancel")
    async def cancel(id: str, body: CancelledAppointment, key: Key) -> JSONResponse:
        """Cancel a booked visit; its slot is free again."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            books.put(VISIT, id, "cancelled", {**_booked(books, id), **payload}, "appointment.cancelled")
            return id

        return answer(*file.once(key, "cancel_appointment", payload, VISIT, effect))

    @app.get("/appointments/{id}")
    async def appointment(id: str) -> Data:
        """One visit."""
        return found(file, VISIT, id)

    @app.post("/cases", status_code=201)
    async def schedule_case(body: NewCase, key: Key, plan: Plan = None) -> JSONResponse:
        """Give a case its room and time, new or moved."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            books.put(CASE, body.case_id, "scheduled", {**payload, "plan_id": plan}, "case.scheduled")
            return body.case_id

        return answer(*file.once(key, "schedule_case", payload, CASE, effect))

    add_case_changes(app, file)
    add_beds(app, file)

    @app.get("/cases/{id}")
    async def case(id: str) -> Data:
        """One case."""
        return found(file, CASE, id)

    add_template_routes(app, file)
    return app


def _booked(books: Books, id: str) -> Data:
    visit = books.get(VISIT, id)
    if visit is None:
        raise Refused(f"there is no appointment {id}", 404)
    state = visit.pop("state")
    if state != "booked":
        raise Refused(f"{id} is {state}", 409)
    return {name: value for name, value in visit.items() if name != "id"}


def _refuse_taken(books: Books, slot: str, id: str) -> None:
    other = books.in_slot(slot)
    if other is not None and other["id"] != id:
        raise Refused(f"slot {slot} is taken", 409)


def seed_ehr(home: Path, appointments: Iterable[dict[str, Any]], cases: Iterable[dict[str, Any]]) -> None:
    """Start the EHR over with these booked visits and scheduled cases (fields of `Appointment`, `SurgicalCase`)."""
    kept_of_visit = ("patient_id", "slot_id", "room_id", "visit_type")
    kept_of_case = ("patient_id", "procedure_id", "surgeon_id", "room_id")
    visits = (
        (VISIT, one["id"], "booked", one.get("slot_id"), {"appointment_id": one["id"], **_kept(one, kept_of_visit)})
        for one in appointments
    )
    operations = (
        (CASE, one["id"], "scheduled", None, {"case_id": one["id"], **_kept(one, kept_of_case)}) for one in cases
    )
    file_of(home, "ehr").seed((*visits, *operations), ())


def _kept(row: dict[str, Any], names: Iterable[str]) -> Data:
    span = {name: row[name].isoformat() for name in ("start", "end") if row.get(name)}
    return {**{name: row.get(name) for name in names}, **span}
