"""Which clinic "the Tuesday clinic" is: of the speaker's service one that sits then, else one that sits only then."""

import re
from datetime import timedelta
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, question
from hospital.model.bookings import ClinicSession
from hospital.model.places import Clinic, Site
from hospital.ports import Range

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SAID = re.compile(
    r"\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(?:'?s)? clinics?\b", re.IGNORECASE
)
_ABOUT_CLINICS = frozenset({
    "clinic_earliest_slot", "template_change", "schedule_show", "demand_forecast", "demand_vs_capacity",
    "no_show_risk", "overbook", "offer_waitlist", "book_visit", "hold_slot",
})  # fmt: skip
_LOOKED = timedelta(days=28)
"""So far ahead sessions are looked at to learn on which weekdays a clinic sits."""


def which_weekday_clinic(heard: Heard) -> Say | None:
    """The question which clinic is meant by its weekday; None when none is, or only one fits, which it then is."""
    said = _SAID.search(heard.text)
    if said is None or heard.intent not in _ABOUT_CLINICS or heard.one("clinic") or heard.one("clinician"):
        return None
    weekday = next(number for number, day in enumerate(_DAYS) if day.startswith(said[1].lower()[:3]))
    service = heard.one("service") or heard.user.home.service_id
    fitting = [clinic for clinic in _clinics(heard, service) if _sits(heard, clinic, weekday, alone=service is None)]
    if len(fitting) == 1:
        heard.slots["clinic"] = [str(fitting[0].id)]
    if len(fitting) < 2:
        return None
    names = tuple(clinic.name for clinic in fitting)
    asked = f"Which {_DAYS[weekday].title()} clinic do you mean?"
    return question(asked, names, asks_for="clinic", ids=tuple(str(clinic.id) for clinic in fitting))


def _clinics(heard: Heard, service: str | None) -> list[Clinic]:
    where = {"service_id": service, "site_id": heard.one("site")}
    known: dict[str, Any] = {name: id for name, id in where.items() if id is not None}
    return heard.asked.world.find(Clinic, order="name", **known)


def _sits(heard: Heard, clinic: Clinic, weekday: int, *, alone: bool) -> bool:
    """Whether it sits on that weekday; `alone`: and on no other."""
    world, now = heard.asked.world, heard.asked.now
    site = world.get(Site, clinic.site_id)
    ahead = Range(at_least=now, before=now + _LOOKED)
    starts = world.values(ClinicSession, ("start",), clinic_id=clinic.id, start=ahead)
    days = {site.local(start).weekday() for (start,) in starts} if site else set()
    return days == {weekday} if alone else weekday in days
