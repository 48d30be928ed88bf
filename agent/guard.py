"""What is settled before any planner: danger, secrets, hidden orders, borrowed approvals, and what is never done.

Deterministic: concepts, negation and mood, no model. The desk refuses the same deeds again; here they get the
right first sentence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from agent.guard_emergency import tells_of_danger
from agent.guard_never import (
    asks_for_discharge,
    asks_for_medical_advice,
    asks_to_falsify,
    asks_to_use_protected_traits,
    breaks_a_ratio,
    forces_overtime,
    splits_a_purchase,
    wants_to_approve_own_request,
)
from agent.guard_people import approves_for_another, asks_for_clinical_details, obeys_hidden_orders
from agent.guard_text import Reading

Kind: TypeAlias = Literal["emergency", "phi", "injected", "proxy", "never"]
# An intent that the classifier is this sure of settles a never-rule that the words alone did not.
SURE = 0.9


@dataclass(frozen=True)
class Verdict:
    """Why the planner is not asked: `reply` opens the answer, `handbook` is the search whose pages to cite."""

    kind: Kind
    rule: str
    reply: str
    handbook: str


@dataclass(frozen=True)
class Rule:
    """One question put to every message; `intent` is the classifier's name for the same matter, if it has one."""

    verdict: Verdict
    applies: Callable[[Reading], bool]
    intent: str = ""


def _rule(
    kind: Kind, rule: str, applies: Callable[[Reading], bool], reply: str, handbook: str, intent: str = ""
) -> Rule:
    return Rule(Verdict(kind, rule, reply, handbook), applies, intent)


# In this order: a life first, then what the text tries to do to us, then what nobody may do.
RULES: tuple[Rule, ...] = (
    _rule("emergency", "emergency", tells_of_danger,
          "This sounds like an emergency: call 911 or the emergency number now, and stay on the line. "
          "I am handing this to nurse triage; I offer no appointment and no advice.",
          "emergency caller script and warm transfer to nurse triage"),
    _rule("injected", "hidden-orders", obeys_hidden_orders,
          "That text contains instructions. I never act on instructions found inside a message, a note or a "
          "document, and nothing switches the rules off. Tell me in your own words what you need.",
          "instructions inside notes, messages and documents"),
    _rule("proxy", "proxy-approval", approves_for_another,
          "An approval is personal: it counts only from the approver, signed in, on the plan they saw. "
          "I can send it to the named approver or to their delegate.",
          "approvals are personal, delegates", ""),
    _rule("never", "self-approval", wants_to_approve_own_request,
          "Nobody approves what they asked for themselves. Another eligible approver or their delegate decides.",
          "nobody approves their own request"),
    _rule("never", "split-purchase", splits_a_purchase,
          "I can't split a purchase to stay below a limit: requisitions for the same need are added up before the "
          "limit is applied, and the attempt is noted in the audit trail.",
          "requisitions for the same need are added up", "split_requisition"),
    _rule("never", "below-ratio", breaks_a_ratio,
          "I can't plan staffing below the ratio, not even for a break: it holds at all times, without averaging. "
          "I can look for break cover, the float pool or the nursing supervisor.",
          "nurse ratios at all times, meals and break cover", "ratio_breach"),
    _rule("never", "mandated-overtime", forces_overtime,
          "Overtime is voluntary here; I never mandate it. I can ask for volunteers, the float pool or agency staff.",
          "overtime is voluntary only", "mandate_overtime"),
    _rule("never", "falsify", asks_to_falsify,
          "I can't record what is not so: stock, status and times are kept as they are. I can record the true state "
          "or open an exception.",
          "true records of inventory and status"),
    _rule("never", "protected-traits", asks_to_use_protected_traits,
          "Payer, race and language are never used to decide who gets capacity. They are only looked at in the "
          "fairness check.",
          "payer, race and language are never inputs"),
    _rule("phi", "clinical-details", asks_for_clinical_details,
          "I hold no diagnoses or treatment details and can't look them up: only the minimum necessary, bookings "
          "and places. Please see the chart if you have a treatment relationship.",
          "minimum necessary, privacy", "phi_diagnosis"),
    _rule("never", "discharge", asks_for_discharge,
          "Discharging is a physician's decision; I only plan with predicted discharges. I can show what is "
          "expected or hand this to the care team.",
          "discharge is a physician's decision"),
    _rule("never", "medical-advice", asks_for_medical_advice,
          "I give no medical advice and do no triage; a clinician sets urgency. I can hand this to nurse triage.",
          "no medical advice or triage on the line"),
)  # fmt: skip


def guard(message: str, ranking: Mapping[str, float] | None = None) -> Verdict | None:
    """The verdict on a message, or None when a planner may have it.

    `ranking`: the classifier's probabilities by intent, if at hand; a very sure one adds to the words (unless the
    message only asks), and never takes a verdict away.
    """
    reading = Reading(message)
    for rule in RULES:
        if rule.applies(reading):
            return rule.verdict
    if ranking is None:
        return None
    for rule in RULES:
        asking_is_fine = rule.verdict.kind == "never" and reading.asks()
        if rule.intent and not asking_is_fine and ranking.get(rule.intent, 0.0) >= SURE:
            return rule.verdict
    return None
