"""Which rules can never decide: Cedar is asked with every combination of the values that a rule itself names."""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import cedarpy

from policies.rulebook import Rule, Rules

MOST_TRIES = 4_000
"""Of more combinations than this, a seeded sample is tried."""
Field = tuple[str, bool]
"""The Cedar type of a fact, and whether it may be left out."""

_TYPE = re.compile(r"type (\w+) = \{(.*?)\};", re.DOTALL)
_FIELD = re.compile(r"(\w+)(\?)?\s*:\s*([\w<>]+)")
_ACTION = re.compile(r"action ([\w, \n]+?)(?: in \[[\w, ]*\])? appliesTo\s*\{.*?line: (\w+)", re.DOTALL)
_NAMED = re.compile(r"context\.(ask|line|money)(?:\.| has )(\w+)")


def unreachable(rules: Rules) -> list[Rule]:
    """The rules for which no combination of facts was found that makes them decide."""
    shapes = shapes_of(rules.schema_text)
    always_no = {
        action
        for rule in rules.by_id.values()
        if rule.kind == "never" and not re.search(r"\b(when|unless)\b", rule.text)
        for action in rules.actions_of(rule)
    }
    return [rule for rule in rules.by_id.values() if not _is_reached(rule, rules, shapes, always_no)]


def shapes_of(schema: str) -> dict[str, dict[str, dict[str, Field]]]:
    """For each action the fields of `ask`, `line` and `money`, as the schema text declares them."""
    types = {
        name: {field: (kind, bool(optional)) for field, optional, kind in _FIELD.findall(_without_comments(body))}
        for name, body in _TYPE.findall(schema)
    }
    return {
        action.strip(): {"ask": types["Ask"], "line": types[line], "money": types["Money"]}
        for names, line in _ACTION.findall(_without_comments(schema))
        for action in names.split(",")
    }


def _without_comments(text: str) -> str:
    return re.sub(r"//[^\n]*", "", text)


def _is_reached(
    rule: Rule, rules: Rules, shapes: dict[str, dict[str, dict[str, Field]]], always_no: set[str]
) -> bool:
    actions = [action for action in rules.actions_of(rule) if action in shapes]
    unconditional = rule.kind == "never" and not re.search(r"\b(when|unless)\b", rule.text)
    if not unconditional:
        actions = [action for action in actions if action not in always_no]
    if not rule.actions:
        return True
    alone = cedarpy.PolicySet.from_str(rule.text)
    return any(_decides(alone, action, rule, shapes[action], rules.schema) for action in actions)


def _decides(
    alone: cedarpy.PolicySet, action: str, rule: Rule, shape: dict[str, dict[str, Field]], schema: Any
) -> bool:
    requests = [
        {
            "principal": {"type": "User", "id": "u"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Place", "id": "p"},
            "context": context,
        }
        for context in _contexts(rule, shape)
    ]
    actions = cedarpy.Entities.from_json_str("[]", schema)
    return any(answer.diagnostics.reasons for answer in cedarpy.is_authorized_batch(requests, alone, actions, schema))


def _contexts(rule: Rule, shape: dict[str, dict[str, Field]]) -> Iterator[dict[str, Any]]:
    """Every combination of the values worth trying for what the rule names; anything else as plain as can be."""
    named = sorted(set(_NAMED.findall(rule.text)))
    plain = {
        part: {name: _plain(kind) for name, (kind, optional) in fields.items() if not optional}
        for part, fields in shape.items()
    }
    varied = [(part, name) for part, name in named if name in shape[part]]
    choices = [_values(rule.text, *shape[part][name]) for part, name in varied]
    combinations: Sequence[tuple[Any, ...]] = list(product(*choices))
    if len(combinations) > MOST_TRIES:
        combinations = random.Random(0).sample(combinations, MOST_TRIES)
    for values in combinations:
        context = {part: dict(fields) for part, fields in plain.items()}
        for (part, name), value in zip(varied, values, strict=True):
            if value is not None:
                context[part][name] = value
        yield context


def _values(text: str, kind: str, optional: bool) -> list[Any]:
    literals = re.findall(r'"([^"]*)"', text.partition("forbid")[2] or text.partition("permit")[2])
    numbers = {int(number) for number in re.findall(r"(?<![\w.\"-])\d+\b", _without_notes(text))}
    by_type: dict[str, list[Any]] = {
        "Bool": [True, False],
        "Long": sorted({0, 1, 2, 3, *(number + by for number in numbers for by in (-1, 0, 1))}),
        "String": ["", "other", *dict.fromkeys(literals)],
        "Set<String>": [[], ["other"], list(literals), *([one] for one in dict.fromkeys(literals))],
    }
    return [None, *by_type[kind]] if optional else by_type[kind]


def _without_notes(text: str) -> str:
    return re.sub(r"@\w+\(\"[^\"]*\"\)", "", text)


def _plain(kind: str) -> Any:
    return {"Bool": False, "Long": 0, "String": "", "Set<String>": []}[kind]
