"""Why a figure changed against the period before: what happened how often, and where the change lies."""

from dataclasses import replace
from datetime import timedelta

from pydantic import Field

from hospital.cards import Card, ChartCard, ChartSeries, TableCard
from hospital.kpis.change import Change, Counted, Piece, explain
from hospital.kpis.formula import Cohort, Formula, Kpi, Measured
from hospital.model.bookings import Procedure
from hospital.model.places import Clinic, Room, Service, Site
from hospital.planning.intervals import Interval
from hospital.ports import In, Reader
from tools.kpi_catalogue import KPIS, find_kpi, titles
from tools.kpi_scope import AboutFigure, cohort_of, window_of_cohort
from tools.periods import is_month, months_before, say_period
from tools.tool import Answer, Problem, Toolbox, tool
from tools.windows import listed, plural

SHOWN = 5
"""Parts that are told; the rest is in the table."""
THIN = 0.25
"""With fewer records before than this share of now, the comparison is called weak."""
CLINIC_FIGURES = ("no-show", "slot-recovery")
WARD_FIGURES = ("overtime", "discharge-before-noon")


class ExplainChange(AboutFigure):
    kpi: str | None = Field(default=None, description=f"Which figure: {', '.join(KPIS)}")


@tool(ExplainChange, "read", sources=("ehr", "wfm"), reads=("capacity",))
async def explain_change(args: ExplainChange, box: Toolbox) -> Answer:
    """Why a KPI changed from the period before: causes with counts, and the change taken apart by days and parts."""
    if args.kpi is None:
        raise Problem("missing", "Which figure do you mean?", choices=titles(), argument="kpi")
    kpi = find_kpi(args.kpi)
    cohort, site, scope = cohort_of(args, box)
    if kpi.formula.standing:
        raise Problem(
            "unavailable",
            f"{kpi.formula.title} is told as it stands now; there is no earlier figure to compare with.",
        )
    window = window_of_cohort(cohort)
    earlier = before(window, site)
    then = cohort.during(earlier.start, earlier.end)
    parts = _parts(box.world, kpi, then, cohort)
    found = explain(box.world, kpi, then, cohort, parts)
    when, against = say_period(window, site), say_period(earlier, site)
    if found.change is None:
        raise Problem("unavailable", f"{kpi.formula.title}, {scope}: nothing to compare {when} with {against}.")
    about = (kpi.formula, found, scope, when, against)
    return Answer(headline=_say(*about), facts=_facts(*about), cards=_cards(*about))


def before(window: Interval, site: Site) -> Interval:
    """The calendar month before a month, else as many days just before."""
    if is_month(window, site):
        return months_before(window, site, 2)[0]
    return Interval(window.start - max(window.end - window.start, timedelta(days=1)), window.start)


def _parts(world: Reader, kpi: Kpi, then: Cohort, now: Cohort) -> dict[str, tuple[Cohort, Cohort]]:
    """Sites when there are several, else rooms of imaging, clinics, or services; nothing below that."""
    if len(now.sites) > 1:
        return {site.name: (replace(then, sites=(site,)), replace(now, sites=(site,))) for site in now.sites}
    if any((now.unit_id, now.clinic_id, now.room_id, now.clinician_id)):
        return {}
    if now.service_id == "imaging":
        rooms = world.find(Room, kind="imaging", site_id=now.site_ids, order="name")
        return {room.name: (replace(then, room_id=room.id), replace(now, room_id=room.id)) for room in rooms}
    if kpi.formula.name in CLINIC_FIGURES:
        clinics = world.find(Clinic, site_id=now.site_ids, order="name")
        return {one.name: (replace(then, clinic_id=one.id), replace(now, clinic_id=one.id)) for one in clinics}
    if now.service_id or kpi.formula.name in WARD_FIGURES:
        return {}
    operate = {service for (service,) in world.values(Procedure, ("service_id",))}
    services = world.find(Service, id=In(sorted(operate)), order="name")
    return {one.name: (replace(then, service_id=one.id), replace(now, service_id=one.id)) for one in services}


def _say(formula: Formula, found: Change, scope: str, when: str, against: str) -> str:
    unit = "points" if formula.unit == "%" else formula.unit
    mean = " (means compared)" if found.mean else ""
    change = found.change or 0.0
    moved = "unchanged" if round(change, 1) == 0 else f"{'up' if change > 0 else 'down'} {abs(change):.1f} {unit}"
    here, then = _mean(formula, found.now), _mean(formula, found.before)
    said = [f"{formula.title}, {scope}, {when}: {here:.1f} against {then:.1f} in {against}, {moved}{mean}."]
    if found.before.n < THIN * found.now.n:
        said.append(f"Only {found.before.n} are on record for {against} against {found.now.n}, so take it with care.")
    notable = [_count(one) for one in found.counted if one.notable]
    if notable:
        said.append(f"What was different: {listed(notable)}.")
    same = [f"{one.name} ({_known(one)} and {one.now})" for one in found.counted if not one.notable]
    if same:
        said.append(f"Much as before: {listed(same)}.")
    if found.by_days:
        said.append(f"By days: {listed([_piece(piece, unit) for piece in found.by_days])}.")
    if found.by_parts:
        said.append(f"Mostly from {listed([f'{one.name} ({one.points:+.1f})' for one in found.by_parts[:3]])}.")
    said.append("These happened in the same period; the records do not prove that one caused the other.")
    return " ".join(said)


def _count(one: Counted) -> str:
    percent = f", {100 * (one.now - one.before) / one.before:+.0f}%" if one.before and one.before > 10 else ""
    return f"{one.now} {one.name} ({_known(one)} before{percent})"


def _known(one: Counted) -> str:
    return "none on record" if one.before is None else str(one.before)


def _piece(piece: Piece, unit: str) -> str:
    return f"{plural(piece.count, 'day')} {piece.name} {piece.points:+.1f} {unit}"


def _mean(formula: Formula, measured: Measured) -> float:
    return (100 if formula.unit == "%" else 1) * measured.numerator / measured.denominator


def _facts(formula: Formula, found: Change, scope: str, when: str, against: str) -> dict[str, object]:
    return {
        "kpi": formula.name,
        "version": formula.version,
        "scope": scope,
        "period": when,
        "against": against,
        "now": round(_mean(formula, found.now), 1),
        "before": round(_mean(formula, found.before), 1),
        "change": round(found.change or 0.0, 1),
        "change_said": f"{abs(found.change or 0.0):.1f}",
        "causes": {one.name: {"before": one.before, "now": one.now, "notable": one.notable} for one in found.counted},
        "on_record": [found.before.n, found.now.n],
        "causes_said": [_count(one) for one in found.counted],
        "by_days": {piece.name: {"days": piece.count, "points": f"{piece.points:+.1f}"} for piece in found.by_days},
        "by_parts": {piece.name: {"n": piece.count, "points": f"{piece.points:+.1f}"} for piece in found.by_parts},
    }


def _cards(formula: Formula, found: Change, scope: str, when: str, against: str) -> tuple[Card, ...]:
    counts = TableCard(
        title=f"What happened, {scope}",
        columns=("What", against, when, "Different"),
        rows=tuple((one.name, _known(one), one.now, "yes" if one.notable else "no") for one in found.counted),
        note="Different: more than two standard deviations of a count; for rare events any difference.",
    )
    pieces = found.by_days + found.by_parts[:SHOWN]
    if not pieces:
        return (counts,)
    unit = "points" if formula.unit == "%" else formula.unit
    twin = TableCard(
        title=f"Where the change of {formula.title} lies",
        columns=("Days or part", "Days or n", f"Change, {unit}"),
        rows=tuple((one.name, one.count, round(one.points, 2)) for one in pieces),
        note="Days add up to the whole change, and so do all parts.",
    )
    chart = ChartCard(
        title=twin.title,
        kind="bar",
        labels=tuple(one.name for one in pieces),
        series=(ChartSeries(name=f"Change, {unit}", values=tuple(round(one.points, 2) for one in pieces)),),
        unit=unit,
        twin=twin,
    )
    return (counts, chart) if found.counted else (chart,)
