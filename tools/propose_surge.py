"""Opening closed beds against a shortage: beds, nurses and cost as one plan per option."""

from datetime import datetime

from hospital.cards import TableCard
from hospital.changes.beds import OpenBeds
from hospital.changes.staffing import RequestStaff
from hospital.ids import BedId
from hospital.model.people import AgencyRate
from hospital.model.places import Bed, Site, Unit
from hospital.money import Cents, format_money
from hospital.planning.intervals import Interval
from hospital.planning.surge import ClosedBeds, Nurse, Surge, plan_surge
from policies.plans import ConstraintReport, Effect
from tools.allocation_arguments import ProposeAllocation
from tools.bed_state import inpatient_units
from tools.forecast_arguments import ForecastDemand
from tools.forecast_beds import forecast_beds
from tools.request_staffing import cheaper_ways, coming_shift, nurse_line
from tools.sites_asked import find_sites
from tools.tool import Draft, Options, Toolbox
from tools.unit_roster import read_unit_roster
from tools.windows import plural, say_span

MOST_AGENCY = 4
"""Outside nurses that one surge asks for at most (our judgement)."""


async def propose_surge(args: ProposeAllocation, box: Toolbox) -> Options:
    """Ways to open closed beds of a site for what is short at p80, each with its nurses and its cost."""
    site = find_sites(box, args.site)[0]
    missing, basis = _missing(args, box, site)
    units = {str(unit.id): unit for unit in inpatient_units(box, site) if args.post_op_level in (None, unit.level)}
    shifts = {id: coming_shift(box, unit, args.start, args.end) for id, unit in units.items()}
    plan = plan_surge(missing, [_closed(box, site, unit, *shifts[id]) for id, unit in units.items()], args.limit)
    relax = " or ".join(one.words for one in plan.relax)
    facts: dict[str, object] = {
        "missing": missing,
        "status": plan.status,
        "relax": [one.words for one in plan.relax],
    }
    if not plan.options:
        said = "No bed is missing." if plan.status == "empty" else f"No closed bed can be opened: it takes {relax}."
        return Options(headline=f"{site.name}: {basis} {said}", drafts=(), facts=facts)
    rows = tuple(_row(site, units[one.unit], one, n, *shifts[one.unit]) for n, one in enumerate(plan.options, 1))
    best = plan.options[0]
    still = f" For all that is missing it takes {relax}." if relax else ""
    return Options(
        headline=(
            f"{site.name}: {basis} Best: open {plural(best.covers, 'bed')} on {units[best.unit].name} with "
            f"{plural(len(best.nurses), 'more nurse')} for {format_money(Cents(best.cost))}.{still} "
            "Nothing is opened yet."
        ),
        drafts=tuple(_draft(box, site, units[one.unit], one, relax, *shifts[one.unit]) for one in plan.options),
        facts={**facts, "options": rows},
        cards=(
            TableCard(
                title="Closed beds that can be opened",
                columns=("#", "Unit", "Beds", "Shift", "Float", "Overtime", "Agency", "Cost"),
                rows=rows,
                note="Nurses by the unit's ratio; nobody is left below it.",
            ),
        ),
    )


def _missing(args: ProposeAllocation, box: Toolbox, site: Site) -> tuple[int, str]:
    if args.beds is not None:
        return args.beds, f"{plural(args.beds, 'bed')} asked for."
    asked = ForecastDemand(
        subject="beds", site=site.id, level=args.post_op_level, day=args.day, start=args.start, end=args.end
    )
    found, window, _ = forecast_beds(asked, box)
    worst = max(found[0].moments, key=lambda moment: moment.p80)
    staffed = found[0].flow.staffed
    return max(0, worst.p80 - staffed), (
        f"{worst.p80} beds needed at p80 of {staffed} staffed ({say_span(site, window.start, window.end)})."
    )


def _closed(box: Toolbox, site: Site, unit: Unit, start: datetime, end: datetime) -> ClosedBeds:
    closed = [bed.id for bed in box.world.find(Bed, unit_id=unit.id, staffed=False, order="id")]
    roster = read_unit_roster(box, site, unit, Interval(start, end))
    hours = -int(-(end - start).total_seconds() // 3600)
    nurses = [Nurse(id, "float" if source == "float" else "overtime", price)
              for id, _, source, price in cheaper_ways(box, unit, unit.level, start, end)]  # fmt: skip
    if (rate := _agency_rate(box, unit)) is not None:
        nurses += [Nurse("", "agency", rate * hours)] * MOST_AGENCY
    return ClosedBeds(
        unit.id, tuple(closed), roster.census, roster.ratio.patients, roster.staffing.counted, tuple(nurses)
    )


def _agency_rate(box: Toolbox, unit: Unit) -> Cents | None:
    rates = box.world.find(AgencyRate, role="rn", competency=unit.level)
    return rates[0].hourly_rate if rates else None


def _row(site: Site, unit: Unit, one: Surge, number: int, start: datetime, end: datetime) -> tuple[str | int, ...]:
    sources = [nurse.source for nurse in one.nurses]
    counts = (sources.count("float"), sources.count("overtime"), sources.count("agency"))
    return (number, unit.name, one.covers, say_span(site, start, end), *counts, format_money(Cents(one.cost)))


def _draft(box: Toolbox, site: Site, unit: Unit, one: Surge, relax: str, start: datetime, end: datetime) -> Draft:
    opened = OpenBeds(
        unit_id=unit.id,
        site_id=site.id,
        bed_ids=tuple(BedId(bed) for bed in one.beds),
        start=start,
        end=end,
        requested_by=box.context.actor.id,
    )
    hours = -int(-(end - start).total_seconds() // 3600)
    return Draft(
        title=f"Surge: {plural(one.covers, 'bed')} on {unit.name}, {site.name}",
        lines=(opened, *(_nurse(box, unit, nurse, hours, start, end) for nurse in one.nurses)),
        effect=Effect(beds=one.covers, staff_hours=hours * len(one.nurses), cost=Cents(one.cost)),
        report=ConstraintReport(binding=("nurse ratio",), violated=(), why_not=(relax,) if relax else ()),
    )


def _nurse(box: Toolbox, unit: Unit, nurse: Nurse, hours: int, start: datetime, end: datetime) -> RequestStaff:
    return nurse_line(box, unit, nurse.source, nurse.id or None, start, end, Cents(nurse.cost // hours))
