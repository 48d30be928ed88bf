"""Putting one patient into one bed: level of care, isolation, equipment and staffed places hold."""

from pydantic import Field

from hospital.changes.beds import HERE, AssignBed, places_left, waiting_patient
from hospital.ids import BedId, UnitId
from hospital.model.people import Encounter
from hospital.model.places import Bed, LevelOfCare, Site
from hospital.planning.bed_limits import BedSpot, WaitingPatient
from hospital.planning.beds import BedProblem, plan_beds
from policies.plans import Effect
from tools.bed_state import inpatient_units
from tools.capacity_beds import find_bed
from tools.directory import find_patient, find_unit
from tools.sites_asked import find_sites
from tools.tool import Arguments, Draft, Problem, Toolbox, tool
from tools.waiting_for_beds import read_ratios, read_spots, read_waiting, say_place, say_wait
from tools.windows import listed, say_level


class AssignBedArguments(Arguments):
    bed: str | None = Field(default=None, description="The bed's label, e.g. 4-212")
    unit: str | None = Field(default=None, description="Any fitting bed of this unit")
    patient: str | None = Field(
        default=None,
        description="The patient's record number or stay (ENC-...); unstated: who waited longest and fits",
    )
    level: LevelOfCare | None = Field(default=None, description="Only for a patient of this level of care")
    site: str | None = None


@tool(AssignBedArguments, "write", sources=("adt",), reads=("capacity",))
async def assign_bed(args: AssignBedArguments, box: Toolbox) -> Draft:
    """Put a waiting patient into a bed. Isolation, another level or another specialty goes to the supervisor."""
    bed = find_bed(box, args.bed, args.site) if args.bed else None
    unit = find_unit(box, args.unit, args.site) if args.unit and bed is None else None
    site = box.local(bed.site_id if bed else unit.site_id if unit else find_sites(box, args.site)[0].id)
    spots = read_spots(box, site)
    wanted = [
        spot
        for spot in spots.values()
        if (bed is None or spot.id == bed.id) and (unit is None or spot.unit == unit.id)
    ]
    if not wanted:
        raise _nowhere(bed.label if bed else None, unit.name if unit else site.name)
    stay, patient, spot = _choose(args, box, site, wanted, bed)
    line = AssignBed(
        encounter_id=stay.id,
        bed_id=BedId(spot.id),
        unit_id=UnitId(spot.unit),
        site_id=site.id,
        at=box.now,
        requested_by=box.context.actor.id,
    )
    label = _label(box, spot)
    return Draft(
        title=f"Bed {label} at {site.name}",
        lines=(line,),
        effect=Effect(beds=1),
        headline=(
            f"The patient in {say_place(box, stay)} ({stay.id}, {say_level(patient.level)}, waiting "
            f"{say_wait(patient.waited)}) for bed {label}."
        ),
        facts={"stay": stay.id, "bed": label, "bed_id": spot.id, "level": patient.level, "waited": patient.waited},
    )


def _nowhere(bed: str | None, place: str) -> Problem:
    """Beds of emergency and recovery are nobody's to assign: patients only pass through."""
    if bed is not None:
        return Problem(
            "conflict", f"Bed {bed} is in no inpatient unit; name a bed where patients stay.", argument="bed"
        )
    return Problem("conflict", f"{place} has no beds where patients stay; name an inpatient unit.", argument="unit")


def _label(box: Toolbox, spot: BedSpot) -> str:
    bed = box.world.get(Bed, spot.id)
    return bed.label if bed else spot.id


def _choose(
    args: AssignBedArguments, box: Toolbox, site: Site, spots: list[BedSpot], bed: Bed | None
) -> tuple[Encounter, WaitingPatient, BedSpot]:
    """The patient asked for, or who waited longest and fits; and the bed that suits them best."""
    waiting = [_named(args.patient, box, site)] if args.patient else read_waiting(box, site)
    if args.level is not None:
        waiting = [pair for pair in waiting if pair[1].level == args.level]
    if not waiting:
        level = f"{say_level(args.level)} " if args.level else ""
        raise Problem("conflict", f"Nobody waits for a {level}bed at {site.name}.")
    units = {str(unit.id): unit for unit in inpatient_units(box, site)}
    places = {id: places_left(box.world, unit) for id, unit in units.items()}
    # Where one bed was named, the rules say no: nothing else is to be chosen.
    ratios = {} if bed is not None else read_ratios(box, list(units.values()))
    if bed is not None and (taken := spots[0].taken):
        raise Problem("conflict", f"Bed {bed.label} is {taken}, so nobody can be put there.", argument="bed")
    fitting = []
    for stay, patient in waiting:
        plan = plan_beds(BedProblem((patient,), tuple(spots), places, ratios))
        for one in plan.placements:
            fitting.append((len(one.beyond), stay, patient, next(spot for spot in spots if spot.id == one.bed)))
    if fitting:  # who needs no other human first; of those, who waited longest
        return min(fitting, key=lambda found: found[0])[1:]
    first = waiting[0][1]
    relax = plan_beds(BedProblem((first,), tuple(spots), places, ratios)).unplaced[0].relax
    said = listed([one.words for one in relax])
    who = f"the patient in {say_place(box, waiting[0][0])}" if args.patient else "those who wait"
    where = f"bed {bed.label}" if bed else f"{site.name}"
    raise Problem("conflict", f"Nothing at {where} fits {who}; {said}.")


def _named(said: str, box: Toolbox, site: Site) -> tuple[Encounter, WaitingPatient]:
    stay = box.world.get(Encounter, said.strip().upper())
    if stay is None:
        patient = find_patient(box, said)
        stays = box.world.find(Encounter, patient_id=patient.id, state=HERE)
        stay = next(iter(stays), None)
    if stay is None or stay.state == "discharged":
        raise Problem("unknown", f"{said} is in no hospital bed and waits for none.", argument="patient")
    if stay.site_id != site.id:
        raise Problem("conflict", f"{said} is at {box.local(stay.site_id).name}, not at {site.name}.")
    return stay, waiting_patient(box.world, stay, box.now)
