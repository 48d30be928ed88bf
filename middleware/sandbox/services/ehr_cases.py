"""The sandbox EHR's operations once booked: moved, cancelled, done with other items; and released blocks."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from middleware.sandbox.services.base import Asked, Key, Plan, Spanned, answer
from middleware.sandbox.services.ledger import Books, Data, Refused, ServiceFile

CASE, BLOCK = "case", "block"


class MovedCase(Spanned):
    """The new room and time of an operation, with what must be ready before it."""

    case_id: str
    room_id: str
    prerequisites: list[dict[str, Any]] = []


class CancelledCase(Asked):
    """Why an operation does not take place."""

    case_id: str
    reason: str


class ChangedItems(Asked):
    """The implants and sets an operation is now planned with, and what must be ready before it."""

    case_id: str
    items: list[dict[str, Any]]
    prerequisites: list[dict[str, Any]] = []


class ReleasedBlock(Spanned):
    """Block time that anybody may book now."""

    block_id: str
    room_id: str


def add_case_changes(app: FastAPI, file: ServiceFile) -> None:
    """The routes that change an operation or a block."""

    def change(id: str, body: Asked, key: str, plan: str | None, operation: str, state: str) -> JSONResponse:
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            known = _scheduled(books, id)
            books.put(CASE, id, state, {**known, **payload, "plan_id": plan}, f"case.{state}")
            return id

        return answer(*file.once(key, operation, payload, CASE, effect))

    @app.post("/cases/{id}/move")
    async def move(id: str, body: MovedCase, key: Key, plan: Plan = None) -> JSONResponse:
        """Give a scheduled operation another room or time."""
        return change(id, body, key, plan, "move_case", "scheduled")

    @app.post("/cases/{id}/cancel")
    async def cancel(id: str, body: CancelledCase, key: Key, plan: Plan = None) -> JSONResponse:
        """Cancel a scheduled operation."""
        return change(id, body, key, plan, "cancel_case", "cancelled")

    @app.post("/cases/{id}/items")
    async def change_items(id: str, body: ChangedItems, key: Key, plan: Plan = None) -> JSONResponse:
        """Plan a scheduled operation with other items."""
        return change(id, body, key, plan, "change_items", "scheduled")

    @app.post("/blocks/{id}/release")
    async def release(id: str, body: ReleasedBlock, key: Key, plan: Plan = None) -> JSONResponse:
        """Open a block, or a part of it, to everybody."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            name = f"{id}@{body.start.isoformat()}"
            books.put(BLOCK, name, "released", {**payload, "plan_id": plan}, "block.released")
            return name

        return answer(*file.once(key, "release_block", payload, BLOCK, effect))


def _scheduled(books: Books, id: str) -> Data:
    case = books.get(CASE, id)
    if case is None:
        raise Refused(f"there is no case {id}", 404)
    if (state := case.pop("state")) != "scheduled":
        raise Refused(f"{id} is {state}", 409)
    return {name: value for name, value in case.items() if name != "id"}
