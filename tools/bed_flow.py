"""Who lies in the units of a site, who leaves, who is transferred and who is still to come, by specialty."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospital.model.history import DemandCount, StoredForecast
from hospital.model.people import Encounter
from hospital.model.places import Site, Unit
from hospital.planning.bed_demand import HOUR, BedFlow, Chance, HourDemand, demand_by_hour, hour_shares
from hospital.planning.intervals import Interval
from hospital.planning.issued import Z90
from hospital.planning.prime_time import days_of
from hospital.ports import In, Range
from tools.bed_state import UnitBeds, inpatient_units, read_beds
from tools.demand import read_forecast
from tools.tool import Toolbox
from tools.windows import today_at

PREFIX = "arrivals"
PROFILE = timedelta(days=28)
"""Admissions of this long tell at which hours patients come."""


@dataclass(frozen=True)
class SiteFlow:
    """The flow of some units of one site over a window."""

    site: Site
    beds: list[UnitBeds]
    window: Interval
    by_specialty: dict[str, BedFlow]
    issued: list[StoredForecast]

    @property
    def staffed(self) -> int:
        """Beds that can be used."""
        return sum(unit.staffed for unit in self.beds)

    @property
    def total(self) -> BedFlow:
        """All specialties together."""
        return merged(self.by_specialty.values())

    def hours(self, specialty: str | None = None, step: timedelta = HOUR) -> tuple[HourDemand, ...]:
        """Beds needed hour by hour, of one specialty or of all."""
        flow = self.total if specialty is None else self.by_specialty[specialty]
        return demand_by_hour(flow, self.window.start, self.window.end, self.staffed, step)


def merged(flows: Iterable[BedFlow]) -> BedFlow:
    """Several flows as one; the errors of their forecasts are independent of each other."""
    every = list(flows)
    hours = max((len(flow.arrivals) for flow in every), default=0)
    return BedFlow(
        sum(flow.present for flow in every),
        tuple(one for flow in every for one in flow.leaving),
        tuple(one for flow in every for one in flow.entering),
        tuple(
            (
                sum(flow.arrivals[n][0] for flow in every if n < len(flow.arrivals)),
                sum(flow.arrivals[n][1] for flow in every if n < len(flow.arrivals)),
            )
            for n in range(hours)
        ),
    )


def read_flow(box: Toolbox, site: Site, units: list[Unit], window: Interval, specialty: str | None) -> SiteFlow:
    """What flows through these units of one site in the window; `specialty`: only of that one."""
    inpatient = inpatient_units(box, site)
    present: dict[str, int] = defaultdict(int)
    leaving: dict[str, list[Chance]] = defaultdict(list)
    entering: dict[str, list[Chance]] = defaultdict(list)
    ids, recovery = {str(unit.id) for unit in units}, _recovery(box, site)
    for unit, service, state, target, expected, probability in box.world.values(
        Encounter,
        ("unit_id", "service_id", "state", "target_unit_id", "expected_discharge_at", "discharge_probability"),
        site_id=site.id,
        state=In(("in_bed", "boarding")),
    ):
        if state == "boarding" and target in ids:
            present[service] += 1
        elif state == "in_bed" and unit in ids:
            present[service] += 1
            if expected is not None and window.start <= expected < window.end:
                leaving[service].append(Chance(expected, probability))
        elif state == "in_bed" and unit in recovery and target in ids and expected is not None:
            entering[service].append(Chance(max(expected, window.start), 1.0))
    arrivals, issued = _arrivals(box, site, units, inpatient, window)
    found = {
        name: BedFlow(present[name], tuple(leaving[name]), tuple(entering[name]), tuple(arrivals.get(name, ())))
        for name in sorted({*present, *leaving, *entering, *arrivals})
        if specialty in (None, name)
    }
    return SiteFlow(site, read_beds(box, site, units), window, found, issued)


def _recovery(box: Toolbox, site: Site) -> set[str]:
    return {str(unit) for (unit,) in box.world.values(Unit, ("id",), site_id=site.id, level="pacu")}


def _arrivals(
    box: Toolbox, site: Site, units: list[Unit], inpatient: list[Unit], window: Interval
) -> tuple[dict[str, list[tuple[float, float]]], list[StoredForecast]]:
    """Expected arrivals per hour of the window with their variance, by specialty, and the forecasts behind them."""
    specialties = {str(one) for unit in units for one in unit.specialties}
    last = days_of(window, site.timezone)[-1]
    shares = _profile(box, site)
    found: dict[str, list[tuple[float, float]]] = {}
    issued = []
    for series in _series_at(box, site):
        specialty = series.split(":")[1]
        if specialty not in specialties or (one := read_forecast(box, series, site, last)) is None:
            continue
        issued.append(one)
        share = _share(specialty, units, inpatient)
        points = {point.day: (point.p50, (point.high80 - point.p50) / Z90) for point in one.points}
        hours = []
        for begin, part in _hours_of(window):
            local = site.local(begin)
            middle, spread = points.get(local.date(), (0.0, 0.0))
            taken = share * shares[local.hour] * part
            hours.append((middle * taken, (spread * taken) ** 2))
        found[specialty] = hours
    return found, issued


def _hours_of(window: Interval) -> Iterable[tuple[datetime, float]]:
    """The hours of the window from its start on, the last perhaps only in part."""
    begin = window.start
    while begin < window.end:
        yield begin, min(1.0, (window.end - begin) / HOUR)
        begin += HOUR


def _profile(box: Toolbox, site: Site) -> tuple[float, ...]:
    admitted = box.world.values(
        Encounter, ("admitted_at",), site_id=site.id, admitted_at=Range(box.now - PROFILE, box.now)
    )
    return hour_shares([site.local(moment).hour for (moment,) in admitted])


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
