"""Commands that are no tools: broken glass, the kill switch, changed rules. Same order: policy, run, audit.

They are reached from authenticated controls of a person only (command line, REST, console); no planner, workflow or
MCP client is ever offered them.
"""

from collections.abc import Callable, Mapping

from hospital.ports import Clock, Store
from policies import ledger
from policies.decide import Policy
from policies.glass import Finding
from tools.answers import of_ledger, refusal_of
from tools.results import Done, Result
from tools.tool import Context


class Commands:
    """What changes how everything else is decided; each is written into the audit, refused ones too."""

    def __init__(self, store: Store, policy: Callable[[], Policy], clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock

    def break_glass(self, plan_id: str, digest: str, reason: str, context: Context) -> Result:
        """Carry out exactly the waiting plan with this digest at once; compliance reviews it within 24 hours."""
        outcome = ledger.break_glass(
            self._store,
            self._policy(),
            plan_id,
            context.actor.id,
            digest,
            reason,
            context.surface,
            self._clock.now(),
        )
        return self._told(outcome)

    def review_glass(self, exception_id: str, finding: Finding, note: str, context: Context) -> Result:
        """What compliance found about broken glass."""
        outcome = ledger.review_glass(
            self._store,
            self._policy(),
            exception_id,
            context.actor.id,
            finding,
            note,
            context.surface,
            self._clock.now(),
        )
        return self._said(outcome)

    def kill_switch(self, on: bool, site: str | None, reason: str, context: Context) -> Result:
        """Stop all writing, for the whole system or one site, or let it go on."""
        outcome = ledger.turn_switch(
            self._store, self._policy(), context.actor.id, on, site, reason, context.surface, self._clock.now()
        )
        return self._said(outcome)

    def activate_rules(self, changed: Mapping[str, str], reason: str, context: Context) -> Result:
        """Ask for changed rules, data or grants to become the active ones; two policy owners decide the plan."""
        outcome = ledger.propose(
            self._store, self._policy(), context.actor, changed, reason, self._clock.now(), context.surface
        )
        return self._told(outcome)

    def _told(self, outcome: ledger.Outcome) -> Result:
        with self._store.reading() as world:
            return of_ledger(world, outcome, "")

    def _said(self, outcome: ledger.Outcome) -> Result:
        """For what is no plan."""
        if outcome.status == "refused":
            return refusal_of(outcome)
        return Done(headline=outcome.sentence, facts={"status": outcome.status})
