"""What is needed and what it costs: items, stock, loaners, cost centres, requisitions."""

from datetime import date
from typing import Literal

from hospital.entity import Entity, Time
from hospital.ids import CaseId, CostCentreId, ItemId, PlanId, RequisitionId, SiteId, UserId
from hospital.money import Cents

RequisitionState = Literal[
    "draft",
    "pending_approval",
    "approved",
    "rejected",
    "returned",
    "withdrawn",
    "ordered",
    "partially_received",
    "received",
    "closed",
    "cancelled",
]


class Item(Entity):
    """An implant, set or supply. `processing_hours` is what sterile processing needs before a case."""

    id: ItemId
    name: str
    kind: Literal["implant", "set", "loaner", "supply"]
    unit_cost: Cents
    cost_centre_id: CostCentreId
    supplier: str
    lead_time_days: int
    processing_hours: int = 24
    alternatives: tuple[ItemId, ...] = ()


class Stock(Entity):
    """How many of an item a site has on its shelf."""

    site_id: SiteId
    item_id: ItemId
    on_hand: int


class Loaner(Entity):
    """A vendor's set on its way for one case; required 48 h before it unless processed faster."""

    item_id: ItemId
    case_id: CaseId
    site_id: SiteId
    expected_at: Time
    arrived_at: Time | None = None
    required_by: Time
    ifu_present: bool = False


class CostCentre(Entity):
    """A budget; `left_this_month` in cents is what the ERP says is left, before anything waiting."""

    id: CostCentreId
    name: str
    left_this_month: Cents


class Requisition(Entity):
    """A purchase request as the ERP knows it. `key` is the idempotency key it was sent with."""

    id: RequisitionId
    key: str
    item_id: ItemId | None
    description: str
    quantity: int
    amount: Cents
    cost_centre_id: CostCentreId
    purpose: str
    state: RequisitionState
    requested_by: UserId
    created_at: Time
    need_by: date | None = None
    plan_id: PlanId | None = None
    awaits: str | None = None
