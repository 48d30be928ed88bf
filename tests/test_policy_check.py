"""The lint of the rules: what is planted is found, with its place; and which past decisions changed rules flip."""

from typing import Any

import pytest
from desk_line import DeskLine, done, refused, waiting
from small_hospital import NOW, user

from hospital.model.people import Scope
from policies.activation import changed_policy, shipped_files
from policies.check import problems_of
from policies.decide import Policy, load_policy, policy_of
from policies.gaps import gaps_of
from policies.replay import replay
from policies.rulebook import BadRules

POLICY = load_policy()
HOLD = "when { context.line.minutes > 30 };"
NOBODY = """
@id("ask.nobody") @why("x") @instead("y")
forbid (principal, action == Action::"offer_waitlist", resource);
"""


def with_text(name: str, old: str, new: str) -> Policy:
    files = shipped_files()
    assert files[name].count(old) >= 1, old
    return policy_of({**files, name: files[name].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "rules/everyday.cedar",
            HOLD,
            "when { context.line.minutes > 30 && context.line.minutes < 20 };",
            "everyday.cedar:9: hold.minutes can never decide anything",
        ),
        (
            "rules/money.cedar",
            "context.money.amount > context.money.manager_to && context.money.amount <= context.money.director_to",
            "context.money.amount > context.money.manager_to && context.money.amount < context.money.manager_to",
            "requisition.director can never decide anything",
        ),
        ("rules/clinics.cedar", '@id("ask.waitlist")', NOBODY + '@id("ask.waitlist")', "ask.waitlist can never"),
        ("rules/beds.cedar", '@escalates("cno_delegate")', '@escalates("")', "placement.supervisor ends nowhere"),
        ("rules/beds.cedar", '@escalates("cno_delegate")', '@escalates("king")', "role 'king'"),
        ("rules/schema.cedarschema", "action kill_switch in", "action paint, kill_switch in", "'paint' has no rule"),
        ("data/roles.toml", 'nurse_manager = "answers', 'ward_manager = "answers', "'nurse_manager'"),
        ("data/limits.toml", "manager_to = 300000", "manager_to = 3000000", "4100 has a manager above its director"),
    ],
)
def test_a_planted_mistake_is_found(name: str, old: str, new: str, said: str) -> None:
    policy = with_text(name, old, new)
    assert any(said in problem for problem in problems_of(policy.rules, policy.data))


def test_the_shipped_rules_have_no_mistake() -> None:
    assert problems_of(POLICY.rules, POLICY.data) == ()


@pytest.mark.parametrize(("line", "file"), [("type HoldLine = { minutes: Lon g };", "schema.cedarschema")])
def test_a_mistake_in_the_schema_is_named_with_its_line(line: str, file: str) -> None:
    text = shipped_files()["rules/schema.cedarschema"]
    at = text[: text.index("type HoldLine")].count("\n") + 1
    with pytest.raises(BadRules, match=rf"{file}:{at}:"):
        with_text("rules/schema.cedarschema", "type HoldLine = { minutes: Long };", line)


def test_a_role_that_nobody_holds_somewhere_is_told_with_the_place(small_desk: DeskLine) -> None:
    def gaps() -> dict[str, tuple[str, ...]]:
        with small_desk.store.reading() as world:
            found = gaps_of(world, POLICY.rules, POLICY.data, NOW)
        return {gap.rule: gap.where for gap in found if not gap.escalates}

    assert gaps()["placement.supervisor"] == ("lake",)
    assert "overtime.manager" not in gaps()
    small_desk.put(user("lena", "nursing_supervisor", scope=Scope(site_id="lake")))
    assert "placement.supervisor" not in gaps()
    small_desk.put(small_desk.user("nils").changed(active=False))
    assert gaps()["overtime.manager"] == ("hill/hill-ward",)


def test_past_decisions_that_flip_are_told_and_the_others_are_not(small_desk: DeskLine) -> None:
    one = waiting(small_desk.call("sup", "create_requisition", item="tray", quantity=1))
    many = waiting(small_desk.call("sup", "create_requisition", item="tray", quantity=26))
    hold: dict[str, Any] = {"slot": "slot-0"}
    held = done(small_desk.call("cora", "hold_slot", **hold))
    refused(small_desk.call("audrey", "create_requisition", item="tray", quantity=1))
    name = "data/limits.toml"
    changed = {name: shipped_files()[name].replace("manager_to = 300000", "manager_to = 90000", 1)}
    with small_desk.store.reading() as world:
        new, _ = changed_policy(world, POLICY, changed)
        found = replay(world, POLICY, new)
        same = replay(world, POLICY, POLICY)
    assert (found.looked_at, same.flips) == (4, ())
    (flip,) = found.flips
    assert (flip.plan_id, flip.before, flip.after) == (
        one.plan.id,
        "cost_centre_manager (requisition.manager)",
        "cost_centre_director (requisition.director)",
    )
    assert held.plan is not None
    assert {many.plan.id, held.plan.id}.isdisjoint({flip.plan_id})


def test_a_changed_rule_flips_what_it_is_about(small_desk: DeskLine) -> None:
    held = done(small_desk.call("cora", "hold_slot", slot="slot-0"))
    name = "rules/everyday.cedar"
    changed = {name: shipped_files()[name].replace("minutes > 30", "minutes > 10")}
    with small_desk.store.reading() as world:
        found = replay(world, POLICY, changed_policy(world, POLICY, changed)[0])
    assert held.plan is not None
    assert [(one.plan_id, one.before, one.after) for one in found.flips] == [
        (held.plan.id, "allowed", "refused: hold.minutes")
    ]
