"""What a message goes on with: a follow-up, an answer to our question, or a return to a question left open."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from agent.planners.embedded.after_answers import (
    after_a_change,
    after_an_answer,
    ask_on,
    is_bare_question,
    takes_an_option,
)
from agent.planners.embedded.answers import (
    answers,
    chosen_matter,
    forget_our_words,
    is_fragment,
    names_a_choice,
    number_answers,
    read_names,
)
from agent.planners.embedded.carry import OTHER_ONE, REJECTS, resume
from agent.planners.embedded.case_deeds import act_on_case, goes_on_with_case
from agent.planners.embedded.date_values import Window
from agent.planners.embedded.deeds import says_deed
from agent.planners.embedded.heard import CARRIED, Heard
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.matters import CHANGING
from agent.planners.embedded.openings import goes_on_about_free_time
from agent.planners.embedded.take_along import take_along
from agent.planners.embedded.take_clinic import read_place, take_visit, takes_a_slot

FOLLOW_UPS = ("refine", "confirm_no")
PATIENCE = 3
"""A question left open is come back to for so many turns."""
_MAKE_IT = re.compile(
    r"^\W*(?:(?:no|actually|ok|please|and|then|but)\W+)*(?:let'?s )?(?:make|change|turn) (?:it|that|them)\b", re.I
)
_CORRECTS = re.compile(r"^\W*(?:no|nope|nah|sorry|actually|wait|oops|rather|i meant?|i mean)\b", re.IGNORECASE)
"""Something else is meant: "no, two", "actually 2 pm"."""
_MAY_FOLLOW, _LIKELY_FOLLOWS = 0.1, 0.3
"""From the first probability on a message may be a follow-up; from the second it is one, if no matter is sure."""
_BY_DOCTOR = ("clinic_earliest_slot", "imaging_slot", "propose_case", "add_on_case", "who_can_cover", "no_show_risk")
"""Matters whose answer names people, so that another one may be wanted."""
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|those|these|that one|this one|he|she|him|her|"
    r"the (?:first|last|other|next|same|earliest|latest)(?: one)?)\b",
    re.IGNORECASE,
)
"""Something of what was shown is meant."""
_SAYS_BORN = re.compile(r"\b(?:born|birth\w*|d\.?o\.?b\.?)", re.IGNORECASE)


def matter_of(heard: Heard) -> dict[str, Any]:
    """The matter as the next turn may go on with it."""
    return {
        "intent": heard.intent,
        "slots": {kind: ids for kind, ids in heard.slots.items() if kind in CARRIED},
        "time": heard.time,
        "everywhere": heard.everywhere,
        "count": heard.count,
        "offered": heard.offered,
        "text": heard.matter()[:1500],
        "unclear": {
            kind: [list(one) for one in zip(blurs[0].ids, blurs[0].said, strict=True)]
            for kind, blurs in heard.blurred.items()
            if len(blurs) == 1 and blurs[0].known and kind not in heard.slots
        },
        "other_case": _other_case(heard),
        "figure": heard.figure,
    }


def _other_case(heard: Heard) -> str | None:
    """The case that was spoken about before the one of now, so that "swap them" means both."""
    now = heard.one("case")
    earlier = next(iter(heard.memory.get("slots", {}).get("case", [])), None)
    known: str | None = earlier if earlier not in (None, now) else heard.memory.get("other_case")
    return known


def go_on(heard: Heard, masked: str, sure: float, lexicon: Lexicon) -> Heard:
    """The message together with what it goes on with; a new matter takes nothing from the old one.

    The names of a message are read for the matter it belongs to, so they are read again when that changes.
    """
    memory = heard.memory
    if not memory.get("intent"):
        return heard
    read_place(heard)
    fragment = is_fragment(masked)
    number_answers(heard, fragment)
    chosen = chosen_matter(heard, fragment)
    if chosen is not None:
        forget_our_words(heard)
        return resume(heard, {**memory, "intent": chosen}, lexicon, answer=False)
    if _takes_what_was_shown(heard, masked, lexicon):
        return heard
    if (told := after_an_answer(heard, lexicon)) is not None:
        return told
    if (asked := _answered(heard, lexicon, fragment, sure)) is not None:
        return resume(heard, asked, lexicon, answer=True)
    if goes_on_with_case(heard, memory):
        read_names(heard, lexicon, "change_case")
        act_on_case(heard, memory)
        return heard
    news = bool(heard.mentions or heard.times or heard.count is not None or heard.everywhere or _slots_said(heard))
    if news and _corrects(heard, memory, fragment):
        return resume(heard, memory, lexicon, answer=False)
    if is_bare_question(masked):
        return ask_on(heard, lexicon)
    if goes_on_about_free_time(heard) or _likely_follows(heard, memory, sure):
        return resume(heard, memory, lexicon, answer=False)
    if heard.intent == "refine" and memory["intent"] in CHANGING and (heard.is_question or not news):
        return after_a_change(heard, lexicon, news=news)
    if heard.intent == "refine" or (fragment and bool(heard.mentions or heard.times or _slots_said(heard))):
        return resume(heard, memory, lexicon, answer=False)
    read_names(heard, lexicon)
    take_along(heard)
    take_visit(heard, lexicon)
    return heard


def _takes_what_was_shown(heard: Heard, masked: str, lexicon: Lexicon) -> bool:
    """Whether it takes one of the options shown, or a free slot shown, with whom it is for."""
    if takes_an_option(heard):
        return True
    if takes_a_slot(heard, masked):
        take_visit(heard, lexicon)
        return True
    return False


def _answered(heard: Heard, lexicon: Lexicon, fragment: bool, sure: float) -> Mapping[str, Any] | None:
    """The matter whose question this message answers: the last one, or one left open before."""
    memory = heard.memory
    unsure = heard.ranking.confidence < sure or heard.intent in ("out_of_scope", *FOLLOW_UPS)
    for asked in (memory, memory.get("open") or {}):
        if asked.get("asks_for") and answers(heard, asked, lexicon):
            same = asked is memory and heard.intent == asked.get("intent")
            other_deed = heard.intent in CHANGING and bool(heard.mentions)  # "book <patient> in the first one"
            chosen_one = asked is memory and not other_deed and names_a_choice(heard, asked.get("choices") or [])
            told_why = asked is memory and asked["asks_for"] == "reason"
            if fragment or same or chosen_one or told_why or (asked is memory and unsure):
                return asked
    return None


def _corrects(heard: Heard, memory: Mapping[str, Any], fragment: bool) -> bool:
    """Whether the matter stays and something of it is said anew: "make it two", "no, 2 pm", "cost centre 4100"."""
    if _MAKE_IT.search(heard.text) and heard.intent in ("refine", "submit_option", "evidence_question"):
        return True
    if fragment and heard.count is not None and memory["intent"] == "what_if" and not heard.mentions:
        return True  # "and with 3?"
    bare = len(heard.mentions) == 1 and len(heard.text.split()) <= len(heard.mentions[0].words.split()) + 2
    if bare and heard.mentions[0].kind == "cost_centre" and memory["intent"] == "create_requisition":
        return True
    return fragment and _CORRECTS.search(heard.text) is not None and heard.intent in (*FOLLOW_UPS, memory["intent"])


def _likely_follows(heard: Heard, memory: Mapping[str, Any], sure: float) -> bool:
    """Whether a message that is nothing in itself goes on: another doctor is wanted, or another thing of a kind."""
    if memory.get("offered") and OTHER_ONE.search(heard.text):
        return True
    if memory["intent"] in CHANGING:
        return False
    unsure = heard.ranking.confidence < sure
    asks_on = unsure and heard.is_question and not says_deed(heard.text) and _POINTS.search(heard.text) is not None
    if asks_on:
        return True
    if heard.ranking.probability("refine") < _MAY_FOLLOW:
        return False
    if unsure and heard.ranking.probability("refine") >= _LIKELY_FOLLOWS:
        return bool(heard.mentions or heard.times)
    slots: Mapping[str, list[str]] = memory.get("slots", {})
    kinds = {one.kind for one in heard.mentions if one.kind in CARRIED}
    another = (unsure or heard.intent == "out_of_scope") and bool(kinds) and kinds <= slots.keys()
    return another or (REJECTS.search(heard.text) is not None and memory["intent"] in _BY_DOCTOR)


def _slots_said(heard: Heard) -> bool:
    """Whether a bare number was read as the number of a record."""
    return bool(heard.number_of)


def born_in(heard: Heard) -> date | None:
    """A date of birth: a day some years back, where it is said to be one or a patient is the matter."""
    if not (_SAYS_BORN.search(heard.text) or heard.named("patient") or heard.memory.get("asks_for") == "patient"):
        return None
    for when in heard.times:
        if isinstance(when, Window) and when.grain == "day":
            day = when.start.date()
            if heard.asked.now.date() - day > timedelta(days=2 * 365):
                return day
    return None
