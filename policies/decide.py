"""The decision: what the rules say about the lines of a plan, and which people must say yes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import cedarpy

from hospital.changes.base import Change
from hospital.entity import Record
from hospital.ids import UserId
from hospital.model.governance import ACTIVE_RULES, RuleSet
from hospital.model.people import Scope, User
from hospital.model.work import Setting
from hospital.ports import Reader
from policies.context import NO_MONEY, ask_of, context_of, total_per_need
from policies.data import Delegation, PolicyData, load_data, read_data
from policies.needs import approvals, filled, needs_of
from policies.people import Roster
from policies.plans import Need, Plan, Vote
from policies.rulebook import HERE, BadRules, Rule, Rules, load_rules, read_rules

NO_PERMIT = "default-deny"
FAILED = "policy-error"


class RuleHit(Record):
    """A rule that decided, why, and what there is instead."""

    id: str
    why: str
    instead: str = ""


class Decision(Record):
    """What the rules say about all lines together. `inputs` is what they were told, line by line."""

    effect: Literal["allow", "needs", "attest", "deny"]
    needs: tuple[Need, ...] = ()
    attests: tuple[str, ...] = ()
    rules: tuple[RuleHit, ...] = ()
    inputs: tuple[dict[str, Any], ...] = ()
    version: str


class Policy:
    """The rules and their data, parsed once; decides in memory."""

    def __init__(self, rules: Rules, data: PolicyData, known: dict[str, "Policy"] | None = None) -> None:
        self.rules = rules
        self.data = data
        self.version = (rules.fingerprint[:8] + data.fingerprint()[:8]).lower()
        self._actions = cedarpy.Entities.from_json_str("[]", rules.schema)
        self._known = known if known is not None else {}

    def active_in(self, world: Reader) -> "Policy":
        """The policy that was last activated in this world; this one when none ever was.

        Raises:
            BadRules, BadPolicyData: when what was activated cannot be read any more.
        """
        active = world.get(Setting, ACTIVE_RULES)
        if active is None:
            return self
        if active.value not in self._known:
            kept = world.get(RuleSet, active.value)
            if kept is None:
                raise BadRules(f"the active rule set {active.value[:16]} is not in the store")
            self._known[active.value] = policy_of(kept.files, self._known)
        return self._known[active.value]

    def with_delegations(self, delegations: Iterable[Delegation]) -> "Policy":
        """The same rules with other delegations (the sandbox's "this week" moves with its clock)."""
        return Policy(self.rules, self.data.model_copy(update={"delegations": tuple(delegations)}))

    def decide(
        self,
        world: Reader,
        actor: User,
        lines: Sequence[Change],
        now: datetime,
        votes: Iterable[Vote] = (),
        attested: bool = False,
        plans: Iterable[Plan] | None = None,
        chain: Iterable[UserId] = (),
        glass: bool = False,
    ) -> Decision:
        """Whether these lines may happen, and if not yet, who must say yes.

        Args:
            votes: verified votes on this plan's digest; each approval counts for the need it names.
            plans: the other plans whose amounts add up; read from the ledger when left out.
            chain: who cannot vote besides the actor.
            glass: whether somebody who may broke the glass on this plan's digest.
        """
        if not lines:
            return self._denied((RuleHit(id=NO_PERMIT, why="there is nothing to decide"),), ())
        totals = total_per_need(world, self.data, lines, now, plans)
        inputs = tuple(context_of(world, self.data, actor, line, now, totals, lines) for line in lines)
        asked = list(zip(lines, inputs, strict=True))
        if refusals := [hit for line, told in asked for hit in self.refusals(actor.id, line.action, told)]:
            return self._denied(tuple(refusals), inputs)
        rules = [self.reasons(actor.id, line.action, told) for line, told in asked]
        needs, per_line = needs_of(world, asked, rules)
        attests = tuple(dict.fromkeys(rule.id for found in rules for rule in found if rule.kind == "attest"))
        if needs:
            needs = Roster(world, self.data, now).assign(needs, {actor.id, *chain})
        have = approvals(votes)
        effect: Literal["allow", "needs", "attest"] = "allow"
        if not all(
            self.allows(actor.id, line.action, told, filled(mine, have), attested, glass)
            for (line, told), mine in zip(asked, per_line, strict=True)
        ):
            effect = "needs" if any(have.get(need.rule, 0) < need.count for need in needs) else "attest"
        hits = dict.fromkeys(RuleHit(id=r.id, why=r.why) for found in rules for r in found)
        return Decision(
            effect=effect, needs=needs, attests=attests, rules=tuple(hits), inputs=inputs, version=self.version
        )

    def never(self, action: str) -> RuleHit:
        """Why this is never done, whoever asks (`medical_advice`, `proxy_approval` ...).

        Raises:
            KeyError: when no never-rule is about that action alone.
        """
        for rule in self.rules.by_id.values():
            if rule.kind == "never" and rule.actions == (action,):
                return RuleHit(id=rule.id, why=rule.why, instead=rule.instead)
        raise KeyError(action)

    def against(
        self,
        world: Reader,
        actor: User,
        action: str,
        scope: Scope,
        facts: Mapping[str, Any],
        stale: Sequence[str] = (),
    ) -> tuple[RuleHit, ...]:
        """What the rules say against a desk command that is no line of a plan; empty when it may be done."""
        told = {"ask": ask_of(world, actor, scope, stale), "line": dict(facts), "money": NO_MONEY}
        return tuple(self._hits(action, self._answer(actor.id, action, _asking(told, [], False))))

    def refusals(self, actor: UserId, action: str, told: Mapping[str, Any]) -> list[RuleHit]:
        """The rules that refuse an action told this whatever the votes; empty when none does."""
        return self._hits(action, self._answer(actor, action, _asking(told, self.rules.about(action).votes, True)))

    def allows(
        self,
        actor: UserId,
        action: str,
        told: Mapping[str, Any],
        votes: Sequence[str] = (),
        attested: bool = False,
        glass: bool = False,
    ) -> bool:
        """Whether an action told this may happen with these votes (`rule:n`); any error is a no."""
        answer = self._answer(actor, action, _asking(told, votes, attested, glass))
        return bool(answer.allowed) and not answer.diagnostics.errors

    def reasons(self, actor: UserId, action: str, told: Mapping[str, Any]) -> list[Rule]:
        """The rules that stand against an action told this, when nobody has voted or confirmed anything."""
        return self._reasons(action, self._answer(actor, action, _asking(told, [], False)))

    def rule(self, need_rule: str) -> Rule:
        """The rule behind a need (`agency.unit` or, where one rule asks twice, `agency.unit@UNIT`)."""
        return self.rules.by_id[need_rule.partition("@")[0]]

    def _denied(self, hits: tuple[RuleHit, ...], inputs: tuple[dict[str, Any], ...]) -> Decision:
        return Decision(effect="deny", rules=tuple(dict.fromkeys(hits)), inputs=inputs, version=self.version)

    def _answer(self, actor: UserId, action: str, context: Mapping[str, Any]) -> cedarpy.AuthzResult:
        request = {
            "principal": {"type": "User", "id": actor},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Place", "id": action},
            "context": dict(context),
        }
        return cedarpy.is_authorized(request, self.rules.about(action).policies, self._actions, self.rules.schema)

    def _reasons(self, action: str, answer: cedarpy.AuthzResult) -> list[Rule]:
        named = self.rules.about(action).named
        found = [named[reason] for reason in answer.diagnostics.reasons]
        return sorted((rule for rule in found if rule.effect == "forbid"), key=lambda rule: (rule.order, rule.id))

    def _hits(self, action: str, answer: cedarpy.AuthzResult) -> list[RuleHit]:
        """Why an action is refused even with every vote; empty when it is not."""
        if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
            said = "; ".join(str(error) for error in answer.diagnostics.errors)
            return [RuleHit(id=FAILED, why=f"the rules could not be applied to {action}: {said}")]
        if answer.allowed:
            return []
        hits = [RuleHit(id=rule.id, why=rule.why, instead=rule.instead) for rule in self._reasons(action, answer)]
        what = action.replace("_", " ")
        return hits or [
            RuleHit(
                id=NO_PERMIT,
                why=f"none of your roles may ask to {what} there",
                instead="ask somebody whose role and scope it is, or hand it over",
            )
        ]


def load_policy(rules: Path = HERE, data: PolicyData | None = None) -> Policy:
    """The shipped policy, or that of another folder of rules and other data."""
    return Policy(load_rules(rules), data or load_data())


def policy_of(files: Mapping[str, str], known: dict[str, Policy] | None = None) -> Policy:
    """The policy that these files are (`rules/NAME`, `data/NAME`).

    Raises:
        BadRules, BadPolicyData: naming the file, the line and what is wrong.
    """
    parts = {
        part: {name.removeprefix(f"{part}/"): text for name, text in files.items() if name.startswith(f"{part}/")}
        for part in ("rules", "data")
    }
    return Policy(read_rules(parts["rules"], Path("rules")), read_data(parts["data"], Path("data")), known)


def _asking(told: Mapping[str, Any], votes: Sequence[str], attested: bool, glass: bool = False) -> dict[str, Any]:
    return {**told, "ask": {**told["ask"], "votes": list(votes), "attested": attested, "glass": glass}}
