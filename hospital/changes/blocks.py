"""Block time: whose it is, and giving it back before it releases itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource
from hospital.entity import Time, require_order
from hospital.ids import BlockId, ClinicianId, RoomId, ServiceId, SiteId
from hospital.model.bookings import Block, SurgicalCase
from hospital.model.people import Clinician, Scope, User
from hospital.model.places import Service, Site
from hospital.ports import In, Message, Range, Reader, Writer

TURNOVER = timedelta(minutes=25)
"""What must stay after the last booked case of the part that is kept (our judgement)."""


def blocks_in(world: Reader, room_id: RoomId, start: datetime, end: datetime, now: datetime) -> list[Block]:
    """The blocks of a room that still belong to somebody in this span."""
    found = world.find(
        Block, room_id=room_id, state="allocated", start=Range(before=end), end=Range(at_least=start), order="start"
    )
    return [block for block in found if block.auto_release_at > now and block.end > start]


def owns(block: Block, surgeon_id: ClinicianId | None, service_id: ServiceId) -> bool:
    """Whether the block is lent to this surgeon, or to the whole service."""
    return block.service_id == service_id if block.owner_id is None else block.owner_id == surgeon_id


def block_against(
    world: Reader, room: HeldResource, surgeon_id: ClinicianId | None, service_id: ServiceId, now: datetime
) -> str | None:
    """Whose block stands against using the room then; None when it is open or one's own."""
    for block in blocks_in(world, RoomId(room.resource.removeprefix("room:")), room.start, room.end, now):
        if not owns(block, surgeon_id, service_id):
            return name_owner(world, block)
    return None


def name_owner(world: Reader, block: Block) -> str:
    """`Dr. Lund`, or the service's name."""
    person = world.get(Clinician, block.owner_id) if block.owner_id else None
    service = world.get(Service, block.service_id)
    return person.name if person else service.name if service else block.service_id


class ReleaseBlock(Change):
    """Give a block, or a part of it that nobody has booked, to everybody before it releases itself."""

    kind: Literal["release_block"] = "release_block"
    action: ClassVar[str] = "release_block"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    block_id: BlockId
    site_id: SiteId
    room_id: RoomId
    start: Time
    end: Time

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, f"release of {self.block_id}")
        return self

    def scope(self, world: Reader) -> Scope:
        block = world.get(Block, self.block_id)
        return Scope(site_id=self.site_id, service_id=block.service_id if block else None)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        block = world.get(Block, self.block_id)
        if block is None:
            return {"owner": "", "auto_release_at": now.isoformat(), "before_auto_release": False}
        return {
            # Nobody signs in as a service: its block is then the periop director's to give.
            "owner": block.owner_id or f"service:{block.service_id}",
            "auto_release_at": block.auto_release_at.isoformat(),
            "before_auto_release": block.auto_release_at > now,
        }

    def touches(self) -> frozenset[str]:
        return span_days(f"room:{self.room_id}", self.start, self.end) | {f"block:{self.block_id}"}

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        block = world.get(Block, self.block_id)
        if block is None:
            return (Violation(constraint="block", sentence=f"there is no block {self.block_id}"),)
        if block.state == "released" or block.auto_release_at <= now:
            return (Violation(constraint="block", sentence="that block is released already; anybody may book it"),)
        if self.start < block.start or self.end > block.end:
            return (Violation(constraint="block", sentence="that is more than the block holds"),)
        booked = [
            case.id
            for case in world.find(
                SurgicalCase,
                room_id=self.room_id,
                state=In(("scheduled", "in_progress")),
                start=Range(at_least=block.start, before=self.end),
            )
            if case.end is not None and case.end + TURNOVER > self.start
        ]
        return tuple(
            Violation(constraint="booked", sentence=f"{id} is booked in that part of the block") for id in booked
        )

    def apply(self, world: Writer, commit: Commit) -> None:
        block = world.get(Block, self.block_id)
        if block is None:
            return
        asker = world.get(User, commit.actor)
        own = asker is not None and block.owner_id is not None and asker.clinician_id == block.owner_id
        mode = "voluntary" if own else "approved"
        kept = [span for span in ((block.start, self.start), (self.end, block.end)) if span[0] < span[1]]
        if not kept:
            world.put(block.changed(state="released", released_mode=mode))
            return
        world.put(block.changed(start=kept[0][0], end=kept[0][1]))
        world.put(*(block.changed(id=f"{block.id}-K{n}", start=a, end=b) for n, (a, b) in enumerate(kept[1:], 1)))
        part = f"{block.id}-R{self.start:%H%M}"
        world.put(block.changed(id=part, start=self.start, end=self.end, state="released", released_mode=mode))

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:block:{self.block_id}",
                system="ehr",
                operation="release_block",
                payload={
                    "block_id": self.block_id,
                    "room_id": self.room_id,
                    "start": self.start.isoformat(),
                    "end": self.end.isoformat(),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        block, site = world.get(Block, self.block_id), world.get(Site, self.site_id)
        whose = name_owner(world, block) if block else self.block_id
        room = name_resource(world, f"room:{self.room_id}")
        where = f"{room}, {site.name if site else self.site_id}"
        return f"Release the block time of {whose} in {where}, {local_span(site, self.start, self.end)}"
