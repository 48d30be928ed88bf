"""How the desk says what became of a write: who must agree, what was refused and what would work."""

from hospital.cards import PlanCard
from hospital.model.people import User
from hospital.model.places import Site
from hospital.model.supply import CostCentre
from hospital.money import format_money
from hospital.ports import Reader
from policies.plans import Need, Plan, needs_view

ROLE_WORDS = {"cno_delegate": "CNO delegate", "or_charge": "OR charge nurse", "finance": "finance controller"}


def say_role(role: str) -> str:
    """`nurse_manager` as people say it; one of several joined with "or"."""
    return " or ".join(ROLE_WORDS.get(part, part.replace("_", " ")) for part in role.split("|"))


def say_need(world: Reader, need: Need) -> str:
    """`periop director (Dana Reyes): above the manager's limit`."""
    names = [user.name if (user := world.get(User, who)) else who for who in need.who]
    who = f" ({' or '.join(names)})" if names else " (nobody is on duty; it escalates)"
    return f"{say_role(need.role)}{who}"


def say_waiting(world: Reader, plan: Plan) -> str:
    """Who must say yes, in their order, and until when."""
    parts = [say_need(world, need) for need in sorted(plan.needs, key=lambda need: need.order)]
    ordered = len({need.order for need in plan.needs}) > 1
    who = ", then ".join(parts) if ordered else " and ".join(parts)
    reasons = "; ".join(dict.fromkeys(_inside(need.why) for need in plan.needs))
    until = f" It expires {say_time(world, plan)}." if plan.expires_at else ""
    return f"{plan.id} now waits for {who}, because {reasons}.{until} Nothing happens before that."


def _inside(why: str) -> str:
    """A reason as part of a sentence: its first word keeps a capital only when it is a name or an abbreviation."""
    first = why.split(" ", 1)[0]
    return why if first[1:] != first[1:].lower() or first[:1].isdigit() else why[:1].lower() + why[1:]


def say_time(world: Reader, plan: Plan) -> str:
    """When a plan expires, on the clock of the site it is about, else in UTC."""
    assert plan.expires_at is not None
    sites = [one for line in plan.lines if (one := line.scope(world).site_id)]
    site = world.get(Site, sites[0]) if sites else next(iter(world.find(Site, order="id", limit=1)), None)
    moment = site.local(plan.expires_at) if site else plan.expires_at
    return f"{moment:%a %d %b %H:%M}"


def plan_card(world: Reader, plan: Plan, state: str | None = None) -> PlanCard:
    """The plan as people look at it."""
    asker = world.get(User, plan.asked_by)
    budget = [
        f"{centre.name} has {format_money(centre.left_this_month)} left this month"
        for centre_id in dict.fromkeys(line.scope(world).cost_centre_id for line in plan.lines)
        if centre_id and plan.cost and (centre := world.get(CostCentre, centre_id))
    ]
    return PlanCard(
        plan_id=plan.id,
        digest=plan.digest,
        state=state or plan.state,
        title=plan.title,
        lines=plan.snapshot,
        cost=format_money(plan.cost) if plan.cost else "",
        effect=tuple(dict.fromkeys((*plan.effect.notes, *budget))),
        needs=needs_view(plan, ()),
        asked_by=asker.name if asker else plan.asked_by,
        expires_at=plan.expires_at,
        constraints=(*(f"binds: {b}" for b in plan.report.binding), *plan.report.slack),
    )
