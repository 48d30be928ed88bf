"""Patients who leave, beds that are cleaned, and patients who come, at the rate that keeps units as full as usual."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from random import Random

from hospital.model.people import Encounter, Patient
from hospital.model.places import Bed, Unit
from hospital.ports import In, Range, UnitOfWork
from middleware.sandbox.marks import changed_places

CLEANING = timedelta(minutes=75)
"""From a patient leaving to the bed being ready."""


def move_patients(work: UnitOfWork, since: datetime, now: datetime) -> None:
    """Let the patients move who would have moved between `since` and `now`."""
    units = work.find(Unit, order="id")
    held = changed_places(work, "bed")
    _leave(work, units, held, now)
    _clean(work, held, now)
    beds: dict[str, list[Bed]] = defaultdict(list)
    for bed in work.find(Bed, status="available", staffed=True, order="id"):
        beds[bed.unit_id].append(bed)
    _place(work, units, beds, now)
    if now > since:
        _arrive(work, units, beds, since, now)


def _leave(work: UnitOfWork, units: list[Unit], held: frozenset[str], now: datetime) -> None:
    gone = work.find(
        Encounter,
        unit_id=In([unit.id for unit in units]),
        state="in_bed",
        expected_discharge_at=Range(before=now),
    )
    work.put(*(stay.changed(state="discharged", discharged_at=stay.expected_discharge_at) for stay in gone))
    left = {stay.bed_id: stay.expected_discharge_at for stay in gone if stay.bed_id and stay.bed_id not in held}
    emptied = work.find(Bed, id=In(tuple(left)), status="occupied")
    work.put(*(bed.changed(status="dirty", status_by="feed", status_at=left[bed.id]) for bed in emptied))


def _clean(work: UnitOfWork, held: frozenset[str], now: datetime) -> None:
    ready = now - CLEANING
    waiting = work.find(Bed, status=In(("dirty", "cleaning")), status_by="feed", status_at=Range(before=ready))
    cleaned = [bed for bed in waiting if bed.id not in held]
    work.put(*(bed.changed(status="available", status_at=now) for bed in cleaned))


def _place(work: UnitOfWork, units: list[Unit], beds: dict[str, list[Bed]], now: datetime) -> None:
    """Boarding patients, longest first, get a bed in the unit they wait for, as long as it keeps one free."""
    boarding = work.find(Encounter, unit_id=In([unit.id for unit in units]), state="boarding", order="admitted_at")
    for stay in boarding:
        free = beds[stay.target_unit_id] if stay.target_unit_id else []
        fitting = [bed for bed in free if bed.isolation_capable or not stay.isolation]
        if len(free) < 2 or not fitting:
            continue
        bed = fitting[0]
        free.remove(bed)
        if stay.bed_id and (old := work.get(Bed, stay.bed_id)) is not None and old.status == "occupied":
            work.put(old.changed(status="dirty", status_by="feed", status_at=now))
        work.put(stay.changed(state="in_bed", unit_id=bed.unit_id, bed_id=bed.id, target_unit_id=None))
        work.put(bed.changed(status="occupied", status_by="feed", status_at=now))


def _arrive(work: UnitOfWork, units: list[Unit], beds: dict[str, list[Bed]], since: datetime, now: datetime) -> None:
    from middleware.sandbox.world.beds import OCCUPIED, STAY_DAYS  # brings numpy along

    there = work.values(Encounter, ("unit_id", "patient_id"), state=In(("in_bed", "boarding")))
    census = Counter(unit for unit, _ in there)
    chance = Random(f"{since.isoformat()} {now.isoformat()}")
    hours = (now - since).total_seconds() / 3600
    wanted: list[tuple[Unit, Bed]] = []
    for unit in units:
        if unit.level not in STAY_DAYS:
            continue
        usual = unit.staffed_beds * OCCUPIED[unit.level]
        room = min(len(beds[unit.id]) - 1, round(usual + 1) - census[unit.id])
        coming = min(room, _poisson(chance, usual / STAY_DAYS[unit.level] / 24 * hours))
        wanted.extend((unit, bed) for bed in beds[unit.id][: max(0, coming)])
    if not wanted:
        return
    absent = sorted({id for (id,) in work.values(Patient, ("id",))} - {patient for _, patient in there})
    for (unit, bed), patient in zip(wanted, chance.sample(absent, min(len(wanted), len(absent))), strict=False):
        came = now - timedelta(minutes=chance.uniform(0, min(hours, 24) * 60))
        stays = timedelta(days=max(0.03, chance.expovariate(1 / STAY_DAYS[unit.level])))
        work.put(
            Encounter(
                id=f"ENC-{now:%y%m%d%H%M%S}-{bed.id}",
                patient_id=patient,
                site_id=unit.site_id,
                unit_id=unit.id,
                bed_id=bed.id,
                service_id=chance.choice(unit.specialties) if unit.specialties else "medicine",
                level=unit.level,
                admitted_at=came,
                expected_discharge_at=now + stays,
                discharge_probability=0.9 if stays < timedelta(hours=12) else 0.1,
            ),
            bed.changed(status="occupied", status_by="feed", status_at=came),
        )


def _poisson(chance: Random, mean: float) -> int:
    """How many arrivals there are when `mean` are to be expected, by the gaps between them."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + chance.expovariate(1.0)
    return count
