"""Purchases: price, budget, who may approve how much, and that nothing is bought twice or in pieces."""

import re
from datetime import timedelta

from evals.checks.look import Wrong, audited, cites, first_wrong, new_rows, plan_of, same, say, words_of
from evals.replay import Played
from hospital.changes.supply import OpenRequisition
from hospital.model.supply import CostCentre, Item, Requisition
from hospital.money import format_money
from hospital.ports import Range
from policies.data import load_data
from policies.plans import Plan

DEAD = ("draft", "rejected", "returned", "withdrawn", "cancelled")


def people_for(centre: str, amount: int) -> tuple[str, set[str]]:
    """Manager, director or finance, and their names, by the limits of the cost centre."""
    limits = load_data().limits
    own = limits.cost_centres[centre]
    if amount <= own.manager_to:
        return "manager", {str(who) for who in own.manager}
    if amount <= own.director_to:
        return "director", {str(who) for who in own.director}
    return "finance", {str(who) for who in limits.finance}


def _purchase(played: Played) -> tuple[Plan, OpenRequisition] | str:
    plan = plan_of(played) or plan_of(played, played.turns[0])
    lines = [line for line in plan.lines if isinstance(line, OpenRequisition)] if plan else []
    if plan is None or len(lines) != 1 or len(plan.lines) != 1:
        return "there is no plan that opens one requisition"
    return plan, lines[0]


def price_times_quantity(played: Played) -> Wrong:
    """The item and quantity asked for, at the item's own price."""
    found = _purchase(played)
    if isinstance(found, str):
        return found
    plan, line = found
    item = played.after.get(Item, played.about("item"))
    if item is None:
        return f"there is no item {played.about('item')}"
    cost = item.unit_cost * int(played.about("quantity"))
    return first_wrong(
        same("item", line.item_id, item.id),
        same("quantity", line.quantity, int(played.about("quantity"))),
        same("cost", plan.cost, cost),
        say(words_of(played.last), re.escape(format_money(item.unit_cost)), re.escape(format_money(cost))),
    )


def budget_left(played: Played) -> Wrong:
    """What each cost centre of the plan has left, as its row says."""
    plan = plan_of(played)
    if plan is None:
        return "no plan is shown"
    ids = {str(id) for line in plan.lines if (id := line.scope(played.after).cost_centre_id)}
    for centre_id in ids:
        centre = played.after.get(CostCentre, centre_id)
        if centre is None or format_money(centre.left_this_month) not in words_of(played.last):
            return f"what cost centre {centre_id} has left is not told"
    return None if ids else "no cost centre is touched"


def approver_by_limit(played: Played) -> Wrong:
    """Whoever may spend all that was asked for the same need in the limits' days, this purchase included."""
    found = _purchase(played)
    if isinstance(found, str):
        return found
    plan, line = found
    since = played.line.clock.now() - timedelta(days=load_data().limits.window_days)
    amount = line.quantity * line.unit_cost
    for bought in played.before.find(Requisition, item_id=line.item_id, created_at=Range(at_least=since)):
        if bought.cost_centre_id == line.cost_centre_id and bought.state not in DEAD:
            amount += bought.amount
    level, people = people_for(str(line.cost_centre_id), amount)
    role = "finance_controller" if level == "finance" else f"cost_centre_{level}"
    needs = [(need.role, set(map(str, need.who)) >= people - {str(plan.asked_by)}) for need in plan.needs]
    return first_wrong(
        None if plan.state in ("awaiting", "committed", "delivered", "ambiguous") else f"the plan is {plan.state}",
        same("who must approve", needs, [(role, True)]),
        say(words_of(played.turns[0]), re.escape(format_money(amount)), level),
    )


def nothing_done_twice(played: Played) -> Wrong:
    """One plan per request, each with a key of its own, and as many requisitions as were committed."""
    found = _purchase(played)
    if isinstance(found, str):
        return found
    plan, _ = found
    if not plan.key or played.after.count(Plan, key=plan.key) != 1:
        return "the request has no key of its own"
    twins = [other for other in new_rows(played, Plan) if other.snapshot == plan.snapshot]
    return None if len(twins) == 1 else f"{len(twins)} plans say the same"


def amounts_add_up(played: Played) -> Wrong:
    """It is said that amounts add up, and the handbook's page on it is quoted."""
    return first_wrong(
        say(words_of(played.last), "added up|aggregate|together"), cites(played, "Requisitions and delegated limits")
    )


def noted_in_audit(played: Played) -> Wrong:
    """The refusal is a link of the audit chain, in the name of whoever asked."""
    noted = [e for e in audited(played) if e.actor == played.script.user and e.why.startswith("refused")]
    return None if noted else "the audit chain does not know of the refusal"


def only_first_turn_counts(played: Played) -> Wrong:
    """One plan, and it is as it was when it was made; no requisition."""
    plans = new_rows(played, Plan)
    made = new_rows(played, Requisition)
    shown = played.turns[0].plan
    if shown is None or [plan.id for plan in plans] != [shown.id]:
        return f"{len(plans)} plans were made"
    return first_wrong(same("digest", plans[0].digest, shown.digest), same("requisitions made", len(made), 0))
