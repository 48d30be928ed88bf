"""From what a message names to the things that are meant: kinds chosen, unclear names kept."""

import re
from collections.abc import Mapping, Sequence

from agent.planners.embedded.bed_numbers import beds_called
from agent.planners.embedded.heard import Blur
from agent.planners.embedded.lexicon import Lexicon, Mention
from agent.planners.embedded.roles import sources
from agent.planners.embedded.tidy import PEOPLE, digits_in
from hospital.model.people import User

IDENTIFIED = ("patient", "case", "requisition", "code")
"""Kinds that are known by their number alone; a name never says which one is meant."""
_PREFIX = {"case": "CASE", "requisition": "REQ"}
_RECORD = re.compile(r"(?:PLAN|APT|EXC|REQ|CASE|PO|LOT)-", re.IGNORECASE)
_PATIENTS = (
    "schedule_case_for_patient", "book_visit", "cancel_visit", "reschedule_visit", "hold_slot", "assign_bed",
    "phi_diagnosis", "change_case", "schedule_show", "submit_option", "route_imaging", "imaging_slot",
)  # fmt: skip
_VISITS = frozenset({"cancel_visit", "reschedule_visit"})
_SEEN_BY = re.compile(r"\b(?:with|see|sees|seeing|under|by|to|from|of|in)\s+(?:the\s+)?$", re.IGNORECASE)
"""What stands before the doctor of a visit."""
_IN_THEATRES = frozenset({"or_scheduler", "or_charge", "periop_director", "surgeon", "anaesthesia_lead"})
"""Who speaks of surgeons when a surname is also a nurse's."""
_NURSE = re.compile(r"(?:nurse|rn)\b", re.IGNORECASE)
_DOCTOR = re.compile(r"dr\b|doctor\b", re.IGNORECASE)
_NURSES = ("record_status", "request_agency", "staffing_need", "who_can_cover", "mandate_overtime", "ratio_breach")
_ITEMS = ("create_requisition", "stock_level", "inventory_shortage", "erp_status", "substitute_item")
_OPERATIONS = ("propose_case", "add_on_case", "predict_duration", "schedule_case_for_patient", "change_case")
_SERVICES = (
    "demand_forecast", "demand_vs_capacity", "clinic_earliest_slot", "kpi_question", "explain_change", "no_show_risk",
)  # fmt: skip


def resolve(
    mentions: Sequence[Mention], intent: str, user: User, lexicon: Lexicon, text: str, *, everywhere: bool
) -> tuple[dict[str, list[str]], dict[str, tuple[Blur, ...]]]:
    """Ids by kind for this matter, and by kind the names that are not clear.

    What is only left, or only sends patients, is kept apart: as `from_unit` and the like.
    """
    slots: dict[str, list[str]] = {}
    blurred: dict[str, tuple[Blur, ...]] = {}
    elsewhere = sources(mentions, intent, text)
    for mention in elsewhere:
        _take_source(mention, slots, blurred, user, lexicon)
    for mention in (one for one in mentions if one.kind != "home" and one not in elsewhere):
        kind = _kind(mention, intent, user, text)
        if kind == "code" and intent in _ITEMS and not _RECORD.match(mention.words):
            blurred["item"] = (*blurred.get("item", ()), _no_such_item(mention.words, lexicon))
            continue
        if kind in IDENTIFIED:
            slots.setdefault(kind, []).append(_code(kind, mention.words))
            if mention.words.upper().startswith("APT-"):
                slots.setdefault("appointment", []).append(mention.words.upper())
            continue
        ids = _meant(mention, kind, _units(mentions), user, lexicon)
        level = mention.of("level_of_care")
        if kind == "unit" and level and (everywhere or len(ids) > 1):
            kind, ids = "level_of_care", level[:1]
        if kind == "scanner" and not digits_in(mention.words):
            continue  # "MRI" says which kind of scan, not which scanner
        if len(ids) == 1:
            slots.setdefault(kind, []).append(ids[0])
        else:
            blurred[kind] = (*blurred.get(kind, ()), _blur(mention, kind, ids, lexicon))
        for other in {"level_of_care", "service"} - {kind}:
            slots.setdefault(f"also_{other}", []).extend(mention.of(other)[:1])
    slots = {kind: ids for kind, ids in slots.items() if ids} | _one_patient(slots.get("patient", []))
    if any(mention.kind == "home" for mention in mentions):
        slots |= {f"home_{kind}": [id] for kind, id in _home(user) if id is not None}
    return slots, blurred


def _take_source(
    mention: Mention, slots: dict[str, list[str]], blurred: dict[str, tuple[Blur, ...]], user: User, lexicon: Lexicon
) -> None:
    """Keep what is only left apart; a scanner of which there are several is asked about."""
    ids = _settled(mention, mention.kind, user, lexicon)
    if len(ids) > 1 and mention.kind == "scanner":
        blurred["scanner"] = (_blur(mention, "scanner", ids, lexicon),)
    elif ids:
        slots.setdefault(f"from_{mention.kind}", []).append(ids[0])


def _one_patient(ids: list[str]) -> dict[str, list[str]]:
    """ "Mr. Patel (88213)" is one patient: where there are numbers, names only say whose they are."""
    numbered = [id for id in ids if digits_in(id)]
    return {"patient": numbered} if numbered else {}


def _meant(mention: Mention, kind: str, units: set[str], user: User, lexicon: Lexicon) -> tuple[str, ...]:
    """The ids meant; for a bed said by its number alone, that of the unit spoken about."""
    ids = _settled(mention, kind, user, lexicon)
    by_number = beds_called(mention, units, user, lexicon) if kind == "bed" and len(ids) != 1 else ()
    return by_number or ids


def _units(mentions: Sequence[Mention]) -> set[str]:
    return {id for one in mentions if one.kind == "unit" for id in one.ids}


def _home(user: User) -> tuple[tuple[str, str | None], ...]:
    return (("unit", user.home.unit_id), ("site", user.home.site_id), ("service", user.home.service_id))


def _no_such_item(code: str, lexicon: Lexicon) -> Blur:
    near = tuple(found.id for found in lexicon.nearest(code, "item"))
    return Blur(code, near, tuple(say(lexicon, "item", id) for id in near), known=False)


def _kind(mention: Mention, intent: str, user: User, text: str) -> str:
    """The kind that this matter is about, where the words fit several ("Jones", "revision hip", "cardiology")."""
    kinds = {found.kind for found in mention.candidates}
    titled = re.match(r"(?:mr|mrs|ms|miss|patient|pt)\b", mention.words, re.IGNORECASE)
    if mention.kind in PEOPLE:
        if _DOCTOR.match(mention.words) and "clinician" in kinds:
            return "clinician"
        if intent == "assign_bed" or (mention.kind == "patient" and intent in _PATIENTS):
            return "patient"
        if intent in _VISITS and (mention.kind == "staff" or not _SEEN_BY.search(text[: mention.start])):
            return "patient"  # no visit is with a nurse, and one with a doctor is said to be
        if "clinician" in kinds and _IN_THEATRES & set(user.roles) and not _NURSE.match(mention.words):
            return "clinician"
        if intent in _NURSES and "staff" in kinds:
            return "staff"
        if intent in _PATIENTS and (titled or "patient" in kinds) and mention.kind != "clinician":
            return "patient"
        if mention.kind == "patient" and (others := kinds & {"clinician", "staff"}):
            return sorted(others)[0]
    if intent in _OPERATIONS and "procedure" in kinds:
        return "procedure"
    if intent in _ITEMS and "item" in kinds:
        return "item"
    if intent in _SERVICES and "service" in kinds and mention.kind in ("cost_centre", "level_of_care"):
        return "service"
    return mention.kind


def _settled(mention: Mention, kind: str, user: User, lexicon: Lexicon) -> tuple[str, ...]:
    """The ids meant, narrowed to the asker's own unit and then site where that leaves one."""
    found = [candidate for candidate in mention.candidates if candidate.kind == kind]
    ids = tuple(dict.fromkeys(one.id for one in found if one.score >= found[0].score - 0.04))
    for scope, mine in (("unit", user.home.unit_id), ("site", user.home.site_id)):
        if len(ids) > 1 and mine is not None:
            near = [id for id in ids if lexicon.entry(kind, id).home.get(scope) == mine]
            ids = tuple(near) if len(near) == 1 else ids
    return ids


def _blur(mention: Mention, kind: str, ids: tuple[str, ...], lexicon: Lexicon) -> Blur:
    offered = ids or tuple(dict.fromkeys(near.id for near in mention.nearest if near.kind == kind))
    said = tuple(say(lexicon, kind, id) for id in offered)
    return Blur(mention.words, offered, said, known=bool(ids))


def say(lexicon: Lexicon, kind: str, id: str) -> str:
    """How a thing is named to people, with where it belongs: "OR 4, Lakeside"."""
    entry = lexicon.entry(kind, id)
    name = next((name for name in entry.names if name.casefold() != id.casefold()), entry.names[0])
    named = f"{id} {name}" if kind == "item" else name
    places = [_name(lexicon, scope, place) for scope in ("unit", "site") if (place := entry.home.get(scope))]
    return ", ".join([named, *dict.fromkeys(place for place in places if place not in name)])


def _name(lexicon: Lexicon, kind: str, id: str) -> str:
    try:
        return lexicon.entry(kind, id).names[0]
    except KeyError:
        return id


def _code(kind: str, words: str) -> str:
    """The number as the hospital writes it ("case 515" is CASE-515); a name without one stays as it was said."""
    numbered = [word.strip(".,;:()#") for word in words.split() if any(letter.isdigit() for letter in word)]
    if not numbered:
        return words
    code = numbered[-1].upper()
    return f"{_PREFIX[kind]}-{code}" if code.isdigit() and kind in _PREFIX else code


def counterpart(lexicon: Lexicon, kind: str, id: str, site: str) -> str | None:
    """The thing of the same name, or of the same service, at another site; None when there is none."""
    entry = lexicon.entry(kind, id)
    if entry.home.get("site") in (None, site):
        return id
    for other in lexicon.entries(kind):
        same: Mapping[str, str] = other.home
        if same.get("site") != site:
            continue
        if set(other.names) & set(entry.names) or (
            entry.home.get("service") and same.get("service") == entry.home["service"]
        ):
            return other.id
    return None
