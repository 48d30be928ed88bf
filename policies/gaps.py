"""Where a gate would ask nobody: roles that nobody holds in some scope, escalations that end nowhere."""

from collections.abc import Iterator
from datetime import datetime

from hospital.entity import Record
from hospital.model.people import Scope
from hospital.model.places import Clinic, Service, Site, Unit
from hospital.model.supply import CostCentre
from hospital.ports import Reader
from policies.data import MONEY_ROLES, PolicyData
from policies.people import NEXT_LEVEL, Roster
from policies.plans import Need
from policies.rulebook import Rule, Rules


class Gap(Record):
    """One role of a rule that nobody active holds in these scopes."""

    rule: str
    role: str
    escalates: bool
    """Whether it is the role it escalates to."""
    where: tuple[str, ...]

    def sentence(self) -> str:
        """As people read it."""
        what = "escalates to" if self.escalates else "asks"
        shown = ", ".join(self.where[:4]) + (f" and {len(self.where) - 4} more" if len(self.where) > 4 else "")
        return f"{self.rule} {what} {self.role.replace('_', ' ').replace('|', ' or ')}, which nobody holds in {shown}"


def gaps_of(world: Reader, rules: Rules, data: PolicyData, now: datetime) -> tuple[Gap, ...]:
    """Every need and escalation that would find nobody, in every site, unit, clinic, service and cost centre."""
    roster = Roster(world, data, now)
    found = []
    for rule in rules.by_id.values():
        if not rule.needs or rule.of:  # a surgeon's own yes has no holder but that surgeon
            continue
        scopes = tuple(scopes_of(world, rule.scope))
        asked = [scope for scope in scopes if not roster.eligible(_need(rule, scope), ())]
        found.append(Gap(rule=rule.id, role="|".join(rule.needs), escalates=False, where=_names(asked)))
        if rule.scope == "cost_centre" and set(rule.escalates) - {NEXT_LEVEL} - set(MONEY_ROLES):
            continue  # it is looked up where the line is, not at the cost centre
        # Looked up where the line is, which names a site too.
        places = tuple(scopes_of(world, "clinic")) if rule.scope == "service" else scopes
        told = [place for place in places if not roster.next_in_line(_need(rule, place), ())]
        if rule.escalates and rule.needs != (tuple(MONEY_ROLES)[-1],):
            found.append(Gap(rule=rule.id, role="|".join(rule.escalates), escalates=True, where=_names(told)))
    return tuple(gap for gap in found if gap.where)


def scopes_of(world: Reader, kind: str) -> Iterator[Scope]:
    """Every place in this world that a rule with this `@scope` can be about."""
    if kind == "all":
        yield Scope()
    elif kind == "site":
        yield from (Scope(site_id=site.id) for site in world.find(Site, order="id"))
    elif kind == "unit":
        yield from (Scope(site_id=unit.site_id, unit_id=unit.id) for unit in world.find(Unit, order="id"))
    elif kind == "clinic":
        pairs = {(clinic.site_id, clinic.service_id) for clinic in world.find(Clinic)}
        yield from (Scope(site_id=site, service_id=service) for site, service in sorted(pairs))
    elif kind == "service":
        served = {clinic.service_id for clinic in world.find(Clinic)}
        yield from (Scope(service_id=one.id) for one in world.find(Service, order="id") if one.id in served)
    else:
        yield from (Scope(cost_centre_id=one.id) for one in world.find(CostCentre, order="id"))


def _need(rule: Rule, scope: Scope) -> Need:
    role = "|".join(rule.needs)
    return Need(rule=rule.id, role=role, scope=scope, why=rule.why, escalates_to=rule.escalates, where=scope)


def _names(scopes: list[Scope]) -> tuple[str, ...]:
    return tuple("/".join(str(part) for _, part in scope if part is not None) or "all" for scope in scopes)
