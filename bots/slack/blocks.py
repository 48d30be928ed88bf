"""The blocks that everything is made of, and the words and signs for the states of a plan; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bots.slack import limits
from bots.slack.mrkdwn import cut, escape, to_mrkdwn, when
from hospital.cards import PlanCard
from policies.plans import Vote
from tools.sentences import say_role

Json = dict[str, Any]
FEEDBACK = "feedback"
CHOOSE = "choose"
MOST_SECTIONS = 2
"""So many sections of what changes are on a card; all of it is in its details."""
LONG_LINE = 200
"""A line of a plan that is longer and lists several things is drawn as a list."""
ROOM = 60
"""Characters of a section that stay free for what is said of the rest."""
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


def lists(title: str, lines: Iterable[str], most: int = 0) -> list[Json]:
    """A titled list of any length, in as many sections as it needs; nothing is cut off in the middle.

    Args:
        most: show at most so many sections and say how many lines are left; 0: all.
    """
    said = [f"• {to_mrkdwn(part)}" for line in lines for part in listed(line)]
    sections, texts = 0, [f"*{title}*" if title else ""]
    for at, line in enumerate(said):
        if len(texts[-1]) + len(line) + 1 <= limits.SECTION - ROOM:
            texts[-1] += f"\n{line}"
            continue
        sections += 1
        if sections == most:
            texts[-1] += f"\n_… and {len(said) - at} more_"
            break
        texts.append(line)
    return [section(text.strip()) for text in texts]


def listed(line: str) -> list[str]:
    """A long sentence that lists several things, as those things."""
    parts = line.split("; ") if len(line) > LONG_LINE else [line]
    return [_upper(part) for part in parts]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def needs(card: PlanCard, votes: Sequence[Vote] = ()) -> list[Json]:
    """Who must agree and who did, and why a human is asked at all."""
    said = []
    for need in sorted(card.needs, key=lambda one: one.order):
        yes = [one for one in votes if one.rule == need.rule and one.decision == "approve"]
        who = " and ".join(f"{escape(vote.user_id)} agreed {when(vote.at)}" for vote in yes)
        who = who or escape(" or ".join(need.who)) or "nobody is on duty; it escalates"
        met = "✅" if need.have >= need.need else "⏳"
        far = f" ({need.have} of {need.need})" if need.need > 1 else ""
        said.append(f"{met} *{escape(_upper(say_role(need.role)))}:* {who}{far}\n{escape(_upper(need.why))}.")
    return [section("*Who must agree, and why*\n" + "\n".join(said))] if said else []
