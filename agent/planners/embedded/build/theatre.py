"""Theatre: what is on the list, added to it, overbooked, or back in use."""

import re

from agent.planners.embedded.build.said import Said
from agent.planners.embedded.case_deeds import is_add_on
from agent.planners.embedded.skills.status import says_back

_OPERATED = re.compile(r"\boperat(?:ed?|ing|ions?)\b|\bsurgery\b", re.IGNORECASE)
_OVERBOOK = re.compile(r"(?<!not )(?<!n't )(?<!never )\b(?:over|double)[- ]?book\b", re.IGNORECASE)
_ABOUT_A_LOSS = frozenset({"displace", "request_maintenance", "what_if"})
_THINGS = frozenset({"room", "scanner", "equipment"})


def theatre(said: Said) -> str | None:
    """What the words of operations, overbooking and things back in use decide."""
    if is_add_on(said.text, said.ranking):
        return "add_on_case"
    overbooked = said.best in ("displace", "overbook") and "overbook" in said.likely and _OVERBOOK.search(said.text)
    if overbooked and not said.asks:
        return "overbook"
    if said.best == "book_visit" and "schedule_case_for_patient" in said.likely and _OPERATED.search(said.text):
        return "schedule_case_for_patient"
    if said.best in _ABOUT_A_LOSS and said.kinds & _THINGS and says_back(said.text) and not said.asks:
        return "record_status"  # nothing is lost any more
    return None
