"""The visits of one patient that are still to come, by record number: references, times and places, no reasons."""

from typing import Any

from pydantic import Field

from hospital.cards import TableCard
from hospital.model.bookings import Appointment
from hospital.model.people import Clinician, Scope
from hospital.model.places import Clinic, Room
from hospital.ports import In, Range
from policies.access import may_read
from tools.schedule_rows import VISITS
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.windows import plural, say_span


class QueryBookings(Arguments):
    patient: str | None = Field(default=None, description="The patient's record number")


@tool(QueryBookings, "read", sources=("ehr",), reads=("bookings",))
async def query_bookings(args: QueryBookings, box: Toolbox) -> Answer:
    """The visits and examinations that one patient has booked from now on, each with its reference."""
    if args.patient is None:
        raise Problem("missing", "Which patient? Please give the record number.", argument="patient")
    found = box.world.find(
        Appointment, patient_id=args.patient, status=In(VISITS), start=Range(at_least=box.now), order="start"
    )
    rows = [_row(box, visit) for visit in found if _may_see(box, visit)]
    kept = len(found) - len(rows)
    closed = f" {plural(kept, 'visit')} outside your scope {'is' if kept == 1 else 'are'} not shown." if kept else ""
    facts = {"patient": args.patient, "count": len(rows), "not_shown": kept, "rows": rows}
    if not rows:
        return Answer(headline=f"Patient {args.patient} has no visit to come.{closed}", facts=facts)
    said = "; ".join(row["said"] for row in rows)
    return Answer(
        headline=f"Patient {args.patient} has {plural(len(rows), 'visit')} to come: {said}.{closed}",
        facts=facts,
        cards=(
            TableCard(
                title=f"Visits of patient {args.patient}",
                columns=("Id", "When", "Zone", "Where", "What", "Who"),
                rows=tuple((r["id"], r["when"], r["zone"], r["where"], r["what"], r["who"]) for r in rows),
            ),
        ),
    )


def _may_see(box: Toolbox, visit: Appointment) -> bool:
    scope = Scope(site_id=visit.site_id, service_id=visit.service_id)
    return may_read(box.policy.data, box.context.actor, "bookings", scope) is None


def _row(box: Toolbox, visit: Appointment) -> dict[str, Any]:
    site = box.local(visit.site_id)
    clinic = box.world.get(Clinic, visit.clinic_id) if visit.clinic_id else None
    room = box.world.get(Room, visit.room_id)
    person = box.world.get(Clinician, visit.clinician_id) if visit.clinician_id else None
    room_name = f"{room.name}, {site.name}" if room else site.name
    where = clinic.name if clinic else room_name
    when = say_span(site, visit.start, visit.end)
    return {
        "id": visit.id,
        "when": when,
        "zone": site.timezone,
        "day": site.local(visit.start).date().isoformat(),
        "where": where,
        "what": visit.visit_type.replace("-", " ").replace("_", " "),
        "who": person.name if person else "",
        "clinic": visit.clinic_id or "",
        "service": visit.service_id,
        "site": visit.site_id,
        "said": f"{visit.id} {when}, {where}",
    }
