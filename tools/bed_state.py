"""The beds of a site by unit, counted from beds, stays and holds."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from hospital.model.bookings import Hold
from hospital.model.people import Encounter
from hospital.model.places import Bed, Site, Unit
from hospital.ports import In, Range
from tools.tool import Toolbox
from tools.windows import local_day, today_at


@dataclass
class UnitBeds:
    """One unit now. Beds are counted once: occupied, reserved, closed, blocked, dirty, cleaning or available."""

    unit: Unit
    physical: int = 0
    occupied: int = 0
    reserved: int = 0
    closed: int = 0
    """Physically there, without staff."""
    blocked: int = 0
    dirty: int = 0
    cleaning: int = 0
    clean: int = 0
    patients: int = 0
    """In the unit, with or without a bed of their own."""
    waiting: int = 0
    """Boarders whose target is this unit."""
    boarding: Counter[str] = field(default_factory=Counter)
    """Boarders who wait in this unit, by the level of care they need."""
    discharges: list[float] = field(default_factory=list)
    """Probability of each discharge expected in the rest of today."""

    @property
    def staffed(self) -> int:
        """Beds that can be used today."""
        return self.unit.staffed_beds

    @property
    def available(self) -> int:
        """Clean, open, empty and not promised, and there is a nurse for it."""
        return max(0, min(self.clean, self.staffed - self.patients - self.reserved))

    @property
    def expected_discharges(self) -> float:
        """Sum of the probabilities: how many leave today on average."""
        return round(sum(self.discharges), 1)


def inpatient_units(box: Toolbox, site: Site) -> list[Unit]:
    """The units of a site where patients stay: all but emergency and recovery."""
    return [one for one in box.world.find(Unit, site_id=site.id, order="name") if one.level not in ("ed", "pacu")]


def read_beds(box: Toolbox, site: Site, units: list[Unit]) -> list[UnitBeds]:
    """Count the beds of these units of one site."""
    counts = {str(unit.id): UnitBeds(unit) for unit in units}
    stays = box.world.values(
        Encounter,
        ("unit_id", "bed_id", "state", "target_unit_id", "level", "expected_discharge_at", "discharge_probability"),
        site_id=site.id,
        state=In(("in_bed", "boarding")),
    )
    filled = {bed for _, bed, *_ in stays if bed is not None}
    midnight = local_day(site, today_at(box, site)).end
    for unit_id, _, state, target, level, expected, probability in stays:
        if (here := counts.get(unit_id)) is not None:
            if state == "boarding":
                here.boarding[level] += 1
            else:
                here.patients += 1
                if expected is not None and box.now <= expected < midnight and probability > 0:
                    here.discharges.append(probability)
        if state == "boarding" and (wanted := counts.get(target)) is not None:
            wanted.waiting += 1
    held = held_beds(box)
    for bed_id, unit_id, staffed, status in box.world.values(
        Bed, ("id", "unit_id", "staffed", "status"), site_id=site.id
    ):
        if (here := counts.get(unit_id)) is not None:
            here.physical += 1
            _count(here, use_of(bed_id, staffed, status, filled, held))
    return list(counts.values())


def use_of(bed_id: str, staffed: bool, status: str, filled: set[str], held: frozenset[str]) -> str:
    """The one thing a bed is counted as."""
    if bed_id in filled:
        return "occupied"
    if not staffed or status == "closed":
        return "closed"
    if status in ("blocked", "dirty", "cleaning"):
        return status
    if bed_id in held:
        return "reserved"
    return "occupied" if status == "occupied" else "clean"


def held_beds(box: Toolbox) -> frozenset[str]:
    """Beds that somebody holds now."""
    holds: list[tuple[str, datetime]] = box.world.values(
        Hold, ("resource", "start"), state="held", expires_at=Range(at_least=box.now)
    )
    return frozenset(name.removeprefix("bed:") for name, _ in holds if name.startswith("bed:"))


def _count(unit: UnitBeds, use: str) -> None:
    setattr(unit, use, getattr(unit, use) + 1)


def by_level(beds: list[UnitBeds]) -> dict[str, int]:
    """Boarders by the level of care they wait for."""
    found: dict[str, int] = defaultdict(int)
    for unit in beds:
        for level, count in unit.boarding.items():
            found[level] += count
    return dict(sorted(found.items()))
