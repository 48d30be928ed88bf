"""Beds in the sandbox EHR: who lies where, and which closed beds were opened."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from middleware.sandbox.services.base import Asked, Key, Plan, Spanned, answer
from middleware.sandbox.services.ledger import Books, ServiceFile

STAY, UNIT = "stay", "unit"


class AssignedBed(Asked):
    """One patient's bed."""

    encounter_id: str
    bed_id: str
    unit_id: str


class OpenedBeds(Spanned):
    """Closed beds of a unit that are used for a while."""

    unit_id: str
    bed_ids: list[str]


def add_beds(app: FastAPI, file: ServiceFile) -> None:
    """The bed part of the EHR."""

    @app.post("/stays/{id}/bed")
    async def assign(id: str, body: AssignedBed, key: Key, plan: Plan = None) -> JSONResponse:
        """Put a patient into a bed."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            books.put(STAY, id, "in_bed", {**payload, "plan_id": plan}, "bed.assigned")
            return id

        return answer(*file.once(key, "assign_bed", payload, STAY, effect))

    @app.post("/units/{id}/open-beds")
    async def open_beds(id: str, body: OpenedBeds, key: Key, plan: Plan = None) -> JSONResponse:
        """Open closed beds of a unit."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            books.put(UNIT, id, "surge", {**payload, "plan_id": plan}, "beds.opened")
            return id

        return answer(*file.once(key, "open_beds", payload, UNIT, effect))
