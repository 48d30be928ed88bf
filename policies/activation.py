"""Changing the rules: what is proposed becomes a plan that two policy owners decide; then it is what is used."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

from pydantic import ValidationError

from hospital.changes.catalogue import AnyChange
from hospital.changes.governing import ActivateRules, ChangeGrants, active_rule_set
from hospital.entity import Record
from hospital.ids import UserId
from hospital.model.governance import RuleSet
from hospital.model.people import Grant, Scope, User
from hospital.ports import Reader, Store
from policies.check import problems_of
from policies.commit import mark_stale
from policies.data import HERE as DATA
from policies.data import BadPolicyData, PolicyData
from policies.decide import Policy, policy_of
from policies.drafting import draft_plan
from policies.outcomes import LEDGER, Outcome
from policies.plans import Plan, canonical
from policies.recheck import decide_again, need_words, obligations
from policies.rulebook import HERE as RULES
from policies.rulebook import BadRules
from policies.submit import submit

GRANTS = "data/grants.toml"
"""Roles given and taken; a changed folder may have it, a rule set never does."""


class RoleChange(Record):
    """One role of one person in one scope."""

    user: UserId
    role: str
    site: str | None = None
    unit: str | None = None
    service: str | None = None
    cost_centre: str | None = None

    @property
    def grant(self) -> Grant:
        """As it is held."""
        scope = {
            "site_id": self.site,
            "unit_id": self.unit,
            "service_id": self.service,
            "cost_centre_id": self.cost_centre,
        }
        return Grant(role=self.role, scope=Scope.model_validate(scope))


class RoleChanges(Record):
    """What `grants.toml` holds."""

    give: tuple[RoleChange, ...] = ()
    take: tuple[RoleChange, ...] = ()


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a folder of (changed) rules and data, by the names a rule set has for them.

    Raises:
        BadRules: when there is nothing in it that could be one.
    """
    found = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for part in ("rules", "data")
        for path in sorted((folder / part).rglob("*"))
        if path.suffix in (".cedar", ".cedarschema", ".toml")
    }
    if not found:
        raise BadRules(f"{folder}: there is no rules/NAME.cedar and no data/NAME.toml in it")
    return found


def shipped_files() -> dict[str, str]:
    """The rule set that came with the software."""
    rules = {f"rules/{path.name}": path.read_text(encoding="utf-8") for path in RULES.glob("*.cedar*")}
    data = {f"data/{path.relative_to(DATA)}": path.read_text(encoding="utf-8") for path in DATA.rglob("*.toml")}
    return {**rules, **data}


def active_files(world: Reader) -> dict[str, str]:
    """The rule set that is active in this world."""
    kept = world.get(RuleSet, active_rule_set(world))
    return dict(kept.files) if kept else shipped_files()


def changed_policy(world: Reader, policy: Policy, changed: Mapping[str, str]) -> tuple[Policy, dict[str, str]]:
    """What the active rules become when these files replace theirs, with all the files.

    Raises:
        BadRules, BadPolicyData: naming the file, the line and what is wrong; also when a never-rule was touched.
    """
    files = {**active_files(world), **{name: text for name, text in changed.items() if name != GRANTS}}
    new = policy_of(files)
    for id, rule in policy.rules.by_id.items():
        kept = new.rules.by_id.get(id)
        if id.startswith("never.") and (kept is None or kept.text != rule.text):
            raise BadRules(f"rules/{rule.file}: {id} is never changed by activation; it comes with the software")
    if problems := problems_of(new.rules, new.data):
        raise BadRules(problems[0])
    return new, files


def propose(
    store: Store, policy: Policy, actor: User, changed: Mapping[str, str], reason: str, now: datetime, surface: str
) -> Outcome:
    """Ask for changed rules, data or grants to become the active ones; two policy owners decide.

    Args:
        changed: only the files that differ, by name (see `RuleSet.files` and `GRANTS`).

    Returns:
        As `submit`; `refused` with file and line when they cannot be used.
    """
    if not reason.strip():
        return Outcome(status="refused", sentence="Say why the rules change.")
    try:
        with store.reading() as world:
            base, before = active_rule_set(world), active_files(world)
            _, files = changed_policy(world, policy, changed)
            grants = list(_grant_lines(world, policy.data, changed.get(GRANTS, "")))
    except (BadRules, BadPolicyData) as error:
        return Outcome(status="refused", sentence=f"It cannot be used: {error}")
    lines: list[AnyChange] = list(grants)
    if changes := tuple(_differences(before, files)):
        kept = RuleSet(
            id=hashlib.sha256(canonical(files).encode()).hexdigest(),
            files=files,
            made_from=base,
            proposed_by=actor.id,
            at=now,
        )
        with store.working() as uow:
            if uow.get(RuleSet, kept.id) is None:
                uow.append(kept)
        lines.insert(0, ActivateRules(rule_set=kept.id, base=base, changes=changes))
    if not lines:
        return Outcome(status="refused", sentence="Nothing in it differs from what is active.")
    title = f"Change of rules: {reason.strip()}"
    with store.reading() as world:
        chain = [line.user_id for line in grants]  # nobody decides on their own roles
        plan = draft_plan(world, policy, actor, title, lines, now, chain=chain)
    return submit(store, policy, plan, now, surface)


def redecide_awaiting(store: Store, policy: Policy, now: datetime) -> tuple[Outcome, ...]:
    """Decide every waiting plan of an older rule set again; what others must agree to now is stale."""
    with store.reading() as world:
        active = policy.active_in(world)
        waiting = [plan for plan in world.find(Plan, state="awaiting") if plan.policy_version != active.version]
        found = [(plan.id, _now_otherwise(world, active, plan, now)) for plan in waiting]
    return tuple(
        mark_stale(store, id, differences, now, LEDGER, "ledger") for id, differences in found if differences
    )


def _now_otherwise(world: Reader, policy: Policy, plan: Plan, now: datetime) -> tuple[str, ...]:
    decision = decide_again(world, policy, plan, now)
    if decision is None:
        return ()
    if decision.effect == "deny":
        return tuple(hit.why for hit in decision.rules if hit.id not in ("never.stale", "never.stopped"))
    before, after = obligations(plan.needs), obligations(decision.needs)
    more = [f"by the new rules {need_words(need)} must agree as well" for k, need in after.items() if k not in before]
    less = [f"by the new rules {need_words(need)} need not agree" for k, need in before.items() if k not in after]
    return (*more, *less)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Every line that was or is otherwise, by file."""
    for name in sorted({*before, *after}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        for line in list(unified_diff(old, new, n=0, lineterm=""))[2:]:
            if not line.startswith("@@"):
                yield f"{name} {line[0]} {line[1:].strip()}"


def _grant_lines(world: Reader, data: PolicyData, text: str) -> Iterator[ChangeGrants]:
    """One line per person whose roles change.

    Raises:
        BadPolicyData: naming the person or role that there is not.
    """
    try:
        wanted = RoleChanges.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadPolicyData(f"{GRANTS}: {error}") from error
    for one in (*wanted.give, *wanted.take):
        if one.role not in data.roles:
            raise BadPolicyData(f"{GRANTS}: roles.toml has no role {one.role!r}")
    for name in dict.fromkeys(one.user for one in (*wanted.give, *wanted.take)):
        user = world.get(User, name)
        if user is None:
            raise BadPolicyData(f"{GRANTS}: there is no user {name!r}")
        taken = [one.grant for one in wanted.take if one.user == name]
        if missing := [grant for grant in taken if grant not in user.grants]:
            raise BadPolicyData(f"{GRANTS}: {name} does not hold {missing[0].role} there")
        given = [one.grant for one in wanted.give if one.user == name and one.grant not in user.grants]
        after = (*(grant for grant in user.grants if grant not in taken), *given)
        if after != user.grants:
            yield ChangeGrants(user_id=user.id, was=user.grants, grants=after)
