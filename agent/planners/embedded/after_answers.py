"""What is said right after an answer: one of the options shown, a bare question, or nothing new after a change."""

import re

from agent.planners.embedded.answers import read_names
from agent.planners.embedded.carry import resume
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.matters import LOOKED_UP, WITH_OPTIONS
from agent.planners.embedded.structure import what_is_asked
from agent.planners.embedded.take_along import take_along

_LIKELY_ENOUGH = 0.1
_ELLIPSIS = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|but)\W+)*(?:(?:by|since|until|for|at|to) )?"
    r"(?:how (?:much|many|long|bad|big|far|often)|when|which(?: ones?)?|what exactly)"
    r"(?: (?:is|are|was|were|do|does|did) (?:that|it|they|those|this|we|there|you)(?: have)?)?(?: left)?\W*$",
    re.IGNORECASE,
)
"""A question that is none without the matter before it: "by how much?"."""
_PLACED = re.compile(r"\s*(?:\b(?:at|in|on|for|from)\s+)?<\w+>")
"""A name or a time with its preposition, as it is masked."""
_BY_PLACE = re.compile(
    r"\W*(?:(?:ok|okay|yes|please|and|so|then|just|let'?s|go with|take|do)\W+)*(?:the )?"
    r"(?:first|second|third|fourth|fifth|1st|2nd|3rd|last|top)(?: (?:one|option|of (?:those|them|these)))?"
    r"(?:\W+(?:please|then|thanks|pls))*\W*",
    re.IGNORECASE,
)
"""Nothing but the place of something in a list."""
_WHY = re.compile(r"\b(?:why|how come|what for)\b", re.IGNORECASE)


def takes_an_option(heard: Heard) -> bool:
    """Whether one of the options just shown is taken by its place; then that is the matter."""
    shown = heard.memory.get("options") and heard.memory["intent"] in WITH_OPTIONS
    if not shown or heard.memory.get("asks_for") or heard.is_question or not _BY_PLACE.fullmatch(heard.text):
        return False
    heard.intent, heard.settled = "submit_option", True
    return True


def is_bare_question(masked: str) -> bool:
    """Whether it is a question that is none without the matter before it, names and times left aside."""
    return _ELLIPSIS.match(_PLACED.sub(" ", masked)) is not None


def ask_on(heard: Heard, lexicon: Lexicon) -> Heard:
    """A question that goes on: with the matter before it or, when that changes something, with what it draws on."""
    memory = heard.memory
    matter = LOOKED_UP.get(memory["intent"], memory["intent"])
    slots = memory.get("slots", {})
    if matter == "clinic_earliest_slot" and ("scanner" in slots or "imaging" in slots.get("service", [])):
        matter = "imaging_slot"
    return resume(heard, {**memory, "intent": matter}, lexicon, answer=False)


def after_a_change(heard: Heard, lexicon: Lexicon, *, news: bool) -> Heard:
    """What changes something is never done a second time because of a question, or of nothing new."""
    memory = heard.memory
    if memory.get("asks_for") and not heard.is_question:
        return resume(heard, memory, lexicon, answer=False)  # it is not done yet, and is asked about again
    if news and memory["intent"] in LOOKED_UP:
        return ask_on(heard, lexicon)
    if _WHY.search(heard.text):
        heard.intent = "policy_why"
    elif heard.is_question and heard.ranking.intents[1][1] >= _LIKELY_ENOUGH:
        heard.intent = what_is_asked(heard.ranking)
    heard.settled = True
    read_names(heard, lexicon)
    take_along(heard)
    return heard
