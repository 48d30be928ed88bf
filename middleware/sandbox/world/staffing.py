"""Nurses and technologists, and what they are competent in."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil

from hospital.model.people import AgencyRate, Credential, Staff
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.names import different_names
from middleware.sandbox.world.places import SITES, SitePlan, UnitPlan
from middleware.sandbox.world.rosters import ROSTER_AHEAD, ROSTER_BEHIND, Pools, places_on, publish_roster

ALSO_COMPETENT = {
    "med_surg": ("medical",), "medical": ("med_surg",), "telemetry": ("medical",), "step_down": ("telemetry",),
    "icu": ("step_down",), "pacu": (), "ed": (),
}  # fmt: skip
POOL_PER_PLACE = 8
"""People on a unit's staff per place on a shift: many work part-time."""
RATES = {"rn": (4600, 6400), "scrub_tech": (3100, 4200), "circulating_rn": (4800, 6300), "imaging_tech": (3600, 5200),
         "perfusionist": (7200, 9000)}  # fmt: skip
AGENCY_RATES = {
    "med_surg": 9800, "icu": 13500, "medical": 9600, "telemetry": 10400, "step_down": 11500, "pacu": 12800,
    "ed": 12200,
}  # fmt: skip
"""Cents an hour for an agency RN, by competency."""


class _People:
    """Hands out staff with names of their own."""

    def __init__(self, frame: Frame) -> None:
        self.rng = frame.rng("staff")
        self.today = frame.today
        self._names = iter(different_names(self.rng, 4_000))
        self._number = 0

    def hire(self, site: str, role: str, unit: str | None, employment: str = "home") -> Row:
        self._number += 1
        low, high = RATES[role]
        return {
            "id": f"{role.replace('_', '-')}-{self._number:04d}",
            "name": next(self._names),
            "role": role,
            "site_id": site,
            "home_unit_id": unit,
            "employment": employment,
            "hourly_rate": int(self.rng.integers(low // 50, high // 50)) * 50,
            "voluntary_overtime": bool(self.rng.random() < 0.15),
        }

    def hold(self, person: Row, *competencies: str) -> Iterator[Row]:
        for competency in competencies:
            days = int(self.rng.integers(30, 720)) if self.rng.random() > 0.03 else -int(self.rng.integers(5, 200))
            yield credential(person["id"], competency, self.today + timedelta(days=days))


def credential(staff_id: str, competency: str, expires_on: date) -> Row:
    """One competency of one person."""
    return {
        "id": f"{staff_id}:{competency}",
        "staff_id": staff_id,
        "competency": competency,
        "expires_on": expires_on,
    }


def build_staffing(frame: Frame, world: World) -> None:
    """Staff, credentials and shifts of all sites, and the agency's rate card."""
    people, pools = _People(frame), Pools()
    for site in SITES:
        for unit in site.units:
            _staff_unit(world, people, site, unit, pools)
        _staff_rooms(world, people, site, pools)
        _float_pool(world, people, site)
        world.extend(Staff, (people.hire(site.id, "rn", None, "agency") for _ in range(12)))
    for competency, rate in AGENCY_RATES.items():
        world.add(AgencyRate, {"id": f"rn:{competency}", "role": "rn", "competency": competency, "hourly_rate": rate})
    publish_roster(frame, world, pools, frame.days(-ROSTER_BEHIND, ROSTER_AHEAD))


def _staff_unit(world: World, people: _People, site: SitePlan, unit: UnitPlan, pools: Pools) -> None:
    unit_id = f"{site.id}-{unit.slug}"
    pool = [people.hire(site.id, "rn", unit_id) for _ in range((places_on(unit) + 1) * POOL_PER_PLACE)]
    world.extend(Staff, pool)
    for person in pool:
        more = ALSO_COMPETENT[unit.level] if people.rng.random() < 0.4 else ()
        world.extend(Credential, people.hold(person, unit.level, *more))
    pools[unit_id, "rn"] = [person["id"] for person in pool]


def _staff_rooms(world: World, people: _People, site: SitePlan, pools: Pools) -> None:
    """Scrub technologists and circulating nurses by operating room, technologists by scanner, perfusionists."""
    wanted = (
        ("scrub_tech", f"{site.id}-or", ceil(len(site.rooms) * 2.6), ("or",)),
        ("circulating_rn", f"{site.id}-or", ceil(len(site.rooms) * 2.6), ("or",)),
        ("imaging_tech", f"{site.id}-imaging", len(site.scanners) * 6, ("mri", "ct")),
        ("perfusionist", f"{site.id}-or", 4 if "cardiothoracic" in site.rooms else 0, ("perfusion",)),
    )
    for role, unit, count, competencies in wanted:
        pool = [people.hire(site.id, role, unit) for _ in range(count)]
        world.extend(Staff, pool)
        world.extend(Credential, (row for person in pool for row in people.hold(person, *competencies)))
        pools[unit, role] = [person["id"] for person in pool]


def _float_pool(world: World, people: _People, site: SitePlan) -> None:
    levels = ("med_surg", "icu", "telemetry", "step_down", "ed", "pacu", "medical")
    for number in range(site.float_pool):
        person = people.hire(site.id, "rn", None, "float")
        world.add(Staff, person)
        world.extend(Credential, people.hold(person, levels[number % len(levels)]))
