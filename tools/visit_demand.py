"""Clinic demand of a service and the template slots for it, week by week: the figures, not the words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hospital.model.bookings import Slot
from hospital.model.history import StoredForecast
from hospital.model.places import Clinic, Room, Service, Site
from hospital.planning.issued import Expected, add_up
from hospital.ports import In, Not, Range
from tools.demand import read_forecast
from tools.tool import Toolbox
from tools.windows import local_day

Measure = Literal["new referrals", "visits"]
SERIES: dict[Measure, str] = {"new referrals": "referrals:{service}:{site}", "visits": "visits:{service}:{site}"}
"""What is forecast. New referrals need new-patient slots, visits any slot."""
FITTED_NOW: Measure = "new referrals"
"""The measure that is fitted on the spot where no forecast is stored; the other is left out then."""
NEW = "new"
"""How the visit types begin that a new referral needs."""


@dataclass(frozen=True)
class Week:
    """Calendar days of one week inside the window: demand and template slots, in visits."""

    days: tuple[date, ...]
    demand: Expected
    slots: int

    @property
    def said(self) -> str:
        first, last = self.days[0], self.days[-1]
        return f"{first:%a %d %b}" if first == last else f"{first:%a %d %b} to {last:%a %d %b}"

    @property
    def gap(self) -> int:
        """Slots missing at the median; negative when there are more than needed."""
        return round(self.demand.p50) - self.slots

    @property
    def gap80(self) -> int:
        """Slots missing when planning for four weeks out of five."""
        return round(self.demand.p80) - self.slots


@dataclass(frozen=True)
class Demand:
    """One measure at the sites that have a forecast of it."""

    measure: Measure
    issued: tuple[tuple[Site, StoredForecast], ...]
    weeks: tuple[Week, ...]
    slots: Counter[date]

    @property
    def forecasts(self) -> list[StoredForecast]:
        """The forecasts of all sites."""
        return [one for _, one in self.issued]


def read_demand(
    box: Toolbox, service: Service, clinics: list[Clinic], sites: list[Site], days: Sequence[date]
) -> list[Demand]:
    """Every measure that has a forecast reaching the last day, the one fitted on the spot first."""
    slots = _slots(box, clinics, sites, days)
    any_kind = not clinics  # a scan that is ordered needs a scanner's slot, a new referral a new patient's
    found = []
    for measure, pattern in SERIES.items():
        issued = tuple(
            (site, one)
            for site in sites
            if (
                one := read_forecast(
                    box,
                    pattern.format(service=service.id, site=site.id),
                    site,
                    days[-1],
                    fit=measure == FITTED_NOW,
                )
            )
            is not None
        )
        if len(issued) < len(sites) and measure != FITTED_NOW:
            continue  # a sum over some of the sites would look like all of them
        if issued:
            here = {site.id for site, _ in issued}
            wanted = {
                kind
                for kind in slots
                if kind[0] in here and (any_kind or measure == "visits" or kind[1].startswith(NEW))
            }
            per_day = sum((slots[kind] for kind in wanted), Counter[date]())
            weeks = tuple(
                Week(part, add_up([one for _, one in issued], part), sum(per_day[day] for day in part))
                for part in by_week(days)
            )
            found.append(Demand(measure, issued, weeks, per_day))
    return found


def by_week(days: Sequence[date]) -> list[tuple[date, ...]]:
    """The days by calendar week, Monday first."""
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return [tuple(week) for week in weeks.values()]


def _slots(
    box: Toolbox, clinics: list[Clinic], sites: list[Site], days: Sequence[date]
) -> dict[tuple[str, str], Counter[date]]:
    """Template slots per day by site and visit type, booked or not; without clinics those of the scanners."""
    zones = {str(site.id): site for site in sites}
    here = In(tuple(zones))
    places = (
        {"clinic_id": In(tuple(clinic.id for clinic in clinics if clinic.site_id in zones))}
        if clinics
        else {"room_id": In(tuple(id for (id,) in box.world.values(Room, ("id",), kind="imaging", site_id=here)))}
    )
    wanted = set(days)
    found: dict[tuple[str, str], Counter[date]] = {}
    rows = box.world.values(
        Slot,
        ("site_id", "visit_type", "start"),
        status=Not("busy-unavailable"),
        start=Range(
            at_least=min(local_day(site, days[0]).start for site in sites),
            before=max(local_day(site, days[-1]).end for site in sites),
        ),
        **places,
    )
    for site, kind, start in rows:
        day = zones[site].local(start).date()
        if day in wanted:
            found.setdefault((site, kind), Counter())[day] += 1
    return found
