"""What is about a deed and asks for none: what is taken back, a yes to somebody's request, what was done already."""

import re

from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.matters import ASIDE, CHANGING, LOOKED_UP, WRITES

_TAKES_BACK = re.compile(
    r"^\W*(?:(?:no|sorry|oh|oops|actually|wait|please|ok|okay|hm+|just|on second thoughts?)\W+)*"
    r"(?:(?:can|could) (?:you|we|i)\s+)?"
    r"(?:take (?:it|that|this|them|those)(?: \w+)? back|undo (?:it|that|this|them)|withdraw (?:it|that|this|them))\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"^\W*(?:yes|yep|ok|okay|fine|approved?|agreed|good)\b[^.?]{0,12}\b(?:from|by|with|for) me\b", re.IGNORECASE
)
"""Somebody says yes to what others asked for: a card is shown, and nothing happens by that."""
_RELEASED = re.compile(r"(?<!\bbe )\breleased\b", re.IGNORECASE)
_RELEASE = re.compile(r"\b(?:release|let go|give|hand|free|open)\b", re.IGNORECASE)
_FORBIDS = re.compile(
    r"^\W*(?:(?:please|no|and|but|so|ok|okay|actually|wait|oh|hey|hi)\W+)*"
    r"(?:(?:you |we )?(?:don'?t|do not|never)(?: (?:need|have|want) to)?|(?:there'?s |there is )?no need to|no more|"
    r"let'?s not|(?:i|we) (?:wouldn'?t|shouldn'?t|mustn'?t|would not|should not|must not)|"
    r"i don'?t want (?:you |us )?to)\s+(?!forget|hesitate|you|we|i\b|know|see|understand|have|need)[^,;:?]*$",
    re.IGNORECASE,
)
_DECLINES = re.compile(
    r"(?:\bnot|n't|\bnever|\bno longer)\s+(?:\w+\s+){0,2}(?:happy|want|wants|use|using|accept|agree|ok|okay|like|"
    r"comfortable|take|taking|having|keen)\b|\b(?:unhappy|i object|against using|refuses?|declines?)\b",
    re.IGNORECASE,
)
"""Somebody will not have what is offered."""
_NO_AGENCY = re.compile(
    r"\b(?:no|not|without|never|don'?t|do not|rather than|instead of|before|avoid\w*|other than)\s+"
    r"(?:(?:an?|any|go|going|call|calling|use|using|want|we|i|the|to|outside)\s+){0,3}(?:agency|travell?ers?|registry|locums?)\b",
    re.IGNORECASE,
)
"""Nurses are wanted, only none from outside."""
_INSTEAD = re.compile(r"\b(?:but|instead|rather|until|till|before|unless|without|let)\b|\.\s+\w", re.IGNORECASE)
"""What is not to happen, with what is to happen beside it."""


_ONLY_TELLS = re.compile(
    r"^\W*(?:(?:please|no|wait|oh|sorry|but|hi|hello)\W+)*(?:don'?t|do not|never mind|no need to|not to)\b"
    r"[^.;!?]*?[,.;:–-]\s*"
    r"(?:(?:but|and|please|i|we)\s+)*(?:(?:just|only|simply|rather)\s+)*"
    r"(?:tell|show|let me know|say|look|check|want(?:ed|ing)? to know|need to know|wonder\w*|asking|ask)\b",
    re.IGNORECASE,
)
"""A deed that is ruled out, before what is wanted instead: "don't cancel her, just tell me when it is"."""


_ON_CONDITION = re.compile(
    r"\b(?:if|unless|as soon as|once|in case|should)\s+"
    r"(?:(?:it|that|this|he|she)(?:'s| is)?|they(?:'re| are)?|there(?:'s| is| are)?|"
    r"we(?:'re| are| have)?|the|stock|none|less|fewer|under|anything|nothing|still|only)\b"
    r"(?!\W*(?:ok|okay|fine|alright|possible|feasible|allowed|needed|suits?|works?|available to you)\b)",
    re.IGNORECASE,
)
"""A deed that is only to be done if something is so: the state is shown, and whoever asks decides."""
_ON_ITS_STATE = frozenset({"create_requisition", "request_agency", "request_maintenance"})


def about_deeds(text: str, ranking: Ranking) -> str | None:
    """What is about a deed and is none of its own: taken back, a yes to somebody's request, or done already."""
    if _TAKES_BACK.search(text):
        return "withdraw_request"
    if _ONLY_TELLS.match(text) and ranking.best in CHANGING | {"surge_beds"}:
        return next(name for name, _ in ranking.intents if name not in CHANGING | WRITES | ASIDE | {"surge_beds"})
    if ranking.best in CHANGING - {"hold_slot", "ratio_breach", "mandate_overtime", "split_requisition"} and (
        _FORBIDS.match(text) and not _INSTEAD.search(text.rstrip(" ."))
    ):
        return "confirm_no"  # what is not to be done is not done
    if ranking.best == "request_agency" and _NO_AGENCY.search(text):
        return "who_can_cover"  # what is ruled out is not asked for
    if ranking.best == "substitute_item" and _DECLINES.search(text) and not _INSTEAD.search(text.rstrip(" .")):
        return "confirm_no"
    if ranking.best in _ON_ITS_STATE and _ON_CONDITION.search(text):
        return LOOKED_UP[ranking.best]
    agreeing = ranking.best in CHANGING or "approve_in_chat" in [name for name, _ in ranking.intents[:3]]
    if _AGREES.match(text) and agreeing:
        return "approve_in_chat"
    if ranking.best == "release_block" and _RELEASED.search(text) and not _RELEASE.search(text):
        return "or_open_time"  # time that was released is open
    return None
