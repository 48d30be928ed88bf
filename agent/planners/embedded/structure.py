"""What the build of a message says about its matter, where the classifier is unsure or misled by the words."""

import re

from agent.planners.embedded.case_deeds import changes_a_case, is_add_on
from agent.planners.embedded.date_values import Minutes, Moment, When, Window
from agent.planners.embedded.deeds import asks_to_know, says_deed
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention
from agent.planners.embedded.losses import is_displacement, is_missing_nurse
from agent.planners.embedded.matters import ASIDE, CHANGING, WRITES
from agent.planners.embedded.no_deeds import about_deeds
from agent.planners.embedded.over import of_the_past
from agent.planners.embedded.skills.status import says_back
from agent.planners.embedded.suppositions import is_supposition

_BOOKED_INSTEAD = frozenset(
    {"imaging_slot", "clinic_earliest_slot", "phi_diagnosis", "overbook", "handbook_question"}
)
"""Matters for which a booking is mistaken when it names no verb ("patient 88213, MRI Thursday 9:40")."""
_SHOWN_WHEN_ASKED = frozenset({"overbook", "substitute_item", "reschedule_visit"})
"""Changes that a question only shows."""
_ASKED_INSTEAD = {
    "request_agency": frozenset({"who_can_cover"}),
    "book_visit": frozenset({"imaging_slot", "clinic_earliest_slot"}),
    "assign_bed": frozenset({"place_waiting", "bed_state"}),
}
"""What a question is about that sounds like one of these changes."""
_OF_A_VISIT = frozenset({"cancel_visit", "reschedule_visit"})
_STAFF = frozenset({"staff", "clinician"})
_ABOUT_RULES = frozenset({"policy_why", "handbook_question", "explain_change"})
_LIKELY_ENOUGH = 0.1
_NOW = re.compile(r"(?:right |just )?now|currently|at the moment|immediately", re.IGNORECASE)
_VISIT = re.compile(
    r"\b(?:visits?|appointments?|appt|slots?|scans?|mri|ct|mr|x-?ray|ultrasound|echo|imaging|follow-?ups?|consult\w*|"
    r"clinic|check-?up|new[- ]patient|screening|exam)\b",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"\b(?:clinics?|sessions?|half[- ]days?|lists?)\b(?! (?:visit|appointment|appt|slot))", re.IGNORECASE
)
"""What a doctor holds, rather than one patient's visit: "cancel her Friday clinic"."""
_OTHER_DEED = re.compile(
    r"\b(?:cancel\w*|move|moving|resched\w*|change|hold|instead|earlier|later|surgery|operation|operate\w*|theatre|OR|"
    r"bed|discharge\w*|APT-\w+)\b"
)
_OPERATED = re.compile(r"\boperat(?:ed?|ing|ions?)\b|\bsurgery\b", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:order(?:ed)?|reorder(?:ed)?|buy|purchase|requisition)\b(?! (?:status|number|came|arrived))", re.IGNORECASE
)
_COUNTED = re.compile(
    r"^\W*(?:(?:and|so|ok|hi|but)\W+)*(?:are there|is there|do we have|have we got|how many)\b", re.IGNORECASE
)
"""What is there is asked, not where it should go."""
_OVERBOOK = re.compile(r"(?<!not )(?<!n't )(?<!never )\b(?:over|double)[- ]?book\b", re.IGNORECASE)
_ABOUT_A_LOSS = frozenset({"displace", "request_maintenance", "what_if"})
_THINGS = frozenset({"room", "scanner", "equipment"})
_ABOUT_ITEMS = frozenset({"stock_level", "inventory_shortage", "erp_status", "propose_case"})
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
_INSTEAD = re.compile(
    r"\b(?:equivalents?|alternatives?|substitut\w+|interchangeable|comparable|in (?:its|their) place|"
    r"instead of|in place of|stand[- ]in|replac\w+ (?:it|them|that|those) (?:with|by))\b",
    re.IGNORECASE,
)
_THIRD_NEXT = re.compile(r"\b(?:tnaa|(?:third|3rd)[- ]next)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good)\W+)?(?:morning|afternoon|evening|day)\b(?:\W+(?:all|team|everyone|everybody|there|again|"
    r"folks|wardline|it'?s me|me again))*\W*",
    re.IGNORECASE,
)
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


def _is_ahead(when: When) -> bool:
    """Whether it is a time to come by which something is to be so: "by 6 pm"."""
    return isinstance(when, Moment | Window) and when.bound in ("by", "before", "until") and not when.past


def intent_by_build(
    text: str, ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...], sure: float
) -> str | None:
    """The matter that the build of the message settles, or None when the ranking stands."""
    if _GREETING.fullmatch(text.strip()):
        return "greeting"
    budget = any(found.kind == "cost_centre" for found in mentions)
    if budget and not any(found.kind in ("item", "code") for found in mentions) and ranking.best not in _ABOUT_RULES:
        return "erp_status"
    if (seen := about_deeds(text, ranking) or of_the_past(text, ranking, times)) is not None:
        return seen
    if any(found.kind == "case" for found in mentions) and changes_a_case(text, ranking, mentions):
        return "change_case"
    if is_displacement(text, ranking, mentions):
        return "displace"
    if is_missing_nurse(ranking, mentions):
        return "who_can_cover"
    if (other := _by_things(text, ranking, mentions, times, sure)) is not None:
        return other
    if _THIRD_NEXT.search(text) and not _OTHER_DEED.search(text):
        return "kpi_question"  # a figure of access, whatever visit it is about
    if is_supposition(text, ranking, mentions):
        return "what_if"
    if (beds := _about_beds(ranking, mentions, times)) is not None:
        return beds
    if asks_to_know(text) or _SHOW.match(text):
        return _asked(text, ranking)
    return "book_visit" if _books(text, ranking, mentions, times, sure) else None


def _by_things(
    text: str, ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...], sure: float
) -> str | None:
    """The matter that the things named decide, among those that are likely at all."""
    kinds = {found.kind for found in mentions}
    likely = [name for name, chance in ranking.intents[:3] if chance >= _LIKELY_ENOUGH]
    if ranking.best == "offer_waitlist" and "hold_slot" in likely and any(isinstance(w, Minutes) for w in times):
        return "hold_slot"  # what is offered is given away, only what is held has a length
    if ranking.best in _OF_A_VISIT and "clinician" in kinds and _SESSION.search(text) and not _of_patient(mentions):
        return next(name for name, _ in ranking.intents if name in ("displace", "template_change"))
    if ranking.best in _OF_A_VISIT and kinds & _STAFF and _names_no_visit(text, mentions):
        return next(name for name, _ in ranking.intents if name in ("record_status", "displace", "who_can_cover"))
    if {"case", "item"} <= kinds and ranking.best == "stock_level":
        return "inventory_shortage"  # whether the case has what it needs, not how many there are
    if is_add_on(text, ranking):
        return "add_on_case"
    if (deed := _by_its_word(text, ranking, kinds, likely)) is not None:
        return deed
    if ranking.best in _ABOUT_A_LOSS and kinds & _THINGS and says_back(text) and not asks_to_know(text):
        return "record_status"  # nothing is lost any more
    if ranking.best in _OF_NURSES_THERE and _LENDS.match(text) and sum(one.kind == "unit" for one in mentions) > 1:
        return "request_agency"
    if "staff" in kinds and ranking.best in _OF_DOCTORS:
        return next((name for name, chance in ranking.intents if name in _OF_NURSES and chance >= _ANY), None)
    near = {name for name, _ in ranking.intents[:6]}
    if "item" in kinds and ranking.best in _ABOUT_ITEMS and "substitute_item" in near and _INSTEAD.search(text):
        return "substitute_item"
    return None


def _by_its_word(text: str, ranking: Ranking, kinds: set[str], likely: list[str]) -> str | None:
    """A deed whose own word is said, or one that is not meant because no verb asks for it."""
    if ranking.best in ("displace", "overbook") and "overbook" in likely and _OVERBOOK.search(text):
        return None if asks_to_know(text) else "overbook"
    asked = asks_to_know(text)
    ordered = ranking.best in _ABOUT_ITEMS and "create_requisition" in likely and _ORDER.search(text)
    if ordered and "item" in kinds and not asked:
        return "create_requisition"
    if ranking.best == "bed_need_forecast" and "surge_beds" in likely and says_deed(text) and not asked:
        return "surge_beds"  # what is wanted is no forecast
    if ranking.best == "book_visit" and "schedule_case_for_patient" in likely and _OPERATED.search(text):
        return "schedule_case_for_patient"
    if "staff" in kinds and ranking.best == "request_agency" and not says_deed(text):
        return "who_can_cover"  # somebody is sent only where a verb asks for it
    return None


def _names_no_visit(text: str, mentions: tuple[Mention, ...]) -> bool:
    """Whether neither a patient nor a visit is named: somebody of the staff will not come, no patient."""
    return _VISIT.search(text) is None and not _of_patient(mentions)


def _of_patient(mentions: tuple[Mention, ...]) -> bool:
    return any(one.of("patient") or one.kind == "patient" for one in mentions)


def _asked(text: str, ranking: Ranking) -> str | None:
    """What a question about the world is about, where the words alone mislead: never a change."""
    likely = [name for name, chance in ranking.intents[:3] if chance >= _LIKELY_ENOUGH]
    if ranking.best in CHANGING and _SHOW.match(text):
        return next(name for name, _ in ranking.intents if name not in WRITES | CHANGING | ASIDE)
    if ranking.best == "place_waiting" and "bed_state" in likely and _COUNTED.match(text):
        return "bed_state"
    if _CONSENT.search(text) and "policy_why" in likely:
        return "policy_why"
    if _HOW_TO.search(text) and ranking.in_scope and any(name in WRITES for name in likely):
        return "handbook_question"
    if (instead := _ASKED_INSTEAD.get(ranking.best)) is not None:
        return next(name for name, _ in ranking.intents if name in instead)
    if ranking.best in (WRITES - _SHOWN_WHEN_ASKED) | {"confirm_yes", "confirm_no"} and ranking.in_scope:
        return what_is_asked(ranking)
    return None


def _books(text: str, ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...], sure: float) -> bool:
    """Whether a patient's number, a visit and a time are all that is said: a booking without a verb."""
    numbered = any(found.kind == "patient" and any(map(str.isdigit, found.words)) for found in mentions)
    dated = any(isinstance(when, Window) or (isinstance(when, Moment) and when.dated) for when in times)
    visit = _VISIT.search(text) or any(found.kind in ("clinic", "scanner") for found in mentions)
    meant = ranking.best in _BOOKED_INSTEAD | {"book_visit"} or ranking.confidence < sure
    return bool(numbered and dated and visit and meant and not _OTHER_DEED.search(text))


def _about_beds(ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...]) -> str | None:
    """Whether beds are counted as they are or foreseen, where the words alone mislead."""
    if ranking.best == "bed_state" and any(_is_ahead(when) for when in times):
        return "bed_need_forecast"  # what will be there by some time is forecast, not counted
    if ranking.best not in ("bed_state", "bed_need_forecast"):
        return None
    if ranking.best == "bed_need_forecast" and any(found.kind == "bed" for found in mentions):
        return ranking.intents[1][0]  # no forecast is about one certain bed
    if any(_NOW.fullmatch(when.said.words.strip()) for when in times):
        return "bed_state"  # what is there now is counted, not forecast
    return None


def what_is_asked(ranking: Ranking) -> str:
    """The likeliest matter that only asks; when none is likely, what the rules say."""
    asking = [(name, chance) for name, chance in ranking.intents if name not in WRITES | CHANGING | ASIDE]
    likeliest, chance = asking[0]
    if chance >= _LIKELY_ENOUGH or likeliest in _ABOUT_RULES:
        return likeliest
    return next(name for name, _ in ranking.intents if name in ("policy_why", "handbook_question"))
