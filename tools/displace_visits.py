"""Another slot for all visits that lose their physician, room or device: a plan each, since each patient is asked."""

import asyncio

from hospital.cards import TableCard
from hospital.changes.bookings import RescheduleAppointment
from hospital.ids import AppointmentId
from hospital.model.bookings import Appointment, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room
from hospital.planning.displaced_visits import VisitMove, VisitResult, place_visits
from policies.plans import ConstraintReport, Effect
from tools.affected_visits import VisitLoss
from tools.displaced_slots import problem_of
from tools.tool import Draft, Options, Toolbox
from tools.windows import listed, plural, say_moment, say_span

MOST_DRAFTS = 40
"""So many plans are drafted at once; the table lists every visit."""


async def displace_visits(loss: VisitLoss, box: Toolbox) -> Options:
    """Every affected visit with its slot or "no slot", least harm first; nothing moves before its patient agrees."""
    problem = problem_of(box, loss)
    result = await asyncio.to_thread(place_visits, problem)
    visits = {str(visit.id): visit for visit in loss.visits}
    rows = [_fact(box, visits[move.visit], move) for move in result.moves]
    drafts = tuple(_draft(box, visits[move.visit], move) for move in result.placed[:MOST_DRAFTS])
    lost = loss.lost
    facts = {
        "kind": "visits",
        "lost": lost.name,
        "site": lost.site.name,
        "until": lost.said,
        "affected": len(loss.visits),
        "placed": len(result.placed),
        "drafted": len(drafts),
        "status": result.status,
        "moves": rows,
        "relax": [move.why for move in result.moves if move.slot is None],
    }
    return Options(headline=_say(loss, result, rows, len(drafts)), drafts=drafts, facts=facts, cards=(_card(rows),))


def _draft(box: Toolbox, visit: Appointment, move: VisitMove) -> Draft:
    slot = box.world.get(Slot, move.slot.id if move.slot else "")
    assert slot is not None  # it was read in this very snapshot
    line = RescheduleAppointment(
        appointment_id=AppointmentId(visit.id), slot_id=slot.id, room_id=slot.room_id, start=slot.start, end=slot.end
    )
    return Draft(
        title=f"Move {visit.id}",
        lines=(line,),
        effect=Effect(visits=0, notes=("the old slot becomes free",)),
        report=ConstraintReport(binding=("the patient agrees",)),
        headline=f"{visit.id} to {_place(box, slot)}.",
    )


def _place(box: Toolbox, slot: Slot) -> str:
    site = box.local(slot.site_id)
    who = box.world.get(Clinician, slot.clinician_id) if slot.clinician_id else None
    clinic = box.world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
    room = box.world.get(Room, slot.room_id)
    where = clinic.name if clinic else f"{site.name} {room.name if room else slot.room_id}"
    return f"{where}, {f'{who.name}, ' if who else ''}{say_span(site, slot.start, slot.end)}"


def _fact(box: Toolbox, visit: Appointment, move: VisitMove) -> dict[str, object]:
    slot = box.world.get(Slot, move.slot.id) if move.slot else None
    who = box.world.get(Clinician, visit.clinician_id) if visit.clinician_id else None
    return {
        "visit": str(visit.id),
        "type": visit.visit_type,
        "clinician": who.name if who else None,
        "was": say_moment(box.local(visit.site_id), visit.start),
        "option": _place(box, slot) if slot else "no slot",
        "slot": str(slot.id) if slot else None,
        "leaves_day": move.leaves_day,
        "why": move.why,
    }


def _say(loss: VisitLoss, result: VisitResult, rows: list[dict[str, object]], drafted: int) -> str:
    lost = loss.lost
    said = f"{lost.name} at {lost.site.name} is lost {lost.said}: {plural(len(rows), 'visit')} affected"
    parts = [f"{row['visit']} to {row['option']}" for row in rows if row["slot"]]
    parts += [f"{row['visit']}: no slot ({row['why']})" for row in rows if not row["slot"]]
    more = f" The first {drafted} are drafted; ask again after them." if drafted < len(result.placed) else ""
    return (
        f"{said}, {len(result.placed)} can move. {listed(parts, 8)}. Least harm first.{more} "
        "Nothing is cancelled, and no visit moves before its patient has agreed."
    )


def _card(rows: list[dict[str, object]]) -> TableCard:
    columns = ("Visit", "Type", "With", "Was", "New slot", "Leaves its day", "Why")
    return TableCard(
        title="Displaced visits",
        columns=columns,
        rows=tuple(
            (
                *(str(row[name] or "–") for name in ("visit", "type", "clinician", "was", "option")),
                "yes" if row["leaves_day"] else "no",
                str(row["why"]) or "–",
            )
            for row in rows
        ),
        note="Times are on each site's own clock.",
    )
