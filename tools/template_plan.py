"""A change of a service's templates as a drafted plan: each change with its approver, cost and what it brings."""

from dataclasses import dataclass
from datetime import timedelta

from hospital.cards import TableCard
from hospital.changes.base import Change
from hospital.changes.sessions import AddSession
from hospital.changes.template_slots import ConvertSlots
from hospital.ids import ClinicianId, CostCentreId, RoomId, SessionId
from hospital.model.bookings import Appointment
from hospital.model.places import Service
from hospital.model.supply import CostCentre
from hospital.money import Cents, format_money
from hospital.planning.clinic_sessions import SessionResult
from hospital.planning.money_context import OptionMoney
from hospital.ports import In, Range
from policies.data import MONEY_ROLES
from policies.plans import ConstraintReport, Effect
from tools.forecast_visits import VisitsAsked
from tools.sentences import say_need
from tools.template_candidates import CouldAdd, CouldTurn
from tools.tool import Draft, Problem, Toolbox
from tools.windows import listed, plural

PAST = timedelta(days=90)
"""Visits of so long say how many new patients come."""


@dataclass(frozen=True)
class Ways:
    """Everything that could be done, by id."""

    adds: dict[str, CouldAdd]
    turns: dict[str, CouldTurn]
    devices: tuple[tuple[str, str, object, int], ...]


def template_draft(box: Toolbox, asked: VisitsAsked, result: SessionResult, ways: Ways, words: str) -> Draft:
    """The sessions added and slots turned for one level of the forecast, with labour and money."""
    centre = _centre(box, asked.service)
    come = _come_percent(box, asked)
    lines: list[Change] = [_turn(box, asked.service, ways.turns[one.id], come) for one in result.turned]
    lines += [_add(box, asked.service, ways.adds[one.id], centre, come) for one in result.sessions]
    money = _money(box, asked, result, come)
    people = sorted({ways.adds[one.id].candidate.clinician for one in result.sessions})
    rooms = sorted({ways.adds[one.id].candidate.room for one in result.sessions})
    devices = sorted({kind.upper() for one in result.sessions for kind in one.devices})
    parts = [
        plural(len(result.sessions), "session more", "sessions more") if result.sessions else "",
        f"{len(result.turned)} free follow-up slots turned" if result.turned else "",
    ]
    missing = f", {result.missing} still missing" if result.missing else ""
    staff = f" by {plural(len(people), 'physician')} in {plural(len(rooms), 'room')}" if people else ""
    equipment = f" with {listed(devices)}" if devices else ""
    helps = f" All would be covered with {listed([one.words for one in result.relax])}." if result.relax else ""
    headline = (
        f"For {words}: {' and '.join(part for part in parts if part)} give {result.slots} slots{missing}{staff}"
        f"{equipment}, labour {format_money(result.labour)}; {money.words}.{helps}"
    )
    facts: dict[str, object] = {
        "planned_for": words,
        "sessions": len(result.sessions),
        "turned": len(result.turned),
        "slots": result.slots,
        "missing": result.missing,
        "clinicians": people,
        "rooms": rooms,
        "equipment": devices,
        "labour": result.labour,
        "cost_centre": centre.id,
        "come_percent": come,
        **money.facts(),
    }
    return Draft(
        title=f"{asked.service.name}: templates for {asked.days[0]:%d %b} to {asked.days[-1]:%d %b}",
        lines=tuple(lines),
        effect=Effect(
            visits=result.slots * come // 100,
            staff_hours=sum(one.span.minutes for one in result.sessions) // 60,
            cost=Cents(result.labour),
            notes=(f"{result.slots} new-patient slots more, planned for {words}{missing}", money.words),
        ),
        report=ConstraintReport(
            binding=result.report.binding,
            slack=tuple(f"{name}: {count}" for name, count in result.report.slack.items()),
            why_not=tuple(one.words for one in result.relax),
        ),
        headline=headline,
        facts=facts,
        cards=(_approvers(box, lines, words),),
    )


def _approvers(box: Toolbox, lines: list[Change], words: str) -> TableCard:
    """Each change with what it costs and who has to say yes to it."""
    decided = box.policy.decide(box.world, box.context.actor, lines, box.now)
    rows = []
    for line in lines:
        needs = [need for need in decided.needs if line.cost() or need.role not in MONEY_ROLES]
        who = ", ".join(say_need(box.world, need) for need in needs) or "; ".join(hit.why for hit in decided.rules)
        rows.append((line.sentence(box.world), format_money(line.cost()), who))
    return TableCard(title=f"Changes planned for {words}", columns=("Change", "Labour", "Approver"), rows=tuple(rows))


def _add(box: Toolbox, service: Service, one: CouldAdd, centre: CostCentre, come: int) -> AddSession:
    brings = box.policy.data.money.visits(service.id, len(one.slots) * come / 100)
    chosen = one.candidate
    return AddSession(
        session_id=SessionId(chosen.id),
        clinic_id=one.clinic.id,
        service_id=service.id,
        site_id=one.clinic.site_id,
        clinician_id=ClinicianId(chosen.clinician),
        room_id=RoomId(chosen.room),
        start=chosen.span.start,
        end=chosen.span.end,
        slots=one.slots,
        equipment=chosen.devices,
        labour=Cents(chosen.labour),
        cost_centre_id=centre.id,
        expected_visits=len(one.slots) * come // 100,
        expected_revenue=Cents(brings.revenue),
        expected_contribution=Cents(brings.contribution),
        requested_by=box.context.actor.id,
    )


def _turn(box: Toolbox, service: Service, one: CouldTurn, come: int) -> ConvertSlots:
    return ConvertSlots(
        clinic_id=one.clinic.id,
        service_id=service.id,
        site_id=one.clinic.site_id,
        replaces=one.replaces,
        becomes=one.becomes,
        requested_by=box.context.actor.id,
    )


def _money(box: Toolbox, asked: VisitsAsked, result: SessionResult, come: int) -> OptionMoney:
    money = box.policy.data.money
    minutes = sum(one.span.minutes for one in result.sessions)
    devices: dict[str, int] = {}
    for one in result.sessions:
        for kind in one.devices:
            devices[kind] = devices.get(kind, 0) + one.span.minutes
    brings = money.visits(asked.service.id, sum(one.slots for one in result.sessions) * come / 100)
    return OptionMoney(
        labour=Cents(result.labour),
        rooms=money.room("clinic", minutes),
        equipment=money.wear(devices),
        revenue=Cents(brings.revenue),
        contribution=Cents(brings.contribution),
    )


def _come_percent(box: Toolbox, asked: VisitsAsked) -> int:
    """How many of a hundred booked visits of the service took place lately."""
    rows = box.world.values(
        Appointment,
        ("status",),
        clinic_id=In(tuple(clinic.id for clinic in asked.clinics)),
        status=In(("fulfilled", "noshow")),
        start=Range(at_least=box.now - PAST, before=box.now),
    )
    came = sum(status == "fulfilled" for (status,) in rows)
    return round(100 * came / len(rows)) if rows else 100


def _centre(box: Toolbox, service: Service) -> CostCentre:
    centre = box.world.get(CostCentre, service.cost_centre_id or CostCentreId(""))
    if centre is None:
        raise Problem("unknown", f"{service.name} has no cost centre, so nobody could approve the cost.")
    return centre
