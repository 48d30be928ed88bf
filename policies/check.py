"""`wardline policy check`: do the rules parse, fit the schema and the data, and can each of them ever decide?"""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from hospital.changes.base import Change
from hospital.changes.catalogue import AnyChange
from policies.data import HERE as DATA
from policies.data import BadPolicyData, PolicyData, load_data
from policies.people import NEXT_LEVEL
from policies.reach import shapes_of, unreachable
from policies.rulebook import HERE as RULES
from policies.rulebook import BadRules, Rules, load_rules


def check_policy(rules: Path = RULES, data: Path = DATA) -> tuple[str, ...]:
    """Everything that is wrong with these rules and this data, as sentences; empty when nothing is."""
    try:
        return problems_of(load_rules(rules), load_data(data))
    except (BadRules, BadPolicyData) as error:
        return (str(error),)


def problems_of(rules: Rules, data: PolicyData) -> tuple[str, ...]:
    """What the schema cannot see, as sentences with the file and line where there is one."""
    return (
        *_unknown_roles(rules, data),
        *_without_a_rule(rules),
        *_ending_nowhere(rules),
        *(f"{rule.file}:{rule.line}: {rule.id} can never decide anything" for rule in unreachable(rules)),
        *_odd_data(data),
    )


def kinds_of_change() -> tuple[type[Change], ...]:
    """Every kind in the catalogue."""
    union = get_args(AnyChange)[0]
    return tuple(kind for kind in get_args(union))


def _unknown_roles(rules: Rules, data: PolicyData) -> Iterator[str]:
    for rule in rules.by_id.values():
        for role in sorted({*rule.needs, *rule.escalates, *rule.informs} - {NEXT_LEVEL} - set(data.roles)):
            yield f"{rule.file}:{rule.line}: {rule.id} names the role {role!r}, which roles.toml does not have"


def _without_a_rule(rules: Rules) -> Iterator[str]:
    """Actions that no rule allows or refuses by name, and changes that nobody may ask for."""
    allowed = {action for rule in rules.by_id.values() if rule.kind == "permit" for action in rules.actions_of(rule)}
    refused = {action for rule in rules.by_id.values() if rule.kind == "never" for action in rule.actions}
    for action in sorted(set(shapes_of(rules.schema_text)) - allowed - refused):
        yield f"schema.cedarschema: the action {action!r} has no rule: nobody may do it and nothing says why"
    for kind in kinds_of_change():
        if kind.action not in allowed:
            yield f"{kind.__name__} has the action {kind.action!r}, which no permit rule covers"


def _ending_nowhere(rules: Rules) -> Iterator[str]:
    """Needs that nobody hears of when their time is over."""
    for rule in rules.by_id.values():
        if rule.needs and not rule.escalates and not rule.informs:
            yield f"{rule.file}:{rule.line}: {rule.id} ends nowhere: it says neither @escalates nor @informs"


def _odd_data(data: PolicyData) -> Iterator[str]:
    for centre, limits in data.limits.cost_centres.items():
        if limits.manager_to > limits.director_to:
            yield f"limits.toml: cost centre {centre} has a manager above its director"
    for role in sorted(set(data.read_matrix.roles) - set(data.roles)):
        yield f"read_matrix.toml names the role {role!r}, which roles.toml does not have"
    for duty in data.on_call.duty:
        for role in sorted(set(duty.roles) - set(data.roles)):
            yield f"oncall.toml names the role {role!r}, which roles.toml does not have"
