"""Asking for one more nurse on a unit for one shift, with the cheaper ways listed first."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.cards import TableCard
from hospital.changes.describe import local_span
from hospital.changes.floating import duties_then, is_float_from
from hospital.changes.staffing import RequestStaff, competency_of
from hospital.ids import CostCentreId, ShiftId, SiteId, StaffId
from hospital.model.people import AgencyRate, Shift, Staff
from hospital.model.places import Unit
from hospital.model.supply import CostCentre
from hospital.money import Cents, format_money
from hospital.planning.nurse_cover import Source
from hospital.ports import In, Range
from policies.plans import Effect
from tools.directory import find_staff, find_unit
from tools.float_from import ask_who_floats, check_on_duty
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Toolbox, tool

REST = timedelta(hours=10)
"""Between two duties of one person, for listing who could come; the hours pack decides at the gate."""
SHOWN = 4


class RequestStaffing(Arguments):
    unit: str | None = Field(default=None, description="The unit; unstated means the asker's own")
    site: str | None = None
    source: Literal["float", "overtime", "agency"] = "agency"
    competency: str | None = Field(default=None, description="e.g. med_surg, icu; unstated means what the unit needs")
    staff: str | None = Field(default=None, description="A named person's id, for float or overtime")
    from_unit: str | None = Field(default=None, description="For a float: the unit the nurse is on duty on")
    start: AwareDatetime | None = Field(default=None, description="Unstated: the next shift of the unit")
    end: AwareDatetime | None = None


@tool(RequestStaffing, "write", sources=("wfm",), reads=("staff_names", "rates"))
async def request_staffing(args: RequestStaffing, box: Toolbox) -> Draft:
    """Ask for one more nurse: float, voluntary overtime or agency. Overtime is never mandated."""
    unit = find_unit(box, args.unit, args.site)
    start, end = coming_shift(box, unit, args.start, args.end)
    competency = (args.competency or unit.level).casefold().replace("-", "_").replace(" ", "_")
    centre = centre_of(box, unit)
    cheaper = cheaper_ways(box, unit, competency, start, end)
    left = find_unit(box, args.from_unit, args.site) if args.from_unit and args.source == "float" else None
    if left is not None and not args.staff:
        raise ask_who_floats(box, left, unit, competency, start, end)
    rate, staff = _rate_and_person(args, box, competency, unit.site_id)
    if left is not None and staff is not None:
        check_on_duty(box, staff, left, start, end)
    line = RequestStaff(
        shift_id=ShiftId(fresh_id("SHIFT")),
        unit_id=unit.id,
        site_id=unit.site_id,
        role="rn",
        competency=competency,
        source=args.source,
        staff_id=staff.id if staff else None,
        leaves=_duty_left(box, unit, staff, args.source, start, end),
        start=start,
        end=end,
        hourly_rate=rate,
        cost_centre_id=centre.id,
        requested_by=box.context.actor.id,
    )
    cost = line.cost()
    site = box.local(unit.site_id)
    before = [row for row in cheaper if row[3] < cost] if args.source == "agency" else []
    listed = "; ".join(f"{name} ({source}, {format_money(price)})" for _, name, source, price in before[:SHOWN])
    headline = (
        f"One {args.source} {competency.replace('_', '-')} RN for {unit.name}, {site.name}, "
        f"{local_span(site, start, end)}: {line.hours} h at {format_money(rate)} an hour is {format_money(cost)}, "
        f"on cost centre {centre.id} {centre.name} with {format_money(centre.left_this_month)} left this month. "
        + (f"Cheaper ways still open: {listed}." if listed else "No cheaper way is open for that shift.")
    )
    table = TableCard(
        title="Cheaper ways, in fill order",
        columns=("Who", "Source", "Cost"),
        rows=tuple((name, source, format_money(price)) for _, name, source, price in before[:SHOWN]),
    )
    return Draft(
        title=f"{args.source.capitalize()} nurse for {unit.name}, {site.name}",
        lines=(line,),
        effect=Effect(staff_hours=line.hours, cost=cost),
        headline=headline,
        facts={
            "unit": unit.id,
            "hours": line.hours,
            "rate": rate,
            "amount": cost,
            "cost_centre": centre.id,
            "budget_left": centre.left_this_month,
            "budget_left_after": centre.left_this_month - cost,
            "cheaper": [{"who": n, "source": s, "cost": c} for _, n, s, c in before[:SHOWN]],
        },
        cards=(table,) if before else (),
    )


def _duty_left(
    box: Toolbox, unit: Unit, staff: Staff | None, source: Source, start: datetime, end: datetime
) -> ShiftId | None:
    """The duty on another unit that a named float would leave for it."""
    duties = duties_then(box.world, staff.id, start, end) if staff and source == "float" else []
    return duties[0].id if duties and is_float_from(duties[0], unit.id, unit.site_id, start, end) else None


def cheaper_ways(
    box: Toolbox, unit: Unit, competency: str, start: datetime, end: datetime
) -> list[tuple[StaffId, str, str, int]]:
    """Float staff, then volunteers for overtime, who are free, rested and currently competent, with their cost."""
    people = [
        person
        for person in box.world.find(Staff, site_id=unit.site_id, role="rn")
        if person.employment == "float" or (person.home_unit_id == unit.id and person.voluntary_overtime)
    ]
    busy = {
        row[0]
        for row in box.world.values(
            Shift,
            ("staff_id", "end"),
            staff_id=In(tuple(person.id for person in people)),
            state=In(("rostered", "approved")),
            start=Range(before=end + REST),
            end=Range(at_least=start - REST),
        )
        if row[1] > start - REST  # who has rested for exactly that long is rested
    }
    hours = -int(-(end - start).total_seconds() // 3600)
    found: list[tuple[StaffId, str, str, int]] = []
    for person in people:
        if person.id in busy or competency_of(box.world, person.id, competency, start) != "current":
            continue
        floating = person.employment == "float"
        price = 0 if floating else hours * box.policy.data.money.overtime_rate(person.hourly_rate)
        found.append((person.id, person.name, "float" if floating else "overtime", price))
    return sorted(found, key=lambda row: (row[3], row[1]))


def coming_shift(box: Toolbox, unit: Unit, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """The shift meant: from start to end when both are said, else the next one that the unit rosters."""
    if start is not None and end is not None:
        if end <= start:
            raise Problem("invalid", "The shift ends before it starts.", argument="end")
        if end <= box.now:
            raise Problem("invalid", "That shift is over; name one that is still to come.", argument="start")
        return start, end
    coming = box.world.find(Shift, unit_id=unit.id, start=Range(at_least=start or box.now), order="start", limit=1)
    if not coming:
        raise Problem("missing", f"For which shift on {unit.name}?", argument="start")
    return coming[0].start, coming[0].end


def nurse_line(
    box: Toolbox, unit: Unit, source: Source, staff_id: str | None, start: datetime, end: datetime, rate: Cents
) -> RequestStaff:
    """One more nurse of the unit's level on it, paid by its cost centre; nobody named: whoever the agency sends."""
    return RequestStaff(
        shift_id=ShiftId(fresh_id("SHIFT")),
        unit_id=unit.id,
        site_id=unit.site_id,
        role="rn",
        competency=unit.level,
        source=source,
        staff_id=StaffId(staff_id) if staff_id else None,
        start=start,
        end=end,
        hourly_rate=rate,
        cost_centre_id=centre_of(box, unit).id,
        requested_by=box.context.actor.id,
    )


def centre_of(box: Toolbox, unit: Unit) -> CostCentre:
    """Who pays for extra staff of the unit.

    Raises:
        Problem: when nobody does.
    """
    centre = box.world.get(CostCentre, unit.cost_centre_id or CostCentreId(""))
    if centre is None:
        raise Problem("unknown", f"{unit.name} has no cost centre, so nobody could approve the cost.")
    return centre


def _rate_and_person(
    args: RequestStaffing, box: Toolbox, competency: str, site_id: SiteId
) -> tuple[Cents, Staff | None]:
    if args.source == "agency":
        rates = box.world.find(AgencyRate, role="rn", competency=competency)
        if not rates:
            known = tuple(sorted(rate.competency for rate in box.world.find(AgencyRate, role="rn")))
            raise Problem(
                "unknown", f"The agency rate card has no {competency} RN.", choices=known, argument="competency"
            )
        return rates[0].hourly_rate, None
    if not args.staff:
        raise Problem("missing", f"Who would take the {args.source} shift?", argument="staff")
    person = find_staff(box, args.staff, site_id)
    money = box.policy.data.money
    return money.overtime_rate(person.hourly_rate) if args.source == "overtime" else person.hourly_rate, person
