"""One question when a name that the matter turns on fits several things, or none."""

from agent.planners.embedded.heard import Blur, Heard
from agent.planners.embedded.script import Say, question
from agent.planners.embedded.skills.weekday_clinic import which_weekday_clinic

TURNS_ON: dict[str, tuple[str, ...]] = {
    "add_on_case": ("site", "procedure", "clinician"),
    "assign_bed": ("bed", "unit"),
    "bed_need_forecast": ("site", "unit"),
    "bed_state": ("site", "unit", "bed"),
    "book_visit": ("site", "clinic", "clinician", "service"),
    "change_case": ("site", "room"),
    "clinic_earliest_slot": ("site", "clinic", "clinician", "service"),
    "create_requisition": ("item",),
    "demand_forecast": ("site", "clinic", "service", "unit"),
    "demand_vs_capacity": ("site", "clinic", "service", "unit"),
    "displace": ("site", "room", "scanner", "clinician", "equipment"),
    "erp_status": ("item",),
    "explain_change": ("site", "unit", "clinic", "service", "room", "clinician"),
    "hold_slot": ("site", "clinic", "clinician", "scanner"),
    "imaging_slot": ("site", "scanner"),
    "inventory_shortage": ("site", "item"),
    "kpi_question": ("site", "unit", "clinic", "service", "room", "clinician"),
    "no_show_risk": ("site", "clinic", "service"),
    "or_open_time": ("site", "room", "clinician"),
    "predict_duration": ("clinician",),
    "propose_case": ("site", "procedure", "clinician", "item", "equipment"),
    "record_status": ("site", "room", "bed", "scanner", "equipment", "staff"),
    "release_block": ("site", "room", "clinician", "service"),
    "request_agency": ("site", "unit", "staff"),
    "request_maintenance": ("site", "room", "scanner", "equipment"),
    "reschedule_visit": ("clinician",),
    "route_imaging": ("site", "scanner"),
    "schedule_case_for_patient": ("site", "procedure", "clinician"),
    "schedule_show": ("site", "room", "clinic", "clinician", "scanner"),
    "staffing_need": ("site", "unit"),
    "stock_level": ("site",),
    "substitute_item": ("item", "clinician"),
    "who_can_cover": ("site", "unit", "staff"),
}
"""Intent: the kinds of names that must be clear before anything is looked up or asked for."""
_CALLED = {
    "procedure": "operation", "clinician": "doctor", "staff": "person", "item": "item", "unit": "unit",
    "clinic": "clinic", "scanner": "scanner", "room": "room", "bed": "bed", "equipment": "device", "site": "site",
    "service": "service",
}  # fmt: skip
MOST_CHOICES = 6


def ask_first(heard: Heard) -> Say | None:
    """The one question to ask before the matter is followed, or None when every name is clear enough."""
    for kind in TURNS_ON.get(heard.intent, ()):
        for blur in heard.blurred.get(kind, ()):
            if kind not in heard.slots:
                return which(kind, blur)
    return which_weekday_clinic(heard)


def which(kind: str, blur: Blur) -> Say:
    """Which of the things that a name fits, or which there is instead of one that is not known."""
    said = blur.said[:MOST_CHOICES]
    name = _CALLED.get(kind, kind)
    if blur.words == kind:
        text = f"Which {name} is it?"  # asked again: what was said of it is some turns ago
    elif blur.known:
        text = f'Which {name} do you mean by "{blur.words}"?'
    else:
        hint = f" Did you mean {' or '.join(said)}?" if said else f" Which {name} is it?"
        text = f'There is no {name} "{blur.words}".{hint}'
    return question(text, said, asks_for=kind, ids=blur.ids[:MOST_CHOICES])
