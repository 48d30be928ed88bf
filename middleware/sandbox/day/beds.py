"""Beds: patients leave, beds are cleaned, patients arrive, and those who board move up."""

from collections import defaultdict
from datetime import datetime, timedelta

from hospital.ids import BedId
from hospital.model.people import Encounter
from hospital.model.places import Bed
from hospital.ports import Not
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.marks import changed_places
from middleware.sandbox.world.beds import OCCUPIED, STAY_DAYS
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER
from middleware.sandbox.world.places import SITES, SitePlan, UnitPlan

CLEANED_AFTER = timedelta(minutes=70)
ABOVE_USUAL = 0.06
"""A unit fuller than usual by more than this share of its staffed beds is sent nobody new."""
ARRIVAL_FACTOR = 1.15
"""Makes up for beds that are being cleaned and patients who had to go elsewhere."""
BLOCKED_FOR = timedelta(hours=24)
MOST_BOARDERS = 3
"""Per site; more than these go to other hospitals."""
MOVES_UP = 0.4
"""The chance in an hour that a boarder gets a bed that is free."""


class _House:
    """All stays and beds, changed in memory and written at the end."""

    def __init__(self, passing: Passing) -> None:
        self.passing = passing
        self.beds = {bed.id: bed for bed in passing.work.find(Bed)}
        self.stays = {stay.id: stay for stay in passing.work.find(Encounter, state=Not("discharged"))}
        self.by_unit: dict[str, list[Bed]] = defaultdict(list)
        for bed in self.beds.values():
            self.by_unit[bed.unit_id].append(bed)
        self.kept = changed_places(passing.work, "bed")
        self.changed: dict[str, Bed | Encounter] = {}

    def set_bed(self, id: BedId, status: str, at: datetime) -> None:
        bed = self.beds[id]
        if bed.status_by == "feed" and bed.id not in self.kept:
            self.beds[bed.id] = bed.changed(status=status, status_at=at)
            self.changed[bed.id] = self.beds[bed.id]

    def set_stay(self, stay: Encounter) -> None:
        self.stays[stay.id] = stay
        self.changed[stay.id] = stay

    def boarders(self, site_id: str) -> int:
        """Patients of a site who wait for a bed elsewhere."""
        return sum(1 for stay in self.stays.values() if stay.state == "boarding" and stay.site_id == site_id)

    def free_bed(self, unit_id: str) -> Bed | None:
        """A bed that can take a patient now."""
        for bed in self.by_unit[unit_id]:
            current = self.beds[bed.id]
            if current.status == "available" and current.staffed:
                return current
        return None


def run_beds(passing: Passing) -> None:
    """Hour by hour: discharges, cleaning, transfers of boarders, arrivals."""
    house = _House(passing)
    for hour in (*passing.hours(), passing.now):
        _discharge(house, hour)
        _clean(house, hour)
        if hour != passing.now:
            _move_up(house, hour)
            for site in SITES:
                for unit in site.units:
                    _arrive(house, site, unit, hour)
    passing.work.put(*house.changed.values())


def _discharge(house: _House, at: datetime) -> None:
    for stay in list(house.stays.values()):
        if stay.state == "in_bed" and stay.expected_discharge_at is not None and stay.expected_discharge_at <= at:
            house.set_stay(stay.changed(state="discharged", discharged_at=stay.expected_discharge_at))
            if stay.bed_id is not None:
                house.set_bed(stay.bed_id, "dirty", stay.expected_discharge_at)


def _clean(house: _House, at: datetime) -> None:
    for bed in list(house.beds.values()):
        if bed.status in ("dirty", "cleaning") and bed.status_at is not None and bed.status_at + CLEANED_AFTER <= at:
            house.set_bed(bed.id, "available", bed.status_at + CLEANED_AFTER)
        elif bed.status == "blocked" and bed.status_at is not None and bed.status_at + BLOCKED_FOR <= at:
            house.set_bed(bed.id, "available", bed.status_at + BLOCKED_FOR)


def _move_up(house: _House, at: datetime) -> None:
    for stay in list(house.stays.values()):
        if stay.state != "boarding" or stay.target_unit_id is None:
            continue
        bed = house.free_bed(stay.target_unit_id)
        if bed is not None and house.passing.luck(stay.id, at.isoformat()) < MOVES_UP:
            if stay.bed_id is not None:
                house.set_bed(stay.bed_id, "dirty", at)
            leaves = at + timedelta(days=STAY_DAYS[bed.level] * (0.3 + 1.4 * house.passing.luck(stay.id, "stay")))
            house.set_bed(bed.id, "occupied", at)
            house.set_stay(
                stay.changed(
                    state="in_bed", unit_id=bed.unit_id, bed_id=bed.id, target_unit_id=None,
                    expected_discharge_at=leaves, level=bed.level,
                )
            )  # fmt: skip


def _arrive(house: _House, site: SitePlan, unit: UnitPlan, at: datetime) -> None:
    unit_id = f"{site.id}-{unit.slug}"
    an_hour = unit.staffed * OCCUPIED[unit.level] / STAY_DAYS[unit.level] / 24 * ARRIVAL_FACTOR
    for number in range(int(house.passing.rng("arrivals", unit_id, at.isoformat()).poisson(an_hour))):
        here = sum(1 for s in house.stays.values() if s.unit_id == unit_id and s.state != "discharged")
        bed = house.free_bed(unit_id)
        full = bed is None or here >= unit.staffed * (OCCUPIED[unit.level] + ABOVE_USUAL)
        boards = full and unit.level != "ed"
        if full:
            bed = house.free_bed(f"{site.id}-ed") if boards and house.boarders(site.id) < MOST_BOARDERS else None
        if bed is None:
            return
        about = (unit_id, at.isoformat(), number)
        leaves = at + timedelta(days=STAY_DAYS[unit.level] * (0.3 + 1.4 * house.passing.luck(*about, "stay")))
        specialties = unit.specialties or ("general",)
        house.set_bed(bed.id, "occupied", at)
        house.set_stay(
            Encounter.model_validate(
                {
                    "id": f"ENC-{unit_id}-{at:%y%m%d%H}-{number}",
                    "patient_id": str(FIRST_NUMBER + int(COUNT * house.passing.luck(*about, "who"))),
                    "site_id": site.id,
                    "unit_id": bed.unit_id,
                    "bed_id": bed.id,
                    "state": "boarding" if boards else "in_bed",
                    "target_unit_id": unit_id if boards else None,
                    "service_id": specialties[int(len(specialties) * house.passing.luck(*about, "service"))],
                    "level": unit.level,
                    "admitted_at": at,
                    "expected_discharge_at": leaves,
                    "discharge_probability": 0.2,
                }
            )
        )
