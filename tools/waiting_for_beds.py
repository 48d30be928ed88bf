"""Who waits for a bed at a site and which beds there are, as the planning of beds asks for it."""

from hospital.changes.beds import bed_spot, places_left, waiting_patient
from hospital.model.people import Encounter
from hospital.model.places import Bed, Site, Unit
from hospital.planning.bed_limits import BedSpot, WaitingPatient
from hospital.planning.beds import BedProblem
from hospital.planning.staffing import RatioRoom
from hospital.ports import In
from policies.ratios import ratio_now
from tools.bed_state import held_beds, inpatient_units, use_of
from tools.tool import Toolbox

TAKEN = {"clean": "", "closed": "closed for lack of staff", "reserved": "held for somebody"}
"""What the use of a bed (see `use_of`) means for who wants it; the other uses are said as they are."""


def read_waiting(box: Toolbox, site: Site) -> list[tuple[Encounter, WaitingPatient]]:
    """The patients of a site who wait for a bed, longest first."""
    stays = box.world.find(Encounter, site_id=site.id, state="boarding")
    found = [(stay, waiting_patient(box.world, stay, box.now)) for stay in stays]
    return sorted(found, key=lambda pair: (-pair[1].waited, pair[1].id))


def read_spots(box: Toolbox, site: Site, units: list[Unit] | None = None) -> dict[str, BedSpot]:
    """The beds of a site's inpatient units (or of these) by id, with why nobody can be put there."""
    of_unit = {str(unit.id): unit for unit in units or inpatient_units(box, site)}
    filled = {
        bed for (bed,) in box.world.values(Encounter, ("bed_id",), site_id=site.id, state=In(("in_bed", "boarding")))
    }
    held = held_beds(box)
    found: dict[str, BedSpot] = {}
    for bed in box.world.find(Bed, site_id=site.id, unit_id=In(tuple(of_unit)), order="id"):
        use = use_of(bed.id, bed.staffed, bed.status, filled, held)
        found[bed.id] = bed_spot(bed, of_unit[bed.unit_id], TAKEN.get(use, use))
    return found


def read_problem(box: Toolbox, site: Site) -> BedProblem:
    """Everybody who waits at the site, and every bed."""
    units = inpatient_units(box, site)
    return BedProblem(
        tuple(patient for _, patient in read_waiting(box, site)),
        tuple(read_spots(box, site, units).values()),
        {str(unit.id): places_left(box.world, unit) for unit in units},
        read_ratios(box, units),
    )


def read_ratios(box: Toolbox, units: list[Unit]) -> dict[str, RatioRoom]:
    """What the ratio pack of the site allows in each of these units; one about which it says nothing is left out."""
    found = {str(unit.id): ratio_now(box.world, box.policy.data, unit.id, box.now) for unit in units}
    return {unit: room for unit, room in found.items() if room is not None}


def say_wait(minutes: int) -> str:
    """`3 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def say_place(box: Toolbox, stay: Encounter) -> str:
    """Where a patient lies now: `ED-4` - never who it is."""
    bed = box.world.get(Bed, stay.bed_id) if stay.bed_id else None
    return bed.label if bed else stay.unit_id
