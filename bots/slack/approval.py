"""The approval card: what changes, what it costs, why a human, who else, until when; and what became of it; pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bots.slack.blocks import (
    ICONS,
    MOST_SECTIONS,
    STATE_WORDS,
    actions,
    button,
    context,
    header,
    lists,
    needs,
    section,
)
from bots.slack.mrkdwn import escape, when
from hospital.cards import PlanCard
from policies.plans import Vote

Json = dict[str, Any]
APPROVE, REJECT, EDIT, DETAILS = "approve", "reject", "edit", "details"
WITHOUT_BUTTONS = "waits:"
"""Begins the fingerprint of a card that only looks on."""
FINAL = frozenset(("delivered", "rejected", "expired", "withdrawn", "superseded", "compensated"))
"""States of a plan that never change any more."""


@dataclass(frozen=True)
class Standing:
    """A plan as a card shows it, and what a person who looks at it may still do."""

    card: PlanCard
    votes: Sequence[Vote] = ()
    reason: str = ""
    reference: str | None = None
    replaced_by: str | None = None
    replaces: str | None = None
    differences: Sequence[str] = ()
    """In what the plan that replaced it, or else the plan that it replaces, says something else."""
    may_decide: bool = True
    may_edit: bool = True

    @property
    def fingerprint(self) -> str:
        """Differs when the card says something else."""
        said = hashlib.sha256(json.dumps(approval_blocks(self)).encode()).hexdigest()[:16]
        return said if self.may_decide or self.card.state != "awaiting" else f"{WITHOUT_BUTTONS}{said}"

    @property
    def is_final(self) -> bool:
        """Whether it never changes any more."""
        return self.card.state in FINAL


def approval_blocks(standing: Standing, *, whole: bool = False) -> list[Json]:
    """The card as blocks of a message; `whole`: every line, however many there are."""
    card = standing.card
    blocks = [header(f"{ICONS.get(card.state, '•')} {card.title}")]
    if standing.replaces and card.state == "awaiting":
        blocks += lists(f"Instead of {standing.replaces}", standing.differences, 1)
    blocks += lists("What changes", card.lines, 0 if whole else MOST_SECTIONS)
    blocks.append(_facts(standing))
    if card.state == "awaiting":
        blocks += needs(card, standing.votes)
        blocks += [_buttons(standing)] if standing.may_decide else [_waits(standing)]
    else:
        blocks += ended(standing)
    if card.effect:
        blocks.append(context(*(escape(one) for one in card.effect[:4])))
    exactly = " · you decide on exactly this" if card.state == "awaiting" else ""
    return [*blocks, context(f"`{card.plan_id}` · digest `{card.digest[:12]}`{exactly}")]


def notification(standing: Standing) -> str:
    """What a lock screen shows: no title, no name, no place."""
    said = STATE_WORDS.get(standing.card.state, standing.card.state)
    return f"Plan {standing.card.plan_id}: {said[:1].lower()}{said[1:]}."


def value_of(card: PlanCard) -> str:
    """What a button carries: the plan and exactly what was looked at."""
    return json.dumps({"plan": card.plan_id, "digest": card.digest})


def _facts(standing: Standing) -> Json:
    card = standing.card
    told = [("Cost", card.cost or "none"), ("Asked by", escape(card.asked_by))]
    if card.expires_at is not None and card.state == "awaiting":
        told.append(("Open until", when(card.expires_at)))
    if standing.reference:
        told.append(("Reference", escape(standing.reference)))
    fields = [{"type": "mrkdwn", "text": f"*{name}*\n{said}"} for name, said in told]
    return {"type": "section", "fields": fields}


def _buttons(standing: Standing) -> Json:
    card = standing.card
    value = value_of(card)
    row = [button("Approve", APPROVE, value, "primary")]
    row += [button("Edit…", EDIT, value)] if standing.may_edit else []
    row += [button("Reject…", REJECT, value, "danger"), button("Details", DETAILS, value)]
    return actions(*row, block_id=f"decide:{card.plan_id}")


def _waits(standing: Standing) -> Json:
    voted = any(vote.decision == "approve" for vote in standing.votes)
    said = "It waits for the others" if voted else "Others decide first, and you are told when it is your turn"
    return context(f"⏳ {said}.")


def ended(standing: Standing) -> list[Json]:
    """What became of it: the state, who decided and why, and what is different in the plan that took its place."""
    words = STATE_WORDS.get(standing.card.state, standing.card.state)
    said = [f"{ICONS.get(standing.card.state, '•')} *{words}*"]
    said += [
        f"{'Approved' if vote.decision == 'approve' else 'Rejected'} by {escape(vote.user_id)}, {when(vote.at)}"
        for vote in standing.votes
    ]
    told = standing.reason.casefold() in words.casefold() or (standing.replaced_by or "\n") in standing.reason
    if standing.reason and not told:
        said.append(f"_{escape(standing.reason)}_")
    if not standing.replaced_by:
        return [section("\n".join(said))]
    said.append(f"`{standing.replaced_by}` took its place and is decided on anew.")
    return [section("\n".join(said)), *(lists("What is different now", standing.differences, 1))]
