"""What the ledger said, as the desk says it."""

from collections.abc import Mapping

from hospital.ports import Reader
from policies import ledger
from policies.decide import NO_PERMIT
from tools.results import Done, Refused, RefusedKind, Result, Waiting
from tools.sentences import plan_card, say_waiting


def of_ledger(world: Reader, outcome: ledger.Outcome, headline: str) -> Result:
    """What the ledger said, as the desk says it."""
    plan = outcome.plan
    status = plan.state if outcome.status == "unchanged" and plan else outcome.status
    if plan is None or status in ("refused", "stale", "expired"):
        return refusal_of(outcome)
    card = plan_card(world, plan)
    facts = {"plan": plan.id, "digest": plan.digest, "state": plan.state}
    if status in ("awaiting", "recorded"):
        said = say_waiting(world, plan) if status == "awaiting" else outcome.sentence
        return Waiting(reason="approval", headline=join_words(headline, said), facts=facts, cards=(card,), plan=plan)
    if status in ("attest", "drafted") and plan.attests:
        said = "Nothing is booked yet: please confirm that they agreed, with a yes in your next message."
        return Waiting(
            reason="attestation", headline=join_words(headline, said), facts=facts, cards=(card,), plan=plan
        )
    if outcome.status == "unchanged" or not headline:
        headline = join_words(headline, outcome.sentence)
    elif outcome.forecasts:
        headline = join_words(headline, outcome.forecasts)
    return Done(headline=headline, facts=facts, cards=(card,), plan=plan)


def refusal_of(outcome: ledger.Outcome) -> Refused:
    hit = next((hit for hit in outcome.rules if hit.id.startswith("never.")), next(iter(outcome.rules), None))
    unsaid = [one for one in outcome.differences if one.casefold() not in outcome.sentence.casefold()]
    return Refused(
        kind=_kind_of(hit.id if hit else None),
        sentence=join_words(outcome.sentence, f"What changed: {'; '.join(unsaid)}." if unsaid else ""),
        rule=hit.id if hit else None,
        instead=hit.instead if hit else "",
    )


_KINDS: Mapping[str, RefusedKind] = {
    NO_PERMIT: "role",
    "never.stale": "stale",
    "never.stopped": "conflict",
    "new-case.complete": "missing",
}
"""What a refusal by these rules means for the person; other never-rules are `never`, all the rest conflicts."""


def _kind_of(rule: str | None) -> RefusedKind:
    if rule is None:
        return "conflict"
    return _KINDS.get(rule, "never" if rule.startswith("never.") else "conflict")


def join_words(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())
