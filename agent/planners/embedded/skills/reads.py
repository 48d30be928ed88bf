"""Questions: each is one read with the slots it knows, and says what the tool found."""

import re
from collections.abc import Callable
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, do_all, question, tell
from agent.planners.embedded.search_window import window_ahead
from agent.planners.embedded.skills.items import what_of
from agent.planners.embedded.skills.wards import ward
from agent.planners.embedded.skills.wishes import is_imaging, modality, wants_contrast
from agent.planners.embedded.slot_wishes import sites_said, slot_wishes, window_wished
from hospital.ids import ClinicianId, ClinicId
from hospital.model.people import Clinician
from hospital.model.places import Clinic

Arguments = dict[str, Any]
_CLINIC = re.compile(r"\b(?:clinics?|visits?|appointments?|appts?)\b", re.IGNORECASE)


def or_open_time(heard: Heard) -> Arguments:
    """Open operating room time."""
    return {
        "subject": "or",
        "site": "all" if len(heard.slots.get("site", ())) > 1 else heard.site(),
        "room": heard.one("room"),
        "clinician": heard.one("clinician"),
        "service": heard.one("service"),
        "minimum_minutes": heard.minutes(),
        **window_ahead(heard),
    }


def bed_state(heard: Heard) -> Arguments:
    """Beds now."""
    unit = heard.one("unit") or next(iter(heard.slots.get("home_unit", [])), None)
    level = heard.one("level_of_care")
    unit = None if level and not heard.named("unit") else unit
    return {"subject": "beds", "site": heard.site_or_house(), "unit": unit, "level": level, "bed": heard.one("bed")}


def beds_of_several(heard: Heard) -> Script:
    """Beds now: of one place, or of each of several units or levels of care that are compared."""
    about = bed_state(heard)
    kind, key = ("unit", "unit") if len(heard.slots.get("unit", ())) > 1 else ("level_of_care", "level")
    wanted = [{**about, "unit": None, key: one} for one in heard.slots.get(kind, ())[:_MOST_PLACES]]
    if len(wanted) < _FEWEST_COMPARED or about["bed"] is not None or heard.past() is not None:
        return (yield from read(heard))
    results = yield from do_all("query_capacity", wanted)
    return Say(" ".join(tell(one).text for one in results))


_FEWEST_COMPARED, _MOST_PLACES = 2, 4


def staffing_need(heard: Heard) -> Arguments:
    """Nurses required against rostered; after an hour, until the end of its day."""
    window = heard.window()
    since = {"start": heard.time["at"]} if "at" in heard.time and "start" not in window else {}
    return {"subject": "staff", "site": heard.site_or_house(), "unit": ward(heard), **(since or window)}


def imaging_slot(heard: Heard) -> Arguments:
    """Free scanner slots."""
    text = heard.matter()
    return {
        "subject": "imaging",
        "site": sites_said(heard),
        "room": heard.one("scanner"),
        "modality": modality(text),
        "contrast": wants_contrast(text) or None,
        **window_wished(heard),
        **slot_wishes(heard),
    }


def schedule_show(heard: Heard) -> Arguments:
    """What is booked."""
    visits = _shows_visits(heard)
    mine = heard.user.clinician_id if not heard.one("clinician") and _says_my(heard) else None
    return {
        "subject": "visits" if visits else "cases",
        "site": heard.site(),
        "room": heard.one("room") or heard.one("scanner"),
        "clinic": heard.one("clinic"),
        "clinician": heard.one("clinician") or ("me" if mine else None),
        "service": None if heard.one("clinic") else heard.one("service") or _own_service(heard),
        **heard.window(),
    }


def _own_service(heard: Heard) -> str | None:
    """The service whose clinics the speaker directs, when no place or person is named."""
    named = any(heard.one(kind) for kind in ("site", "room", "scanner", "clinician"))
    return None if named or not _directs_clinics(heard) else heard.user.home.service_id


def _directs_clinics(heard: Heard) -> bool:
    return "clinic_medical_director" in heard.user.roles and _OPERATIONS.search(heard.text) is None


_OPERATIONS = re.compile(r"\b(?:operat\w+|surger\w+|cases?|theatres?|or|ors)\b", re.IGNORECASE)


def surgeon_asked(heard: Heard) -> str | None:
    """The surgeon named, or the one who speaks of what is theirs ("my cases")."""
    return heard.one("clinician") or heard.own_clinician()


def case_show(heard: Heard) -> Arguments:
    """One operation."""
    return {"case": heard.one("case")}


def inventory_shortage(heard: Heard) -> Arguments:
    """Cases that lack an implant."""
    return {
        "about": what_of(heard),
        "site": heard.site(),
        "item": heard.one("item"),
        "case": heard.one("case"),
        "surgeon": surgeon_asked(heard) if heard.one("case") is None else None,
        **window_ahead(heard),
    }


def stock_level(heard: Heard) -> Arguments:
    """How many are on the shelf."""
    return {"about": "stock", "item": heard.one("item") or heard.one("code"), "site": heard.site() or "all"}


def erp_status(heard: Heard) -> Arguments:
    """Requisitions and budgets."""
    return {
        "requisition": heard.one("requisition"),
        "item": heard.one("item"),
        "cost_centre": heard.one("cost_centre"),
    }


def handbook_question(heard: Heard) -> Arguments:
    """What is written down."""
    return {"question": heard.text}


def list_approvals(heard: Heard) -> Arguments:
    """What waits."""
    return {}


def list_exceptions(heard: Heard) -> Arguments:
    """The queue."""
    return {"site": heard.one("site")}


def demand_forecast(heard: Heard) -> Arguments:
    """Demand to come, against capacity: of beds, or of a service's visits (a clinic stands for its service)."""
    site = heard.site()
    if heard.intent == "bed_need_forecast":
        unit = heard.one("unit") or next(iter(heard.slots.get("home_unit", [])), None)
        places = {"unit": unit, "level": heard.one("level_of_care")}
        by = heard.time.get("until") or heard.time.get("at")
        window = {"end": by} if by else heard.window()
        return {"subject": "beds", **places, "site": site, **window}
    service = heard.one("service") or next(iter(heard.slots.get("also_service", [])), None)
    clinic = heard.asked.world.get(Clinic, ClinicId(heard.one("clinic") or ""))
    if clinic is not None:
        service, site = service or clinic.service_id, site or clinic.site_id
    if service is None and clinic is None and is_imaging(heard.text):
        service = "imaging"
    return {"subject": "visits", "service": service, "site": site, **window_ahead(heard)}


READS: dict[str, tuple[str, Callable[[Heard], Arguments], tuple[str, ...]]] = {
    "or_open_time": ("query_capacity", or_open_time, ()),
    "bed_state": ("query_capacity", bed_state, ()),
    "staffing_need": ("query_capacity", staffing_need, ()),
    "imaging_slot": ("query_capacity", imaging_slot, ()),
    "schedule_show": ("query_schedule", schedule_show, ()),
    "case_show": ("query_schedule", case_show, ("case",)),
    "inventory_shortage": ("query_inventory", inventory_shortage, ()),
    "stock_level": ("query_inventory", stock_level, ("item",)),
    "erp_status": ("query_erp", erp_status, ()),
    "handbook_question": ("search_handbook", handbook_question, ()),
    "list_approvals": ("list_approvals", list_approvals, ()),
    "list_exceptions": ("list_exceptions", list_exceptions, ()),
    "demand_forecast": ("forecast_demand", demand_forecast, ()),
    "demand_vs_capacity": ("forecast_demand", demand_forecast, ()),
    "bed_need_forecast": ("forecast_demand", demand_forecast, ()),
}
"""Intent: the tool, its arguments, and the slots without which one question is asked."""

QUESTIONS = {
    "case": "Which case? Please give its number.",
    "item": "Which item? Please give its code or name.",
}


def read(heard: Heard) -> Script:
    """One read: a question when something needed is missing, else what the tool says."""
    tool, arguments, needed = READS[heard.intent]
    if (past := heard.past()) is not None and heard.intent not in ("erp_status", "kpi_question"):
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on do you mean?")
    for slot in needed:
        if heard.one(slot) is None and (slot != "item" or heard.one("code") is None):
            return question(QUESTIONS[slot], asks_for=slot)
    result = yield from do(tool, **arguments(heard))
    return tell(result)


def _shows_visits(heard: Heard) -> bool:
    """Whether visits are meant rather than operations: by a clinic, a scanner, a physician, or the words."""
    if heard.one("clinic") is not None or heard.one("scanner") is not None:
        return True
    if heard.one("room") is not None or heard.one("case") is not None:
        return False
    person = heard.asked.world.get(Clinician, ClinicianId(heard.one("clinician") or ""))
    if person is not None:
        return person.role not in ("surgeon", "anaesthesiologist") or _CLINIC.search(heard.text) is not None
    return _CLINIC.search(heard.matter()) is not None or is_imaging(heard.matter()) or _directs_clinics(heard)


def _says_my(heard: Heard) -> bool:
    return any(mention.kind == "home" for mention in heard.mentions)
