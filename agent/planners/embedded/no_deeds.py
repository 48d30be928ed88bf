"""What is about a deed and asks for none: what is taken back, a yes to somebody's request, what was done already."""

import re

from agent.planners.embedded.deeds import asks_to_know
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
_KEEPS = re.compile(
    r"\b(?:hang(?:ing)? on to|hold(?:ing)? on to|keep(?:ing)?|need(?:ing)?|want) (?:all of )?my (?:\w+ )?"
    r"(?:block|list|time|day|slot|session|morning|afternoon)\b|\b(?:stays?|remains?|is|are) (?:still )?mine\b",
    re.IGNORECASE,
)
_ALREADY = re.compile(
    r"^\W*(?:(?:no|oh|hey|fyi|but|and|well)\W+)*(?:i|we|they|he|she|someone)"
    r"(?:'ve| have|'d| had)? (?:have )?already \w+",
    re.IGNORECASE,
)
"""A deed that is told as done: "we already ordered those"."""
_NOT_TO_BE = re.compile(
    r"\b(?:not|never|mustn'?t|shouldn'?t|isn'?t) (?:to )?be (?:given|released|let go|moved|bumped|cancell?ed|touched|"
    r"changed|taken|swapped|shifted|offered|used)\b|\b(?:isn'?t|is not|aren'?t|are not) up for grabs\b",
    re.IGNORECASE,
)
"""What is not to be done, said of the thing: "my block is not to be given away"."""
_INSTEAD = re.compile(
    r"\b(?:but|instead|rather|(?:until|till)(?! (?:i (?:say|tell)|further notice|we know|told))|before|unless|"
    r"without|let)\b|\.\s+\w",
    re.IGNORECASE,
)
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
    r"we(?:'re| are| have)?|the|stock|none|less|fewer|under|anything|nothing|still|only|"
    r"(?!(?:you|i|u)\b)(?:[\w-]+\s+){1,4}(?:is|are|drops?|falls?|gets?|goes|runs?|comes?|isn'?t|aren'?t))\b"
    r"(?!\W*(?:ok|okay|fine|alright|possible|feasible|allowed|needed|suits?|works?|available to you)\b)",
    re.IGNORECASE,
)
"""A deed that is only to be done if something is so: the state is shown, and whoever asks decides."""
_ON_ITS_STATE = frozenset({"create_requisition", "request_agency", "request_maintenance"})
_DONE_ALREADY = re.compile(
    r"^\W*(?:(?:ok|okay|so|and|hi|hello|fyi|just so you know|just to let you know|update)\W+)*"
    r"(?:i|we|she|he|they|the (?:patient|caller|clinic))(?:'ve| have| has|'s| had)?(?: already| just)* "
    r"(?:told|informed|called|rang|moved|cancelled|canceled|rebooked|rescheduled|booked|sorted|changed)\b"
    r"(?=.*\b(?:already|all (?:sorted|done|set)|(?:by|on) (?:herself|himself|themselves|my own)|yesterday|online|"
    r"on the (?:website|portal|app))\b)",
    re.IGNORECASE,
)
"""Somebody did it already, and says so: "she moved it online already"."""
_OF_A_VISIT = frozenset({"book_visit", "cancel_visit", "hold_slot", "offer_waitlist", "overbook", "reschedule_visit"})
_MAY_BE = re.compile(
    r"^\W*(?:(?:and|so|but|hi|hello|fyi)\W+)*(?:maybe|perhaps|possibly|it (?:may|might|could) (?:well )?be(?: that)?|"
    r"(?:patient |pt |caller )?[\w.'-]+ (?:may|might|could possibly)(?: well| just)? (?!i\b|we\b|you\b))(?!.*\?)",
    re.IGNORECASE,
)
"""What may come is told: "she might cancel tomorrow"."""
_NOBODY = re.compile(r"^\W*(?:so |and |but )*(?:nobody|no ?one|none)\b(?!.*\?)", re.IGNORECASE)
"""What nobody did is told."""
_STOP_OVERBOOKING = re.compile(
    r"\b(?:stop\w*|quit|cease|end|no more|less|fewer|without|against|never|not)\s+(?:to )?"
    r"(?:over|double)[- ]?book\w*",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"^\W*(?:(?:no|sorry|but|and|so)\W+)*(?:i|we)"
    r"(?: will not|'ll not| won'?t|'m not going to| am not going to| refuse to)(?: be)? "
    r"(?:approv\w+|agree\w*|allow\w*|accept\w*|sign\w*|overbook\w*|ok)\b(?!.*\?)",
    re.IGNORECASE,
)
"""Somebody says no to what is not asked here: nothing is shown for a vote, and nothing is changed."""


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
    if _is_told(text, ranking.best):
        return "confirm_no"
    if ranking.best in CHANGING and _ALREADY.match(text) and not _INSTEAD.search(text.rstrip(" .")):
        return "erp_status" if ranking.best == "create_requisition" else "out_of_scope"
    if ranking.best in _ON_ITS_STATE and _ON_CONDITION.search(text):
        return LOOKED_UP[ranking.best]
    agreeing = ranking.best in CHANGING or "approve_in_chat" in [name for name, _ in ranking.intents[:3]]
    if _AGREES.match(text) and agreeing:
        return "approve_in_chat"
    if ranking.best == "release_block" and _RELEASED.search(text) and not _RELEASE.search(text):
        return "or_open_time"  # time that was released is open
    return None


def _is_told(text: str, matter: str) -> bool:
    """Whether it is told that a deed was done already, only may be, or is not to be."""
    only_told = any(told.match(text) for told in (_DONE_ALREADY, _NOBODY, _MAY_BE))
    if matter in _OF_A_VISIT and only_told and not asks_to_know(text):
        return True
    if matter == "overbook" and _STOP_OVERBOOKING.search(text):
        return True
    if matter in CHANGING | {"approve_in_chat"} and _REFUSES.match(text):
        return True
    if matter == "release_block" and _KEEPS.search(text) and not _RELEASE.search(text):
        return True
    unwanted = _NOT_TO_BE.search(text) if matter in CHANGING else None
    declined = _DECLINES.search(text) if matter == "substitute_item" else None
    return bool(unwanted or declined) and not _INSTEAD.search(text.rstrip(" ."))
