"""Questions: what is only asked or to be shown is never a change."""

import re

from agent.planners.embedded.build.said import LIKELY_ENOUGH, Said
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.matters import ASIDE, CHANGING, WRITES

_SHOWN_WHEN_ASKED = frozenset({"overbook", "substitute_item", "reschedule_visit"})
"""Changes that a question only shows."""
_ASKED_INSTEAD = {
    "request_agency": frozenset({"who_can_cover"}),
    "book_visit": frozenset({"imaging_slot", "clinic_earliest_slot"}),
    "assign_bed": frozenset({"place_waiting", "bed_state"}),
}
"""What a question is about that sounds like one of these changes."""
ABOUT_RULES = frozenset({"policy_why", "handbook_question", "explain_change"})
"""Matters of why, and of what the rules say."""
_CONSENT = re.compile(
    r"\b(?:who|whose|any(?:one|body)|some(?:one|body))\b.*"
    r"\b(?:agree|approv\w+|sign\w*|okay|ok|consent|permission|say yes)\b|"
    r"\bwhose (?:call|decision|say|approval|signature|okay|ok)\b|"
    r"\b(?:am i|are we) (?:allowed|permitted|authori[sz]ed)\b|"
    r"\b(?:do|does|would|will) \w+ need (?:[\w']+ ){0,3}"
    r"(?:ok|okay|approval|permission|consent|signature|sign-?off)\b",
    re.IGNORECASE,
)
_SHOW = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|ok|so|and|can you|could you|would you)\W+)*(?:show|tell|let) me\b(?! have\b)",
    re.I,
)
"""A wish to see something changes nothing."""
_HOW_TO = re.compile(
    r"^\W*(?:(?:so|and|but|please)\W+)*how (?:do|can|would|should|could) (?:i|we|you|one)\b", re.IGNORECASE
)
_COUNTED = re.compile(
    r"^\W*(?:(?:and|so|ok|hi|but)\W+)*(?:are there|is there|do we have|have we got|how many)\b", re.IGNORECASE
)
"""What is there is asked, not where it should go."""


def questions(said: Said) -> str | None:
    """What a question about the world is about, where the words alone mislead."""
    shown = _SHOW.match(said.text)
    if not (said.asks or shown):
        return None
    if said.best in CHANGING and shown:
        return next(name for name, _ in said.ranking.intents if name not in WRITES | CHANGING | ASIDE)
    if said.best == "place_waiting" and "bed_state" in said.likely and _COUNTED.match(said.text):
        return "bed_state"
    if _CONSENT.search(said.text) and "policy_why" in said.likely:
        return "policy_why"
    if _HOW_TO.search(said.text) and said.ranking.in_scope and any(name in WRITES for name in said.likely):
        return "handbook_question"
    if (instead := _ASKED_INSTEAD.get(said.best)) is not None:
        return said.likeliest_of(*instead)
    changes = said.best in (WRITES - _SHOWN_WHEN_ASKED) | {"confirm_yes", "confirm_no"}
    return what_is_asked(said.ranking) if changes and said.ranking.in_scope else None


def what_is_asked(ranking: Ranking) -> str:
    """The likeliest matter that only asks; when none is likely, what the rules say."""
    asking = [(name, chance) for name, chance in ranking.intents if name not in WRITES | CHANGING | ASIDE]
    likeliest, chance = asking[0]
    if chance >= LIKELY_ENOUGH or likeliest in ABOUT_RULES:
        return likeliest
    return next(name for name, _ in ranking.intents if name in ("policy_why", "handbook_question"))
