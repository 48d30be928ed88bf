"""Bed state: staffed and physical beds, what is in the way of each, who waits, who probably leaves today."""

from hospital.cards import TableCard
from hospital.model.history import Feed
from hospital.model.people import Encounter
from hospital.model.places import Bed, Site, Unit
from hospital.ports import In
from tools.bed_state import UnitBeds, by_level, held_beds, read_beds, use_of
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_unit
from tools.sites_asked import find_sites, is_everywhere, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, plural, say_clock, say_level, say_moment

COUNTS = (
    "staffed",
    "physical",
    "occupied",
    "available",
    "reserved",
    "dirty",
    "cleaning",
    "blocked",
    "closed",
    "waiting",
    "expected_discharges",
)


def answer_beds(args: QueryCapacity, box: Toolbox) -> Answer:
    """Beds by unit at one site or all, or one bed."""
    if args.bed is not None:
        return _one_bed(args, args.bed, box)
    own = args.site is None and args.level is None and box.context.actor.home.unit_id is not None
    unit = find_unit(box, args.unit, None if is_everywhere(args.site) else args.site) if args.unit or own else None
    sites = [box.local(unit.site_id)] if unit else find_sites(box, args.site)
    states: list[tuple[Site, list[UnitBeds]]] = []
    for site in sites:
        units = [unit] if unit else box.world.find(Unit, site_id=site.id, order="name")
        if args.level is not None:
            units = [one for one in units if one.level == args.level]
        if units:
            states.append((site, read_beds(box, site, units)))
    level = say_level(args.level) + " " if args.level else ""
    said = unit.name + ", " + sites[0].name if unit else say_sites(sites, args.site)
    if not states:
        raise Problem(
            "unknown", f"{said} has no {level}unit; ask for another level of care or site.", argument="level"
        )
    everything = [beds for _, units in states for beds in units]
    total = _sum(everything)
    boarders = by_level(everything)
    as_of = _as_of(box, sites[0])
    headline = (
        f"{said}: {plural(int(total['available']), f'{level}bed')} available of {total['staffed']} staffed "
        f"({total['physical']} physical); {total['occupied']} occupied, {total['reserved']} reserved, "
        f"{total['dirty']} dirty, {total['cleaning']} being cleaned, {total['blocked']} blocked, "
        f"{total['closed']} closed for lack of staff. {_say_boarders(boarders)} "
        f"{total['expected_discharges']:g} discharges are predicted for the rest of today "
        f"(sum of the probabilities of {total['possible_discharges']} patients; a physician decides).{as_of}"
    )
    if len(states) > 1:
        each = [f"{site.name} {_sum(units)['available']} of {_sum(units)['staffed']}" for site, units in states]
        headline += f" Available of staffed: {listed(each, 12)}."
    elif len(everything) > 1:
        each = [f"{one.unit.name} {_sum([one])['available']} of {_sum([one])['staffed']}" for one in everything]
        headline += f" Available of staffed: {listed(each, 12)}."
    return Answer(
        headline=headline,
        facts={
            "about": said,
            "total": total,
            "boarders_by_level": boarders,
            "boarders": sum(boarders.values()),
            "as_of": as_of,
            "level": args.level,
            "sites": [
                {
                    "site": site.name,
                    "zone": site.timezone,
                    **_sum(units),
                    "boarders_by_level": by_level(units),
                    "units": [{"unit": one.unit.name, "level": one.unit.level, **_sum([one])} for one in units],
                }
                for site, units in states
            ],
        },
        cards=_tables(states, as_of),
    )


def _sum(units: list[UnitBeds]) -> dict[str, int | float]:
    total: dict[str, int | float] = {name: sum(getattr(one, name) for one in units) for name in COUNTS}
    total["expected_discharges"] = round(sum(p for one in units for p in one.discharges), 1)
    total["possible_discharges"] = sum(len(one.discharges) for one in units)
    total["boarding"] = sum(sum(one.boarding.values()) for one in units)
    return total


def _say_boarders(boarders: dict[str, int]) -> str:
    if not boarders:
        return "Nobody is boarding."
    total = sum(boarders.values())
    split = listed([f"{count} for {say_level(level)}" for level, count in boarders.items()], 10)
    return f"{plural(total, 'boarder waits', 'boarders wait')} for a bed: {split}."


def _as_of(box: Toolbox, site: Site) -> str:
    feed = box.world.get(Feed, "adt")
    return f" As of {say_moment(site, feed.last_event_at)} {site.timezone} (ADT)." if feed else ""


def _tables(states: list[tuple[Site, list[UnitBeds]]], as_of: str) -> tuple[TableCard, ...]:
    heads = tuple(name.replace("_", " ").capitalize() for name in COUNTS)
    per_site = TableCard(
        title="Beds by site",
        columns=("Site", *heads),
        rows=tuple((site.name, *(_sum(units)[name] for name in COUNTS)) for site, units in states),
        note=as_of.strip(),
    )
    per_unit = TableCard(
        title="Beds by unit",
        columns=("Site", "Unit", "Level", *heads, "Boarding here"),
        rows=tuple(
            (
                site.name,
                one.unit.name,
                say_level(one.unit.level),
                *(getattr(one, name) for name in COUNTS),
                ", ".join(f"{count} {say_level(level)}" for level, count in sorted(one.boarding.items())),
            )
            for site, units in states
            for one in units
        ),
        note="Waiting: boarders whose target is the unit. Expected discharges: sum of probabilities." + as_of,
    )
    return (per_site, per_unit) if len(states) > 1 else (per_unit,)


def find_bed(box: Toolbox, said: str, site: str | None, unit: str | None = None) -> Bed:
    """The bed with this label, at a site and perhaps on a unit.

    Raises:
        Problem: when there is no such bed (with the nearest), or there are several.
    """
    sites = find_sites(box, site)
    label = said.casefold().removeprefix("bed").strip()
    every = box.world.find(Bed, site_id=In(tuple(one.id for one in sites)))
    found = [bed for bed in every if label in (bed.label.casefold(), bed.id.casefold())]
    if unit:
        ward = find_unit(box, unit, None if is_everywhere(site) else site)
        found = [bed for bed in found if bed.unit_id == ward.id]
    if not found:
        near = tuple(bed.label for bed in every if bed.label.casefold().startswith(label.split("-")[0] + "-"))[:5]
        raise Problem("unknown", f"There is no bed {said} at {say_sites(sites, site)}.", choices=near, argument="bed")
    if len(found) > 1:
        where = tuple(f"{bed.label}, {bed.unit_id}" for bed in found)
        raise Problem("missing", f"Which bed {said}?", choices=where, argument="unit")
    return found[0]


def _one_bed(args: QueryCapacity, said: str, box: Toolbox) -> Answer:
    bed = find_bed(box, said, args.site, args.unit)
    site, ward = box.local(bed.site_id), box.world.get(Unit, bed.unit_id)
    filled = {bed.id} if box.world.count(Encounter, bed_id=bed.id, state="in_bed") else set()
    use = use_of(bed.id, bed.staffed, bed.status, {str(id) for id in filled}, held_beds(box))
    words = {"clean": "available", "closed": "closed for lack of staff"}.get(use, use)
    place = f"{ward.name if ward else bed.unit_id}, {site.name}"
    since = f" since {say_moment(site, bed.status_at)}" if bed.status_at else ""
    how = " (reported)" if bed.status_by == "reported" else ""
    isolation = "isolation-capable" if bed.isolation_capable else "not isolation-capable"
    as_of = _as_of(box, site)
    facts = {
        "bed": bed.label,
        "bed_id": bed.id,
        "unit": ward.name if ward else bed.unit_id,
        "site": site.name,
        "state": words,
        "level": bed.level,
        "staffed": bed.staffed,
        "isolation_capable": bed.isolation_capable,
        "features": list(bed.features),
        "since": since.strip(),
        "as_of": as_of.strip(),
        "zone": say_clock(site),
    }
    return Answer(
        headline=f"Bed {bed.label} ({place}) is {words}{how}{since}: {say_level(bed.level)}, "
        f"{'staffed' if bed.staffed else 'not staffed'}, {isolation}.{as_of}",
        facts=facts,
        cards=(
            TableCard(
                title=f"Bed {bed.label}",
                columns=("Fact", "Value"),
                rows=tuple((name, str(value)) for name, value in facts.items()),
            ),
        ),
    )
