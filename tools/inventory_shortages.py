"""Planned cases that lack an implant or set, with whether an order now would still help."""

from typing import Any

from hospital.cards import TableCard
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.money import format_money
from tools.directory import find_case, find_clinician, find_item
from tools.implant_needs import Need, read_needs
from tools.inventory_arguments import QueryInventory, asked_sites, asked_window, read_coming
from tools.inventory_loaners import loaner_table, read_loaners
from tools.tool import Answer, Toolbox
from tools.windows import listed, plural, reference_site, say_moment, say_span


def answer_shortages(args: QueryInventory, box: Toolbox) -> Answer:
    case = find_case(box, args.case) if args.case else None
    item = find_item(box, args.item) if args.item else None
    surgeon = find_clinician(box, args.surgeon) if args.surgeon else None
    sites, said = asked_sites(args, box, case)
    clock = reference_site(box, sites, args.start)
    window = asked_window(args, box, clock, case)
    by_id: dict[str, Site] = {str(site.id): site for site in sites}
    needs = [
        need
        for need in read_needs(box, by_id, window.end)
        if need.start >= window.start
        and (item is None or need.item.id == item.id)
        and (case is None or need.case_id == case.id)
        and (surgeon is None or need.surgeon_id == surgeon.id)
    ]
    short = [need for need in needs if need.short > 0]
    late = [
        row
        for row in read_loaners(box, by_id, window, surgeon)
        if row["late"] and (case is None or row["case"] == case.id)
    ]
    when = f"{say_span(clock, window.start, window.end)} ({clock.timezone})"
    cases = len({need.case_id for need in needs})
    said = f"{surgeon.name}, {said}" if surgeon else said
    about = f" planned with {item.id}" if item else ""
    rows = [_short_row(box, by_id[need.site_id], need) for need in short]
    coming = read_coming(box, {str(need.item.id) for need in short})
    if rows:
        lacking = len({need.case_id for need in short})
        headline = (
            f"{said}, {when}: {plural(lacking, 'case lacks', 'cases lack')} an implant or set: "
            f"{'; '.join(str(row['said']) for row in rows)}."
        )
    elif needs:
        headline = (
            f"{said}, {when}: no case lacks an implant or set; {plural(cases, 'planned case')}{about} looked at."
        )
    else:
        headline = f"{said}, {when}: no planned case{about} needs an item. Try a longer window or another site."
    if coming:
        headline += f" On its way or waiting in the ERP: {listed([str(one['said']) for one in coming])}."
    if late:
        headline += f" Late, not lacking: {'; '.join(str(row['said']) for row in late)}."
    return Answer(
        headline=headline,
        facts={
            "sites": [site.name for site in sites],
            "about": said,
            "window": when,
            "cases_looked_at": cases,
            "cases_lacking": len({need.case_id for need in short}),
            "shortages": rows,
            "requisitions": coming,
            "late_loaners": late,
        },
        cards=_short_tables(rows, late),
    )


def _short_row(box: Toolbox, site: Site, need: Need) -> dict[str, Any]:
    surgeon = box.world.get(Clinician, need.surgeon_id) if need.surgeon_id else None
    order = need.in_time(box.now)
    verdict = "an order now would be in time" if order else "an order now would come too late"
    arrives = say_moment(site, need.arrives(box.now))
    return {
        "case": need.case_id,
        "site": site.name,
        "surgeon": surgeon.name if surgeon else "",
        "start": say_moment(site, need.start),
        "item": need.item.id,
        "item_name": need.item.name,
        "needed": need.quantity,
        "shortfall": need.short,
        "on_hand": need.on_hand,
        "need_by": say_moment(site, need.need_by),
        "processing_hours": need.item.processing_hours,
        "lead_time_days": need.item.lead_time_days,
        "arrives_if_ordered_now": arrives,
        "orderable_in_time": order,
        "unit_cost": need.item.unit_cost,
        "unit_cost_said": format_money(need.item.unit_cost),
        "alternatives": list(need.item.alternatives),
        "zone": site.timezone,
        "said": (
            f"{need.case_id} ({say_moment(site, need.start)}, {site.name}) is {need.short} x {need.item.id} short "
            f"({need.on_hand} on hand{', claimed by earlier cases' if need.on_hand else ''}), "
            f"needed by {say_moment(site, need.need_by)} ({need.item.processing_hours} h processing), "
            f"supplier lead time {need.item.lead_time_days} days: {verdict} ({arrives})"
        ),
    }


def _short_tables(rows: list[dict[str, Any]], late: list[dict[str, Any]]) -> tuple[TableCard, ...]:
    cards = []
    if rows:
        shown = (
            "case", "start", "site", "surgeon", "item", "shortfall", "on_hand", "need_by", "lead_time_days",
            "arrives_if_ordered_now", "orderable_in_time",
        )  # fmt: skip
        cards.append(
            TableCard(
                title="Cases that lack an implant or set",
                columns=(
                    "Case", "Start", "Site", "Surgeon", "Item", "Short", "On hand", "Need by", "Lead days",
                    "Ordered now arrives", "In time",
                ),
                rows=tuple(tuple(row[name] for name in shown) for row in rows),
                note="Need by: start minus processing. Stock goes to the earliest case. Times in each site's zone.",
            )
        )  # fmt: skip
    if late:
        cards.append(loaner_table(late))
    return tuple(cards)
