"""Stays as they are assumed in a what-if question: who would leave, who leaves later, a unit with more or fewer."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hospital.model.people import Encounter
from hospital.model.places import Site, Unit
from hospital.overlay import Overlay
from hospital.ports import In, Range, Reader

NOBODY = "ASSUMED"
"""The patient of a stay that is only assumed."""
_A_LITTLE = timedelta(hours=1)
ADMITTED = timedelta(days=28)
"""Admissions of this long tell where the patients of the emergency department go."""


def where_they_go(world: Reader, site: Site, units: list[Unit], source: str, now: datetime) -> Counter[str]:
    """How often patients of the source went to each of these units, as far as the store tells."""
    ids = {str(unit.id) for unit in units}
    if source == "pacu":
        recovery = world.find(Unit, site_id=site.id, level="pacu")
        ids_of = In(tuple(unit.id for unit in recovery))
        seen = world.values(Encounter, ("target_unit_id",), unit_id=ids_of, state="in_bed")
    else:
        seen = world.values(Encounter, ("unit_id",), site_id=site.id, admitted_at=Range(now - ADMITTED, now))
    found = Counter(str(unit) for (unit,) in seen if unit in ids)
    return found or Counter({str(unit.id): unit.staffed_beds for unit in units})


def spread(count: int, shares: Counter[str]) -> list[str]:
    """Whole patients by share: the largest remainders get the ones that are left."""
    total = sum(shares.values())
    exact = {unit: count * share / total for unit, share in shares.items()}
    whole = {unit: int(value) for unit, value in exact.items()}
    left = sorted(exact, key=lambda unit: (whole[unit] - exact[unit], unit))
    for unit in left[: count - sum(whole.values())]:
        whole[unit] += 1
    return [unit for unit in sorted(whole) for _ in range(whole[unit])]


def leaving_by(world: Reader, units: list[Unit], when: Any) -> list[Encounter]:
    """The stays of these units expected to end in a range of moments, the likeliest first."""
    found = [
        stay
        for unit in units
        for stay in world.find(Encounter, unit_id=unit.id, state="in_bed", expected_discharge_at=when)
    ]
    return sorted(found, key=lambda stay: (-stay.discharge_probability, stay.id))


def delayed(stay: Encounter, minutes: int | None, end: datetime) -> Encounter:
    """The stay as it is when its end slips by so many minutes, or past `end` when none are said."""
    due = stay.expected_discharge_at or end
    later: Encounter = stay.changed(
        expected_discharge_at=due + timedelta(minutes=minutes) if minutes else end + _A_LITTLE
    )
    return later


def fill_beds(world: Overlay, site: Site, unit: Unit, more: int, now: datetime) -> None:
    """Put so many patients more in beds of the unit; below zero, so many of those there are gone."""
    if more < 0:
        there = world.find(Encounter, unit_id=unit.id, state="in_bed", order="id")[:-more]
        world.put(*(stay.changed(state="discharged") for stay in there))
        return
    already = world.count(Encounter, site_id=site.id, patient_id=NOBODY)
    service = unit.specialties[0] if unit.specialties else "general"
    world.put(
        *(
            Encounter.model_validate(
                {"id": f"ASSUMED-{site.id}-{n}", "patient_id": NOBODY, "site_id": site.id, "unit_id": unit.id,
                 "bed_id": None, "service_id": service, "level": unit.level, "state": "in_bed", "admitted_at": now}
            )
            for n in range(already + 1, already + more + 1)
        )
    )  # fmt: skip
