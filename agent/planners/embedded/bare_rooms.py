"""Rooms called by their number alone, as people do who work in operating rooms: "what's on in 4", "is 7 free"."""

import re
from collections.abc import Collection

from agent.planners.embedded.date_words import WEEKDAYS
from hospital.model.people import User

_ROLES = frozenset({"or_scheduler", "or_charge", "periop_director", "anaesthesia_lead", "surgeon"})
"""Roles for which a place with a number is an operating room."""
_DAYS = "|".join((*WEEKDAYS, "today", "tonight", "tomorrow", "tmrw", "this", "all"))
_STATES = "free|open|back|down|fixed|clear|empty|busy|ready|been|usable|working|out of|still|up|again"
_GO_ON = (
    "at|on|until|till|til|before|after|now|then|next|please|and|or|is|are|was|has|had|have|gone|yet|first|if|with|while|"
    "morning|afternoon|evening|fail\\w*|broke\\w*|flood\\w*|leak\\w*|won'?t|isn'?t|can'?t|went|goes|ran|over|finish\\w*"
)
"""What may follow a place, where a noun would be what the number counts."""
_IN = re.compile(
    r"(?<!start )(?<!starts )(?<!starting )(?<!begin )(?<!due )\b(?:in|into|out of)\s+(?P<number>\d{1,2})"
    rf"(?=\s*(?:[?,;.!:]|$|\b(?:{_DAYS}|{_STATES}|{_GO_ON})\b))",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\b(?:is|has|was|use|using|uses|lost|lose|losing|shut|close|closing|reopen|reopened)\s+(?P<number>\d{1,2})"
    rf"(?=\s+(?:{_STATES}|{_DAYS}|for the)\b)",
    re.IGNORECASE,
)

_FIRST = re.compile(
    r"^\W*(?:(?:hi|hey|fyi|so|and|ok)\W+)*(?P<number>\d{1,2})(?=(?:'s| is| has| was)(?: \w+)? (?:being|been|down|out|"
    r"flood\w*|clos\w*|back|open|blocked|broken|clean\w*|dirty|shut|usable|free|up|running|ok|okay|fine)\b)",
    re.IGNORECASE,
)
"""A number of which a state is told: "7 is being cleaned"."""


def with_rooms_in_full(text: str, user: User, numbers: Collection[int]) -> str:
    """The text with "OR" before a bare number that is one of these rooms' at the speaker's site."""
    if not _ROLES & set(user.roles):
        return text

    def named(found: re.Match[str]) -> str:
        digits, whole = found["number"], found[0]
        return f"{whole[: -len(digits)]}OR {digits}" if int(digits) in numbers else whole

    return _FIRST.sub(named, _OF.sub(named, _IN.sub(named, text)))
