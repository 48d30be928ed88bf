"""The table of the gates, held against the rules as they are written: whom, where, in which order, until when."""

import pytest

from policies.decide import load_policy
from policies.rulebook import Rule

POLICY = load_policy()

TABLE = """
change-case.surgeon         | surgeon (of surgeons)           | site        | 1 | 4h and starts_at-30m       | or_charge, periop_director |
change-case.anaesthesia     | anaesthesia_lead                | site        | 1 | 4h and starts_at-30m       | or_charge, periop_director |
displacement.charge         | or_charge                       | site        | 1 | 1h                         | periop_director            |
displacement.anaesthesia    | anaesthesia_lead                | site        | 1 | 1h                         | periop_director            |
displacement.surgeon        | surgeon (of surgeons)           | site        | 1 | 1h                         | periop_director            |
elective-wave.nursing       | cno_delegate                    | site        | 1 | 4h                         |                            | finance_controller
elective-wave.periop        | periop_director                 | site        | 1 | 4h                         |                            | finance_controller
substitute-item.surgeon     | surgeon (of surgeon)            | site        | 1 | 24h and starts_at-12h      | or_charge                  |
release-block.owner         | surgeon|periop_director (of owner) | site     | 1 | 720h and auto_release_at-0m | periop_director           |
overbook.director           | clinic_medical_director         | clinic      | 1 | 24h                        | service_line_manager       |
waitlist.director           | clinic_medical_director         | clinic      | 1 | 2h                         | service_line_manager       |
template.director           | clinic_medical_director         | service     | 1 | 48h                        | service_line_manager       |
template.cost-manager       | cost_centre_manager             | cost_centre | 1 | 48h                        | service_line_manager       |
template.cost-director      | cost_centre_director            | cost_centre | 1 | 48h                        | service_line_manager       |
template.cost-finance       | finance_controller              | cost_centre | 1 | 48h                        | service_line_manager       |
placement.supervisor        | nursing_supervisor              | site        | 1 | 1h                         | cno_delegate               |
float-competency.supervisor | nursing_supervisor              | site        | 1 | 2h                         | cno_delegate               |
surge.nursing               | cno_delegate                    | site        | 1 | 2h                         | finance_controller         |
surge.cost-manager          | cost_centre_manager             | cost_centre | 2 | 2h                         | finance_controller         |
surge.cost-director         | cost_centre_director            | cost_centre | 2 | 2h                         | finance_controller         |
surge.cost-finance          | finance_controller              | cost_centre | 2 | 2h                         | finance_controller         |
overtime.manager            | nurse_manager                   | unit        | 1 | 2h                         | nursing_supervisor         |
agency.unit                 | nurse_manager                   | unit        | 1 | 4h                         | nursing_supervisor         |
agency.cost-manager         | cost_centre_manager             | cost_centre | 2 | 4h                         | finance_controller         |
agency.cost-director        | cost_centre_director            | cost_centre | 2 | 4h                         | finance_controller         |
agency.cost-finance         | finance_controller              | cost_centre | 2 | 4h                         | finance_controller         |
requisition.manager         | cost_centre_manager             | cost_centre | 1 | 72h                        | next_level                 |
requisition.director        | cost_centre_director            | cost_centre | 1 | 72h                        | next_level                 |
requisition.finance         | finance_controller              | cost_centre | 1 | 72h                        | next_level                 |
expedite.manager            | cost_centre_manager             | cost_centre | 1 | 24h                        | next_level                 | supply_chain
expedite.director           | cost_centre_director            | cost_centre | 1 | 24h                        | next_level                 | supply_chain
expedite.finance            | finance_controller              | cost_centre | 1 | 24h                        | next_level                 | supply_chain
maintenance.or-owner        | or_charge                       | site        | 1 | 24h                        | periop_director            |
maintenance.service-owner   | service_line_manager            | service     | 1 | 24h                        | periop_director            |
maintenance.cost-manager    | cost_centre_manager             | cost_centre | 1 | 24h                        | periop_director            |
maintenance.cost-director   | cost_centre_director            | cost_centre | 1 | 24h                        | periop_director            |
maintenance.cost-finance    | finance_controller              | cost_centre | 1 | 24h                        | periop_director            |
rules.owners                | 2 policy_owner                  | all         | 1 | 72h                        |                            | auditor
"""  # noqa: E501 (a table reads across)
ROWS = {line.partition(" ")[0]: line for line in TABLE.strip().splitlines()}
GLASS_GATES = {"change-case", "displacement", "placement", "float-competency", "surge"}


def row_of(rule: Rule) -> list[str]:
    """The rule as a row of the table."""
    who = "|".join(rule.needs) + (f" (of {rule.of})" if rule.of else "")
    until = f"{(rule.expires_minutes or 0) // 60}h" + (f" and {rule.latest}" if rule.latest else "")
    people = f"{rule.count} {who}" if rule.count > 1 else who
    told = ", ".join(rule.informs)
    return [rule.id, people, rule.scope, str(rule.order), until, ", ".join(rule.escalates), told]


def cells(line: str) -> list[str]:
    """The cells of a written row, the last left empty when it is left out."""
    found = [cell.strip() for cell in line.split(" | ")]
    return [cell.removesuffix(" |").strip() for cell in (*found, *[""] * (7 - len(found)))]


@pytest.mark.parametrize("id", ROWS)
def test_a_need_is_what_the_table_says(id: str) -> None:
    assert row_of(POLICY.rules.by_id[id]) == cells(ROWS[id])


def test_there_is_no_need_that_the_table_does_not_have() -> None:
    assert {rule.id for rule in POLICY.rules.by_id.values() if rule.needs} == set(ROWS)


def test_money_asks_one_level_only_and_the_levels_meet_without_a_gap() -> None:
    gates = {rule.gate for rule in POLICY.rules.by_id.values() if "finance_controller" in rule.needs}
    for gate in gates:
        levels = [rule.needs[0] for rule in POLICY.rules.by_id.values() if rule.gate == gate and "cost" in rule.scope]
        assert sorted(levels) == ["cost_centre_director", "cost_centre_manager", "finance_controller"]


def test_broken_glass_opens_the_five_gates_and_never_money() -> None:
    waived = [rule for rule in POLICY.rules.by_id.values() if rule.glass]
    assert {rule.gate for rule in waived} == GLASS_GATES
    assert not {role for rule in waived for role in rule.needs} & {
        "cost_centre_manager",
        "cost_centre_director",
        "finance_controller",
        "policy_owner",
    }


NEVER = (
    "stale",
    "stopped",
    "discharge",
    "triage",
    "medical-advice",
    "staff-below-ratio",
    "mandate-overtime",
    "proxy-approval",
    "self-approval",
    "split-requisition",
    "use-payer-race-language",
    "false-record",
    "follow-found-instructions",
    "competency",
    "mandated-overtime",
    "hours",
    "below-ratio",
)


def test_what_is_never_done_has_a_rule_a_reason_and_something_else_to_do() -> None:
    written = {rule.id: rule for rule in POLICY.rules.by_id.values() if rule.id.startswith("never.")}
    assert set(written) == {f"never.{name}" for name in NEVER}
    assert all(rule.kind == "never" and rule.why and rule.instead and not rule.glass for rule in written.values())
