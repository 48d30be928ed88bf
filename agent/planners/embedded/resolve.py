"""From what a message names to the things that are meant: neighbours joined, kinds chosen, unclear names kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.planners.embedded.heard import Blur
from agent.planners.embedded.lexicon import Candidate, Lexicon, Mention
from agent.planners.embedded.lexicon_words import words_of
from hospital.model.people import User

PEOPLE = ("clinician", "staff", "patient")
IDENTIFIED = ("patient", "case", "requisition", "code")
"""Kinds that are known by their number alone; a name never says which one is meant."""
_FEWEST_DIGITS = 3
"""A requisition's number has at least so many digits: "Requisition 4 x CUP-A" orders four."""
_BED = re.compile(r"\bbeds?\b[^.;!?]*$", re.IGNORECASE)
_MONEY = re.compile(r"budget|cost cent|funds?\b|money", re.IGNORECASE)
_PLACES = ("site", "unit", "room", "scanner")
_RULED_OUT = re.compile(
    r"\b(?:not|except|excluding|avoid|other than|anywhere but)\s+(?:(?:in|at|on|for|the)\s+)*$", re.IGNORECASE
)
_PREFIX = {"case": "CASE", "requisition": "REQ"}
_RECORD = re.compile(r"(?:PLAN|APT|EXC|REQ|CASE|PO|LOT)-", re.IGNORECASE)
_PATIENTS = (
    "schedule_case_for_patient", "book_visit", "cancel_visit", "reschedule_visit", "hold_slot", "assign_bed",
    "phi_diagnosis", "change_case",
)  # fmt: skip
_NURSES = ("record_status", "request_agency", "staffing_need", "who_can_cover", "mandate_overtime", "ratio_breach")
_ITEMS = ("create_requisition", "stock_level", "inventory_shortage", "erp_status", "substitute_item")
_OPERATIONS = ("propose_case", "add_on_case", "predict_duration", "schedule_case_for_patient", "change_case")
_SERVICES = (
    "demand_forecast", "demand_vs_capacity", "clinic_earliest_slot", "kpi_question", "explain_change", "no_show_risk",
)  # fmt: skip


def tidy(mentions: Iterable[Mention], text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """Mentions that are none left out, and neighbours that name one thing together made one."""
    kept: list[Mention] = []
    for mention in mentions:
        if _is_none(mention, text):
            continue
        joined = _joined(kept[-1], mention, text, lexicon) if kept else None
        if joined is not None:
            kept[-1] = joined
        else:
            kept.append(mention)
    return tuple(kept)


def _is_none(mention: Mention, text: str) -> bool:
    """Whether the words only look like a name (a short number, a bed not called so), or name what is not meant."""
    if mention.kind in _PLACES and _RULED_OUT.search(text[: mention.start]):
        return True
    match mention.kind:
        case "requisition":
            return _digits(mention.words) < _FEWEST_DIGITS
        case "bed":
            return " " in mention.words and not _BED.search(text[: mention.end])
        case "cost_centre":
            return not _digits(mention.words) and not _MONEY.search(mention.words)
        case _:
            return False


def _digits(words: str) -> int:
    return sum(letter.isdigit() for letter in words)


def _joined(left: Mention, right: Mention, text: str, lexicon: Lexicon) -> Mention | None:
    """ "revision" and "total knee" side by side are the one operation that most of their words name."""
    if left.kind != right.kind or text[left.end : right.start].strip():
        return None
    unclear, other = (left, right) if len(left.of(left.kind)) > 1 else (right, left)
    if len(unclear.of(unclear.kind)) < 2:
        return None
    said = {word.key for word in words_of(text[left.start : right.end])}
    fits = {id: _shared(lexicon, left.kind, id, said) for id in unclear.of(unclear.kind)}
    best = [id for id in fits if fits[id] == max(fits.values())]
    apart = {word.key for word in words_of(other.words)}
    if len(best) != 1 or not _shared(lexicon, left.kind, best[0], apart):
        return None
    one = Candidate(left.kind, best[0], 1.0)
    return replace(left, end=right.end, words=text[left.start : right.end], candidates=(one,))


def _shared(lexicon: Lexicon, kind: str, id: str, said: set[str]) -> int:
    names = lexicon.entry(kind, id).names
    return max(len(said & {word.key for word in words_of(name)}) for name in names)


def resolve(
    mentions: Iterable[Mention], intent: str, user: User, lexicon: Lexicon, *, everywhere: bool
) -> tuple[dict[str, list[str]], dict[str, tuple[Blur, ...]]]:
    """Ids by kind for this matter, and by kind the names that are not clear."""
    slots: dict[str, list[str]] = {}
    blurred: dict[str, tuple[Blur, ...]] = {}
    for mention in mentions:
        if mention.kind == "home":
            continue
        kind = _kind(mention, intent)
        if kind == "code" and intent in _ITEMS and not _RECORD.match(mention.words):
            blurred["item"] = (*blurred.get("item", ()), _no_such_item(mention.words, lexicon))
            continue
        if kind in IDENTIFIED:
            slots.setdefault(kind, []).append(_code(kind, mention.words))
            continue
        ids = _settled(mention, kind, user, lexicon)
        level = mention.of("level_of_care")
        if kind == "unit" and level and (everywhere or len(ids) > 1):
            kind, ids = "level_of_care", level[:1]
        if kind == "scanner" and not _digits(mention.words):
            continue  # "MRI" says which kind of scan, not which scanner
        if len(ids) == 1:
            slots.setdefault(kind, []).append(ids[0])
        else:
            blurred[kind] = (*blurred.get(kind, ()), _blur(mention, kind, ids, lexicon))
        for other in ("level_of_care", "service"):
            if other != kind and (also := mention.of(other)):
                slots.setdefault(f"also_{other}", []).extend(also[:1])
    if any(mention.kind == "home" for mention in mentions):
        slots |= {f"home_{kind}": [id] for kind, id in _home(user) if id is not None}
    return slots, blurred


def _home(user: User) -> tuple[tuple[str, str | None], ...]:
    return (("unit", user.home.unit_id), ("site", user.home.site_id), ("service", user.home.service_id))


def _no_such_item(code: str, lexicon: Lexicon) -> Blur:
    near = tuple(found.id for found in lexicon.nearest(code, "item"))
    return Blur(code, near, tuple(say(lexicon, "item", id) for id in near), known=False)


def _kind(mention: Mention, intent: str) -> str:
    """The kind that this matter is about, where the words fit several ("Jones", "revision hip", "cardiology")."""
    kinds = {found.kind for found in mention.candidates}
    titled = re.match(r"(?:mr|mrs|ms|miss|patient|pt)\b", mention.words, re.IGNORECASE)
    if mention.kind in PEOPLE:
        if intent in _NURSES and "staff" in kinds:
            return "staff"
        if intent in _PATIENTS and (titled or "patient" in kinds) and mention.kind != "clinician":
            return "patient"
        if mention.kind == "patient" and not titled and (others := kinds & {"clinician", "staff"}):
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
    offered = ids or tuple(candidate.id for candidate in mention.nearest if candidate.kind == kind)
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
