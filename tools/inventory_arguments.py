"""What can be asked about supplies, and the sites and time it is about."""

from datetime import date, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from hospital.model.bookings import SurgicalCase
from hospital.model.places import Site
from hospital.model.supply import Requisition
from hospital.planning.intervals import Interval
from hospital.ports import In
from tools.sites_asked import SITE_HELP, find_sites, say_sites
from tools.tool import Arguments, Problem, Toolbox
from tools.windows import window_of

COMING = ("pending_approval", "approved", "ordered", "partially_received")
WEEK = timedelta(days=7)


class QueryInventory(Arguments):
    about: Literal["shortages", "loaners", "stock"] = Field(
        default="shortages",
        description="shortages: cases that lack an implant or set; loaners: vendor sets and whether they are late; "
        "stock: how many of one item each site has",
    )
    item: str | None = Field(default=None, description="Item code or name, e.g. HIP-REV-7")
    case: str | None = Field(default=None, description="Only this case, e.g. CASE-510")
    surgeon: str | None = Field(default=None, description="Only this surgeon's cases")
    site: str | None = Field(default=None, description=SITE_HELP)
    day: date | None = Field(default=None, description="Cases of one day")
    start: AwareDatetime | None = Field(default=None, description="Start of the window; unstated: now")
    end: AwareDatetime | None = Field(default=None, description="End of the window; unstated: 7 days from the start")


def asked_window(args: QueryInventory, box: Toolbox, site: Site, case: SurgicalCase | None) -> Interval:
    """From now until the case asked about, or the window stated, else the next 7 days."""
    if case is not None and args.day is None and args.start is None and args.end is None:
        if case.start is None or case.start <= box.now:
            raise Problem("invalid", f"{case.id} is not ahead of us; ask about a planned case.", argument="case")
        return Interval(box.now, case.start + timedelta(minutes=1))
    return window_of(box, site, args.day, args.start, args.end, default=WEEK)


def asked_sites(args: QueryInventory, box: Toolbox, case: SurgicalCase | None) -> tuple[list[Site], str]:
    """The sites meant and how they are said."""
    if case is not None:
        return [box.local(case.site_id)], box.local(case.site_id).name
    sites = find_sites(box, args.site)
    return sites, say_sites(sites, args.site)


def read_coming(box: Toolbox, items: set[str]) -> list[dict[str, Any]]:
    """Requisitions of these items that are not received or refused yet."""
    found = box.world.find(Requisition, item_id=In(tuple(sorted(items))), state=In(COMING), order="created_at")
    return [
        {
            "id": one.id,
            "item": one.item_id,
            "quantity": one.quantity,
            "state": one.state.replace("_", " "),
            "said": f"{one.id} {one.quantity} x {one.item_id} ({one.state.replace('_', ' ')})",
        }
        for one in found
    ]
