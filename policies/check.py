"""`wardline policy check`: do the rules parse, fit the schema and the data, and cover every kind of change?"""

from pathlib import Path
from typing import get_args

from hospital.changes.base import Change
from hospital.changes.catalogue import AnyChange
from policies.data import HERE as DATA
from policies.data import BadPolicyData, PolicyData, load_data
from policies.people import NEXT_LEVEL
from policies.rulebook import HERE as RULES
from policies.rulebook import BadRules, Rules, load_rules


def check_policy(rules: Path = RULES, data: Path = DATA) -> tuple[str, ...]:
    """Everything that is wrong with these rules and this data, as sentences; empty when nothing is."""
    try:
        return problems_of(load_rules(rules), load_data(data))
    except (BadRules, BadPolicyData) as error:
        return (str(error),)


def problems_of(rules: Rules, data: PolicyData) -> tuple[str, ...]:
    """What the schema cannot see: unknown roles, kinds of change that nobody may ask for, odd limits."""
    found: list[str] = []
    for rule in rules.by_id.values():
        named = {*rule.needs, *rule.escalates, *rule.informs} - {NEXT_LEVEL}
        found.extend(
            f"{rule.file}:{rule.line}: {rule.id} names the role {role!r}, which roles.toml does not have"
            for role in sorted(named - set(data.roles))
        )
    allowed = {action for rule in rules.by_id.values() if rule.kind == "permit" for action in rules.actions_of(rule)}
    found.extend(
        f"{kind.__name__} has the action {kind.action!r}, which no permit rule covers"
        for kind in kinds_of_change()
        if kind.action not in allowed
    )
    for centre, limits in data.limits.cost_centres.items():
        if limits.manager_to > limits.director_to:
            found.append(f"limits.toml: cost centre {centre} has a manager above its director")
    found.extend(
        f"read_matrix.toml names the role {role!r}, which roles.toml does not have"
        for role in sorted(set(data.read_matrix.roles) - set(data.roles))
    )
    return tuple(found)


def kinds_of_change() -> tuple[type[Change], ...]:
    """Every kind in the catalogue."""
    union = get_args(AnyChange)[0]
    return tuple(kind for kind in get_args(union))
