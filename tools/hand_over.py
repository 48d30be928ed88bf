"""Handing something to a person who owns it from then on."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from hospital.changes.queue import OpenException
from hospital.ids import ExceptionId
from tools.directory import find_site
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Toolbox, tool

Owner = Literal[
    "nurse_triage",
    "nursing_supervisor",
    "or_charge",
    "capacity_manager",
    "supply_chain",
    "service_line_manager",
    "call_center_lead",
    "periop_director",
    "compliance",
    "admin",
]
DUE: dict[str, timedelta] = {
    "critical": timedelta(minutes=5),
    "high": timedelta(minutes=30),
    "medium": timedelta(hours=4),
    "low": timedelta(hours=24),
}
"""How soon somebody must look, by severity (our judgement)."""


class HandOver(Arguments):
    to_role: Owner = Field(description="The role that owns it from now on")
    about: str = Field(max_length=60, description="Kind of matter in a few words, e.g. 'stale feed'")
    summary: str = Field(max_length=500, description="What they must know, without patient names")
    severity: Literal["low", "medium", "high", "critical"] = "medium"
    site: str | None = None
    links: tuple[str, ...] = ()


@tool(HandOver, "write")
async def hand_over(args: HandOver, box: Toolbox) -> Draft:
    """Hand a matter to a person of the right role. Works on stale feeds and while writes are stopped."""
    site = find_site(box, args.site) if args.site or box.context.actor.home.site_id else None
    line = OpenException(
        exception_id=ExceptionId(fresh_id("EXC")),
        about=args.about,
        owner_role=args.to_role,
        site_id=site.id if site else None,
        severity=args.severity,
        summary=args.summary,
        due=box.now + DUE[args.severity],
        opened_by=box.context.actor.id,
        links=args.links,
    )
    role = args.to_role.replace("_", " ")
    minutes = int(DUE[args.severity].total_seconds() // 60)
    return Draft(
        title=f"Hand over to {role}",
        lines=(line,),
        headline=f"{line.exception_id} is with the {role} now, due within {minutes} minutes.",
        facts={"exception": line.exception_id, "owner": args.to_role, "due_minutes": minutes},
    )
