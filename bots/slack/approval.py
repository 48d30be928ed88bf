"""The approval card: what changes, what it costs, why a human, who else, until when; and what became of it; pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bots.slack.blocks import ICONS, STATE_WORDS, actions, bullets, button, context, header, needs, section
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


def approval_blocks(standing: Standing) -> list[Json]:
    """The card as blocks of a message."""
    card = standing.card
    icon = ICONS.get(card.state, "•")
    blocks = [header(f"{icon} {card.title}"), section(f"*What changes*\n{bullets(card.lines)}"), _facts(standing)]
    if card.state == "awaiting":
        blocks += needs(card)
        blocks += [_buttons(standing)] if standing.may_decide else [_waits(standing)]
    else:
        blocks.append(section(_ended(standing)))
    if card.effect:
        blocks.append(context(*(escape(one) for one in card.effect[:4])))
    return [*blocks, context(f"`{card.plan_id}` · digest `{card.digest[:12]}` · you decide on exactly this")]


def notification(standing: Standing) -> str:
    """What a lock screen shows: no title, no name, no place."""
    said = STATE_WORDS.get(standing.card.state, standing.card.state)
    return f"Plan {standing.card.plan_id}: {said[:1].lower()}{said[1:]}."


def value_of(card: PlanCard) -> str:
    """What a button carries: the plan and exactly what was looked at."""
    return json.dumps({"plan": card.plan_id, "digest": card.digest})


def _facts(standing: Standing) -> Json:
    card = standing.card
    told = [("Cost", card.cost or "nothing"), ("Asked by", escape(card.asked_by))]
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
    voted = [f"{vote.user_id} has agreed" for vote in standing.votes if vote.decision == "approve"]
    said = "; ".join(voted) or "Others decide first, and you are told when it is your turn"
    return context(f"⏳ {escape(said)}.{' It waits for the others.' if voted else ''}")


def _ended(standing: Standing) -> str:
    said = f"{ICONS.get(standing.card.state, '•')} *{STATE_WORDS.get(standing.card.state, standing.card.state)}*"
    votes = [
        f"{'Approved' if vote.decision == 'approve' else 'Rejected'} by {escape(vote.user_id)} {when(vote.at)}"
        for vote in standing.votes
    ]
    said_below = bool(standing.replaced_by and standing.replaced_by in standing.reason)
    reason = [f"_{escape(standing.reason)}_"] if standing.reason and not said_below else []
    instead = [f"Look at `{standing.replaced_by}` instead."] if standing.replaced_by else []
    return "\n".join([said, *votes, *reason, *instead])
