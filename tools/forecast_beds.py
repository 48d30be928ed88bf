"""Beds needed by a time: patients there, waiting and still to come, less those who probably leave."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hospital.cards import TableCard
from hospital.model.history import DemandCount, StoredForecast
from hospital.model.people import Encounter
from hospital.model.places import Service, Site, Unit
from hospital.planning.intervals import Interval
from hospital.planning.issued import Z80, Z90, Expected, add_up
from hospital.planning.prime_time import days_of
from hospital.ports import In
from tools.bed_state import UnitBeds, read_beds
from tools.demand import read_forecast
from tools.directory import find_service, find_unit
from tools.forecast_arguments import ForecastDemand
from tools.sites_asked import find_sites, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import (
    listed,
    local_day,
    plural,
    reference_site,
    say_clock,
    say_moment,
    say_span,
    today_at,
    window_of,
)

PREFIX = "arrivals"


@dataclass(frozen=True)
class BedDemand:
    """One site at the end of the window, in patients."""

    site: Site
    beds: list[UnitBeds]
    arrivals: dict[str, Expected]
    """By specialty."""
    incoming: Expected
    leaving: float
    """Sum of the probabilities of the discharges expected in the window."""
    leaving_variance: float
    issued: list[StoredForecast]

    @property
    def now(self) -> int:
        """In a bed of these units, or waiting for one."""
        return sum(unit.patients + unit.waiting for unit in self.beds)

    @property
    def staffed(self) -> int:
        return sum(unit.staffed for unit in self.beds)

    @property
    def needed(self) -> Expected:
        """Beds needed at the end: in, waiting and coming, less leaving."""
        middle = self.now + self.incoming.p50 - self.leaving
        spread = ((self.incoming.p80 - self.incoming.p50) ** 2 / Z80**2 + self.leaving_variance) ** 0.5
        return Expected(middle, middle + Z80 * spread, max(0.0, middle - Z90 * spread), middle + Z90 * spread)


def answer_bed_demand(args: ForecastDemand, box: Toolbox) -> Answer:
    """Beds needed by the end of the window at one site or all, by specialty."""
    unit = find_unit(box, args.unit, args.site) if args.unit else None
    service = find_service(box, args.service) if args.service else None
    sites = [box.local(unit.site_id)] if unit else find_sites(box, args.site)
    clock = reference_site(box, sites, args.start)
    window = window_of(box, clock, args.day, args.start, args.end, most=14)
    found = [one for site in sites if (one := _site_demand(args, box, site, window, unit, service)) is not None]
    if not found:
        raise Problem(
            "unknown",
            f"{say_sites(sites, args.site)} has no such unit; ask for another level of care.",
            argument="level",
        )
    rows = [_row(one) for one in found]
    said = [_sentence(box, one, window) for one in found]
    return Answer(
        headline=" ".join(said),
        facts={
            "window": say_span(clock, window.start, window.end),
            "zone": clock.timezone,
            "sites": rows,
            "interval_percent": 80,
            "level": args.level,
        },
        cards=_tables(rows),
    )


def _site_demand(
    args: ForecastDemand, box: Toolbox, site: Site, window: Interval, unit: Unit | None, service: Service | None
) -> BedDemand | None:
    every = box.world.find(Unit, site_id=site.id, order="name")
    inpatient = [one for one in every if one.level not in ("ed", "pacu")]
    units = [
        one
        for one in ([unit] if unit else inpatient)
        if args.level in (None, one.level) and (service is None or service.id in one.specialties)
    ]
    if not units:
        return None
    specialties = {str(one) for each in units for one in each.specialties}
    if service is not None:
        specialties &= {str(service.id)}
    days = days_of(window, site.timezone)
    arrivals, issued = {}, []
    for name in _series_at(box, site):
        specialty = name.split(":")[1]
        if specialty in specialties and (one := read_forecast(box, name, site, days[-1])) is not None:
            arrivals[specialty] = _coming(site, one, window, _share(specialty, units, inpatient))
            issued.append(one)
    parts = list(arrivals.values())
    middle = sum(part.p50 for part in parts)
    spread = sum(((part.p80 - part.p50) / Z80) ** 2 for part in parts) ** 0.5
    incoming = Expected(middle, middle + Z80 * spread, max(0.0, middle - Z90 * spread), middle + Z90 * spread)
    leaving = [
        probability
        for probability, expected in box.world.values(
            Encounter,
            ("discharge_probability", "expected_discharge_at"),
            unit_id=In(tuple(one.id for one in units)),
            state="in_bed",
        )
        if expected is not None and window.start <= expected < window.end
    ]
    return BedDemand(
        site,
        read_beds(box, site, units),
        arrivals,
        incoming,
        sum(leaving),
        sum(p * (1 - p) for p in leaving),
        issued,
    )


def _series_at(box: Toolbox, site: Site) -> list[str]:
    kept = {name for (name,) in box.world.values(StoredForecast, ("series",), site_id=site.id)}
    if not any(name.startswith(f"{PREFIX}:") for name in kept):
        yesterday = today_at(box, site) - timedelta(days=1)
        kept = {name for (name,) in box.world.values(DemandCount, ("series",), day=yesterday)}
    return sorted(name for name in kept if name.startswith(f"{PREFIX}:") and name.endswith(f":{site.id}"))


def _share(specialty: str, units: list[Unit], inpatient: list[Unit]) -> float:
    """The part of a specialty's arrivals that these units take: by their staffed beds among all that take it."""
    mine = sum(unit.staffed_beds for unit in units if specialty in unit.specialties)
    total = sum(unit.staffed_beds for unit in inpatient if specialty in unit.specialties)
    return min(1.0, mine / total) if total else 1.0


def _coming(site: Site, one: StoredForecast, window: Interval, share: float) -> Expected:
    """Arrivals in the window; parts of days count by their hours."""
    total = [0.0, 0.0]
    for day in days_of(window, site.timezone):
        whole = local_day(site, day)
        inside = min(whole.end, window.end) - max(whole.start, window.start)
        part = add_up([one], [day], share * (inside / (whole.end - whole.start)))
        total[0] += part.p50
        total[1] += ((part.p80 - part.p50) / Z80) ** 2
    middle, spread = total[0], total[1] ** 0.5
    return Expected(middle, middle + Z80 * spread, max(0.0, middle - Z90 * spread), middle + Z90 * spread)


def _sentence(box: Toolbox, one: BedDemand, window: Interval) -> str:
    needed = one.needed
    short = round(needed.p80) - one.staffed
    verdict = f"short by {short} at p80" if short > 0 else f"{-short} staffed beds spare at p80"
    ages = [int((box.now - each.issued_at).total_seconds() // 3600) for each in one.issued]
    age = f" Forecasts are {plural(max(ages), 'hour')} old." if ages else " There is no forecast of arrivals."
    units = listed([each.unit.name for each in one.beds], 8)
    return (
        f"{one.site.name} ({units}) needs {round(needed.p50)} beds by {say_moment(one.site, window.end)} "
        f"({say_clock(one.site)}), 80% interval {round(needed.low80)} to {round(needed.high80)}, of {one.staffed} "
        f"staffed: {one.now} there or waiting now, {round(one.incoming.p50, 1):g} arrivals expected, "
        f"{round(one.leaving, 1):g} predicted discharges (a physician decides): {verdict}.{age}"
    )


def _row(one: BedDemand) -> dict[str, Any]:
    needed = one.needed
    short = round(needed.p80) - one.staffed
    return {
        "site": one.site.name,
        "units": [each.unit.name for each in one.beds],
        "now": one.now,
        "staffed": one.staffed,
        "arrivals": round(one.incoming.p50, 1),
        "discharges": round(one.leaving, 1),
        "needed_p50": round(needed.p50),
        "needed_p80": round(needed.p80),
        "needed_low80": round(needed.low80),
        "needed_high80": round(needed.high80),
        "short_p80": max(0, short),
        "spare_p80": max(0, -short),
        "issued_at": [each.issued_at.isoformat() for each in one.issued],
        "specialties": [
            {
                "specialty": name,
                "p50": round(part.p50, 1),
                "low80": round(part.low80, 1),
                "high80": round(part.high80, 1),
            }
            for name, part in one.arrivals.items()
        ],
    }


def _tables(rows: list[dict[str, Any]]) -> tuple[TableCard, ...]:
    shown = ("site", "now", "arrivals", "discharges", "needed_p50", "needed_low80", "needed_high80", "staffed")
    return (
        TableCard(
            title="Beds needed",
            columns=("Site", "In or waiting", "Arrivals", "Discharges", "Needed", "Low 80%", "High 80%", "Staffed"),
            rows=tuple(tuple(row[name] for name in shown) for row in rows),
        ),
        TableCard(
            title="Arrivals expected by specialty",
            columns=("Site", "Specialty", "Median", "Low 80%", "High 80%"),
            rows=tuple(
                (row["site"], part["specialty"], part["p50"], part["low80"], part["high80"])
                for row in rows
                for part in row["specialties"]
            ),
        ),
    )
