"""Whether a message says yes to what was shown in the turn before: "you, now", and nothing longer lived.

This is not an approval. It is the asking person's own word ("the patient agreed") on the digest they saw,
and it is read from their message by code before any planner runs.
"""

import re
from typing import Any

from hospital.entity import Record

_STRONG = frozenset("yes yeah yep yup sure ok okay agreed agrees confirmed confirm confirms accepted accepts".split())
_NO = frozenset(
    "no not nope don't dont doesn't doesnt didn't didnt isn't isnt never wait hold stop cancel but except instead "
    "rather unless if maybe unsure later change different other another without".split()
)
_MOST_WORDS = 14


class Pending(Record):
    """The plan whose digest was shown and that only lacks the asking person's word."""

    plan_id: str
    digest: str
    turn_number: int


def says_yes(text: str) -> bool:
    """Whether a short message is a plain yes: no negation, no condition, no question, nothing else asked."""
    words = re.findall(r"[a-z']+", text.casefold().replace("’", "'"))
    if not words or len(words) > _MOST_WORDS or "?" in text:
        return False
    if _NO.intersection(words):
        return False
    return bool(_STRONG.intersection(words)) or words[:2] in (["go", "ahead"], ["do", "it"], ["book", "it"])


def confirmed(text: str, state: dict[str, Any], number: int) -> Pending | None:
    """What this message says yes to: only what the turn just before showed."""
    shown = state.get("pending")
    if shown is None:
        return None
    pending = Pending.model_validate(shown)
    return pending if pending.turn_number == number - 1 and says_yes(text) else None
