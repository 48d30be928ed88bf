"""The one door: every read and every write of the system goes through `Desk.call`, in this order, always:
policy, run, audit. What comes back is a value: done, waiting or refused."""

from collections.abc import Mapping
from typing import Any, Literal

from hospital.ids import PlanId, TurnId
from hospital.model.people import User
from hospital.ports import Clock, Store
from knowledge.search import Handbook
from policies import audit, ledger
from policies.decide import Policy
from policies.differences import differences_between
from policies.drafting import draft_plan
from policies.plans import MadeBy, Plan
from policies.voters import takes_part
from tools.again import cannot_change, changed_arguments, draft_of
from tools.answers import of_ledger
from tools.catalogue import TOOLS
from tools.commands import Commands
from tools.compiling import Compiler
from tools.results import Done, Refused, Result, Waiting
from tools.tool import Answer, Compiled, Context, Draft, Options, Submit, Tool, Withdraw


class Desk:
    """Acts for people and services; nothing else in the system may write."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        handbook: Handbook,
        clock: Clock,
        tools: Mapping[str, Tool] = TOOLS,
    ) -> None:
        self._store = store
        self._shipped = policy
        self._clock = clock
        self._tools = tools
        self._compiler = Compiler(store, lambda: self._policy, handbook, clock)
        self.commands = Commands(store, lambda: self._policy, clock)
        """What only an authenticated person's own controls reach, besides `decide`; never a planner or a workflow."""

    @property
    def _policy(self) -> Policy:
        """The policy that is active now; another process may have activated it."""
        with self._store.reading() as world:
            return self._shipped.active_in(world)

    def tools(self) -> Mapping[str, Tool]:
        """What can be asked for, by name. Decisions, break-glass and switches are not among them."""
        return self._tools

    async def call(self, name: str, args: Mapping[str, Any], context: Context) -> Result:
        """Do one thing for somebody, or say in a sentence why not."""
        result = await self._answer(name, args, context)
        self._note(f"tool:{name}", _why(result), context, result.plan if not isinstance(result, Refused) else None)
        return result

    async def decide(
        self, plan_id: str, decision: Literal["approve", "reject"], digest: str, reason: str, context: Context
    ) -> Result:
        """One authenticated person's yes or no to exactly the plan with this digest.

        Not a tool: no planner, workflow or model is ever offered it.
        """
        now = self._clock.now()
        outcome = ledger.vote(
            self._store, self._policy, plan_id, context.actor.id, decision, digest, reason, context.surface, now
        )
        if outcome.status == "committed" and outcome.plan and _changes_rules(outcome.plan):
            for stale in ledger.redecide_awaiting(self._store, self._policy, now):
                await self._again(stale.plan, context, submit=True)
        return await self._told(outcome, context, submit=True)

    async def edit(self, plan_id: str, digest: str, changes: Mapping[str, Any], context: Context) -> Result:
        """Ask for something else instead of exactly the plan with this digest: its call with changed arguments.

        Not a tool either. The result is another plan, decided anew, asked for by whoever changes it; all votes are
        void, and its headline says the differences.
        """
        result = await self._edit(plan_id, digest, changes, context)
        self._note("edit", _why(result), context, result.plan if not isinstance(result, Refused) else None)
        return result

    async def _edit(self, plan_id: str, digest: str, changes: Mapping[str, Any], context: Context) -> Result:
        with self._store.reading() as world:
            old = world.get(Plan, plan_id)
            against = cannot_change(old, plan_id, digest, self._tools, context)
            if against is not None:
                return against
            assert old is not None
            assert old.made_by is not None
            if not takes_part(world, self._policy.data, old, context.actor.id, self._clock.now()):
                return Refused(
                    kind="role", sentence=f"Only who asked for {old.id} or is asked to decide it changes it."
                )
        tool = self._tools[old.made_by.tool]
        compiled = await self._compiler.compile(tool, changed_arguments(old, changes), context)
        if isinstance(compiled, Refused):
            return compiled
        draft, call = draft_of(compiled[0], old.made_by.number), compiled[1]
        if draft is None or call.args == old.made_by.args:
            return Refused(kind="invalid", sentence=f"That changes nothing of {old.id}.", argument="changes")
        new = self._draft(draft, context, call, old.made_by.number, replaces=old)
        outcome = ledger.submit(self._store, self._policy, new, self._clock.now(), context.surface)
        said = "; ".join(differences_between(old, new)) or "it says the same"
        with self._store.reading() as world:
            return of_ledger(world, outcome, f"{new.id} is asked for instead of {old.id}: {said}.")

    async def _told(self, outcome: ledger.Outcome, context: Context, *, submit: bool) -> Result:
        """What the ledger said; what became stale is asked for again on the world as it is, for new votes."""
        again = await self._again(outcome.plan, context, submit) if outcome.status == "stale" else None
        with self._store.reading() as world:
            result = of_ledger(world, outcome, "")
        if again is None or not isinstance(result, Refused) or outcome.plan is None:
            return result
        said = "; ".join(differences_between(outcome.plan, again)) or "it says the same"
        return result.model_copy(update={"again": again, "instead": f"look at {again.id}, as it is now: {said}"})

    async def _again(self, old: Plan | None, context: Context, submit: bool) -> Plan | None:
        """The plan made once more in its asker's name; None when that is not possible any more."""
        if old is None or old.made_by is None or old.made_by.tool not in self._tools:
            return None
        with self._store.reading() as world:
            asker = world.get(User, old.asked_by)
        if asker is None or not asker.active:
            return None
        made = Context(actor=asker, surface=context.surface, thread_id=old.thread_id, key=f"again:{old.id}")
        compiled = await self._compiler.compile(self._tools[old.made_by.tool], old.made_by.args, made)
        draft = None if isinstance(compiled, Refused) else draft_of(compiled[0], old.made_by.number)
        if draft is None:
            return None
        new = self._draft(draft, made, old.made_by, old.made_by.number, replaces=old)
        now = self._clock.now()
        if submit and new.needs and not new.attests:
            return ledger.submit(self._store, self._policy, new, now, context.surface).plan
        return ledger.keep_draft(self._store, new, now, context.surface).plan

    def note_refusal(self, rule: str, sentence: str, context: Context) -> None:
        """Keep in the audit chain that something was refused before any tool was called."""
        self._note("guard", f"refused by {rule}: {sentence}", context, None)

    async def _answer(self, name: str, args: Mapping[str, Any], context: Context) -> Result:
        tool = self._tools.get(name)
        if tool is None:
            return _no_such_tool(name)
        compiled = await self._compiler.compile(tool, args, context)
        if isinstance(compiled, Refused):
            return compiled
        result = await self._carry_out(compiled[0], compiled[1], context)
        with self._store.reading() as world:
            as_of, late = self._compiler.freshness(world, tool)
        return result.model_copy(update={"as_of": as_of, "late": late})

    async def _carry_out(self, compiled: Compiled, call: MadeBy, context: Context) -> Result:
        match compiled:
            case Answer():
                return Done(
                    headline=compiled.headline,
                    facts=compiled.facts,
                    cards=compiled.cards,
                    citations=compiled.citations,
                )
            case Options():
                return self._keep_options(compiled, call, context)
            case Submit():
                return await self._submit_kept(compiled.plan_id, context)
            case Withdraw():
                outcome = ledger.withdraw(
                    self._store,
                    compiled.plan_id,
                    context.actor.id,
                    compiled.reason,
                    self._clock.now(),
                    context.surface,
                )
                with self._store.reading() as world:
                    return of_ledger(world, outcome, "")
            case Draft():
                return self._submit(compiled, call, context)

    def _draft(
        self, draft: Draft, context: Context, call: MadeBy, number: int = 0, replaces: Plan | None = None
    ) -> Plan:
        with self._store.reading() as world:
            return draft_plan(
                world,
                self._policy,
                context.actor,
                draft.title,
                draft.lines,  # type: ignore[arg-type]
                self._clock.now(),
                effect=draft.effect,
                report=draft.report,
                thread_id=context.thread_id,
                key=f"{context.key}:{number}" if context.key else None,
                chain=(context.on_behalf_of,) if context.on_behalf_of else (),
                supersedes=replaces,
                made_by=call.model_copy(update={"number": number}),
            )

    def _submit(self, draft: Draft, call: MadeBy, context: Context) -> Result:
        plan = self._draft(draft, context, call)
        outcome = ledger.submit(self._store, self._policy, plan, self._clock.now(), context.surface)
        with self._store.reading() as world:
            result = of_ledger(world, outcome, draft.headline)
        if isinstance(result, Refused):
            return result
        return result.model_copy(
            update={
                "facts": {**(draft.facts or {}), **result.facts},
                "cards": (*draft.cards, *result.cards),
                "citations": draft.citations,
            }
        )

    async def _submit_kept(self, plan_id: PlanId, context: Context) -> Result:
        with self._store.reading() as world:
            plan = world.get(Plan, plan_id)
        if plan is None:
            return Refused(kind="unknown", sentence=f"There is no plan {plan_id}.", argument="plan")
        now = self._clock.now()
        if plan.attests and context.attested == (plan.id, plan.digest) and context.turn_id is not None:
            outcome = ledger.attest(
                self._store,
                self._policy,
                plan.id,
                context.actor.id,
                plan.digest,
                TurnId(context.turn_id),
                context.surface,
                now,
            )
        else:
            outcome = ledger.submit(self._store, self._policy, plan, now, context.surface)
        return await self._told(outcome, context, submit=False)

    def _keep_options(self, options: Options, call: MadeBy, context: Context) -> Done:
        plans = tuple(self._draft(draft, context, call, number) for number, draft in enumerate(options.drafts))
        for plan in plans:
            ledger.keep_draft(self._store, plan, self._clock.now(), context.surface)
        return Done(
            headline=options.headline,
            facts=options.facts,
            cards=options.cards,
            citations=options.citations,
            options=plans,
        )

    def _note(self, what: str, why: str, context: Context, plan: Plan | None) -> None:
        with self._store.working() as work:
            audit.append(
                work,
                at=self._clock.now(),
                actor=context.actor.id,
                on_behalf_of=context.on_behalf_of,
                surface=context.surface,
                what=what,
                why=why,
                plan_id=plan.id if plan else None,
                digest=plan.digest if plan else None,
            )


def _no_such_tool(name: str) -> Refused:
    return Refused(kind="unknown", sentence=f"There is nothing called {name} that I can do.")


def _changes_rules(plan: Plan) -> bool:
    """Whether all that wait must be decided again after it."""
    return any(line.action == "activate_rules" for line in plan.lines)


def _why(result: Result) -> str:
    match result:
        case Refused():
            return f"refused ({result.kind}{f', {result.rule}' if result.rule else ''}): {result.sentence}"
        case Waiting():
            return f"waiting for {result.reason}: {', '.join(n.rule for n in result.plan.needs) or 'the asker'}"
        case Done():
            return "done"
