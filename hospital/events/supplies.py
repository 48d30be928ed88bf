"""Stock, loaners and requisitions. Money is in cents."""

from hospital.entity import Record, Time
from hospital.events.envelope import EventData


class InventoryShortage(EventData):
    """There is less of an item than planned cases need (FHIR SupplyRequest)."""

    item_id: str
    on_hand: int
    reserved: int
    threshold: int
    need_by: Time
    case_ids: tuple[str, ...] = ()
    supplier_lead_days: int


class LoanerArrived(EventData):
    """A vendor's set is here."""

    set_id: str
    case_id: str
    arrived_at: Time
    required_by: Time
    ifu_present: bool


class LoanerLate(EventData):
    """A vendor's set is not here in time."""

    set_id: str
    case_id: str
    expected_at: Time | None = None
    required_by: Time
    ifu_present: bool = False


class RequisitionLine(Record):
    """So many of an item."""

    item_id: str
    quantity: int
    amount: int


class RequisitionChanged(EventData):
    """A requisition was created, submitted, approved, rejected, returned, ordered, received or cancelled."""

    pr_id: str
    lines: tuple[RequisitionLine, ...] = ()
    amount: int
    currency: str = "USD"
    cost_centre: str
    budget_left: int | None = None
    idempotency_key: str | None = None
