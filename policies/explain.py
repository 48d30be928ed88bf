"""Why a plan waits for whom: which rule asked for what, line by line."""

from hospital.entity import Record
from policies.decide import Policy
from policies.plans import Plan


class Explanation(Record):
    """One rule that had something to say about a plan. `line` counts from 1; `where` is file and line."""

    line: int
    said: str
    rule: str
    gate: str
    where: str
    asks: str
    why: str


def explain(policy: Policy, plan: Plan) -> tuple[Explanation, ...]:
    """Which rule asks whom for what, for each line, from the inputs that were decided on.

    The rules of today are asked with the plan's stored inputs; `plan.policy_version` says which rules decided then.
    """
    found = []
    for number, (line, told) in enumerate(zip(plan.lines, plan.facts, strict=True)):
        for rule in policy.reasons(plan.asked_by, line.action, told):
            asks = _ask(plan, rule.id) if rule.kind == "needs" else rule.attest or f"not allowed; {rule.instead}"
            found.append(
                Explanation(
                    line=number + 1,
                    said=plan.snapshot[number],
                    rule=rule.id,
                    gate=rule.gate,
                    where=f"{rule.file}:{rule.line}",
                    asks=asks,
                    why=rule.why,
                )
            )
    return tuple(found)


def _ask(plan: Plan, rule_id: str) -> str:
    """Whom the plan's needs of this rule ask."""
    asked = []
    for need in plan.needs:
        if need.rule.partition("@")[0] == rule_id:
            where = ", ".join(str(part) for _, part in need.scope if part is not None) or "all"
            people = f" ({', '.join(need.who)})" if need.who else " (nobody can at the moment)"
            asked.append(f"{need.count} x {need.role.replace('_', ' ').replace('|', ' or ')}, {where}{people}")
    return "; ".join(asked) or "nobody any more"
