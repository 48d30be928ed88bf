"""A small world in which there is only something to buy: one item, and so one need, for each plan."""

from datetime import UTC, datetime

from hospital.changes.supply import OpenRequisition
from hospital.entity import Entity
from hospital.ids import CostCentreId, ItemId, RequisitionId, UserId
from hospital.model.history import Feed
from hospital.model.people import Grant, Scope, User
from hospital.model.places import Site
from hospital.model.supply import CostCentre, Item
from hospital.money import Cents
from hospital.ports import Store
from policies import ledger
from policies.decide import Policy
from policies.drafting import draft_plan
from policies.plans import Plan

NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
"""The business clock of the races."""
CENTRE = CostCentreId("4100")
ASKER = "supply.asker"
PRICE = Cents(100_000)


def voters(policy: Policy) -> tuple[UserId, ...]:
    """Who may say yes to a purchase of this price: the manager of the centre and their delegates of the day."""
    managers = policy.data.limits.cost_centres[CENTRE].manager
    return (*managers, *(to for of in managers for to in policy.data.delegates_of(of, NOW.date())))


def stock(store: Store, policy: Policy, plans: int) -> None:
    """The asker, the voters, the cost centre, fresh feeds, and so many items."""
    at = Scope(cost_centre_id=CENTRE)
    people = [User(id=ASKER, name="Asker", grants=(Grant(role="supply_chain", scope=at),), home=at)]
    people += [User(id=one, name=str(one), grants=(), home=at) for one in voters(policy)]
    things: list[Entity] = [
        Site(id="hill", name="Hill", timezone="America/Chicago", state="IL"),
        CostCentre(id=CENTRE, name="Periop", left_this_month=1_000_000_000),
        Feed(id="erp", last_event_at=NOW),
        *people,
        *(item(number) for number in range(plans)),
    ]
    with store.working() as work:
        work.put(*things)


def item(number: int) -> Item:
    """One of the things to buy."""
    name = f"ITEM-{number}"
    return Item(
        id=name, name=name, kind="set", unit_cost=PRICE, cost_centre_id=CENTRE, supplier="Acme", lead_time_days=5
    )


def purchase(number: int) -> OpenRequisition:
    """One of that item."""
    return OpenRequisition(
        requisition_id=RequisitionId(f"REQ-{number}"),
        item_id=ItemId(f"ITEM-{number}"),
        description=f"ITEM-{number}",
        quantity=1,
        unit_cost=PRICE,
        cost_centre_id=CENTRE,
        purpose="stock",
        requested_by=UserId(ASKER),
        requested_at=NOW,
    )


def ask(store: Store, policy: Policy, numbers: range) -> tuple[str, ...]:
    """One waiting plan for each of these items; their ids."""
    asked = []
    for number in numbers:
        with store.reading() as world:
            asker = world.get(User, ASKER)
            assert asker is not None
            plan: Plan = draft_plan(world, policy, asker, f"Buy {number}", (purchase(number),), NOW)
        outcome = ledger.submit(store, policy, plan, NOW, "workflow")
        if outcome.status != "awaiting":
            raise AssertionError(f"{plan.id} does not wait: {outcome.sentence}")
        asked.append(str(plan.id))
    return tuple(asked)
