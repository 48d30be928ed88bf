"""Whether a message about free time goes on with the free time spoken about: "anything later?", "and at noon?"."""

import re

from agent.planners.embedded.carry import OPENINGS
from agent.planners.embedded.heard import Heard

_MISTAKEN = OPENINGS | {"schedule_show", "stock_level", "bed_state", "out_of_scope", "list_approvals"}
_SAYS_WHICH = re.compile(
    r"\b(?:ors?|rooms?|theat(?:re|er)s?|suites?|blocks?|prime|surg\w*|operat\w*|cases?|lists?|clinics?|appointments?|"
    r"appts?|visits?|mris?|cts?|scan\w*|magnets?|beds?|staff\w*|nurses?|rns?|stock|items?|trays?|sets?|approv\w*|booked)\b",
    re.IGNORECASE,
)
_WHERE_AND_WHEN = frozenset({"site", "home"})
_SHORT = 9
"""So many words at most are said of it."""


def goes_on_about_free_time(heard: Heard) -> bool:
    """Whether it asks for free time, says of what neither by a word nor by a name, and free time was spoken about."""
    before = heard.memory.get("intent")
    asked_when = heard.memory.get("asks_for") == "day" and bool(heard.times)
    if not (before in OPENINGS or asked_when) or heard.intent not in _MISTAKEN or len(heard.text.split()) > _SHORT:
        return False
    if heard.intent not in OPENINGS and not (heard.times or heard.mentions):
        return False
    named = {mention.kind for mention in heard.mentions} - _WHERE_AND_WHEN
    return not named and _SAYS_WHICH.search(heard.text) is None
