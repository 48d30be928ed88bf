"""Changing what governs: another rule set becomes active, somebody gets or loses a role."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Violation
from hospital.ids import UserId
from hospital.model.governance import ACTIVE_RULES, RuleSet
from hospital.model.people import Grant, Scope, User
from hospital.model.work import Setting
from hospital.ports import Reader, Writer

SHIPPED = "shipped"
"""What `made_from` and `base` say for the rule set that came with the software."""


class ActivateRules(Change):
    """One rule set takes the place of another, everywhere and at once."""

    kind: Literal["activate_rules"] = "activate_rules"
    action: ClassVar[str] = "activate_rules"
    rule_set: str
    base: str
    """The rule set it was made from, which must still be the active one."""
    changes: tuple[str, ...]
    """Every changed line, as `FILE - old` and `FILE + new`."""

    def scope(self, world: Reader) -> Scope:
        return Scope()

    def touches(self) -> frozenset[str]:
        return frozenset({ACTIVE_RULES})

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        if world.get(RuleSet, self.rule_set) is None:
            broken.append(Violation(constraint="kept", sentence=f"there is no rule set {self.rule_set[:16]}"))
        if (active := active_rule_set(world)) != self.base:
            broken.append(
                Violation(
                    constraint="base",
                    sentence=f"the rules were changed meanwhile: {active[:16]} is active, not {self.base[:16]}",
                )
            )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        world.put(Setting(id=ACTIVE_RULES, value=self.rule_set))

    def sentence(self, world: Reader) -> str:
        return f"Activate the rule set {self.rule_set[:16]} instead of {self.base[:16]}: {'; '.join(self.changes)}"


class ChangeGrants(Change):
    """Somebody holds other roles from now on."""

    kind: Literal["change_grants"] = "change_grants"
    action: ClassVar[str] = "activate_rules"
    user_id: UserId
    was: tuple[Grant, ...]
    grants: tuple[Grant, ...]

    def scope(self, world: Reader) -> Scope:
        return Scope()

    def touches(self) -> frozenset[str]:
        return frozenset({f"user:{self.user_id}"})

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        user = world.get(User, self.user_id)
        if user is None:
            return (Violation(constraint="person", sentence=f"there is no user {self.user_id}"),)
        if user.grants != self.was:
            return (Violation(constraint="person", sentence=f"the roles of {self.user_id} were changed meanwhile"),)
        return ()

    def apply(self, world: Writer, commit: Commit) -> None:
        user = world.get(User, self.user_id)
        if user is not None:
            world.put(user.changed(grants=self.grants))

    def sentence(self, world: Reader) -> str:
        user = world.get(User, self.user_id)
        gets = [f"becomes {_said(grant)}" for grant in self.grants if grant not in self.was]
        loses = [f"is no longer {_said(grant)}" for grant in self.was if grant not in self.grants]
        return f"{user.name if user else self.user_id} ({self.user_id}) {' and '.join((*gets, *loses))}"


def active_rule_set(world: Reader) -> str:
    """The id of the active rule set; `shipped` when none was ever activated."""
    active = world.get(Setting, ACTIVE_RULES)
    return active.value if active else SHIPPED


def _said(grant: Grant) -> str:
    where = ", ".join(str(part) for _, part in grant.scope if part is not None) or "everywhere"
    return f"{grant.role.replace('_', ' ')} ({where})"
