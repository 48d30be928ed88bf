"""What the ERP says: where a requisition stands, and what is left of a budget."""

from datetime import timedelta
from typing import Any, Literal, get_args

from pydantic import Field
from rapidfuzz import fuzz, process

from hospital.cards import Card, TableCard
from hospital.model.places import Site
from hospital.model.supply import CostCentre, Item, Requisition, RequisitionState
from hospital.money import format_money
from hospital.ports import In, Range
from tools.directory import find_item
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.windows import listed, plural

UNDECIDED = ("draft", "pending_approval", "returned")
CLOSED = ("rejected", "withdrawn", "received", "closed", "cancelled")
SIMILAR = 80


class QueryErp(Arguments):
    requisition: str | None = Field(default=None, description="Requisition number (REQ-...) or idempotency key")
    item: str | None = Field(default=None, description="Item code or name: its requisitions")
    cost_centre: str | None = Field(default=None, description="Cost centre number or name: budget and requisitions")
    state: RequisitionState | Literal["open", "any"] = Field(
        default="open", description="Only requisitions in this state; open: neither refused nor finished"
    )
    days: int = Field(default=90, ge=1, le=730, description="How many days back to look for requisitions")
    limit: int = Field(default=20, ge=1, le=100, description="How many requisitions to list at most")


@tool(QueryErp, "read", sources=("erp",), reads=("budgets",))
async def query_erp(args: QueryErp, box: Toolbox) -> Answer:
    """Requisitions by number, item or cost centre, their state, who decides, and the budget left this month."""
    if args.requisition is not None:
        return _one(box, _find_requisition(box, args.requisition))
    item = find_item(box, args.item) if args.item else None
    centres = _centres(args, box, item)
    where: dict[str, Any] = {"created_at": Range(at_least=box.now - timedelta(days=args.days))}
    if item is not None:
        where["item_id"] = item.id
    else:
        where["cost_centre_id"] = In(tuple(centre.id for centre in centres))
    if args.state == "open":
        where["state"] = In(tuple(state for state in get_args(RequisitionState) if state not in CLOSED))
    elif args.state != "any":
        where["state"] = args.state
    found = box.world.find(Requisition, order="-created_at", **where)
    budgets = [_budget(box, centre) for centre in centres]
    rows = [_row(box, one) for one in found[: args.limit]]
    what = f" for {item.id} {item.name}" if item else ""
    kind = {"open": "open ", "any": ""}.get(args.state, args.state.replace("_", " ") + " ")
    amount = sum(one.amount for one in found)
    count = (
        f"{plural(len(found), f'{kind}requisition')}{what} in the last {args.days} days, "
        f"{format_money(amount)} in all"
        if found
        else f"No {kind}requisition{what} in the last {args.days} days; ask with state 'any' to see all"
    )
    newest = f" Newest: {rows[0]['said']}." if rows else ""
    cards: list[Card] = [_budget_table(budgets)]
    if rows:
        cards.append(_table(rows, len(found)))
    return Answer(
        headline=f"{' '.join(str(budget['said']) for budget in budgets)} {count}.{newest}",
        facts={
            "budgets": budgets,
            "requisitions": rows,
            "count": len(found),
            "amount": amount,
            "amount_said": format_money(amount),
            "item": item.id if item else None,
            "days": args.days,
        },
        cards=tuple(cards),
    )


def _find_requisition(box: Toolbox, said: str) -> Requisition:
    wanted = said.strip()
    found = box.world.get(Requisition, wanted.upper())
    if found is None:
        by_key = box.world.find(Requisition, key=wanted)
        found = by_key[0] if by_key else None
    if found is None:
        raise Problem(
            "unknown",
            f"The ERP has no requisition {said}. Ask by item or cost centre to see what there is.",
            argument="requisition",
        )
    return found


def _one(box: Toolbox, requisition: Requisition) -> Answer:
    row = _row(box, requisition)
    centre = box.world.get(CostCentre, requisition.cost_centre_id)
    budgets = [_budget(box, centre)] if centre else []
    return Answer(
        headline=f"{row['said']}. " + " ".join(str(budget["said"]) for budget in budgets),
        facts={"requisition": row, "budgets": budgets},
        cards=(_table([row], 1),),
    )


def _centres(args: QueryErp, box: Toolbox, item: Item | None) -> list[CostCentre]:
    every = box.world.find(CostCentre, order="id")
    if args.cost_centre is not None:
        return [find_cost_centre(every, args.cost_centre)]
    if item is not None:
        return [centre for centre in every if centre.id == item.cost_centre_id]
    actor = box.context.actor
    own = {grant.scope.cost_centre_id for grant in actor.grants} | {actor.home.cost_centre_id}
    mine = [centre for centre in every if centre.id in own]
    return mine or every


def find_cost_centre(every: list[CostCentre], said: str) -> CostCentre:
    """The cost centre named by number or name.

    Raises:
        Problem: when there is none like it.
    """
    wanted = said.casefold().replace("cost centre", "").replace("cost center", "").strip()
    for centre in every:
        if wanted in (centre.id.casefold(), centre.name.casefold(), f"{centre.id} {centre.name}".casefold()):
            return centre
    names = {centre.id: centre.name.casefold() for centre in every}
    near = process.extractOne(wanted, names, scorer=fuzz.WRatio, score_cutoff=SIMILAR)
    if near is not None:
        return next(centre for centre in every if centre.id == near[2])
    choices = tuple(f"{centre.id} {centre.name}" for centre in every)
    raise Problem(
        "unknown",
        f'There is no cost centre "{said}"; there are {listed(list(choices), 12)}.',
        choices=choices,
        argument="cost_centre",
    )


def _budget(box: Toolbox, centre: CostCentre) -> dict[str, object]:
    waiting = [
        amount
        for (amount,) in box.world.values(Requisition, ("amount",), cost_centre_id=centre.id, state=In(UNDECIDED))
    ]
    left, waits = centre.left_this_month, sum(waiting)
    said = f"Cost centre {centre.id} {centre.name} has {format_money(left)} left this month"
    if waits:
        said += f", {format_money(left - waits)} if all {format_money(waits)} that waits is approved"
    return {
        "cost_centre": centre.id,
        "name": centre.name,
        "left": left,
        "left_said": format_money(left),
        "waiting": waits,
        "waiting_said": format_money(waits),
        "waiting_count": len(waiting),
        "left_after_waiting": left - waits,
        "left_after_waiting_said": format_money(left - waits),
        "said": f"{said}.",
    }


def _row(box: Toolbox, one: Requisition) -> dict[str, object]:
    sites = box.world.find(Site, order="name")
    home = box.context.actor.home.site_id
    site = next((s for s in sites if s.id == home), sites[0])
    created = f"{site.local(one.created_at):%a %d %b %Y %H:%M} {site.timezone}"
    awaits = f", awaits {one.awaits}" if one.awaits else ""
    need = f", needed by {one.need_by:%a %d %b}" if one.need_by else ""
    return {
        "id": one.id,
        "what": f"{one.quantity} x {one.item_id or one.description}",
        "quantity": one.quantity,
        "item": one.item_id,
        "amount": one.amount,
        "amount_said": format_money(one.amount),
        "cost_centre": one.cost_centre_id,
        "state": one.state.replace("_", " "),
        "awaits": one.awaits,
        "requested_by": one.requested_by,
        "created": created,
        "need_by": one.need_by.isoformat() if one.need_by else None,
        "key": one.key,
        "said": (
            f"{one.id}, {one.quantity} x {one.item_id or one.description} for {format_money(one.amount)} on "
            f"{one.cost_centre_id}, is {one.state.replace('_', ' ')}{awaits}{need}; asked by {one.requested_by} "
            f"on {created}"
        ),
    }


def _budget_table(budgets: list[dict[str, object]]) -> TableCard:
    return TableCard(
        title="Budget this month",
        columns=("Cost centre", "Name", "Left", "Waiting", "Left if approved"),
        rows=tuple(
            (
                str(budget["cost_centre"]),
                str(budget["name"]),
                str(budget["left_said"]),
                str(budget["waiting_said"]),
                str(budget["left_after_waiting_said"]),
            )
            for budget in budgets
        ),
    )


def _table(rows: list[dict[str, object]], total: int) -> TableCard:
    shown = ("id", "what", "amount_said", "cost_centre", "state", "awaits", "requested_by", "created", "need_by")
    return TableCard(
        title="Requisitions",
        columns=("Id", "What", "Amount", "Cost centre", "State", "Awaits", "Asked by", "Created", "Needed by"),
        rows=tuple(tuple(str(row[name]) if row[name] is not None else None for name in shown) for row in rows),
        note=f"{len(rows)} of {total} shown" if len(rows) < total else "",
    )
