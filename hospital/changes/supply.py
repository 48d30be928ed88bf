"""Buying: one requisition line that the ERP will be asked to open."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from hospital.changes.base import Change, Commit, Fact, Violation
from hospital.entity import Time
from hospital.ids import CostCentreId, ItemId, RequisitionId, UserId
from hospital.model.people import Scope
from hospital.model.supply import CostCentre, Item, Requisition
from hospital.money import Cents, format_money
from hospital.ports import Message, Reader, Writer


class OpenRequisition(Change):
    """Open a requisition for a quantity of one item (or a described need) at one cost centre."""

    kind: Literal["open_requisition"] = "open_requisition"
    action: ClassVar[str] = "purchase"
    sources: ClassVar[tuple[str, ...]] = ("erp",)
    requisition_id: RequisitionId
    item_id: ItemId | None
    description: str
    quantity: int = Field(gt=0)
    unit_cost: Cents = Field(ge=0)
    cost_centre_id: CostCentreId
    purpose: str
    requested_by: UserId
    requested_at: Time
    need_by: date | None = None

    def scope(self, world: Reader) -> Scope:
        return Scope(cost_centre_id=self.cost_centre_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return {"amount": self.cost(), "cost_centre": self.cost_centre_id, "need": self.same_need() or ""}

    def cost(self) -> Cents:
        return Cents(self.quantity * self.unit_cost)

    def same_need(self) -> str:
        return f"{self.item_id or self.purpose}@{self.cost_centre_id}"

    def touches(self) -> frozenset[str]:
        return frozenset({f"need:{self.same_need()}:{self.requested_at.date().isoformat()[:7]}"})

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        if self.item_id is not None:
            item = world.get(Item, self.item_id)
            if item is None:
                broken.append(Violation(constraint="item", sentence=f"there is no item {self.item_id}"))
            elif item.unit_cost != self.unit_cost:
                broken.append(
                    Violation(
                        constraint="price",
                        sentence=f"{item.id} costs {format_money(item.unit_cost)} now, "
                        f"not {format_money(self.unit_cost)}",
                    )
                )
        if world.get(CostCentre, self.cost_centre_id) is None:
            broken.append(
                Violation(constraint="cost centre", sentence=f"there is no cost centre {self.cost_centre_id}")
            )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        world.put(
            Requisition(
                id=self.requisition_id,
                key=self.key(commit),
                item_id=self.item_id,
                description=self.description,
                quantity=self.quantity,
                amount=self.cost(),
                cost_centre_id=self.cost_centre_id,
                purpose=self.purpose,
                state="approved",
                requested_by=self.requested_by,
                created_at=commit.at,
                need_by=self.need_by,
                plan_id=commit.plan_id,
            )
        )

    def key(self, commit: Commit) -> str:
        """The idempotency key the ERP sees."""
        return f"{commit.plan_id}:requisition:{self.requisition_id}"

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=self.key(commit),
                system="erp",
                operation="create_requisition",
                payload={
                    "requisition_id": self.requisition_id,
                    "item_id": self.item_id,
                    "description": self.description,
                    "quantity": self.quantity,
                    "unit_cost": self.unit_cost,
                    "amount": self.cost(),
                    "currency": "USD",
                    "cost_centre": self.cost_centre_id,
                    "purpose": self.purpose,
                    "requested_by": self.requested_by,
                    "need_by": self.need_by.isoformat() if self.need_by else None,
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        by = f", needed by {self.need_by:%a %d %b}" if self.need_by else ""
        return (
            f"Order {self.quantity} x {self.description} at {format_money(self.unit_cost)} = "
            f"{format_money(self.cost())} on cost centre {self.cost_centre_id}{by}"
        )
