"""Reading the Cedar rules: parsed once, checked against the schema, each with its annotations."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cedarpy

from hospital.entity import Record

HERE = Path(__file__).parent / "rules"
SCHEMA = "schema.cedarschema"


class BadRules(Exception):
    """A rule does not parse, does not fit the schema or is annotated wrongly; names file and line."""


class Rule(Record):
    """One rule as written: what it asks of whom, and why."""

    id: str
    effect: Literal["permit", "forbid"]
    file: str
    line: int
    actions: tuple[str, ...]
    gate: str = ""
    needs: tuple[str, ...] = ()
    """The roles any of which fills it; empty for a rule that no vote satisfies."""
    scope: str = ""
    of: str = ""
    """The fact that names the clinicians whose own yes it is."""
    count: int = 1
    order: int = 1
    expires_minutes: int | None = None
    latest: str = ""
    escalates: tuple[str, ...] = ()
    informs: tuple[str, ...] = ()
    attest: str = ""
    glass: bool = False
    """Whether breaking the glass stands in for its votes."""
    why: str = ""
    instead: str = ""
    text: str = ""
    """As it is written."""

    @property
    def kind(self) -> Literal["permit", "needs", "attest", "never"]:
        """What it is when it decides."""
        if self.effect == "permit":
            return "permit"
        return "needs" if self.needs else "attest" if self.attest else "never"


@dataclass(frozen=True)
class About:
    """The rules about one action, parsed; which is which by Cedar's own name for it; and every vote they look for."""

    policies: cedarpy.PolicySet
    named: dict[str, Rule]
    votes: tuple[str, ...]


class Rules:
    """All rules, parsed and checked. `by_id` finds one by its `@id`, `about` those of an action."""

    def __init__(self, rules: tuple[Rule, ...], schema: Any, schema_text: str, fingerprint: str) -> None:
        self.by_id = {rule.id: rule for rule in rules}
        self.schema = schema
        self.schema_text = schema_text
        self.fingerprint = fingerprint
        self._groups = _groups(schema)
        self._rules = rules
        self._about: dict[str, About] = {}

    def about(self, action: str) -> "About":
        """The rules that can decide this action; no other can match it, so that the rest need not be evaluated."""
        if action not in self._about:
            wanted = [rule for rule in self._rules if not rule.actions or action in self.actions_of(rule)]
            named = {f"policy{number}": rule for number, rule in enumerate(wanted)}
            votes = tuple(f"{rule.id}:{n}" for rule in wanted if rule.needs for n in range(1, rule.count + 1))
            self._about[action] = About(cedarpy.PolicySet.from_str("\n".join(r.text for r in wanted)), named, votes)
        return self._about[action]

    def actions_of(self, rule: Rule) -> tuple[str, ...]:
        """The actions a rule is about, those of the groups it names included."""
        found: list[str] = []
        for name in rule.actions:
            found.append(name)
            found.extend(action for action, groups in self._groups.items() if name in groups)
        return tuple(dict.fromkeys(found))


def load_rules(folder: Path = HERE) -> Rules:
    """Parse and check the schema and every `.cedar` file of a folder.

    Raises:
        BadRules: naming file and line.
    """
    return read_rules({path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.cedar*")}, folder)


def read_rules(files: Mapping[str, str], folder: Path = HERE) -> Rules:
    """Parse and check rules given as text by file name; `folder` only says where they are in what is wrong.

    Raises:
        BadRules: naming file and line.
    """
    schema_text = files.get(SCHEMA)
    if schema_text is None:
        raise BadRules(f"{folder / SCHEMA}: there is no schema")
    try:
        schema = cedarpy.Schema.from_str(schema_text)
    except ValueError as error:
        raise BadRules(f"{folder / SCHEMA}:{_schema_line(schema_text)}: {error}") from error
    rules: list[Rule] = []
    texts: list[str] = []
    for name in sorted(name for name in files if name.endswith(".cedar")):
        text = files[name]
        rules.extend(_rules_of(folder / name, text, schema))
        texts.append(text)
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise BadRules(f"{rule.file}:{rule.line}: @id {rule.id!r} is used in {seen[rule.id].file} already")
        seen[rule.id] = rule
    whole = "\n".join(texts)
    fingerprint = hashlib.sha256((schema_text + whole).encode()).hexdigest()
    return Rules(tuple(rules), schema, schema_text, fingerprint)


def _schema_line(text: str) -> int:
    """The line up to which the schema can still be read: statements are taken away from its end."""
    ends = [found.end() for found in re.finditer(r";", text)]
    for end in ends:
        try:
            cedarpy.Schema.from_str(text[:end])
        except ValueError as error:
            # A name that is only declared further down is not the mistake.
            if "parsing" in str(error):
                return text.count("\n", 0, end) + 1
    return text.count("\n") + 1


def _groups(schema: Any) -> dict[str, set[str]]:
    """Every action with the groups above it."""
    entities = json.loads(str(cedarpy.Entities.from_json_str("[]", schema)))
    above = {one["uid"]["id"]: {parent["id"] for parent in one["parents"]} for one in entities}
    return {action: groups.union(*(above.get(group, set()) for group in groups)) for action, groups in above.items()}


def _rules_of(path: Path, text: str, schema: Any) -> list[Rule]:
    starts = _starts(text)
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    except ValueError as error:
        raise BadRules(f"{path}:{_failing_line(text, starts)}: {error}") from error
    rules = []
    for number in range(len(parsed)):
        line = starts[number][1] if number < len(starts) else 1
        body = parsed[f"policy{number}"]
        written = text[starts[number][0] : starts[number + 1][0] if number + 1 < len(starts) else len(text)]
        rules.append(_rule(path, line, body, written))
    checked = cedarpy.validate_policies(text, schema)
    if not checked.validation_passed:
        first = checked.errors[0]
        at = next((r for n, r in enumerate(rules) if f"policy{n}" == first.policy_id), None)
        raise BadRules(f"{path}:{at.line if at else 1}: {first.error}")
    return rules


_START = re.compile(r"^@id\(", re.MULTILINE)


def _starts(text: str) -> list[tuple[int, int]]:
    """Where each rule starts, as (offset, line): each begins with its `@id`."""
    return [(found.start(), text.count("\n", 0, found.start()) + 1) for found in _START.finditer(text)]


def _failing_line(text: str, starts: list[tuple[int, int]]) -> int:
    """The line of the first rule that does not parse alone."""
    for number, (offset, line) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        try:
            cedarpy.PolicySet.from_str(text[offset:end])
        except ValueError:
            return line
    return 1


def _rule(path: Path, line: int, body: dict[str, Any], written: str) -> Rule:
    notes: dict[str, str] = body.get("annotations", {})
    where = f"{path}:{line}"
    if not notes.get("id"):
        raise BadRules(f"{where}: a rule begins with its @id")
    action = body["action"]
    entities = action.get("entities") or ([action["entity"]] if "entity" in action else [])
    try:
        rule = Rule(
            id=notes["id"],
            effect=body["effect"],
            file=path.name,
            line=line,
            actions=tuple(entity["id"] for entity in entities),
            gate=notes.get("gate", ""),
            needs=_split(notes.get("needs", ""), "|"),
            scope=notes.get("scope", ""),
            of=notes.get("of", ""),
            count=int(notes.get("count", "1")),
            order=int(notes.get("order", "1")),
            expires_minutes=_minutes(notes["expires"]) if "expires" in notes else None,
            latest=notes.get("latest", ""),
            escalates=_split(notes.get("escalates", ""), ","),
            informs=_split(notes.get("informs", ""), ","),
            attest=notes.get("attest", ""),
            glass="context.ask.glass" in written,
            why=notes.get("why", ""),
            instead=notes.get("instead", ""),
            text=written.strip(),
        )
    except ValueError as error:
        raise BadRules(f"{where}: {error}") from error
    _require(rule, written, where)
    return rule


def _require(rule: Rule, written: str, where: str) -> None:
    """Refuse annotations that do not say what the rule does."""
    if rule.kind == "needs":
        if f'"{rule.id}:{rule.count}"' not in written:
            raise BadRules(f'{where}: {rule.id} needs {rule.count}, so it must look for "{rule.id}:{rule.count}"')
        if rule.scope not in SCOPES or rule.expires_minutes is None:
            raise BadRules(f"{where}: {rule.id} must say @scope ({', '.join(SCOPES)}) and @expires")
        if rule.scope == "cost_centre" and rule.glass:
            raise BadRules(f"{where}: {rule.id} is about money, which broken glass never waives")
    elif rule.glass:
        raise BadRules(f"{where}: {rule.id} asks for nobody, so broken glass cannot stand in for anybody")
    if rule.effect == "forbid" and not rule.why:
        raise BadRules(f"{where}: {rule.id} must say @why")
    if rule.kind == "never" and not rule.instead:
        raise BadRules(f"{where}: {rule.id} is never allowed, so it must say what there is @instead")


SCOPES: dict[str, tuple[str, ...]] = {
    "all": (),
    "site": ("site_id",),
    "unit": ("site_id", "unit_id"),
    "clinic": ("site_id", "service_id"),
    "service": ("service_id",),
    "cost_centre": ("cost_centre_id",),
}
"""What `@scope` takes over from the scope of the line."""


def _split(text: str, by: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(by) if part.strip())


def _minutes(text: str) -> int:
    """`4h` or `30m` in minutes."""
    found = re.fullmatch(r"(\d+)([hm])", text)
    if found is None:
        raise ValueError(f"{text!r} is not a time such as 4h or 30m")
    return int(found[1]) * (60 if found[2] == "h" else 1)
