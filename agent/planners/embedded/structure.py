"""What the build of a message says about its matter, where the classifier is unsure or misled by the words."""

import re

from agent.guard_text import Reading
from agent.planners.embedded.date_values import Moment, When, Window
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention

WRITES = frozenset({
    "assign_bed", "book_visit", "cancel_visit", "change_case", "create_requisition", "hold_slot", "mandate_overtime",
    "overbook", "ratio_breach", "record_status", "request_agency", "reschedule_visit",
    "schedule_case_for_patient", "split_requisition", "submit_option", "substitute_item", "withdraw_request",
    "approve_in_chat",
})  # fmt: skip
"""Matters that change something or ask for what is forbidden: a question is never one of them."""
_SMALL_TALK = frozenset({"confirm_yes", "confirm_no", "thanks", "greeting", "refine", "help", "out_of_scope"})
_BOOKED_INSTEAD = frozenset(
    {"imaging_slot", "clinic_earliest_slot", "phi_diagnosis", "overbook", "handbook_question"}
)
"""Matters for which a booking is mistaken when it names no verb ("patient 88213, MRI Thursday 9:40")."""
_NEVER_OF_A_CASE = frozenset({"cancel_visit", "reschedule_visit", "release_block"})
_ABOUT_RULES = frozenset({"policy_why", "handbook_question", "explain_change"})
_LIKELY_ENOUGH = 0.1
_NOW = re.compile(r"(?:right |just )?now|currently|at the moment|immediately", re.IGNORECASE)
_VISIT = re.compile(
    r"\b(?:visits?|appointments?|appt|slots?|scans?|mri|ct|mr|x-?ray|ultrasound|echo|imaging|follow-?ups?|consult\w*|"
    r"clinic|check-?up|new[- ]patient|screening|exam)\b",
    re.IGNORECASE,
)
_OTHER_DEED = re.compile(
    r"\b(?:cancel\w*|move|moving|resched\w*|change|hold|instead|earlier|later|surgery|operation|operate\w*|theatre|OR|"
    r"bed|discharge\w*|APT-\w+)\b"
)
_THIRD_NEXT = re.compile(r"\b(?:tnaa|(?:third|3rd)[- ]next)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good)\W+)?(?:morning|afternoon|evening|day)\b(?:\W+(?:all|team|everyone|everybody|there|again|"
    r"folks|wardline|it'?s me|me again))*\W*",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\b(?:who|whose|any(?:one|body)|some(?:one|body))\b.*"
    r"\b(?:agree|approv\w+|sign\w*|okay|ok|consent|permission|say yes)\b",
    re.IGNORECASE,
)
_ASSUMES = re.compile(
    r"^\W*(?:(?:and|now|so|ok|okay|then|or|but|let'?s|please)\W+)*(?:assum\w+|suppos\w+|what if|imagine|pretend)\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(
    r"^\W*(?:(?:so|and|but|please)\W+)*how (?:do|can|would|should|could) (?:i|we|you|one)\b", re.IGNORECASE
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|ok|so|and)\W+)*(?:(?:can|could|would|will)\s+(?:you|we|u|someone|i)\b|"
    r"is it possible to|would it be possible|do you mind|would you mind|any chance|may i\b|can't you|won't you)",
    re.IGNORECASE,
)


def _is_ahead(when: When) -> bool:
    """Whether it is a time to come by which something is to be so: "by 6 pm"."""
    return isinstance(when, Moment | Window) and when.bound in ("by", "before", "until") and not when.past


def asks_to_know(text: str) -> bool:
    """Whether it is a question about the world, not a polite request ("could you order ...")."""
    return Reading(text).asks() and not _POLITE.match(text)


def intent_by_build(
    text: str, ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...], sure: float
) -> str | None:
    """The matter that the build of the message settles, or None when the ranking stands."""
    if _GREETING.fullmatch(text.strip()):
        return "greeting"
    budget = any(found.kind == "cost_centre" for found in mentions)
    if budget and not any(found.kind in ("item", "code") for found in mentions) and ranking.best not in _ABOUT_RULES:
        return "erp_status"
    if ranking.best in _NEVER_OF_A_CASE and any(found.kind == "case" for found in mentions):
        return "change_case"  # an operation has a case number; a visit and a block have none
    if _THIRD_NEXT.search(text) and not _OTHER_DEED.search(text):
        return "kpi_question"  # a figure of access, whatever visit it is about
    if _ASSUMES.match(text) and "what_if" in [name for name, _ in ranking.intents[:6]]:
        return "what_if"
    if (beds := _about_beds(ranking, mentions, times)) is not None:
        return beds
    if asks_to_know(text):
        likely = [name for name, chance in ranking.intents[:3] if chance >= _LIKELY_ENOUGH]
        if _CONSENT.search(text) and "policy_why" in likely:
            return "policy_why"
        if _HOW_TO.search(text) and any(name in WRITES for name in likely):
            return "handbook_question"
        if ranking.best in WRITES | {"confirm_yes", "confirm_no"} and ranking.in_scope:
            return _what_is_asked(ranking)
        return None
    numbered = any(found.kind == "patient" and any(map(str.isdigit, found.words)) for found in mentions)
    dated = any(isinstance(when, Window) or (isinstance(when, Moment) and when.dated) for when in times)
    visit = _VISIT.search(text) or any(found.kind in ("clinic", "scanner") for found in mentions)
    mistaken = ranking.best in _BOOKED_INSTEAD or ranking.confidence < sure
    if numbered and dated and visit and mistaken and not _OTHER_DEED.search(text):
        return "book_visit"
    return None


def _about_beds(ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...]) -> str | None:
    """Whether beds are counted as they are or foreseen, where the words alone mislead."""
    if ranking.best == "bed_state" and any(_is_ahead(when) for when in times):
        return "bed_need_forecast"  # what will be there by some time is forecast, not counted
    if ranking.best != "bed_need_forecast":
        return None
    if any(found.kind == "bed" for found in mentions):
        return ranking.intents[1][0]  # no forecast is about one certain bed
    if any(_NOW.fullmatch(when.said.words.strip()) for when in times):
        return "bed_state"  # what is there now is counted, not forecast
    return None


def _what_is_asked(ranking: Ranking) -> str:
    """The likeliest matter that only asks; when none is likely, what the rules say."""
    asking = [(name, chance) for name, chance in ranking.intents if name not in WRITES | _SMALL_TALK]
    likeliest, chance = asking[0]
    if chance >= _LIKELY_ENOUGH or likeliest in _ABOUT_RULES:
        return likeliest
    return next(name for name, _ in ranking.intents if name in ("policy_why", "handbook_question"))
