"""The blocks that everything is made of, and the words and signs for the states of a plan; pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from bots.slack import limits
from bots.slack.mrkdwn import cut, escape, to_mrkdwn
from hospital.cards import PlanCard

Json = dict[str, Any]
FEEDBACK = "feedback"
CHOOSE = "choose"
ICONS: Mapping[str, str] = {
    "drafted": "📝", "awaiting": "🟡", "committed": "✅", "delivered": "✅", "rejected": "⛔", "expired": "⌛",
    "withdrawn": "↩️", "superseded": "🔁", "stale": "🔁", "compensating": "🟣", "compensated": "🟣", "ambiguous": "🟣",
}  # fmt: skip
STATE_WORDS: Mapping[str, str] = {
    "drafted": "Draft: nothing is asked for yet",
    "awaiting": "Waiting for a decision",
    "committed": "Approved and done; the other systems are being told",
    "delivered": "Approved and done",
    "rejected": "Rejected",
    "expired": "Expired: nobody decided in time",
    "withdrawn": "Taken back",
    "superseded": "Replaced by another plan",
    "stale": "The hospital has changed: not done",
    "compensating": "Refused by another system; being taken back",
    "compensated": "Refused by another system; taken back",
    "ambiguous": "Done here; another system has not answered yet",
}


def section(text: str) -> Json:
    """A paragraph in Slack's dialect."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, limits.SECTION) or " "}}


def header(text: str) -> Json:
    """A heading."""
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text, limits.HEADER), "emoji": True}}


def context(*texts: str) -> Json:
    """Small print."""
    elements = [{"type": "mrkdwn", "text": cut(text, 2_000)} for text in texts if text][: limits.CONTEXT_ELEMENTS]
    return {"type": "context", "elements": elements}


def button(text: str, action: str, value: str = "", style: str = "") -> Json:
    """A button."""
    made: Json = {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": cut(text, limits.BUTTON), "emoji": True},
    }
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return made


def actions(*buttons: Json, block_id: str = "") -> Json:
    """A row of buttons."""
    made: Json = {"type": "actions", "elements": list(buttons)}
    if block_id:
        made["block_id"] = block_id
    return made


def feedback(turn_id: str) -> Json:
    """Was this useful?"""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK,
                "positive_button": {"text": {"type": "plain_text", "text": "Useful"}, "value": f"good {turn_id}"},
                "negative_button": {"text": {"type": "plain_text", "text": "Not useful"}, "value": f"bad {turn_id}"},
            }
        ],
    }


def bullets(lines: Iterable[str], most: int = 20) -> str:
    """Lines under each other, arrows kept."""
    said = [f"• {to_mrkdwn(line)}" for line in lines]
    return "\n".join([*said[:most], *([f"… and {len(said) - most} more"] if len(said) > most else [])])


def needs(card: PlanCard) -> list[Json]:
    """Who must agree, how far they are, and why."""
    said = []
    for need in sorted(card.needs, key=lambda one: one.order):
        met = "✅" if need.have >= need.need else "⏳"
        who = f" ({escape(', '.join(need.who))})" if need.who else " (nobody is on duty; it escalates)"
        said.append(f"{met} *{escape(need.role.replace('_', ' ').replace('|', ' or '))}*{who}\n{escape(need.why)}")
    return [section("*Who must agree, and why*\n" + "\n".join(said))] if said else []
