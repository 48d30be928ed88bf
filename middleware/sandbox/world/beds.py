"""Who lies where: inpatients, boarders, bed states, and the stays of the last weeks."""

from datetime import timedelta

import numpy as np

from hospital.model.people import Encounter
from hospital.model.places import Bed
from middleware.sandbox.world.frame import Frame, Row, World, minutes_now, moments
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER
from middleware.sandbox.world.places import SITES, SitePlan, UnitPlan

STAY_DAYS = {"med_surg": 3.4, "medical": 4.0, "telemetry": 3.1, "step_down": 3.2, "icu": 3.8, "pacu": 0.1, "ed": 0.2}
OCCUPIED = {
    "med_surg": 0.88,
    "medical": 0.92,
    "telemetry": 0.87,
    "step_down": 0.9,
    "icu": 0.85,
    "pacu": 0.3,
    "ed": 0.6,
}
KEPT_DAYS = 28
"""Days of ended stays kept."""
BOARDERS = {
    "northgate": ("2-west", "2-west", "4-north", "5-west", "icu"),
    "lakeside": ("2-east", "4-east"),
    "riverside": ("2-north", "6-west", "4-south"),
    "harbor": ("2-west",),
    "eastfield": ("1-east",),
}
"""Units that patients boarding in each ED wait for."""
EMPTY_BEDS = {"northgate-4-212", "northgate-4-220"}
PACU_MIX = (("med_surg", 0.7), ("step_down", 0.3))
"""Where patients go from PACU when they need a bed."""


def build_beds(frame: Frame, world: World) -> None:
    """Encounters of every unit and the state of every bed."""
    rng = frame.rng("beds")
    beds: dict[str, list[Row]] = {}
    for bed in world.of(Bed):
        beds.setdefault(bed["unit_id"], []).append(bed)
    counter = _Counter()
    for site in SITES:
        for unit in site.units:
            here = beds[f"{site.id}-{unit.slug}"]
            _fill(frame, world, rng, site, unit, here, counter)
            _past_stays(frame, world, rng, site, unit, counter)


class _Counter:
    def __init__(self) -> None:
        self._number = 0

    def id(self) -> str:
        self._number += 1
        return f"ENC-{self._number:06d}"


def _fill(
    frame: Frame,
    world: World,
    rng: np.random.Generator,
    site: SitePlan,
    unit: UnitPlan,
    beds: list[Row],
    ids: _Counter,
) -> None:
    staffed = [bed for bed in beds if bed["staffed"]]
    census = unit.census or min(len(staffed), int(rng.binomial(len(staffed), OCCUPIED[unit.level])))
    usable = [bed for bed in staffed if bed["id"] not in EMPTY_BEDS]
    taken = set(rng.permutation(len(usable))[: min(census, len(usable))].tolist())
    if unit.census:  # a unit whose census is told has its twelfth bed taken
        _swap_in(taken, 11)
    waiting = list(BOARDERS[site.id]) if unit.level == "ed" else []
    for number, bed in enumerate(usable):
        if number in taken:
            bed["status"] = "occupied"
            target = waiting.pop() if waiting else None
            world.add(Encounter, _stay(frame, rng, site, unit, bed, ids.id(), target))
        elif number % 3 == 1:
            bed["status"] = ("dirty", "cleaning", "dirty", "blocked")[int(rng.integers(4))]
    for bed in beds:
        longest = 60 if bed["status"] in ("dirty", "cleaning") else 600
        bed["status_at"] = frame.now - timedelta(minutes=int(rng.integers(3, longest)))


def _swap_in(taken: set[int], wanted: int) -> None:
    if wanted not in taken:
        taken.remove(max(taken))
        taken.add(wanted)


def _stay(
    frame: Frame,
    rng: np.random.Generator,
    site: SitePlan,
    unit: UnitPlan,
    bed: Row,
    id: str,
    target: str | None,
) -> Row:
    days = float(rng.exponential(STAY_DAYS[unit.level]))
    leaves_today = rng.random() < 0.22 and unit.level not in ("ed", "pacu")
    hours = float(rng.uniform(2.5, 11)) if leaves_today else 24 + float(rng.exponential(STAY_DAYS[unit.level])) * 24
    if unit.level == "pacu":
        hours = float(rng.uniform(0.5, 2.5))
        slugs = {plan.level: plan.slug for plan in site.units}
        target = slugs[PACU_MIX[0][0] if rng.random() < PACU_MIX[0][1] else PACU_MIX[1][0]]
    specialties = unit.specialties or ("general", "orthopaedics")
    boards = unit.level == "ed" and target is not None
    return {
        "id": id,
        "patient_id": str(FIRST_NUMBER + int(rng.integers(COUNT))),
        "site_id": site.id,
        "unit_id": bed["unit_id"],
        "bed_id": bed["id"],
        "service_id": specialties[int(rng.integers(len(specialties)))] if not boards else "medicine",
        "level": next(plan.level for plan in site.units if plan.slug == target) if boards else unit.level,
        "isolation": bool(bed["isolation_capable"] and rng.random() < 0.3),
        "equipment": _equipment(id, target if boards else unit.slug, site),
        "state": "boarding" if boards else "in_bed",
        "admitted_at": frame.now - timedelta(minutes=int(days * 1440) + 40),
        "target_unit_id": f"{site.id}-{target}" if target else None,
        "expected_discharge_at": frame.now + timedelta(minutes=int(hours * 60)),
        "discharge_probability": round(float(rng.uniform(0.6, 0.95) if leaves_today else rng.uniform(0.02, 0.2)), 2),
    }


def _equipment(id: str, slug: str | None, site: SitePlan) -> tuple[str, ...]:
    """What the patient's bed must have: a monitor where the wished-for unit is one of monitors, some a wide bed."""
    level = next((plan.level for plan in site.units if plan.slug == slug), "")
    monitored = ("telemetry",) if level in ("telemetry", "step_down", "icu") else ()
    return (*monitored, "bariatric") if int(id[-6:]) % 29 == 0 else monitored


def _past_stays(
    frame: Frame, world: World, rng: np.random.Generator, site: SitePlan, unit: UnitPlan, ids: _Counter
) -> None:
    if unit.level in ("pacu", "ed"):
        return
    count = int(unit.staffed * OCCUPIED[unit.level] / STAY_DAYS[unit.level] * KEPT_DAYS)
    ended = minutes_now(frame) - rng.integers(60, KEPT_DAYS * 1440, count)
    admitted = ended - (rng.exponential(STAY_DAYS[unit.level], count) * 1440).astype(np.int64) - 120
    who = rng.integers(0, COUNT, count).tolist()
    what = rng.integers(0, len(unit.specialties), count).tolist()
    world.extend(
        Encounter,
        (
            {
                "id": ids.id(), "patient_id": str(FIRST_NUMBER + patient), "site_id": site.id,
                "unit_id": f"{site.id}-{unit.slug}", "bed_id": None, "service_id": unit.specialties[service],
                "level": unit.level, "isolation": False, "state": "discharged", "admitted_at": begin,
                "target_unit_id": None, "expected_discharge_at": end, "discharge_probability": 1.0,
                "discharged_at": end,
            }
            for patient, service, begin, end in zip(who, what, moments(admitted), moments(ended), strict=True)
        ),
    )  # fmt: skip
