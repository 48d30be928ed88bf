"""Beds needed by a time: patients there, waiting, transferred and still to come, less those who probably leave."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hospital.cards import Card, ChartCard, ChartSeries, TableCard
from hospital.changes.expected import say_committed
from hospital.model.places import Service, Site, Unit
from hospital.planning.bed_demand import HOUR, HourDemand
from hospital.planning.intervals import Interval
from tools.bed_flow import SiteFlow, read_flow
from tools.bed_state import inpatient_units
from tools.directory import find_service, find_unit
from tools.forecast_arguments import ForecastDemand
from tools.sites_asked import find_sites, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, note_clock, reference_site, say_age, say_clock, say_moment, say_span, window_of

MOST_STEPS = 48
"""Moments shown; longer windows are shown in coarser steps."""


@dataclass(frozen=True)
class BedForecast:
    """One site over the window, moment by moment."""

    flow: SiteFlow
    moments: tuple[HourDemand, ...]
    by_specialty: dict[str, HourDemand]
    """At the end of the window."""

    @property
    def end(self) -> HourDemand:
        """At the end of the window."""
        return self.moments[-1]

    @property
    def worst(self) -> HourDemand:
        """When running short is likeliest, the earliest of those."""
        return max(self.moments, key=lambda moment: (round(moment.short, 3), -moment.at.timestamp()))


def answer_bed_demand(args: ForecastDemand, box: Toolbox) -> Answer:
    """Beds needed by the end of the window at one site or all, by hour and by specialty."""
    found, window, clock = forecast_beds(args, box)
    rows = [_row(one) for one in found]
    committed = [_committed(box, one, window) for one in found]
    sentences = [_sentence(box, one) for one in found]
    return Answer(
        headline=" ".join([*sentences, *(words for words in committed if words)]),
        facts={
            "committed_changes": " ".join(words for words in committed if words),
            "window": say_span(clock, window.start, window.end),
            "zone": clock.timezone,
            "sites": rows,
            "interval_percent": 80,
            "level": args.level,
        },
        cards=_cards(box, found, rows),
    )


def _committed(box: Toolbox, one: BedForecast, window: Interval) -> str:
    """What committed plans have changed in the staff of the units over the window's days."""
    site = one.flow.site
    units = (str(each.unit.id) for each in one.flow.beds)
    first, last = site.local(window.start).date(), site.local(window.end).date()
    return say_committed(box.world, units, first, last, ("staff_hours",))


def forecast_beds(args: ForecastDemand, box: Toolbox) -> tuple[list[BedForecast], Interval, Site]:
    """The forecast of every site asked about, the window, and the site on whose clock it is.

    Raises:
        Problem: when no unit there is of what was asked.
    """
    unit = find_unit(box, args.unit, args.site) if args.unit else None
    service = find_service(box, args.service) if args.service else None
    sites = [box.local(unit.site_id)] if unit else find_sites(box, args.site)
    clock = reference_site(box, sites, args.start)
    window = window_of(box, clock, args.day, args.start, args.end, most=14)
    step = max(HOUR, timedelta(hours=-int(-(window.end - window.start) / HOUR // MOST_STEPS)))
    found = []
    for site in sites:
        units = _units(args, box, site, unit, service)
        if units:
            flow = read_flow(box, site, units, window, str(service.id) if service else None)
            end = {name: flow.hours(name, window.end - window.start)[-1] for name in flow.by_specialty}
            found.append(BedForecast(flow, flow.hours(step=step), end))
    if not found:
        raise Problem(
            "unknown",
            f"{say_sites(sites, args.site)} has no such unit; ask for another level of care.",
            argument="level",
        )
    return found, window, clock


def _units(args: ForecastDemand, box: Toolbox, site: Site, unit: Unit | None, service: Service | None) -> list[Unit]:
    return [
        one
        for one in ([unit] if unit else inpatient_units(box, site))
        if args.level in (None, one.level) and (service is None or service.id in one.specialties)
    ]


def _sentence(box: Toolbox, one: BedForecast) -> str:
    flow, end, site = one.flow, one.end, one.flow.site
    short = end.p80 - flow.staffed
    verdict = f"short by {short} at p80" if short > 0 else f"{-short} staffed beds spare at p80"
    issued = min((each.issued_at for each in flow.issued), default=None)
    age = f" Forecasts were made {say_age(box.now - issued)}." if issued else " There is no forecast of arrivals."
    units = listed([each.unit.name for each in flow.beds], 8)
    transfers = f"{round(end.entered, 1):g} transfers from recovery, " if end.entered else ""
    return (
        f"{site.name} ({units}) needs {end.p50} beds by {say_moment(site, end.at)} "
        f"({say_clock(site)}), 80% interval {end.low80} to {end.high80}, of {flow.staffed} "
        f"staffed: {flow.total.present} there or waiting now, {round(end.arrived, 1):g} arrivals expected, "
        f"{transfers}{round(end.left, 1):g} predicted discharges (a physician decides): {verdict}. "
        f"The chance of more patients than staffed beds is {round(100 * end.short)}% then, at most "
        f"{round(100 * one.worst.short)}% ({say_moment(site, one.worst.at)}).{age}"
    )


def _row(one: BedForecast) -> dict[str, Any]:
    flow, end = one.flow, one.end
    short = end.p80 - flow.staffed
    return {
        "site": flow.site.name,
        "units": [each.unit.name for each in flow.beds],
        "now": flow.total.present,
        "staffed": flow.staffed,
        "arrivals": round(end.arrived, 1),
        "transfers": round(end.entered, 1),
        "discharges": round(end.left, 1),
        "needed_p50": end.p50,
        "needed_p80": end.p80,
        "needed_low80": end.low80,
        "needed_high80": end.high80,
        "short_p80": max(0, short),
        "spare_p80": max(0, -short),
        "short_percent": round(100 * end.short),
        "worst_percent": round(100 * one.worst.short),
        "issued_at": [each.issued_at.isoformat() for each in flow.issued],
        "specialties": [
            {
                "specialty": name,
                "now": flow.by_specialty[name].present,
                "arrivals": round(part.arrived, 1),
                "transfers": round(part.entered, 1),
                "discharges": round(part.left, 1),
                "needed_p50": part.p50,
                "needed_low80": part.low80,
                "needed_high80": part.high80,
            }
            for name, part in one.by_specialty.items()
        ],
    }


_FIGURES = ("now", "arrivals", "transfers", "discharges", "needed_p50", "needed_low80", "needed_high80")
_HEADS = ("In or waiting", "Arrivals", "Transfers", "Discharges", "Needed", "Low 80%", "High 80%")


def _cards(box: Toolbox, found: list[BedForecast], rows: list[dict[str, Any]]) -> tuple[Card, ...]:
    sites = TableCard(
        title="Beds needed",
        columns=("Site", *_HEADS, "Staffed", "Chance short, %"),
        rows=tuple(
            (row["site"], *(row[name] for name in _FIGURES), row["staffed"], row["short_percent"]) for row in rows
        ),
        note="Discharges: sum of probabilities; a physician decides. Transfers: from recovery.",
    )
    specialties = TableCard(
        title="Beds needed by specialty",
        columns=("Site", "Specialty", *_HEADS),
        rows=tuple(
            (row["site"], part["specialty"], *(part[name] for name in _FIGURES))
            for row in rows
            for part in row["specialties"]
        ),
    )
    return (sites, *(bed_chart(one) for one in found), specialties)


def bed_chart(one: BedForecast, title: str = "beds needed") -> ChartCard:
    """Beds needed over the window with their interval, against those that are staffed."""
    flow, site = one.flow, one.flow.site
    labels = tuple(say_moment(site, moment.at) for moment in one.moments)
    return ChartCard(
        title=f"{site.name}: {title} by hour",
        kind="line",
        labels=labels,
        series=(
            ChartSeries(
                name="Beds needed, median and 80% interval",
                values=tuple(float(moment.p50) for moment in one.moments),
                low=tuple(float(moment.low80) for moment in one.moments),
                high=tuple(float(moment.high80) for moment in one.moments),
            ),
            ChartSeries(name="Staffed beds", values=tuple(float(flow.staffed) for _ in one.moments)),
        ),
        unit="beds",
        twin=TableCard(
            title=f"{site.name}: {title} by hour",
            columns=("Until", "Needed", "Low 80%", "High 80%", "Chance short, %"),
            rows=tuple(
                (label, moment.p50, moment.low80, moment.high80, round(100 * moment.short))
                for label, moment in zip(labels, one.moments, strict=True)
            ),
            note=f"{note_clock(site)}. Staffed beds: {flow.staffed}.",
        ),
    )
