"""Visits: what is held, booked or called off, and whose it is."""

import re

from agent.planners.embedded.build.said import Said
from agent.planners.embedded.date_values import Minutes, Moment, Window

_BOOKED_INSTEAD = frozenset(
    {"imaging_slot", "clinic_earliest_slot", "phi_diagnosis", "overbook", "handbook_question"}
)
"""Matters for which a booking is mistaken when it names no verb ("patient 88213, MRI Thursday 9:40")."""
_OF_A_VISIT = frozenset({"cancel_visit", "reschedule_visit"})
_STAFF = frozenset({"staff", "clinician"})
_OF_STAFF = frozenset({"record_status", "who_can_cover"})
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
_THIRD_NEXT = re.compile(r"\b(?:tnaa|(?:third|3rd)[- ]next)\b", re.IGNORECASE)


def visits(said: Said) -> str | None:
    """What the words of visits, clinics and doctors' sessions decide."""
    lasts = any(isinstance(when, Minutes) for when in said.times)
    if said.best == "offer_waitlist" and "hold_slot" in said.likely and lasts:
        return "hold_slot"  # what is offered is given away, only what is held has a length
    if said.best not in _OF_A_VISIT or said.of_patient:
        return None
    if "clinician" in said.kinds and _SESSION.search(said.text):
        return said.likeliest_of("displace", "template_change")
    if said.kinds & _STAFF and _VISIT.search(said.text) is None:  # of the staff, and no patient
        return next((name for name in said.likely if name in _OF_STAFF), None)
    return None


def third_next(said: Said) -> str | None:
    """A figure of access, whatever visit it is about."""
    return "kpi_question" if _THIRD_NEXT.search(said.text) and not _OTHER_DEED.search(said.text) else None


def bookings(said: Said) -> str | None:
    """Whether a patient's number, a visit and a time are all that is said: a booking without a verb."""
    numbered = any(found.kind == "patient" and any(map(str.isdigit, found.words)) for found in said.mentions)
    dated = any(isinstance(when, Window) or (isinstance(when, Moment) and when.dated) for when in said.times)
    visit = _VISIT.search(said.text) or said.kinds & {"clinic", "scanner"}
    meant = said.best in _BOOKED_INSTEAD | {"book_visit"} or said.ranking.confidence < said.sure
    return "book_visit" if numbered and dated and visit and meant and not _OTHER_DEED.search(said.text) else None
