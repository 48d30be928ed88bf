"""The planned operations or visits that a question is about, as rows without patients."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hospital.model.bookings import Appointment, Procedure, SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room, Site
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.tool import Toolbox
from tools.windows import say_bed_after

Row = dict[str, Any]
VISITS = ("pending", "booked", "arrived", "checked-in")
CASES = ("scheduled", "in_progress")


@dataclass(frozen=True)
class Asked:
    """The question with its names found."""

    sites: list[Site]
    clock: Site
    """Whose wall clock the window is on."""
    said: str
    window: Interval
    room: Room | None
    clinician: Clinician | None
    where: dict[str, Any]


def read_cases(box: Toolbox, asked: Asked) -> list[Row]:
    """Operations that overlap the window."""
    found = box.world.values(
        SurgicalCase,
        ("id", "site_id", "room_id", "start", "end", "surgeon_id", "procedure_id", "state", "post_op_level"),
        state=In(CASES),
        start=Range(at_least=asked.window.start - timedelta(days=1), before=asked.window.end),
        **asked.where,
    )
    kept = [row for row in found if row[3] is not None and row[4] is not None and row[4] > asked.window.start]
    rooms = _names(box, Room, {row[2] for row in kept})
    people = _names(box, Clinician, {row[5] for row in kept})
    procedures = _names(box, Procedure, {row[6] for row in kept})
    return _sorted(
        {
            "id": id,
            "site_id": site,
            "room": rooms.get(room, ""),
            "start": start,
            "end": end,
            "minutes": _minutes(start, end),
            "who": people.get(surgeon, ""),
            "what": procedures.get(procedure, procedure),
            "state": state.replace("_", " "),
            "after": say_bed_after(level),
        }
        for id, site, room, start, end, surgeon, procedure, state, level in kept
    )


def read_visits(box: Toolbox, asked: Asked) -> list[Row]:
    """Clinic and imaging visits that overlap the window."""
    found = box.world.values(
        Appointment,
        ("id", "site_id", "room_id", "start", "end", "clinician_id", "visit_type", "status", "clinic_id"),
        status=In(VISITS),
        start=Range(at_least=asked.window.start - timedelta(hours=12), before=asked.window.end),
        **_visit_where(box, asked),
    )
    kept = [row for row in found if row[4] > asked.window.start]
    rooms = _names(box, Room, {row[2] for row in kept})
    people = _names(box, Clinician, {row[5] for row in kept})
    clinics = _names(box, Clinic, {row[8] for row in kept})
    return _sorted(
        {
            "id": id,
            "site_id": site,
            "room": clinics.get(clinic) or rooms.get(room, ""),
            "start": start,
            "end": end,
            "minutes": _minutes(start, end),
            "who": people.get(clinician, ""),
            "what": kind.replace("_", " ").replace("-", " "),
            "state": status,
            "after": "",
        }
        for id, site, room, start, end, clinician, kind, status, clinic in kept
    )


def _visit_where(box: Toolbox, asked: Asked) -> dict[str, Any]:
    """The same conditions by clinic or room, which the store finds fast, in the place of site and service."""
    where = dict(asked.where)
    if {"room_id", "clinic_id", "clinician_id"} & set(where):
        return where
    by_service = {"service_id": where["service_id"]} if "service_id" in where else {}
    sites = In(tuple(site.id for site in asked.sites))
    clinics = box.world.values(Clinic, ("id",), site_id=sites, **by_service)
    return {**where, "clinic_id": In(tuple(id for (id,) in clinics))}


READ: dict[str, Callable[[Toolbox, Asked], list[Row]]] = {"cases": read_cases, "visits": read_visits}


def _names(box: Toolbox, kind: Any, ids: set[str | None]) -> dict[str, str]:
    return dict(box.world.values(kind, ("id", "name"), id=In(tuple(sorted(id for id in ids if id)))))


def _minutes(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(minutes=1)


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["start"], row["room"], row["id"]))
