"""The sandbox workforce system: requests for staff."""

from pathlib import Path
from typing import Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import Field

from hospital.model.people import ShiftSource, StaffRole
from hospital.ports import Clock
from middleware.sandbox.services.base import Key, Plan, Spanned, answer, common_service, file_of, found
from middleware.sandbox.services.ledger import Books, Data

KIND, SESSION_STAFF = "staffing-request", "session-staff"


class NewSessionStaff(Spanned):
    """The people of one clinic session; what they cost altogether in cents."""

    session_id: str
    clinic_id: str
    labour: int = Field(ge=0)


class NewStaffingRequest(Spanned):
    """One person wanted on one unit for one shift; the rate in cents an hour."""

    shift_id: str
    unit_id: str
    role: StaffRole
    skill: str
    source: ShiftSource
    staff_id: str | None = None
    rate: int = Field(ge=0)


def workforce_service(home: Path, clock: Clock | None = None) -> FastAPI:
    """The workforce system on its file in this home."""
    file = file_of(home, "wfm", clock)
    app = common_service("Sandbox workforce", file)

    @app.post("/staffing-requests", status_code=201)
    async def create(body: NewStaffingRequest, key: Key, plan: Plan = None) -> JSONResponse:
        """Ask for one person: filled at once when the request names who comes, open otherwise."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            number = books.next_number(KIND, "WFR-", 5000)
            state: Literal["filled", "open"] = "filled" if body.staff_id else "open"
            books.put(KIND, number, state, {**payload, "key": key, "plan_id": plan}, f"staffing_request.{state}")
            return number

        return answer(*file.once(key, "create_staffing_request", payload, KIND, effect))

    @app.post("/session-staff", status_code=201)
    async def session_staff(body: NewSessionStaff, key: Key, plan: Plan = None) -> JSONResponse:
        """Plan the people of a clinic session."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            number = books.next_number(SESSION_STAFF, "WFS-", 100)
            books.put(SESSION_STAFF, number, "planned", {**payload, "plan_id": plan}, "session_staff.planned")
            return number

        return answer(*file.once(key, "plan_session_staff", payload, SESSION_STAFF, effect))

    @app.get("/staffing-requests")
    async def requests(state: Literal["open", "filled"] | None = None, key: str | None = None) -> list[Data]:
        """All of them, those in one state, or the one under a key."""
        with file.reading() as books:
            if key is None:
                return books.find(KIND, state)
            known = books.effect(key)
            record = books.get(KIND, known[3]) if known else None
        return [record] if record else []

    @app.get("/staffing-requests/{id}")
    async def request(id: str) -> Data:
        """One by its number."""
        return found(file, KIND, id)

    return app


def seed_workforce(home: Path) -> None:
    """Start the workforce system over, without any request."""
    file_of(home, "wfm").seed((), ())
