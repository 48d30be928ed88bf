"""Vendor sets on their way for a case, and whether they come in time to be processed."""

from typing import Any

from hospital.cards import TableCard
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.model.supply import Loaner
from hospital.planning.intervals import Interval
from hospital.ports import In
from tools.directory import find_case, find_clinician, find_item
from tools.inventory_arguments import QueryInventory, asked_sites, asked_window
from tools.tool import Answer, Toolbox
from tools.windows import plural, reference_site, say_moment, say_span


def read_loaners(
    box: Toolbox, sites: dict[str, Site], window: Interval, surgeon: Clinician | None = None
) -> list[dict[str, Any]]:
    """Loaner sets of the planned cases (of a surgeon) that start in the window, the earliest required first."""
    loaners = [loaner for loaner in box.world.find(Loaner, order="required_by") if loaner.site_id in sites]
    cases = {c.id: c for c in box.world.find(SurgicalCase, id=In(tuple({loaner.case_id for loaner in loaners})))}
    rows = []
    for loaner in loaners:
        case = cases.get(loaner.case_id)
        if case is None or case.start is None or case.state != "scheduled":
            continue
        if surgeon is not None and case.surgeon_id != surgeon.id:
            continue
        if not window.start <= case.start < window.end:
            continue
        site = sites[loaner.site_id]
        comes = loaner.arrived_at or loaner.expected_at
        late = comes > loaner.required_by or (loaner.arrived_at is None and loaner.required_by < box.now)
        hours = max(0, round((comes - loaner.required_by).total_seconds() / 3600))
        arrival = "arrived" if loaner.arrived_at else "expected"
        papers = "instructions for use on hand" if loaner.ifu_present else "instructions for use missing"
        rows.append(
            {
                "item": loaner.item_id,
                "case": loaner.case_id,
                "site": site.name,
                "start": say_moment(site, case.start),
                "arrival": f"{arrival} {say_moment(site, comes)}",
                "required_by": say_moment(site, loaner.required_by),
                "late": late,
                "hours_late": hours if late else 0,
                "instructions": papers,
                "zone": site.timezone,
                "said": (
                    f"loaner {loaner.item_id} for {loaner.case_id} ({say_moment(site, case.start)}, {site.name}) is "
                    f"{arrival} {say_moment(site, comes)}, required by {say_moment(site, loaner.required_by)}"
                    + (f", {hours} h late" if late else ", in time")
                    + f", {papers}"
                ),
            }
        )
    return rows


def loaner_table(rows: list[dict[str, Any]]) -> TableCard:
    """The same as a table."""
    shown = ("item", "case", "site", "start", "arrival", "required_by", "late", "hours_late", "instructions")
    return TableCard(
        title="Loaner sets",
        columns=("Set", "Case", "Site", "Case starts", "Arrival", "Required by", "Late", "Hours late", "Papers"),
        rows=tuple(tuple(row[name] for name in shown) for row in rows),
    )


def answer_loaners(args: QueryInventory, box: Toolbox) -> Answer:
    case = find_case(box, args.case) if args.case else None
    surgeon = find_clinician(box, args.surgeon) if args.surgeon else None
    sites, said = asked_sites(args, box, case)
    clock = reference_site(box, sites, args.start)
    window = asked_window(args, box, clock, case)
    item = find_item(box, args.item) if args.item else None
    rows = [
        row
        for row in read_loaners(box, {str(site.id): site for site in sites}, window, surgeon)
        if (item is None or row["item"] == item.id) and (case is None or row["case"] == case.id)
    ]
    late = [row for row in rows if row["late"]]
    said = f"{surgeon.name}, {said}" if surgeon else said
    when = f"{say_span(clock, window.start, window.end)} ({clock.timezone})"
    if late:
        headline = f"{said}, {when}: {len(late)} of {plural(len(rows), 'loaner')} late: " + "; ".join(
            str(row["said"]) for row in late
        )
    elif rows:
        headline = f"{said}, {when}: {plural(len(rows), 'loaner')}, none late: " + "; ".join(
            str(row["said"]) for row in rows[:3]
        )
    else:
        headline = f"{said}, {when}: no loaner set is planned. Try a longer window or another site"
    return Answer(
        headline=f"{headline}.",
        facts={"about": said, "window": when, "loaners": rows, "count": len(rows), "late": len(late)},
        cards=(loaner_table(rows),) if rows else (),
    )
