"""What is planned: operations or visits, by room, physician, clinic, day or number. Never with patients' names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from hospital.cards import TableCard
from hospital.model.bookings import Appointment, Procedure, SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room, Site
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.directory import find_case, find_clinic, find_clinician, find_room, find_service
from tools.sites_asked import SITE_HELP, find_sites, is_everywhere, say_sites
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.windows import listed, plural, reference_site, say_level, say_span, window_of

Row = dict[str, Any]
SHORT = 8
"""Rows told in the sentence when there are no more than this."""
VISITS = ("pending", "booked", "arrived", "checked-in")
CASES = ("scheduled", "in_progress")


class QuerySchedule(Arguments):
    subject: Literal["cases", "visits"] = Field(
        default="cases", description="Operations, or clinic and imaging visits"
    )
    case: str | None = Field(default=None, description="One operation by number, e.g. CASE-401")
    site: str | None = Field(default=None, description=SITE_HELP)
    room: str | None = Field(default=None, description="Operating room, clinic room or scanner")
    clinician: str | None = Field(default=None, description="Physician; 'me' for one's own schedule")
    service: str | None = Field(default=None, description="Service line")
    clinic: str | None = Field(default=None, description="Clinic, for visits")
    day: date | None = Field(default=None, description="A whole day at the site; unstated: the rest of today")
    start: AwareDatetime | None = Field(default=None, description="Start of the window; unstated: now")
    end: AwareDatetime | None = Field(default=None, description="End of the window; unstated: the end of that day")
    limit: int = Field(default=50, ge=1, le=200, description="How many rows at most")


@dataclass(frozen=True)
class _Asked:
    """The question with its names found."""

    sites: list[Site]
    clock: Site
    """Whose wall clock the window is on."""
    said: str
    window: Interval
    room: Room | None
    clinician: Clinician | None
    where: dict[str, Any]


@tool(QuerySchedule, "read", sources=("ehr",), reads=("schedules",))
async def query_schedule(args: QuerySchedule, box: Toolbox) -> Answer:
    """Planned operations or visits by room, physician, service, clinic, day or case number; one's own with 'me'."""
    if args.case is not None:
        return _one_case(box, find_case(box, args.case))
    asked = _understand(args, box)
    rows = _READ[args.subject](box, asked)
    zones = {site.id: site for site in asked.sites}
    shown = [_said(row, zones) for row in rows[: args.limit]]
    window = say_span(asked.clock, asked.window.start, asked.window.end)
    zone = asked.clock.timezone
    what = "operation" if args.subject == "cases" else "visit"
    minutes = sum(row["minutes"] for row in rows)
    facts = {
        "subject": args.subject,
        "about": asked.said,
        "window": window,
        "zone": zone,
        "count": len(rows),
        "minutes": minutes,
        "rows": shown,
    }
    if not rows:
        return Answer(
            headline=f"{asked.said}: no {what} from now on in {window} ({zone}). Try another day, room or person.",
            facts=facts,
        )
    first = "; ".join(_line(row) for row in shown) if len(rows) <= SHORT else f"first {_line(shown[0])}"
    return Answer(
        headline=f"{asked.said}: {plural(len(rows), what)} on {window} ({zone}), {minutes} min in all: {first}.",
        facts=facts,
        cards=(_table(what, shown, len(rows), zone),),
    )


def _understand(args: QuerySchedule, box: Toolbox) -> _Asked:
    site_said = None if is_everywhere(args.site) else args.site
    room = find_room(box, args.room, site_said) if args.room else None
    clinic = find_clinic(box, args.clinic, site_said) if args.clinic else None
    service = find_service(box, args.service) if args.service else None
    clinician = _clinician(args, box, bool(room or clinic or service))
    where: dict[str, Any] = {}
    sites, parts = _sites(args, box, room, clinic, clinician)
    if room is not None:
        where["room_id"] = room.id
        parts.insert(0, room.name)
    if clinic is not None:
        if args.subject == "cases":
            raise Problem("invalid", "Clinics have visits, not operations; ask for visits.", argument="subject")
        where["clinic_id"] = clinic.id
        parts.insert(0, clinic.name)
    if service is not None:
        where["service_id"] = service.id
        parts.insert(0, service.name)
    if clinician is not None:
        where["surgeon_id" if args.subject == "cases" else "clinician_id"] = clinician.id
        parts.insert(0, clinician.name)
    if args.site is not None or not (room or clinic or clinician):
        where["site_id"] = In(tuple(site.id for site in sites))
    clock = reference_site(box, sites, args.start)
    window = window_of(box, clock, args.day, args.start, args.end)
    return _Asked(sites, clock, ", ".join(dict.fromkeys(parts)), window, room, clinician, where)


def _sites(
    args: QuerySchedule, box: Toolbox, room: Room | None, clinic: Clinic | None, clinician: Clinician | None
) -> tuple[list[Site], list[str]]:
    """The sites the rows may be at, first the one whose clock is used, and how they are said."""
    if room or clinic:
        site = box.local(room.site_id if room else clinic.site_id if clinic else "")
        return [site], [site.name]
    if clinician is not None and args.site is None:
        sites = [box.local(id) for id in clinician.site_ids]
        return sites, [listed([site.name for site in sites])]
    sites = find_sites(box, args.site)
    return sites, [say_sites(sites, args.site)]


def _clinician(args: QuerySchedule, box: Toolbox, narrowed: bool) -> Clinician | None:
    own = box.context.actor.clinician_id
    if args.clinician is not None and args.clinician.casefold() not in ("me", "my", "mine", "i", "myself"):
        return find_clinician(box, args.clinician)
    if args.clinician is None and (own is None or narrowed or args.site):
        return None
    found = box.world.get(Clinician, own) if own else None
    if found is None:
        raise Problem("missing", "You have no schedule of your own; whose do you mean?", argument="clinician")
    return found


def _cases(box: Toolbox, asked: _Asked) -> list[Row]:
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
            "after": f"{say_level(level)} bed after",
        }
        for id, site, room, start, end, surgeon, procedure, state, level in kept
    )


def _visits(box: Toolbox, asked: _Asked) -> list[Row]:
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


def _visit_where(box: Toolbox, asked: _Asked) -> dict[str, Any]:
    """The same conditions by clinic or room, which the store finds fast, in the place of site and service."""
    where = dict(asked.where)
    if {"room_id", "clinic_id", "clinician_id"} & set(where):
        return where
    by_service = {"service_id": where["service_id"]} if "service_id" in where else {}
    sites = In(tuple(site.id for site in asked.sites))
    clinics = box.world.values(Clinic, ("id",), site_id=sites, **by_service)
    return {**where, "clinic_id": In(tuple(id for (id,) in clinics))}


_READ: dict[str, Callable[[Toolbox, _Asked], list[Row]]] = {"cases": _cases, "visits": _visits}


def _names(box: Toolbox, kind: Any, ids: set[str | None]) -> dict[str, str]:
    return dict(box.world.values(kind, ("id", "name"), id=In(tuple(sorted(id for id in ids if id)))))


def _minutes(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(minutes=1)


def _sorted(rows: Any) -> list[Row]:
    return sorted(rows, key=lambda row: (row["start"], row["room"], row["id"]))


def _said(row: Row, sites: dict[Any, Site]) -> Row:
    """The row with times on the clock of its own site."""
    site = sites[row["site_id"]]
    return {
        **row,
        "site": site.name,
        "zone": site.timezone,
        "when": say_span(site, row["start"], row["end"]),
        "start": site.local(row["start"]).isoformat(),
        "end": site.local(row["end"]).isoformat(),
    }


def _line(row: Row) -> str:
    return " ".join(part for part in (row["id"], row["when"], row["room"], row["what"], row["who"]) if part)


def _table(what: str, rows: list[Row], total: int, zone: str) -> TableCard:
    shown = ("id", "when", "site", "room", "what", "who", "minutes", "state")
    return TableCard(
        title=f"Planned {what}s",
        columns=("Id", "When", "Site", "Where", "What", "Who", "Minutes", "State"),
        rows=tuple(tuple(row[name] for name in shown) for row in rows),
        note=f"{len(rows)} of {total} shown. Times in each site's own zone."
        if len(rows) < total
        else f"Times in {zone}.",
    )


def _one_case(box: Toolbox, case: SurgicalCase) -> Answer:
    site = box.local(case.site_id)
    procedure = box.world.get(Procedure, case.procedure_id)
    surgeon = box.world.get(Clinician, case.surgeon_id) if case.surgeon_id else None
    anaesthesia = box.world.get(Clinician, case.anaesthesiologist_id) if case.anaesthesiologist_id else None
    room = box.world.get(Room, case.room_id) if case.room_id else None
    what = procedure.name if procedure else case.procedure_id
    items = [f"{item.quantity} x {item.item_id}" for item in case.items]
    if case.start is not None and case.end is not None:
        when = f"{say_span(site, case.start, case.end)} ({site.timezone})"
    else:
        when = f"no time yet, wanted on {case.wanted_on:%a %d %b}" if case.wanted_on else "no time yet"
    facts = {
        "case": case.id,
        "site": site.name,
        "room": room.name if room else None,
        "when": when,
        "procedure": what,
        "surgeon": surgeon.name if surgeon else None,
        "anaesthesiologist": anaesthesia.name if anaesthesia else None,
        "state": case.state.replace("_", " "),
        "items": items,
        "equipment": list(case.equipment),
        "post_op_level": case.post_op_level,
    }
    who = f" with {surgeon.name}" if surgeon else ""
    where = f" in {room.name}" if room else ""
    planned = f" Planned with {listed([*items, *case.equipment])}." if items or case.equipment else ""
    return Answer(
        headline=(
            f"{case.id}: {what}{who}{where} at {site.name}, {when}, {facts['state']}; "
            f"{say_level(case.post_op_level)} bed after.{planned}"
        ),
        facts=facts,
        cards=(
            TableCard(
                title=case.id,
                columns=("Fact", "Value"),
                rows=tuple(
                    (name.replace("_", " "), ", ".join(value) if isinstance(value, list) else value)
                    for name, value in facts.items()
                ),
            ),
        ),
    )
