"""From rules that ask for people to the needs of a plan, and from votes back to what the rules look for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hospital.changes.base import Change
from hospital.ids import ClinicianId
from hospital.model.people import Scope
from hospital.money import format_money
from hospital.ports import Reader
from policies.context import cost_centre_of
from policies.data import MONEY_ROLES
from policies.plans import Need, Vote
from policies.rulebook import SCOPES, Rule


def needs_of(
    world: Reader, asked: Sequence[tuple[Change, Mapping[str, Any]]], rules: Sequence[list[Rule]]
) -> tuple[tuple[Need, ...], list[list[Need]]]:
    """All needs, one per rule, scope and clinician; and which of them each line has."""
    per_line: list[list[Need]] = []
    for (line, told), found in zip(asked, rules, strict=True):
        scope = line.scope(world)
        per_line.append([n for rule in found if rule.needs for n in _needs_of(rule, line, scope, told)])
    distinct = {_key(need): need for needs in per_line for need in needs}
    several = [need.rule for need in distinct.values()]
    named = {
        key: need.model_copy(update={"rule": f"{need.rule}@{_label(need)}"}) if several.count(need.rule) > 1 else need
        for key, need in distinct.items()
    }
    merged = tuple(sorted(named.values(), key=lambda need: (need.order, need.rule)))
    return merged, [[named[_key(need)] for need in needs] for needs in per_line]


def _key(need: Need) -> tuple[str, Scope, ClinicianId | None]:
    return (need.rule, need.scope, need.of)


def _label(need: Need) -> str:
    return "/".join(str(part) for part in (need.of, *(value for _, value in need.scope)) if part) or "all"


def _needs_of(rule: Rule, line: Change, scope: Scope, told: Mapping[str, Any]) -> list[Need]:
    facts = told["line"]
    named = {name: getattr(scope, name) for name in SCOPES[rule.scope]}
    if "cost_centre_id" in named:
        named["cost_centre_id"] = cost_centre_of(facts, scope)
    where = scope.model_copy(update={"cost_centre_id": cost_centre_of(facts, scope)})
    owners: list[str | None] = [None]
    if rule.of:
        said = facts.get(rule.of, ())
        owners = [said] if isinstance(said, str) else list(said)
    return [
        Need(
            rule=rule.id,
            role="|".join(rule.needs),
            scope=Scope(**named),
            count=rule.count,
            order=rule.order,
            why=_why(rule, line, told["money"]),
            escalates_to=rule.escalates,
            of=ClinicianId(owner) if owner else None,
            where=where,
        )
        for owner in owners
    ]


def _why(rule: Rule, line: Change, money: Mapping[str, Any]) -> str:
    if not any(role in MONEY_ROLES for role in rule.needs):
        return rule.why
    return (
        f"{rule.why} ({format_money(money['amount'])} in all; manager to {format_money(money['manager_to'])}, "
        f"director to {format_money(money['director_to'])})"
    )


def approvals(votes: Iterable[Vote]) -> dict[str, int]:
    """How many distinct people approved each need."""
    people: dict[str, set[str]] = {}
    for vote in votes:
        if vote.decision == "approve":
            people.setdefault(vote.rule, set()).add(vote.user_id)
    return {rule: len(users) for rule, users in people.items()}


def filled(needs: Sequence[Need], have: Mapping[str, int]) -> list[str]:
    """`rule:n` for the votes a line has; a rule that asks several people of it counts the one with fewest."""
    fewest: dict[str, int] = {}
    for need in needs:
        rule = need.rule.partition("@")[0]
        fewest[rule] = min(fewest.get(rule, need.count), have.get(need.rule, 0))
    return [f"{rule}:{n}" for rule, count in fewest.items() for n in range(1, count + 1)]
