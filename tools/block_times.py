"""The blocks that are asked about, with what is booked in them."""

from hospital.changes.blocks import TURNOVER, name_owner
from hospital.model.bookings import Block, SurgicalCase
from hospital.model.places import Site
from hospital.planning.block_release import BlockTime
from hospital.planning.intervals import MINUTE, Interval
from hospital.ports import In, Range
from tools.directory import find_clinician, find_room, find_service
from tools.tool import Toolbox

TURNOVER_MINUTES = TURNOVER // MINUTE
LEAST_MINUTES = 60
"""A shorter part is hardly a case (our judgement)."""


def find_blocks(
    box: Toolbox, site: Site, window: Interval, room: str | None, clinician: str | None, service: str | None
) -> list[Block]:
    """The blocks at a site that begin in the window and still belong to somebody, by room, owner or service."""
    where: dict[str, str] = {}
    if room:
        where["room_id"] = find_room(box, room, site.id).id
    if clinician:
        where["owner_id"] = find_clinician(box, clinician).id
    if service:
        where["service_id"] = find_service(box, service).id
    begins = Range(at_least=window.start, before=window.end)
    found = box.world.find(
        Block, site_id=site.id, state="allocated", start=begins, order="start", limit=None, **where
    )
    return [block for block in found if block.auto_release_at > box.now]


def block_time(box: Toolbox, block: Block) -> BlockTime:
    """The block as the planner sees it."""
    cases = box.world.find(
        SurgicalCase,
        room_id=block.room_id,
        state=In(("scheduled", "in_progress")),
        start=Range(at_least=block.start, before=block.end),
    )
    booked = tuple(Interval(case.start, case.end) for case in cases if case.start and case.end)
    owner = name_owner(box.world, block)
    return BlockTime(block.id, block.room_id, owner, Interval(block.start, block.end), booked, block.auto_release_at)
