"""Clinics as a whole: what to change when demand is above capacity, overbooking, the waitlist."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent.planners.embedded.deeds import orders_besides
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.reads import demand_forecast, read
from agent.planners.embedded.skills.reasons import reason_of
from agent.planners.embedded.skills.shown import moment_at
from agent.planners.embedded.skills.wishes import modality
from agent.planners.embedded.slot_wishes import sites_said
from hospital.ids import ClinicianId, ClinicId
from hospital.model.bookings import ClinicSession, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Site
from hospital.ports import In, Range
from tools.results import Done, Refused

_ASKS_WHAT_TO_DO = re.compile(
    r"\b(?:what|how|which)\b.{0,40}\b(?:chang\w*|add\w*|do|adjust\w*|fix|cover|open|propose\w*|suggest\w*|close|cope|"
    r"absorb|meet|solve|recommend\w*)\b|\b(?:propose|suggest|recommend|plan for|options? (?:for|to)|make room|"
    r"extra sessions?|more sessions?|change the templates?)\b",
    re.IGNORECASE,
)


def demand_vs_capacity(heard: Heard) -> Script:
    """Demand against capacity; when it is also asked what to do about it, the change of the templates as well."""
    if _ASKS_WHAT_TO_DO.search(heard.text) is None:
        return (yield from read(heard))
    return (yield from template_change(heard))


def template_change(heard: Heard) -> Script:
    """The demand, the capacity, and one plan over sessions, rooms, people, devices and labour."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on do you mean?")
    asked = demand_forecast(heard)
    demand = yield from do("forecast_demand", **asked)
    if isinstance(demand, Refused):
        return tell(demand)
    where = {"service": asked["service"] or heard.user.home.service_id, "site": asked["site"] or "all"}
    free = yield from do("query_capacity", subject="clinic", visit_type="new", **where)
    result = yield from do(
        "propose_allocation", goal="template", **{k: v for k, v in asked.items() if k != "subject"}
    )
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "change the clinic templates"))
    offered = "" if isinstance(free, Refused) else f"\n\n{free.headline}"
    said = f"{demand.headline}{offered}\n\n{result.headline}"
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit."
    return Say(said, hides=("query_capacity",))


def overbook(heard: Heard) -> Script:
    """Which clinic and day, how many will be missed, and the plan on its way to the clinic's medical director."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which day from now on?", asks_for="day")
    clinics = _clinics(heard)
    if len(clinics) != 1:
        names = tuple(clinic.name for clinic in clinics)
        return question("Which clinic should be overbooked?", names, "clinic", tuple(str(one.id) for one in clinics))
    clinic = clinics[0]
    when = heard.window()
    missed = yield from do("predict_no_show", clinic=clinic.id, site=clinic.site_id, **when)
    if isinstance(missed, Refused):
        return tell(missed)
    result = yield from do(
        "propose_allocation", goal="overbook", clinic=clinic.id, site=clinic.site_id, extra=heard.count, **when
    )
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("propose_allocation", result, f"overbook {clinic.name}"))
    if heard.is_question:
        return Say(f"{missed.headline} {result.headline} Say which one to submit.")
    sent = yield from do("submit_plan", plan=result.options[0].id)
    said = yield from settle("submit_plan", sent, f"overbook {clinic.name}")
    return Say(f"{missed.headline} {result.headline} {said.text}", kind=said.kind)


def no_show_risk(heard: Heard) -> Script:
    """How many booked visits of a clinic will be missed."""
    clinics = _clinics(heard)
    if len(clinics) != 1:
        names = tuple(clinic.name for clinic in clinics)
        return question("Which clinic do you mean?", names, "clinic", tuple(str(one.id) for one in clinics))
    result = yield from do("predict_no_show", clinic=clinics[0].id, site=clinics[0].site_id, **heard.window())
    return tell(result)


def _clinics(heard: Heard) -> list[Clinic]:
    """The clinic named, or those of the service and site that are meant and sit on the day said."""
    world = heard.asked.world
    if (named := heard.one("clinic")) is not None and (clinic := world.get(Clinic, ClinicId(named))) is not None:
        return [clinic]
    person = world.get(Clinician, ClinicianId(heard.one("clinician") or ""))
    if person is not None and person.role not in ("surgeon", "anaesthesiologist"):
        return world.find(Clinic, order="name", service_id=person.service_id, site_id=In(tuple(person.site_ids)))
    service = heard.one("service") or heard.user.home.service_id
    site = heard.one("site") or (heard.user.home.site_id if service is None else None)
    where: dict[str, Any] = {
        name: value for name, value in (("service_id", service), ("site_id", site)) if value is not None
    }
    found = world.find(Clinic, order="name", **where)
    sitting = [clinic for clinic in found if _sits(heard, clinic)]
    return sitting or found


def _sits(heard: Heard, clinic: Clinic) -> bool:
    site, day = heard.asked.world.get(Site, clinic.site_id), heard.time.get("day")
    if site is None or day is None:
        return True
    midnight = datetime.combine(date.fromisoformat(day[:10]), time(), ZoneInfo(site.timezone))
    during = Range(at_least=midnight, before=midnight + timedelta(days=1))
    return heard.asked.world.count(ClinicSession, clinic_id=clinic.id, start=during) > 0


def offer_waitlist(heard: Heard) -> Script:
    """Offer a freed slot of a clinic to whoever is next; out of turn or against the rule only with a reason."""
    clinics = _clinics(heard)
    if len(clinics) != 1:
        names = tuple(clinic.name for clinic in clinics)
        return question("Which clinic has the free slot?", names, "clinic", tuple(str(one.id) for one in clinics))
    told = not _OFFERS.search(heard.text) or (heard.is_question and not orders_besides(heard.text))
    if told and not heard.follows:
        return _only_asked(clinics[0])
    kind = next((word for word in _KINDS if word in heard.matter().casefold()), None)
    slot = _slot_at(heard, clinics[0], kind)
    if slot is None and (at := heard.at()) is not None and at > heard.asked.now:
        return question(
            f"{clinics[0].name} has no such free slot at that time. Which day or time is it?", asks_for="day"
        )
    result = yield from do(
        "offer_waitlist",
        clinic=clinics[0].id,
        site=clinics[0].site_id,
        slot=slot,
        visit_type=kind,
        entry=_entry(heard),
        reason=reason_of(heard, pauses=False),
        **({} if slot else heard.window()),
    )
    return (yield from settle("offer_waitlist", result, f"offer a slot of {clinics[0].name}"))


_OFFERS = re.compile(
    r"\b(?:offer\w*|(?:back|re)?-?fill\w*|gives?|sends?|pass|hand|use|get|pull|call|ring|phone|text|run|plug|promote|let|"
    r"put|moves?|recover|match|advertise|propose|find|book|takes?|gets|goes|slot|work|"
    r"(?:may|can|should|shall|will) have)\b",
    re.IGNORECASE,
)
"""Words by which a freed visit is given to somebody; that there is one offers it to nobody."""


def _only_asked(clinic: Clinic) -> Say:
    """A question offers nothing: what would be done on a word."""
    said = question(
        f"Nothing is offered yet. The next free slot of {clinic.name} that its rule gives out goes to whoever is "
        "first on its waitlist by priority, then by waiting time. Shall I offer it?"
    )
    return replace(said, remember={"matters": [["offer_waitlist", "offer it"]]})


def _entry(heard: Heard) -> str | None:
    """The entry of the waitlist that is named, now or before on the same matter."""
    return next((code.upper() for code in heard.slots.get("code", []) if code.upper().startswith("WL-")), None)


def _slot_at(heard: Heard, clinic: Clinic, kind: str | None) -> str | None:
    """The free slot at the very time said, if there is one."""
    at = moment_at(heard, clinic.site_id)
    if at is None:
        return None
    free = heard.asked.world.find(Slot, clinic_id=clinic.id, status="free", start=at, order="id")
    return next((str(slot.id) for slot in free if slot.visit_type.startswith(kind or "")), None)


_KINDS = ("new", "follow", "procedure", "complex")
"""How visit types begin."""


def route_imaging(heard: Heard) -> Script:
    """Where a patient's examination can be done, or all that are ordered; over all sites unless some are named."""
    result = yield from do(
        "propose_allocation",
        goal="imaging",
        patient=heard.one("patient"),
        procedure=modality(heard.text) if heard.one("patient") is None else None,
        site=_sites_to_route(heard),
        **heard.window(),
    )
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("propose_allocation", result, "find a scanner"))
    return Say(f"{result.headline} Say which one to submit.")


def _sites_to_route(heard: Heard) -> str:
    """The sites named, else all of them without those that are ruled out ("anywhere but Harbor")."""
    if (named := sites_said(heard)) is not None and not heard.everywhere:
        return named
    sites = heard.asked.world.find(Site, order="name")
    left = [str(site.id) for site in sites if not _rules_out(site.name, heard.text)]
    return ", ".join(left) if left and len(left) < len(sites) else "all"


def _rules_out(name: str, text: str) -> bool:
    return (
        re.search(rf"\b{_NOT}\s+(?:(?:in|at|on|to|for|the)\s+)*{re.escape(name)}\b", text, re.IGNORECASE) is not None
    )


_NOT = r"(?:not|except|excluding|avoid|other than|anywhere but|nothing|without|leave out|but not)"
"""Words before a site at which nothing is to be."""
