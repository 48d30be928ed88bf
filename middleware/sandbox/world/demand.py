"""What was asked for each day: referrals, visits, arrivals; with seasons, weekdays, holidays, trend and surges."""

import numpy as np

from hospital.model.history import DemandCount
from middleware.sandbox.world.beds import OCCUPIED, STAY_DAYS
from middleware.sandbox.world.clinic_plans import CLINICS, ClinicPlan, sessions_a_week
from middleware.sandbox.world.frame import HISTORY_DAYS, Frame, Row, World
from middleware.sandbox.world.imaging import last_month
from middleware.sandbox.world.places import SITES

SURGE_DAYS, SURGE = 21, 1.35
"""Cardiology referrals: so much more for so many days up to yesterday."""
USUAL_LOAD, CARDIOLOGY_LOAD = 0.84, 0.94
"""Referrals a week before any surge, as a share of the new-patient slots of the template."""
WEEK = (1.12, 1.1, 1.02, 0.98, 0.78, 0.0, 0.0)
ED_WEEK = (1.08, 1.0, 0.97, 0.97, 1.0, 0.98, 1.0)
IMAGING_SURGE = 1.25
YEARLY_GROWTH = 0.03
STEADY = 0.7
"""The spread of daily counts as a share of that of a Poisson count."""


class _Days:
    """The history day by day, with what bends every series."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.days = frame.days(-HISTORY_DAYS, -1)
        closed = frame.holidays()
        self.weekday = np.array([day.weekday() for day in self.days])
        self.closed = np.array([day in closed for day in self.days])
        year = np.array([day.timetuple().tm_yday for day in self.days])
        self.winter = np.cos(2 * np.pi * (year - 20) / 365.25)
        self.trend = 1 + YEARLY_GROWTH * (np.arange(len(self.days)) - len(self.days)) / 365
        self.ago = np.arange(len(self.days), 0, -1)

    def rows(
        self, series: str, weekly: float, week: tuple[float, ...], season: float, holiday: float, bend: object = 1.0
    ) -> list[Row]:
        """Counts of one series: `weekly` on average now, bent by weekday, season, holiday and `bend`."""
        shape = np.array(week)[self.weekday] / sum(week)
        mean = weekly * shape * (1 + season * self.winter) * self.trend * np.where(self.closed, holiday, 1.0) * bend
        noise = self.frame.rng(f"demand {series}").standard_normal(len(self.days))
        # Bookings are steadier than independent chance would make them.
        counts = np.maximum(0, np.rint(mean + STEADY * np.sqrt(mean) * noise)).astype(int).tolist()
        return [
            {"id": f"{series}:{day}", "series": series, "day": day, "count": count}
            for day, count in zip(self.days, counts, strict=True)
        ]


def template_slots(plan: ClinicPlan, visit_type: str | None = None) -> int:
    """Slots a week in the template, of one visit type or all."""
    return sessions_a_week(plan) * sum(1 for slot in plan.template if visit_type in (None, slot.visit_type))


def build_demand(frame: Frame, world: World) -> None:
    """All series up to yesterday."""
    days = _Days(frame)
    surge = np.where(days.ago <= SURGE_DAYS, SURGE, 1.0)
    for plan in CLINICS:
        cardiology = plan.service == "cardiology"
        load, bend = (CARDIOLOGY_LOAD, surge) if cardiology else (USUAL_LOAD, np.ones(len(days.days)))
        name = f"{plan.service}:{plan.site}"
        world.extend(
            DemandCount,
            days.rows(f"referrals:{name}", template_slots(plan, "new-patient") * load, WEEK, 0.03, 0.08, bend),
        )
        world.extend(DemandCount, days.rows(f"visits:{name}", template_slots(plan) * load, WEEK, 0.03, 0.08, bend))
    first, last = last_month(frame)
    busy = np.array([first <= day <= last for day in days.days])
    for site in SITES:
        _site_series(world, days, site.id, busy)


def _site_series(world: World, days: _Days, site_id: str, busy: object) -> None:
    site = next(plan for plan in SITES if plan.id == site_id)
    arrivals: dict[str, float] = {}
    for unit in site.units:
        if unit.level in ("pacu", "ed"):
            continue
        a_day = unit.staffed * OCCUPIED[unit.level] / STAY_DAYS[unit.level]
        for service in unit.specialties:
            arrivals[service] = arrivals.get(service, 0.0) + a_day / len(unit.specialties)
    for service, a_day in sorted(arrivals.items()):
        season = 0.12 if service in ("medicine", "cardiology", "neurology") else 0.03
        world.extend(DemandCount, days.rows(f"arrivals:{service}:{site.id}", a_day * 7, ED_WEEK, season, 0.85))
        world.extend(DemandCount, days.rows(f"discharges:{service}:{site.id}", a_day * 7, ED_WEEK[::-1], season, 0.7))
    ed = next(unit for unit in site.units if unit.level == "ed")
    world.extend(DemandCount, days.rows(f"arrivals:emergency:{site.id}", ed.staffed * 5.5 * 7, ED_WEEK, 0.1, 1.05))
    bend = np.where(np.asarray(busy) & (site.id == "northgate"), IMAGING_SURGE, 1.0)
    world.extend(
        DemandCount, days.rows(f"referrals:imaging:{site.id}", len(site.scanners) * 95.0, WEEK, 0.02, 0.15, bend)
    )
    for service in sorted(set(site.rooms)):
        rooms = site.rooms.count(service)
        world.extend(DemandCount, days.rows(f"cases:{service}:{site.id}", rooms * 14.0, WEEK, 0.04, 0.05))
