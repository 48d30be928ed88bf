"""What is said right after an answer: one of the options shown, a bare question, or nothing new after a change."""

import re

from agent.planners.embedded.answers import read_names
from agent.planners.embedded.build.questions import what_is_asked
from agent.planners.embedded.carry import resume
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.matters import CHANGING, LOOKED_UP, WITH_OPTIONS
from agent.planners.embedded.over import OF_THE_PAST
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


_WHY_SO = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|hm+)\W+)*(?:why|how come|what(?:'s|'re| is| was| are| were)? "
    r"(?:behind|driving|drives|the (?:reason|cause)|drove|caused|pushed|made|happened)|any idea why)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_BARE_WHY = re.compile(
    r"\W*(?:(?:and|so|but|ok|okay)\W+)*(?:why|how come|what for)(?: (?:is|was) that| so)?\W*", re.IGNORECASE
)
_NEEDS_A_YES = CHANGING | {"policy_why", "erp_status", "list_approvals"}
"""Matters of which it is asked why somebody has to agree."""
_DO_IT = re.compile(
    r"^\W*(?:(?:ok|okay|yes|yep|sure|great|good|fine|then|right|please|and|so)\W+)*(?:let'?s |can you |please )*"
    r"(?:do (?:it|that|this)|go ahead|go for it|make it (?:so|happen)|arrange (?:it|that)|set (?:it|that) up)\b"
    r"[^?]{0,20}$",
    re.IGNORECASE,
)
_DONE_BY = {"beds_opened": "surge_beds", "nurses_missing": "who_can_cover", "nurses_there": "who_can_cover",
            "more_nurses": "who_can_cover", "census": "who_can_cover", "more_in_beds": "who_can_cover"}  # fmt: skip
"""What is assumed: the matter that would see to it."""


def after_an_answer(heard: Heard, lexicon: Lexicon) -> Heard | None:
    """What is said only of the answer before: why the figure is so, or that what was assumed is to be done."""
    before = heard.memory["intent"]
    if before in OF_THE_PAST and not heard.mentions and _WHY_SO.match(heard.text):
        return resume(heard, {**heard.memory, "intent": "explain_change"}, lexicon, answer=False)
    if before in _NEEDS_A_YES and _BARE_WHY.fullmatch(heard.text):
        return resume(heard, {**heard.memory, "intent": "policy_why"}, lexicon, answer=False)
    return _does_what_was_assumed(heard, lexicon)


def _does_what_was_assumed(heard: Heard, lexicon: Lexicon) -> Heard | None:
    """ "Do it" after a what-if: the ways to do what was assumed last are shown; nothing is done by that."""
    memory = heard.memory
    assumed = memory.get("assumptions") or []
    if memory["intent"] != "what_if" or not assumed or not _DO_IT.match(heard.text):
        return None
    last = assumed[-1]
    if (intent := _DONE_BY.get(last["kind"])) is None:
        return None
    heard = resume(heard, {**memory, "intent": intent}, lexicon, answer=False)
    heard.settled = True
    heard.slots |= {kind: [last[kind]] for kind in ("unit", "site") if last.get(kind)}
    heard.count = last.get("count") if intent == "surge_beds" or last["kind"] == "more_nurses" else None
    return heard


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
