"""Asking to buy something: one requisition on one cost centre."""

from datetime import date

from pydantic import Field

from hospital.changes.supply import OpenRequisition
from hospital.ids import RequisitionId
from hospital.model.supply import CostCentre
from hospital.money import format_money
from policies.plans import Effect
from tools.directory import find_item
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Toolbox, tool

MAX_QUANTITY = 1000


class CreateRequisition(Arguments):
    item: str = Field(description="Item code or name, e.g. HIP-REV-7")
    quantity: int = Field(gt=0, le=MAX_QUANTITY, description="How many")
    need_by: date | None = Field(default=None, description="The day it is needed by")
    cost_centre: str | None = Field(
        default=None, description="Cost centre that is to pay, when one was said, e.g. 4100"
    )
    purpose: str = Field(default="", max_length=300, description="What it is for")


@tool(CreateRequisition, "write", sources=("erp",), reads=("stock",))
async def create_requisition(args: CreateRequisition, box: Toolbox) -> Draft:
    """Ask to order a quantity of an item. It waits for whoever may approve the amount at its cost centre."""
    item = find_item(box, args.item)
    if args.need_by is not None and args.need_by < box.now.date():
        raise Problem(
            "invalid", f"{args.need_by:%a %d %b %Y} has passed; name a day from today on.", argument="need_by"
        )
    centre = box.world.get(CostCentre, item.cost_centre_id)
    if centre is None:
        raise Problem("unknown", f"{item.id} belongs to cost centre {item.cost_centre_id}, which does not exist.")
    if args.cost_centre not in (None, item.cost_centre_id):
        raise Problem(
            "conflict",
            f"{item.id} is bought on cost centre {centre.id} {centre.name}, not on {args.cost_centre}; "
            "ask again without a cost centre, or name another item.",
            argument="cost_centre",
        )
    line = OpenRequisition(
        requisition_id=RequisitionId(fresh_id("REQ")),
        item_id=item.id,
        description=f"{item.id} {item.name}",
        quantity=args.quantity,
        unit_cost=item.unit_cost,
        cost_centre_id=item.cost_centre_id,
        purpose=args.purpose or f"stock of {item.id}",
        requested_by=box.context.actor.id,
        requested_at=box.now,
        need_by=args.need_by,
    )
    left_after = centre.left_this_month - line.cost()
    budget = (
        f"{args.quantity} x {item.id} at {format_money(item.unit_cost)} is {format_money(line.cost())}. "
        f"Cost centre {centre.id} {centre.name} has {format_money(centre.left_this_month)} left this month, "
        f"{format_money(left_after)} after this. Lead time {item.lead_time_days} days."
    )
    return Draft(
        title=f"Order {args.quantity} x {item.id}",
        lines=(line,),
        effect=Effect(cost=line.cost(), notes=(f"Lead time {item.lead_time_days} days",)),
        headline=budget,
        facts={
            "item": item.id,
            "quantity": args.quantity,
            "unit_cost": item.unit_cost,
            "amount": line.cost(),
            "cost_centre": centre.id,
            "budget_left": centre.left_this_month,
            "budget_left_after": left_after,
            "lead_time_days": item.lead_time_days,
            "requisition": line.requisition_id,
        },
    )
