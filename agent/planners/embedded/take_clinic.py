"""What talk about visits takes along: the clinic, scanner, person, time and slot that were spoken about before."""

import re

from agent.planners.embedded.carry import keep_slots
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon import Lexicon

_SEEN = frozenset(
    {
        "clinic_earliest_slot", "book_visit", "hold_slot", "offer_waitlist", "schedule_show", "no_show_risk",
        "overbook", "template_change", "demand_forecast", "demand_vs_capacity", "reschedule_visit",
    }
)  # fmt: skip
_SCANNED = frozenset(
    {"imaging_slot", "book_visit", "hold_slot", "route_imaging", "schedule_show", "displace", "record_status"}
)
"""Matters about the visits of a clinic, and about examinations on scanners."""
_FREE = frozenset({"clinic_earliest_slot", "imaging_slot"})
_FULL = frozenset({"no_show_risk", "overbook"})
_BOOKS = re.compile(r"\b(?:book|schedule|enter|confirm)\b|\bit'?s for\b", re.IGNORECASE)
_TAKES = ("book_visit", "hold_slot", "submit_option")
_SURE_TO_TAKE = 0.7
_OF_ONE_VISIT = frozenset({"cancel_visit", "reschedule_visit"})
_OF_A_SERVICE = frozenset({"demand_forecast", "demand_vs_capacity"})
_ABOUT = ("clinic", "service", "clinician", "scanner", "room", "equipment", "unit")
_TIMELESS = frozenset({"reschedule_visit", "cancel_visit", "template_change", "record_status"})
"""Matters in which a time said before is not the time meant now."""
_IMAGING = re.compile(r"\b(?:mris?|cts?|scans?|scanners?|magnets?|imaging)\b", re.IGNORECASE)
_KEEPS = re.compile(r"\b(?:hold|keep|save|reserve|park|pencil|set aside)\b", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|that|this|them|those|him|her|his|she|he|the visit|the appointment)\b", re.IGNORECASE)


def take_visit(heard: Heard, lexicon: Lexicon) -> None:
    """Slots of the visits spoken about before, where this message names no clinic, scanner or person of its own."""
    before = str(heard.memory.get("intent"))
    earlier: dict[str, list[str]] = heard.memory.get("slots", {})
    if before in _FREE and _takes_one_of_them(heard):
        # of free slots one is booked or held: there is no plan to submit
        kept = heard.intent == "hold_slot" or _KEEPS.search(heard.text)
        heard.intent, heard.settled = "hold_slot" if kept else "book_visit", True
    if before == "hold_slot" and heard.intent == "confirm_yes" and earlier.get("slot") and _BOOKS.search(heard.text):
        # "he is fine with it, book it": what was held for him
        heard.intent, heard.settled = "book_visit", True
        heard.slots.setdefault("patient", list(earlier.get("patient", [])))
        heard.slots["slot"] = list(earlier["slot"])
    if heard.intent == "what_if" and before in _FULL and not _names_its_own(heard):
        _take(heard, lexicon, earlier, ("clinic", "service", "site"))
        return
    if {before, heard.intent} <= _OF_ONE_VISIT | {"schedule_show"} and heard.intent in _OF_ONE_VISIT:
        _take_visit_of(heard, earlier)
        return
    if heard.intent == before == "displace" and not any(heard.named(kind) for kind in _ABOUT):
        _take(heard, lexicon, earlier, (*_ABOUT, "site"))
        return
    if heard.intent == "displace" and before in _SCANNED and heard.blurred.get("scanner"):
        _take(heard, lexicon, earlier, ("site",))
        return
    family = next((one for one in (_SEEN, _SCANNED) if {before, heard.intent} <= one), None)
    if family is None or _names_its_own(heard) or heard.named("home"):
        return
    if bool(_IMAGING.search(heard.text)) and family is _SEEN and not _IMAGING.search(str(heard.memory.get("text"))):
        return
    of_all = heard.intent in _OF_A_SERVICE
    _take(heard, lexicon, earlier, ("clinic", "service", "site", *(() if of_all else ("clinician", "scanner"))))


_LEADS = (
    r"\W*(?:(?:that|ok|okay|yes|yeah|great|good|perfect|please|and|so|then|just|let'?s|go with|go for|do|"
    r"(?:she|he|they|i|we)(?:'?ll| will| would| wants?| prefers?|'d)?(?: like)?|take|takes|book|have|wants?)\W+)*"
)
_TRAILS = (
    r"(?:\W+(?:one|please|pls|then|thanks|slot|works|is|it|fine|good|perfect|would|will|do|suits?|her|him|them))*\W*"
)
_ONE_OF_THEM = re.compile(
    rf"{_LEADS}(?:the |that )?(?:(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|last|earliest|latest)|"
    rf"(?:one |slot |time |opening )?(?:at |@ )?<time>){_TRAILS}",
    re.IGNORECASE,
)
"""Nothing but one of the times shown: "the third", "the one at 10", "she'll take the 9:40"."""


_WITH_PATIENT = re.compile(
    r"[\s,;.:–-]*(?:\b(?:it'?s |is |for |the |with )*(?:patient|pt|record|number|id|mrn|no|nr)\b[\s,;.:#]*"
    r"(?:number )?|\bfor )?"
    r"<patient>(?: is the number)?",
    re.IGNORECASE,
)
"""Whom it is for, said beside it: "the second, patient 12345"."""
_PLACE = re.compile(r"(?:the )?[1-5](?:st|nd|rd|th)", re.IGNORECASE)


def read_place(heard: Heard) -> None:
    """ "The 2nd" right after a list of free slots is one of them and no day of the month."""
    only = heard.times[0] if len(heard.times) == 1 else None
    if only is None or heard.memory.get("intent") not in _FREE or heard.memory.get("asks_for"):
        return
    if _PLACE.fullmatch(only.said.words.strip()):
        heard.times, heard.time = (), {}


def takes_a_slot(heard: Heard, masked: str) -> bool:
    """Whether one of the free slots just shown is taken by its place or its hour; then it is to be booked."""
    memory = heard.memory
    if memory.get("intent") not in _FREE or memory.get("options") or memory.get("asks_for") or heard.is_question:
        return False
    said = masked if heard.times else masked.replace("<date>", "the second", 1)  # "the 2nd" was masked as a day
    bare = _WITH_PATIENT.sub("", said)
    if not re.search(r"\b(?:the|that|take|have|book)\b", bare, re.IGNORECASE) or not _ONE_OF_THEM.fullmatch(bare):
        return False
    heard.intent, heard.settled = "book_visit", True
    return True


def _takes_one_of_them(heard: Heard) -> bool:
    """Whether one of the free slots shown is taken, by whatever word: "put him in the second one"."""
    if heard.memory.get("options") or heard.intent not in _TAKES or heard.is_question:
        return False
    return sum(heard.ranking.probability(name) for name in _TAKES) >= _SURE_TO_TAKE


def _names_its_own(heard: Heard) -> bool:
    return any(heard.slots.get(kind) or kind in heard.blurred for kind in _ABOUT)


def _take(heard: Heard, lexicon: Lexicon, earlier: dict[str, list[str]], kinds: tuple[str, ...]) -> None:
    kept = {kind: earlier[kind] for kind in kinds if earlier.get(kind)}
    if not kept:
        return
    keep_slots(heard, kept, lexicon)
    heard.earlier = heard.earlier or str(heard.memory.get("text", ""))
    if not heard.times and heard.intent not in _TIMELESS:
        heard.time = heard.time or dict(heard.memory.get("time", {}))


def _take_visit_of(heard: Heard, earlier: dict[str, list[str]]) -> None:
    """The patient and the visit that were spoken about, when it is only pointed at."""
    if heard.slots.get("patient") or heard.slots.get("code") or not _POINTS.search(heard.text):
        return
    for kind in ("patient", "appointment", "service", "clinic"):
        if earlier.get(kind) and kind not in heard.slots:
            heard.slots[kind] = list(earlier[kind])
