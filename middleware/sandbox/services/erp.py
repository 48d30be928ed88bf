"""The sandbox ERP: requisitions with numbers of its own and its own approval flow."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from hospital.model.supply import RequisitionState
from hospital.ports import Clock
from middleware.sandbox.services.base import Asked, Key, Plan, Spanned, answer, common_service, file_of, found
from middleware.sandbox.services.ledger import Books, Data, Refused, ServiceFile

KIND, ORDER = "requisition", "work_order"
LAST_NUMBER = 1042
"""The first one made by request is the next after this, or after the highest there is."""
MOVES: dict[RequisitionState, tuple[RequisitionState, ...]] = {
    "draft": ("pending_approval", "withdrawn"),
    "pending_approval": ("approved", "rejected", "returned", "withdrawn"),
    "returned": ("pending_approval", "withdrawn"),
    "approved": ("ordered", "cancelled", "withdrawn"),
    "ordered": ("partially_received", "received", "cancelled"),
    "partially_received": ("received", "closed"),
    "received": ("closed",),
}
"""From each state to which; all others are the end."""


class NewRequisition(Asked):
    """What the ERP is asked to open; money in cents."""

    requisition_id: str
    item_id: str | None = None
    description: str
    quantity: int = Field(gt=0)
    unit_cost: int = Field(ge=0)
    amount: int = Field(ge=0)
    currency: str
    cost_centre: str
    purpose: str
    requested_by: str
    need_by: date | None = None


class NewWorkOrder(Spanned):
    """Maintenance of a `room:ID` or `equipment:ID`; money in cents."""

    work_order: str
    resource: str
    amount: int = Field(default=0, ge=0)
    cost_centre: str | None = None


class NewState(Asked):
    """Where a requisition goes next."""

    state: RequisitionState


def erp_service(home: Path, clock: Clock | None = None) -> FastAPI:
    """The ERP on its file in this home."""
    file = file_of(home, "erp", clock)
    app = common_service("Sandbox ERP", file)

    @app.post("/requisitions", status_code=201)
    async def create(body: NewRequisition, key: Key, plan: Plan = None) -> JSONResponse:
        """Open one. What comes from an approved plan is approved; anything else waits for the ERP's own flow."""
        if body.currency != "USD":
            raise Refused(f"{body.currency}: this ERP buys in USD")
        if body.amount != body.quantity * body.unit_cost:
            raise Refused(f"{body.quantity} x {body.unit_cost} is not {body.amount}")
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            number = books.next_number(KIND, "REQ-", LAST_NUMBER)
            state = "approved" if plan else "pending_approval"
            books.put(KIND, number, state, {**payload, "key": key, "plan_id": plan}, "requisition.created")
            return number

        return answer(*file.once(key, "create_requisition", payload, KIND, effect))

    @app.get("/requisitions")
    async def requisitions(
        state: RequisitionState | None = None, key: str | None = None, limit: Annotated[int, Query(ge=1)] = 500
    ) -> list[Data]:
        """All of them, those in one state, or the one under a key."""
        with file.reading() as books:
            if key is None:
                return books.find(KIND, state, limit)
            known = books.effect(key)
            record = books.get(KIND, known[3]) if known else None
        return [record] if record else []

    _add_work_orders(app, file)

    @app.get("/requisitions/{id}")
    async def requisition(id: str) -> Data:
        """One by its number."""
        return found(file, KIND, id)

    @app.post("/requisitions/{id}/state")
    async def set_state(id: str, body: NewState) -> Data:
        """Move one on in the ERP's own flow; setting the state it has already changes nothing."""
        with file.writing() as books:
            record = books.get(KIND, id)
            if record is None:
                raise Refused(f"there is no requisition {id}", 404)
            before = record.pop("state")
            if body.state != before and body.state not in MOVES.get(before, ()):
                raise Refused(f"{id} is {before} and cannot become {body.state}", 409)
            if body.state != before:
                data = {name: value for name, value in record.items() if name != "id"}
                books.put(KIND, id, body.state, data, f"requisition.{body.state}")
        return {**record, "state": body.state}

    return app


def _add_work_orders(app: FastAPI, file: ServiceFile) -> None:
    @app.post("/work-orders", status_code=201)
    async def open_work_order(body: NewWorkOrder, key: Key, plan: Plan = None) -> JSONResponse:
        """Open a work order for maintenance of a room or device."""
        payload = body.model_dump(mode="json")

        def effect(books: Books) -> str:
            books.put(ORDER, body.work_order, "approved" if plan else "open", payload, "room.maintenance_scheduled")
            return body.work_order

        return answer(*file.once(key, "open_work_order", payload, ORDER, effect))


def seed_erp(home: Path, requisitions: Iterable[dict[str, Any]]) -> None:
    """Start the ERP over with these requisitions (fields of `Requisition`), known by their keys."""
    rows, keys = [], []
    for one in requisitions:
        data = {
            "item_id": one.get("item_id"),
            "description": one["description"],
            "quantity": one["quantity"],
            "unit_cost": one["amount"] // one["quantity"],
            "amount": one["amount"],
            "currency": "USD",
            "cost_centre": one["cost_centre_id"],
            "purpose": one["purpose"],
            "requested_by": one["requested_by"],
            "need_by": one["need_by"].isoformat() if one.get("need_by") else None,
            "key": one["key"],
            "plan_id": one.get("plan_id"),
        }
        rows.append((KIND, one["id"], one["state"], None, data))
        keys.append((one["key"], "create_requisition", "", KIND, one["id"]))
    file_of(home, "erp").seed(rows, keys)
