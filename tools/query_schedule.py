"""What is planned: operations or visits, by room, physician, clinic, day or number. Never with patients' names."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from hospital.cards import TableCard
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room, Site
from hospital.ports import In
from tools.directory import find_case, find_clinic, find_clinician, find_room, find_service
from tools.schedule_case import answer_one_case
from tools.schedule_rows import READ, Asked, Row
from tools.sites_asked import SITE_HELP, find_sites, is_everywhere, say_sites
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.windows import listed, plural, reference_site, say_span, window_of

SHORT = 8
"""Rows told in the sentence when there are no more than this."""


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


@tool(QuerySchedule, "read", sources=("ehr",), reads=("schedules",))
async def query_schedule(args: QuerySchedule, box: Toolbox) -> Answer:
    """Planned operations or visits by room, physician, service, clinic, day or case number; one's own with 'me'."""
    if args.case is not None:
        return answer_one_case(box, find_case(box, args.case))
    asked = _understand(args, box)
    rows = READ[args.subject](box, asked)
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


def _understand(args: QuerySchedule, box: Toolbox) -> Asked:
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
    return Asked(sites, clock, ", ".join(dict.fromkeys(parts)), window, room, clinician, where)


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
