"""Who of those who wait goes into which bed of a site: each placement is a draft of its own."""

from hospital.cards import TableCard
from hospital.changes.beds import AssignBed
from hospital.ids import BedId, UnitId
from hospital.model.people import Encounter
from hospital.model.places import Bed, Site, Unit
from hospital.planning.beds import BedPlan, Placement, plan_beds
from policies.plans import ConstraintReport, Effect
from tools.allocation_arguments import ProposeAllocation
from tools.sites_asked import find_sites
from tools.tool import Draft, Options, Toolbox
from tools.waiting_for_beds import read_problem, read_waiting, say_place, say_wait
from tools.windows import plural, say_level

BEYOND = {
    "isolation": "isolation",
    "other_level": "another level of care",
    "other_specialty": "another specialty",
}


async def propose_beds(args: ProposeAllocation, box: Toolbox) -> Options:
    """A bed for everybody who waits at the site, as far as there is one; why not for the others."""
    site = find_sites(box, args.site)[0]
    waiting = {stay.id: (stay, patient) for stay, patient in read_waiting(box, site)}
    plan = plan_beds(read_problem(box, site))
    if plan.status == "empty":
        return Options(
            headline=f"Nobody waits for a bed at {site.name}.", drafts=(), facts={"waiting": 0, "status": plan.status}
        )
    rows = [_row(box, waiting[one.patient][0], waiting[one.patient][1].waited, one) for one in plan.placements]
    why_not = [
        (say_place(box, waiting[one.patient][0]), one.patient, relax.words)
        for one in plan.unplaced
        for relax in one.relax[:1]
    ]
    missing = (
        f" {plural(len(plan.unplaced), 'patient has', 'patients have')} no bed; {why_not[0][2]}." if why_not else ""
    )
    return Options(
        headline=(
            f"{site.name}: {len(plan.placements)} of {plural(len(waiting), 'waiting patient')} can be given a bed "
            f"now, longest waiting first.{missing} Nothing is assigned yet."
        ),
        drafts=tuple(_draft(box, site, one, plan) for one in plan.placements),
        facts={
            "waiting": len(waiting),
            "placed": len(plan.placements),
            "status": plan.status if plan.placements else "infeasible",
            "relax": [words for _, _, words in why_not],
            "rows": rows,
            "why_not": why_not,
        },
        cards=(
            TableCard(
                title=f"Beds at {site.name} for those who wait",
                columns=("From", "Stay", "Waits", "Needs", "Bed", "Unit", "For the supervisor because of"),
                rows=tuple(rows),
            ),
            *(
                (TableCard(title="No bed yet", columns=("From", "Stay", "Why not"), rows=tuple(why_not)),)
                if why_not
                else ()
            ),
        ),
    )


def _row(box: Toolbox, stay: Encounter, waited: int, one: Placement) -> tuple[str, ...]:
    bed = box.world.get(Bed, one.bed)
    unit = box.world.get(Unit, bed.unit_id) if bed else None
    return (
        say_place(box, stay),
        stay.id,
        say_wait(waited),
        ", ".join([say_level(stay.level), *(["isolation"] if stay.isolation else []), *stay.equipment]),
        bed.label if bed else one.bed,
        unit.name if unit else "",
        ", ".join(BEYOND[reason] for reason in one.beyond),
    )


def _draft(box: Toolbox, site: Site, one: Placement, plan: BedPlan) -> Draft:
    bed = box.world.get(Bed, one.bed)
    label, unit = (bed.label, bed.unit_id) if bed else (one.bed, "")
    line = AssignBed(
        encounter_id=one.patient,
        bed_id=BedId(one.bed),
        unit_id=UnitId(unit),
        site_id=site.id,
        at=box.now,
        requested_by=box.context.actor.id,
    )
    return Draft(
        title=f"Bed {label} at {site.name}",
        lines=(line,),
        effect=Effect(beds=1),
        report=ConstraintReport(
            binding=tuple(f"last place with a nurse of {unit}" for unit in plan.binding),
            why_not=tuple(f"{other.patient}: {relax.words}" for other in plan.unplaced for relax in other.relax[:1]),
        ),
    )
