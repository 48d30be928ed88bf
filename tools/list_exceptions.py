"""What waits in the queue for one's roles, the earliest due first."""

from typing import Any

from pydantic import Field

from hospital.cards import TableCard
from hospital.model.places import Site
from hospital.model.work import WorkException
from hospital.ports import In
from policies.access import is_for
from tools.sites_asked import SITE_HELP, find_sites
from tools.tool import Answer, Arguments, Toolbox, tool
from tools.windows import listed, plural

OPEN = ("open", "assigned", "breached")


class ListExceptions(Arguments):
    role: str | None = Field(
        default=None, description="Owner role; unstated: the asker's own roles; 'all': every queue they may see"
    )
    site: str | None = Field(default=None, description=SITE_HELP.replace("the asker's home site", "every site"))
    limit: int = Field(default=20, ge=1, le=100, description="How many at most")


@tool(ListExceptions, "read")
async def list_exceptions(args: ListExceptions, box: Toolbox) -> Answer:
    """Exceptions and hand-overs that are open for one's roles, with their due times."""
    where: dict[str, Any] = {"state": In(OPEN)}
    roles = _roles(args, box)
    if roles is not None:
        where["owner_role"] = In(roles)
    if args.site is not None:
        where["site_id"] = In((None, *(site.id for site in find_sites(box, args.site))))
    actor = box.context.actor
    found = [one for one in box.world.find(WorkException, order="due", **where) if is_for(actor, one)]
    whose = "any role" if roles is None else listed([role.replace("_", " ") for role in roles])
    if not found:
        return Answer(
            headline=f"No exception is open for {whose}. Ask with role 'all' for every queue you may see.",
            facts={"open": 0, "roles": list(roles or ())},
        )
    shown = found[: args.limit]
    rows = [_row(box, one) for one in shown]
    overdue = sum(1 for one in found if one.due <= box.now)
    first = rows[0]
    late = f", {overdue} of them overdue" if overdue else ""
    return Answer(
        headline=(
            f"{plural(len(found), 'exception')} open for {whose}{late}. "
            f"First due: {first['id']} {first['kind']}, {first['summary']} (due {first['due']})."
        ),
        facts={"open": len(found), "overdue": overdue, "roles": list(roles or ()), "exceptions": rows},
        cards=(
            TableCard(
                title="Open exceptions, earliest due first",
                columns=("Id", "Kind", "Severity", "Owner", "Site", "Due", "State", "Summary"),
                rows=tuple(tuple(row.values()) for row in rows),
                note=f"{len(shown)} of {len(found)} shown" if len(shown) < len(found) else "",
            ),
        ),
    )


def _roles(args: ListExceptions, box: Toolbox) -> tuple[str, ...] | None:
    if args.role is None:
        return tuple(sorted(box.context.actor.roles))
    if args.role.casefold() in ("all", "any", "every"):
        return None
    return (args.role.casefold().replace(" ", "_"),)


def _row(box: Toolbox, one: WorkException) -> dict[str, str]:
    site = box.world.get(Site, one.site_id) if one.site_id else None
    due = f"{site.local(one.due):%a %d %b %H:%M} {site.timezone}" if site else f"{one.due:%a %d %b %H:%M} UTC"
    return {
        "id": one.id,
        "kind": one.kind.replace("_", " "),
        "severity": one.severity,
        "owner": one.owner_role.replace("_", " "),
        "site": site.name if site else "",
        "due": due,
        "state": one.state,
        "summary": one.summary,
    }
