"""The slot of a list shown before that a message means: "the second one", "the 9:40", "book it"."""

import re
from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.planners.embedded.counts import place_in
from agent.planners.embedded.date_values import Moment
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Do, do
from agent.planners.embedded.skills.wishes import visit_type
from hospital.ids import ClinicianId, ClinicId, SiteId
from hospital.model.bookings import Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Site
from hospital.planning.backfill import kept_by_rule
from tools.results import Done, Result

_POINTS = re.compile(r"\b(?:it|that|this|there|the slot|one|the time)\b", re.IGNORECASE)
_NAMES_ANOTHER = ("clinic", "service", "clinician", "scanner", "site", "room")
_SUBJECTS = ("clinic", "imaging")


def slot_meant(heard: Heard) -> Generator[tuple[Do, ...], tuple[Result, ...], str | None]:
    """The id of the slot that was shown or held before and is meant now, or None when none is pointed at."""
    if any(heard.named(kind) for kind in _NAMES_ANOTHER) or heard.everywhere:
        heard.slots.pop("slot", None)
        return None
    hour = _hour(heard)
    if heard.times and hour is None:
        heard.slots.pop("slot", None)
        return None
    place = _place(heard)
    if hour is None and place is None:
        held = heard.one("slot") or next(iter(_before(heard, "slot")), None)
        if held is not None and (heard.follows or _POINTS.search(heard.text)):
            heard.slots["slot"] = [held]
            return held
    asked = _query(heard)
    if asked is None or not (hour or place or _POINTS.search(heard.text)):
        return None
    result = yield from do("query_capacity", **{**asked, "limit": 10})
    slots = slots_of(result) if isinstance(result, Done) else []
    shown = len(slots) if asked.get("visit_type") == "any" else int(asked.get("limit", 3))
    chosen = _chosen(slots, hour, place, shown)
    if chosen is not None:
        heard.slots["slot"] = [str(chosen["slot"])]
    return heard.one("slot")


def slot_at(heard: Heard) -> str | None:
    """The one free slot of the clinic or person named that begins at the very time said and that its rule gives out.

    None when none does, or when several of different kinds do.
    """
    world = heard.asked.world
    clinic, person, service, site = (heard.one(kind) for kind in ("clinic", "clinician", "service", "site"))
    if clinic is None and service is not None and site is not None:
        clinic = next((str(one.id) for one in world.find(Clinic, service_id=service, site_id=site)), None)
    named: dict[str, Any] = {"clinic_id": clinic, "clinician_id": person}
    where = {key: value for key, value in named.items() if value is not None}
    at = moment_at(heard, _site_of(heard, clinic, person))
    if at is None or not where:
        return None
    kind = visit_type(heard.matter())
    free = [
        slot
        for slot in world.find(Slot, status="free", start=at, order="id", **where)
        if (kind is None or slot.visit_type == kind) and _given_out(heard, slot)
    ]
    return str(free[0].id) if len({slot.visit_type for slot in free}) == 1 else None


def moment_at(heard: Heard, site_id: str | None) -> datetime | None:
    """The moment said, on the wall clock of the site it is about; None when none to come is said."""
    at, site = heard.at(), heard.asked.world.get(Site, SiteId(site_id or ""))
    if at is None or at <= heard.asked.now:
        return None
    return at.replace(tzinfo=ZoneInfo(site.timezone)) if site else at


def _site_of(heard: Heard, clinic_id: str | None, person_id: str | None) -> str | None:
    clinic = heard.asked.world.get(Clinic, ClinicId(clinic_id or ""))
    if clinic is not None:
        return clinic.site_id
    person = heard.asked.world.get(Clinician, ClinicianId(person_id or ""))
    return person.site_ids[0] if person and len(person.site_ids) == 1 else None


def _given_out(heard: Heard, slot: Slot) -> bool:
    world = heard.asked.world
    clinic, site = world.get(Clinic, slot.clinic_id or ClinicId("")), world.get(Site, slot.site_id)
    if clinic is None or site is None:
        return False
    kept = kept_by_rule(clinic, site, slot.visit_type, slot.start, slot.urgent_reserved, heard.asked.now)
    return kept is None


def slots_of(result: Result) -> list[dict[str, Any]]:
    """The free slots of an answer, in the order shown."""
    if not isinstance(result, Done):
        return []
    if "slots" in result.facts:
        return list(result.facts["slots"])
    sites = [site for site in result.facts.get("sites", []) if isinstance(site, dict)] or [result.facts]
    return [slot for site in sites for slot in site.get("slots", [])]


def _before(heard: Heard, kind: str) -> list[str]:
    slots: Mapping[str, list[str]] = heard.memory.get("slots", {})
    return slots.get(kind, [])


def _query(heard: Heard) -> dict[str, Any] | None:
    """The last look at free slots that was shown, as it was asked; none while another matter goes on."""
    based: list[list[Any]] = heard.memory.get("based") or []
    asked = [args for name, args in based if name == "query_capacity" and args.get("subject") in _SUBJECTS]
    return dict(asked[-1]) if asked and not heard.follows else None


def _hour(heard: Heard) -> datetime | None:
    """An hour said without a day ("the 9:40"): one of the list."""
    only = [when for when in heard.times if isinstance(when, Moment) and not when.dated]
    return only[0].at if len(only) == 1 == len(heard.times) else None


def _place(heard: Heard) -> int | None:
    """Which one of the list, outside of dates ("the 3rd of May" is none of it)."""
    text = heard.text
    for when in sorted(heard.times, key=lambda when: -when.said.start):
        text = f"{text[: when.said.start]} {text[when.said.end :]}"
    return place_in(text)


def _chosen(
    slots: list[dict[str, Any]], hour: datetime | None, place: int | None, shown: int
) -> dict[str, Any] | None:
    if hour is not None:
        at = hour.strftime("%H:%M")
        return next((slot for slot in slots if str(slot["start"])[11:16] == at), None)
    if place == -1:
        return slots[:shown][-1] if slots else None
    return slots[(place or 1) - 1] if (place or 1) <= len(slots) else None
