"""Whether a message says yes to what was shown in the turn before: "you, now", and nothing longer lived.

This is not an approval. It is the asking person's own word ("the patient agreed") on the digest they saw, and it is
read from their message by code before any planner runs. A yes that is missed costs one more question; a yes that
was none books a patient who did not agree: so every word must be known to belong to a plain yes.
"""

import re
from datetime import datetime
from typing import Any

from hospital.entity import Record, Time

_PLAIN = frozenset(
    "yes yeah yep yup yea ye yess y aye sure ok okay okey k correct right absolutely definitely certainly perfect "
    "great good fine agreed agrees agree confirmed confirm confirms accepted accepts approves happy".split()
)
"""Each says yes by itself."""
_PHRASES = re.compile(
    r"\b(?:go ahead|go for it|please do|of course|works for (?:me|him|her|them|us)|that works|works well|"
    r"sounds good|all good|do it|do that|(?:they|he|she|we|patient|caller|office) "
    r"(?:did|does|do|is|are|would|said so|asked|wants it|takes it|will take it))\b"
)
_AROUND = frozenset(
    "a and that's thats it's its it is that this the all with by for to me please pls thanks thank you very much "
    "just i am i'm im we are he's she's they're he she they him her them his patient patient's caller mother mom "
    "father dad parent daughter son wife husband family surgeon surgeon's surgeons office has have had now already "
    "said says so both everybody everyone on phone line here then well totally indeed really told us time slot "
    "appointment visit booking date".split()
)
"""Words that may stand beside a yes without changing it."""
_VERBS = {
    "book_appointment": frozenset("book booked booking".split()),
    "reschedule_appointment": frozenset("move moved moving reschedule rescheduled change changed".split()),
    "cancel_appointment": frozenset("cancel cancelled canceled cancelling cancellation".split()),
    "schedule_case": frozenset("schedule scheduled book booked case asked requested request".split()),
}
"""What was asked about may be said again in the yes: "ok cancel it" confirms a cancellation, nothing else."""
_ASKING = frozenset("can could is are was does did will would should what when where which who how why may".split())
_TITLED = re.compile(r"\b(?:dr|mr|mrs|ms|miss|prof)\b\.? [A-Z][\w-]+(?:'s)?", re.IGNORECASE)
_MOST_WORDS = 14


class Pending(Record):
    """The plan whose digest was shown and that only lacks the asking person's word."""

    plan_id: str
    digest: str
    turn_number: int
    kind: str = ""
    """The kind of its change."""
    shown_at: Time
    """When the person could first see it (system clock)."""


def says_yes(text: str, kind: str = "") -> bool:
    """Whether a short message is a plain yes: no negation, condition or question, and nothing else asked.

    Args:
        text: the message.
        kind: the kind of change that it would confirm, whose own verb may be repeated.
    """
    folded = _TITLED.sub("she", text.replace("’", "'")).casefold()
    folded = re.sub(r"\bno (?:problem|worries|objections?)\b|\bnot a problem\b", "fine", folded)
    words = re.findall(r"[\w']+", folded)
    if not words or len(words) > _MOST_WORDS or "?" in text or words[0] in _ASKING:
        return False
    own = _VERBS.get(kind, frozenset())
    rest = _PHRASES.sub(" ", folded)
    left = re.findall(r"[\w']+", rest)
    says = bool(_PLAIN.intersection(left)) or rest != folded or (bool(own.intersection(left)) and "it" in left)
    return says and all(word in _PLAIN or word in _AROUND or word in own for word in left)


def confirmed(text: str, state: dict[str, Any], number: int, asked_at: datetime) -> Pending | None:
    """What this message says yes to: only what the turn just before showed, and only once it was there to see."""
    shown = state.get("pending")
    if shown is None:
        return None
    pending = Pending.model_validate(shown)
    seen = pending.turn_number == number - 1 and pending.shown_at <= asked_at
    return pending if seen and says_yes(text, pending.kind) else None
