"""Proposing where something can go: ranked options, each a drafted plan that can be submitted as it is."""

from collections.abc import Awaitable, Callable

from tools.allocation_arguments import Goal, ProposeAllocation
from tools.propose_add_on import propose_add_on
from tools.propose_beds import propose_beds
from tools.propose_case import propose_case
from tools.propose_cover import propose_cover
from tools.propose_displacement import propose_displacement
from tools.propose_imaging import propose_imaging
from tools.propose_overbook import propose_overbook
from tools.propose_release import propose_release
from tools.propose_surge import propose_surge
from tools.propose_template import propose_template
from tools.tool import Options, Problem, Toolbox, tool

GOALS: dict[Goal, Callable[[ProposeAllocation, Toolbox], Awaitable[Options]]] = {
    "surgical_case": propose_case,
    "add_on": propose_add_on,
    "block_release": propose_release,
    "displacement": propose_displacement,
    "nurse_cover": propose_cover,
    "template": propose_template,
    "imaging": propose_imaging,
    "overbook": propose_overbook,
    "beds": propose_beds,
    "surge": propose_surge,
}
"""One problem family per line."""


@tool(ProposeAllocation, "write", sources=("ehr", "adt"), reads=("capacity", "schedules"))
async def propose_allocation(args: ProposeAllocation, box: Toolbox) -> Options:
    """Compute ranked options: places for cases, cover for a unit that lacks nurses, changes of clinic templates."""
    find = GOALS.get(args.goal)
    if find is None:
        raise Problem("unavailable", f"Proposals for {args.goal} are not yet available.", argument="goal")
    if args.start is not None and args.end is not None and args.end <= args.start:
        raise Problem(
            "invalid",
            f"The time contradicts itself: {args.end:%a %d %b %H:%M} is not after {args.start:%a %d %b %H:%M}. "
            "Leave one of the two out, or say a later end.",
            argument="end",
        )
    return await find(args, box)
