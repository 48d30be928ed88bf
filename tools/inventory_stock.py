"""How many of one item each site has, against what its planned cases need."""

from typing import Any

from hospital.cards import TableCard
from hospital.model.places import Site
from hospital.model.supply import Item, Stock
from hospital.money import format_money
from hospital.planning.intervals import Interval
from tools.directory import find_item
from tools.implant_needs import read_needs
from tools.inventory_arguments import WEEK, QueryInventory, read_coming
from tools.inventory_loaners import read_loaners
from tools.sites_asked import find_sites, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, reference_site, say_moment, window_of


def answer_stock(args: QueryInventory, box: Toolbox) -> Answer:
    if args.item is None:
        raise Problem("missing", "Which item?", argument="item")
    item = find_item(box, args.item)
    everywhere = box.world.find(Site, order="name")
    sites = find_sites(box, args.site) if args.site else everywhere
    counts = dict(box.world.values(Stock, ("site_id", "on_hand"), item_id=item.id))
    clock = reference_site(box, sites, args.start)
    window = window_of(box, clock, args.day, args.start, args.end, default=WEEK)
    needs = [n for n in read_needs(box, [site.id for site in sites], window.end) if n.item.id == item.id]
    rows = [
        {
            "site": site.name,
            "on_hand": counts.get(site.id, 0),
            "planned": sum(need.quantity for need in needs if need.site_id == site.id),
            "cases": [need.case_id for need in needs if need.site_id == site.id],
            "short": sum(need.short for need in needs if need.site_id == site.id),
        }
        for site in sites
    ]
    coming = read_coming(box, {str(item.id)})
    total = sum(row["on_hand"] for row in rows)
    said = say_sites(sites, args.site or "all")
    facts = _item_facts(item)
    each = [f"{row['site']} {row['on_hand']}" for row in rows]
    loaners = [
        row
        for row in read_loaners(box, {str(site.id): site for site in sites}, Interval(box.now, window.end))
        if row["item"] == item.id
    ]
    lent = "".join(f" {str(row['said'])[:1].upper()}{str(row['said'])[1:]}." for row in loaners)
    way = f" In the ERP: {listed([str(one['said']) for one in coming])}." if coming else ""
    return Answer(
        headline=(
            f"{item.id} {item.name}, {said}: {total} on hand "
            f"({listed(each, 12)}); "
            f"planned cases until {say_moment(clock, window.end)} need {sum(row['planned'] for row in rows)}. "
            f"{facts['unit_cost_said']} each, lead time {item.lead_time_days} days, "
            f"{item.processing_hours} h processing.{lent}{way}"
        ),
        facts={
            **facts,
            "about": said,
            "total_on_hand": total,
            "total_planned": sum(row["planned"] for row in rows),
            "until": say_moment(clock, window.end),
            "sites": rows,
            "requisitions": coming,
            "loaners": loaners,
        },
        cards=(
            TableCard(
                title=f"{item.id} by site",
                columns=("Site", "On hand", "Planned", "Short", "Cases"),
                rows=tuple(
                    (row["site"], row["on_hand"], row["planned"], row["short"], ", ".join(row["cases"]))
                    for row in rows
                ),
            ),
        ),
    )


def _item_facts(item: Item) -> dict[str, Any]:
    return {
        "item": item.id,
        "item_name": item.name,
        "kind": item.kind,
        "supplier": item.supplier,
        "unit_cost": item.unit_cost,
        "unit_cost_said": format_money(item.unit_cost),
        "lead_time_days": item.lead_time_days,
        "processing_hours": item.processing_hours,
        "cost_centre": item.cost_centre_id,
        "alternatives": list(item.alternatives),
    }
