"""The sandbox EHR's clinic templates: sessions added, slots turned or put on top, waitlist offers."""

from typing import Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from middleware.sandbox.services.base import Asked, Key, Plan, Spanned, answer
from middleware.sandbox.services.ledger import Books, Refused, ServiceFile

SESSION, TEMPLATE, OFFER = "session", "template-change", "waitlist-offer"


class TemplateSlot(BaseModel):
    """A bookable time."""

    id: str
    visit_type: str
    start: str
    end: str


class NewSession(Spanned):
    """A clinician in a room with slots."""

    session_id: str
    clinic_id: str
    clinician_id: str
    room_id: str
    slots: list[TemplateSlot] = Field(min_length=1)


class TurnedSlots(Asked):
    """Free slots that become one of another kind."""

    session_id: str
    clinic_id: str
    replaces: list[str] = Field(min_length=1)
    becomes: TemplateSlot


class SlotsOnTop(Asked):
    """Slots beyond what the template of a session holds."""

    session_id: str
    clinic_id: str
    adds: list[TemplateSlot] = Field(min_length=1)


class NewOffer(Asked):
    """A freed slot offered to somebody of the waitlist, until it expires."""

    offer_id: str
    slot_id: str
    patient_id: str
    channel: Literal["phone"] = "phone"
    expires_at: str


def add_template_routes(app: FastAPI, file: ServiceFile) -> None:
    """What a clinic's template may be asked for."""

    @app.post("/sessions", status_code=201)
    async def add_session(body: NewSession, key: Key, plan: Plan = None) -> JSONResponse:
        """Add a session that is not there yet."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            if books.get(SESSION, body.session_id):
                raise Refused(f"there is a session {body.session_id} already", 409)
            books.put(SESSION, body.session_id, "open", {**payload, "plan_id": plan}, "session.added")
            return body.session_id

        return answer(*file.once(key, "add_session", payload, SESSION, effect))

    @app.post("/slots/convert", status_code=201)
    async def convert(body: TurnedSlots, key: Key, plan: Plan = None) -> JSONResponse:
        """Turn free slots into another kind."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            taken = [slot for slot in body.replaces if books.in_slot(slot)]
            if taken:
                raise Refused(f"slot {taken[0]} is taken", 409)
            books.put(TEMPLATE, body.becomes.id, "open", {**payload, "plan_id": plan}, "slots.converted")
            return body.becomes.id

        return answer(*file.once(key, "convert_slots", payload, TEMPLATE, effect))

    @app.post("/sessions/{id}/overbook", status_code=201)
    async def overbook(id: str, body: SlotsOnTop, key: Key, plan: Plan = None) -> JSONResponse:
        """Put slots on top of a session's template."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            number = books.next_number(TEMPLATE, "OVB-", 0)
            books.put(TEMPLATE, number, "open", {**payload, "plan_id": plan}, "session.overbooked")
            return number

        return answer(*file.once(key, "overbook_session", payload, TEMPLATE, effect))

    @app.post("/waitlist-offers", status_code=201)
    async def offer(body: NewOffer, key: Key, plan: Plan = None) -> JSONResponse:
        """Offer a free slot to one patient."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            if books.in_slot(body.slot_id):
                raise Refused(f"slot {body.slot_id} is taken", 409)
            books.put(OFFER, body.offer_id, "offered", {**payload, "plan_id": plan}, "waitlist.offered")
            return body.offer_id

        return answer(*file.once(key, "offer_waitlist", payload, OFFER, effect))
