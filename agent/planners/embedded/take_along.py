"""What a new matter takes along from a kindred one before it: what was lost, what "it" and "those" mean, and whom
"him" means."""

import re
from collections.abc import Iterable, Mapping

from agent.planners.embedded.heard import CARRIED, Blur, Heard, says_whole_house
from agent.planners.embedded.matters import CHANGING

_KINDRED = (
    frozenset({"bed_state", "bed_need_forecast", "surge_beds", "place_waiting"}),
    frozenset({"staffing_need", "who_can_cover", "request_agency", "what_if"}),
    frozenset({"demand_forecast", "demand_vs_capacity", "template_change"}),
    frozenset({"stock_level", "inventory_shortage", "erp_status", "substitute_item", "create_requisition"}),
    frozenset({"predict_duration", "propose_case"}),
    frozenset({"or_open_time", "schedule_show", "hold_slot"}),
    frozenset({"case_show", "inventory_shortage", "substitute_item", "stock_level"}),
    frozenset({"no_show_risk", "overbook", "template_change"}),
    frozenset({"demand_forecast", "demand_vs_capacity", "what_if"}),
    frozenset({"bed_state", "bed_need_forecast", "what_if"}),
    frozenset({"kpi_question", "explain_change"}),
    frozenset({"erp_status", "policy_why"}),
    frozenset({"record_status"}),
)
"""Matters about the same things."""
_LOST = ("room", "equipment", "clinician", "scanner")
_TELL_OF_LOSS = frozenset({"record_status", "schedule_show", "displace"})
"""What is told or shown before its bookings are to go elsewhere."""
_POINTS_BACK = re.compile(r"\b(?:it|its|they|them|there|that|those|these|this one)\b", re.IGNORECASE)
_POINTS_AT = re.compile(r"\b(?:it|them|that|those)\b", re.IGNORECASE)
"""In the same matter "there" is only a word ("how many beds are there")."""
_OF_A_VISIT = frozenset({"reschedule_visit", "cancel_visit", "hold_slot"})
_OF_A_CASE = frozenset({"case_show", "change_case", "schedule_case_for_patient", "substitute_item"})
_THERE = re.compile(r"(?<!are )(?<!is )(?<!was )(?<!were )\bthere\b", re.IGNORECASE)
"""A place; "how many are there" names none."""
_PLACES = frozenset({"site", "unit", "room", "clinic", "bed", "scanner"})
_PERSON = re.compile(
    r"\b(?:him|her|hers|his|he|she|(?:the|this|that|same) (?:patient|person|lady|gentleman|man|woman|caller))\b", re.I
)
_OF_A_PATIENT = frozenset(
    {"assign_bed", "book_visit", "cancel_visit", "reschedule_visit", "schedule_case_for_patient"}
)


def take_along(heard: Heard) -> None:
    """Slots of the matter before that this message leaves out but means."""
    before, slots = heard.memory.get("intent"), heard.memory.get("slots", {})
    if heard.intent == "place_waiting" and before == "record_status" and any(slots.get(kind) for kind in _LOST):
        heard.intent = "displace"  # "where do those go": what was booked there
    if heard.intent == "displace" and before in _TELL_OF_LOSS and not any(heard.slots.get(kind) for kind in _LOST):
        _take(heard, (*_LOST, "site"))
        days = {key: value for key, value in heard.memory.get("time", {}).items() if key in ("day", "start", "end")}
        heard.time = heard.time or ({} if "until" in heard.memory.get("time", {}) else days)
        heard.settled = True  # what was just lost makes it plain what is to be moved
    if heard.intent in _OF_A_VISIT and before in _OF_A_CASE and _means_the_case(heard, slots):
        heard.intent, heard.settled = "change_case", True
        _take(heard, ("case",))
    if heard.intent == before == "what_if" and _POINTS_BACK.search(heard.text):
        heard.slots = {kind: list(ids) for kind, ids in slots.items()} | heard.slots
        heard.time = heard.time or dict(heard.memory.get("time", {}))
    if points_at_patient(heard) and heard.intent in _OF_A_PATIENT:
        _take(heard, ("patient",))
    if heard.intent == before == "who_can_cover" and _PERSON.search(heard.text) and not heard.named("staff"):
        _take(heard, ("staff",))
    if _THERE.search(heard.text) and heard.intent != before and not _PLACES & heard.slots.keys():
        _take(heard, _PLACES)
    if _POINTS_BACK.search(heard.text):
        _settle_by_earlier(heard, slots)
    if _is_kin(heard, before):
        heard.time = heard.time or dict(heard.memory.get("time", {}))
        house = says_whole_house(heard.text)
        placed = house or heard.everywhere or bool(_PLACES & {*heard.slots, *heard.blurred})
        named = {*heard.slots, *heard.blurred, *(_PLACES if placed else ()), *(("level_of_care",) if house else ())}
        _take(heard, [kind for kind in CARRIED if kind not in named and kind != "staff"])
        choices = heard.memory.get("unclear", {}).get("item")
        if choices and "item" not in named and "item" not in heard.slots:
            ids, said = zip(*choices, strict=True)
            heard.blurred["item"] = (Blur("item", ids, said),)


def _means_the_case(heard: Heard, slots: Mapping[str, list[str]]) -> bool:
    """ "Push it to 3" after an operation is about that one, not about a visit."""
    named = any(heard.slots.get(kind) for kind in ("patient", "code", "clinic", "scanner", "case"))
    return bool(slots.get("case")) and not named and _POINTS_AT.search(heard.text) is not None


def _take(heard: Heard, kinds: Iterable[str]) -> None:
    """The things of these kinds that were spoken about."""
    earlier = heard.memory.get("slots", {})
    heard.slots |= {kind: list(earlier[kind]) for kind in kinds if earlier.get(kind)}


def are_kin(one: str | None, other: str | None) -> bool:
    """Whether two matters are about the same things."""
    return any({one, other} <= family for family in _KINDRED)


def _is_kin(heard: Heard, before: str | None) -> bool:
    """Whether it goes on about the same things: it points at them, or it is another matter that names no place."""
    if not are_kin(before, heard.intent) or heard.named("cost_centre"):
        return False
    if heard.intent == before == "create_requisition" and heard.named("item"):
        return False  # another order of its own
    points = _POINTS_BACK if heard.intent != before else _POINTS_AT
    another = heard.intent in CHANGING or heard.intent != before
    bare = another and not _PLACES & {one.kind for one in heard.mentions}
    return bare or points.search(heard.text) is not None


def _settle_by_earlier(heard: Heard, earlier: Mapping[str, list[str]]) -> None:
    """ "Those knee sets" are, of all that are called so, the ones that were spoken about."""
    for kind, blurs in list(heard.blurred.items()):
        fits = [id for id in earlier.get(kind, []) if len(blurs) == 1 and id in blurs[0].ids]
        if len(fits) == 1 and kind not in heard.slots:
            heard.slots[kind] = fits
            heard.blurred.pop(kind)


def points_at_patient(heard: Heard) -> bool:
    """Whether a patient is meant whom the message does not name."""
    return not heard.slots.get("patient") and not heard.named("patient") and _PERSON.search(heard.text) is not None
