"""Giving block time back early: the part of a block that nobody has booked."""

from datetime import date, timedelta

from pydantic import AwareDatetime, Field

from hospital.changes.blocks import ReleaseBlock, name_owner
from hospital.model.bookings import Block
from hospital.model.places import Room
from hospital.planning.block_release import free_parts
from hospital.planning.intervals import Interval, intersect
from policies.plans import Effect
from tools.block_times import LEAST_MINUTES, TURNOVER_MINUTES, block_time, find_blocks
from tools.sites_asked import find_sites
from tools.tool import Arguments, Draft, Problem, Toolbox, tool
from tools.windows import say_moment, say_span, window_of

DAYS_AHEAD = timedelta(days=28)


class ReleaseBlockTime(Arguments):
    block: str | None = Field(default=None, description="The block's id, when it is known")
    room: str | None = None
    clinician: str | None = Field(default=None, description="The surgeon whose block it is")
    service: str | None = Field(default=None, description="The service whose block it is")
    site: str | None = None
    day: date | None = None
    start: AwareDatetime | None = Field(default=None, description="Release only from here on")
    end: AwareDatetime | None = Field(default=None, description="Release only until here")


@tool(ReleaseBlockTime, "write", sources=("ehr",), reads=("capacity",))
async def release_block(args: ReleaseBlockTime, box: Toolbox) -> Draft:
    """Release a block, or the part of it without cases, before its own time. Its owner or the director decides."""
    block = _find(args, box)
    site, room = box.local(block.site_id), box.world.get(Room, block.room_id)
    owner, where = name_owner(box.world, block), room.name if room else block.room_id
    if block.auto_release_at <= box.now or block.state == "released":
        raise Problem("conflict", f"The block of {owner} in {where} is released already; anybody may book it.")
    parts = free_parts(block_time(box, block), TURNOVER_MINUTES, LEAST_MINUTES)
    if args.start or args.end:
        wanted = Interval(max(args.start or block.start, block.start), min(args.end or block.end, block.end))
        parts = intersect(parts, [wanted])
    if not parts:
        raise Problem(
            "conflict",
            f"{owner}'s block in {where}, {say_span(site, block.start, block.end)}, has no {LEAST_MINUTES} min in a "
            "piece that nobody has booked. Its cases would have to move first.",
        )
    part = max(parts, key=lambda span: span.minutes)
    whole = (part.start, part.end) == (block.start, block.end)
    said = "the whole block" if whole else f"the part without cases, {say_span(site, part.start, part.end)}"
    return Draft(
        title=f"Release block time of {owner} in {where}",
        lines=(
            ReleaseBlock(
                block_id=block.id, site_id=block.site_id, room_id=block.room_id, start=part.start, end=part.end
            ),
        ),
        effect=Effect(or_minutes=part.minutes, notes=(f"{part.minutes} min would be open to everybody",)),
        headline=f"{owner}'s block in {where} at {site.name}: {said}, {part.minutes} min; it would release itself "
        f"{say_moment(site, block.auto_release_at)}.",
        facts={
            "block": block.id,
            "owner": owner,
            "room": where,
            "site": site.name,
            "minutes": part.minutes,
            "releases_itself": say_moment(site, block.auto_release_at),
        },
    )


def _find(args: ReleaseBlockTime, box: Toolbox) -> Block:
    """The one block meant."""
    if args.block:
        known = box.world.get(Block, args.block)
        if known is None:
            raise Problem("unknown", f"There is no block {args.block}.", argument="block")
        return known
    clinician = args.clinician
    own = box.context.actor.clinician_id
    if not (args.room or clinician or args.service):
        if own is None:
            raise Problem("missing", "Whose block, or which room's?", argument="clinician")
        clinician = own
    sites = find_sites(box, args.site)
    window = window_of(box, sites[0], args.day, args.start, args.end, default=DAYS_AHEAD)
    found = [b for site in sites for b in find_blocks(box, site, window, args.room, clinician, args.service)]
    if not found:
        raise Problem(
            "conflict",
            f"There is no such block that is still to release, {say_span(sites[0], window.start, window.end)}; "
            "past its automatic release time anybody may book it.",
            argument="day",
        )
    if len(found) > 1 and (args.day is None or len({block.room_id for block in found}) > 1):
        choices = tuple(_say(box, block) for block in found[:5])
        raise Problem("missing", "Which block do you mean?", choices=choices, argument="day")
    return found[0]


def _say(box: Toolbox, block: Block) -> str:
    site, room = box.local(block.site_id), box.world.get(Room, block.room_id)
    where = room.name if room else block.room_id
    return f"{say_span(site, block.start, block.end)}, {where} ({name_owner(box.world, block)})"
