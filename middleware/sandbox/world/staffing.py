"""Nurses and technologists, what they are competent in, and who is rostered when."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil

import numpy as np

from hospital.model.people import AgencyRate, Credential, Shift, Staff
from middleware.sandbox.world.frame import Frame, Ints, Row, World, epoch_minutes, moments, number_of
from middleware.sandbox.world.names import different_names
from middleware.sandbox.world.places import SITES, SitePlan, UnitPlan

ROSTER_BEHIND, ROSTER_AHEAD = 45, 28
"""Days of shifts kept before and published after today."""
PATIENTS_PER_NURSE = {
    "med_surg": 5, "medical": 5, "telemetry": 4, "step_down": 3, "icu": 2, "pacu": 2, "ed": 4,
}  # fmt: skip
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


def shift(id: str, staff_id: str | None, site: str, unit: str, role: str, **rest: object) -> Row:
    """One shift row with every field that differs."""
    plain: Row = {
        "state": "rostered", "source": "home", "charge": False, "takes_patients": True,
    }  # fmt: skip
    return {"id": id, "staff_id": staff_id, "site_id": site, "unit_id": unit, "role": role, **plain, **rest}


def places_on(unit: UnitPlan) -> int:
    """Nurses with patients on each shift, by ratio at the beds usually filled."""
    usual = unit.staffed if unit.level == "med_surg" else ceil(unit.staffed * 0.94)
    return ceil(usual / PATIENTS_PER_NURSE[unit.level])


def build_staffing(frame: Frame, world: World) -> None:
    """Staff, credentials and shifts of all sites, and the agency's rate card."""
    people = _People(frame)
    days = frame.days(-ROSTER_BEHIND, ROSTER_AHEAD)
    for site in SITES:
        for unit in site.units:
            _staff_unit(frame, world, people, site, unit, days)
        _staff_rooms(frame, world, people, site, days)
        _float_pool(world, people, site)
        world.extend(Staff, (people.hire(site.id, "rn", None, "agency") for _ in range(12)))
    for competency, rate in AGENCY_RATES.items():
        world.add(AgencyRate, {"id": f"rn:{competency}", "role": "rn", "competency": competency, "hourly_rate": rate})


def _staff_unit(
    frame: Frame, world: World, people: _People, site: SitePlan, unit: UnitPlan, days: list[date]
) -> None:
    unit_id, places = f"{site.id}-{unit.slug}", places_on(unit)
    pool = [people.hire(site.id, "rn", unit_id) for _ in range((places + 1) * POOL_PER_PLACE)]
    world.extend(Staff, pool)
    for person in pool:
        more = ALSO_COMPETENT[unit.level] if people.rng.random() < 0.4 else ()
        world.extend(Credential, people.hold(person, unit.level, *more))
    world.extend(
        Shift, _rota(frame, site, unit_id, "rn", [p["id"] for p in pool], days, places, (7, 19), charge=True)
    )


def _staff_rooms(frame: Frame, world: World, people: _People, site: SitePlan, days: list[date]) -> None:
    """Scrub technologists and circulating nurses by operating room, technologists by scanner, perfusionists."""
    closed = frame.holidays()
    work = [day for day in days if day.weekday() < 5 and day not in closed]
    rest = [day for day in days if day not in work]
    for role in ("scrub_tech", "circulating_rn"):
        pool = [people.hire(site.id, role, f"{site.id}-or") for _ in range(ceil(len(site.rooms) * 2.6))]
        world.extend(Staff, pool)
        world.extend(Credential, (row for person in pool for row in people.hold(person, "or")))
        ids = [person["id"] for person in pool]
        unit = f"{site.id}-or"
        world.extend(Shift, _rota(frame, site, unit, role, ids, work, len(site.rooms), (7,), 10))
        world.extend(Shift, _rota(frame, site, unit, role, ids[::-1], work, 2, (15,), 8, tag="e"))
        world.extend(Shift, _rota(frame, site, unit, role, ids, rest, 2, (7,), 12))
    techs = [people.hire(site.id, "imaging_tech", f"{site.id}-imaging") for _ in range(len(site.scanners) * 6)]
    world.extend(Staff, techs)
    world.extend(Credential, (row for person in techs for row in people.hold(person, "mri", "ct")))
    ids = [person["id"] for person in techs]
    world.extend(
        Shift, _rota(frame, site, f"{site.id}-imaging", "imaging_tech", ids, days, len(site.scanners), (7,), 12)
    )
    if "cardiothoracic" in site.rooms:
        world.extend(Staff, (people.hire(site.id, "perfusionist", f"{site.id}-or") for _ in range(4)))


def _float_pool(world: World, people: _People, site: SitePlan) -> None:
    levels = ("med_surg", "icu", "telemetry", "step_down", "ed", "pacu", "medical")
    for number in range(site.float_pool):
        person = people.hire(site.id, "rn", None, "float")
        world.add(Staff, person)
        world.extend(Credential, people.hold(person, levels[number % len(levels)]))


def _rota(
    frame: Frame,
    site: SitePlan,
    unit_id: str,
    role: str,
    pool: list[str],
    days: list[date],
    places: int,
    begins: tuple[int, ...],
    hours: int = 12,
    charge: bool = False,
    tag: str = "",
) -> list[Row]:
    """A rolling rota: the next people of the pool each day, so that everybody has days off between shifts."""
    rng = frame.rng(f"rota {unit_id} {role} {tag} {begins}")
    each = places + charge
    a_day = each * len(begins)
    count = len(days) * a_day
    who = (np.arange(count) + number_of(days[0]) * a_day) % len(pool)
    day = np.repeat(np.array([number_of(d) for d in days], dtype=np.int64), a_day)
    place = np.tile(np.arange(a_day), len(days))
    hour: Ints = np.array(begins, dtype=np.int64)[place // each]
    start = epoch_minutes(day, hour * 60, site.zone)
    end = epoch_minutes(day, (hour + hours) * 60, site.zone)
    past = day < number_of(frame.today)
    out = past & (rng.random(count) < 0.012)
    if role == "imaging_tech" and site.id == "northgate":
        out[:] = False  # last month's two call-outs are told elsewhere
    extra = past & ~out & (rng.random(count) < 0.03)
    lead = (place % each == each - 1) if charge else np.zeros(count, dtype=bool)
    names = [f"{day_name}{tag}-{letter}" for day_name in map(str, days) for letter in _letters(begins, each)]
    return [
        shift(
            f"{unit_id}-{role[0]}{name}", pool[w], site.id, unit_id, role, start=s, end=e,
            state="called_out" if gone else "rostered", source="overtime" if more else "home",
            charge=is_lead, takes_patients=not is_lead,
        )
        for name, w, s, e, gone, more, is_lead in zip(
            names,
            who.tolist(),
            moments(start),
            moments(end),
            out.tolist(),
            extra.tolist(),
            lead.tolist(),
            strict=True,
        )
    ]  # fmt: skip


def _letters(begins: tuple[int, ...], each: int) -> list[str]:
    return [f"{'d' if hour < 12 else 'n'}{number}" for hour in begins for number in range(1, each + 1)]
