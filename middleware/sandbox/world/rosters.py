"""Who is rostered when: a rolling rota per unit, so that everybody has days off between shifts."""

from datetime import date
from math import ceil

import numpy as np

from hospital.model.people import Shift
from middleware.sandbox.world.frame import Frame, Ints, Row, World, epoch_minutes, moments, number_of
from middleware.sandbox.world.places import SITES, SitePlan, UnitPlan

ROSTER_BEHIND, ROSTER_AHEAD = 45, 28
"""Days of shifts kept before and published after today."""
PATIENTS_PER_NURSE = {
    "med_surg": 5, "medical": 5, "telemetry": 4, "step_down": 3, "icu": 2, "pacu": 2, "ed": 4,
}  # fmt: skip
EVENING_PEOPLE = 6
"""Of each OR team so many take the evenings, and nobody both on one day."""
Pools = dict[tuple[str, str], list[str]]
"""Staff ids of a unit and role, in a fixed order."""


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


def publish_roster(frame: Frame, world: World, pools: Pools, days: list[date]) -> None:
    """The shifts of these days for all units, operating rooms and scanners."""
    closed = frame.holidays()
    work = [day for day in days if day.weekday() < 5 and day not in closed]
    rest = [day for day in days if day not in work]
    for site in SITES:
        for unit in site.units:
            id = f"{site.id}-{unit.slug}"
            world.extend(
                Shift, _rota(frame, site, id, "rn", pools[id, "rn"], days, places_on(unit), (7, 19), charge=True)
            )
        theatre, rooms = f"{site.id}-or", len(site.rooms)
        for role in ("scrub_tech", "circulating_rn"):
            people = pools[theatre, role]
            day_team, evening_team = people[:-EVENING_PEOPLE], people[-EVENING_PEOPLE:]
            world.extend(
                Shift, _rota(frame, site, theatre, role, day_team, work, min(rooms, len(day_team)), (7,), 10)
            )
            world.extend(Shift, _rota(frame, site, theatre, role, evening_team, work, 2, (15,), 8, tag="e"))
            world.extend(Shift, _rota(frame, site, theatre, role, day_team, rest, 2, (7,), 12))
        scanning = f"{site.id}-imaging"
        technologists = pools[scanning, "imaging_tech"]
        world.extend(
            Shift, _rota(frame, site, scanning, "imaging_tech", technologists, days, len(site.scanners), (7,), 12)
        )


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
    if not days or not pool:
        return []
    rng = frame.rng(f"rota {unit_id} {role} {tag} {begins} {len(days)}")
    each = places + charge
    a_day = each * len(begins)
    count = len(days) * a_day
    day = np.repeat(np.array([number_of(d) for d in days], dtype=np.int64), a_day)
    place = np.tile(np.arange(a_day), len(days))
    who = (day * a_day + place) % len(pool)
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
