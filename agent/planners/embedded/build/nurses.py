"""Nurses: who is missing, who is lent, and what is only asked."""

import re

from agent.planners.embedded.build.said import Said
from agent.planners.embedded.deeds import says_deed

_OF_DOCTORS = frozenset(
    {
        "clinic_earliest_slot",
        "or_open_time",
        "imaging_slot",
        "book_visit",
        "schedule_case_for_patient",
        "propose_case",
    }
)
_OF_NURSES = frozenset({"who_can_cover", "record_status", "request_agency", "mandate_overtime", "staffing_need"})
"""Matters that name a nurse, where those above name a doctor."""
_OF_NURSES_THERE = frozenset({"who_can_cover", "what_if", "staffing_need", "request_agency"})
_LENDS = re.compile(
    r"^\W*(?:please\W+)?(?:lend|loan|float|send|move|shift)\b[^?]*\b(?:rns?|nurses?)\b[^?]*$", re.IGNORECASE
)
"""That a nurse of one unit is to go to another; which one is asked, never guessed."""
_ANY = 0.01
_CALLS_OUT = re.compile(
    r"\b(?:call(?:s|ed|ing)?|rang|rung|phoned|texted|gone|went)(?: \w+)? "
    r"(?:out|off|in sick|in ill|home (?:sick|ill))\b|\bin sick\b",
    re.IGNORECASE,
)
_LOOKS_FOR = re.compile(
    r"\b(?:who|cover|replace\w*|find|need|get|any(?:one|body)|fill|option|float|agency)\b", re.IGNORECASE
)
"""Somebody is missing and another one is looked for, where else it is only told."""


def missing(said: Said) -> str | None:
    """Somebody who has called out is a fact, where nobody else is looked for."""
    told = _CALLS_OUT.search(said.text) and not _LOOKS_FOR.search(said.text) and not said.asks
    return "record_status" if told and "staff" in said.kinds and said.best in _OF_NURSES else None


def nurses(said: Said) -> str | None:
    """What the words of lending and sending decide, and that a nurse named is no doctor."""
    if "staff" in said.kinds and said.best == "request_agency" and not says_deed(said.text):
        return "who_can_cover"  # somebody is sent only where a verb asks for it
    units = sum(one.kind == "unit" for one in said.mentions)
    if said.best in _OF_NURSES_THERE and _LENDS.match(said.text) and units > 1:
        return "request_agency"
    if "staff" in said.kinds and said.best in _OF_DOCTORS:
        return next((name for name, chance in said.ranking.intents if name in _OF_NURSES and chance >= _ANY), None)
    return None
