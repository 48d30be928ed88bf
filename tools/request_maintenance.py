"""Asking to take a room or a device out for maintenance at a planned time."""

from pydantic import AwareDatetime, Field

from hospital.changes.maintenance import PlanMaintenance
from hospital.model.places import Room
from hospital.model.supply import CostCentre
from hospital.money import Cents, format_money
from hospital.planning.intervals import Interval
from hospital.planning.prime_time import PrimeTime
from policies.plans import Effect
from tools.directory import find_device, find_room
from tools.naming import fresh_id
from tools.tool import Arguments, Draft, Problem, Toolbox, tool
from tools.windows import listed, plural, say_span


class RequestMaintenance(Arguments):
    room: str | None = Field(default=None, description="The room; or name a device")
    device: str | None = Field(default=None, description="The device; or name a room")
    site: str | None = None
    start: AwareDatetime = Field(description="From when it is out")
    end: AwareDatetime = Field(description="Until when it is out")
    note: str = Field(default="", max_length=300, description="What is done")
    cost: int = Field(default=0, ge=0, le=100_000_000, description="What it costs in cents; 0 when it costs nothing")
    cost_centre: str | None = Field(default=None, description="Who pays, when it costs something")


@tool(RequestMaintenance, "write", sources=("ehr",), reads=("capacity",))
async def request_maintenance(args: RequestMaintenance, box: Toolbox) -> Draft:
    """Plan maintenance of a room or device. In prime time its owner agrees; money goes to the cost centre."""
    if (args.room is None) == (args.device is None):
        raise Problem("missing", "Which room or device is it about?", argument="room")
    if args.end <= args.start:
        raise Problem("invalid", "The end is not after the start.", argument="end")
    if args.start < box.now:
        raise Problem("invalid", "That time has passed; name one from now on.", argument="start")
    room = find_room(box, args.room, args.site) if args.room else None
    device = find_device(box, args.device, args.site) if args.device else None
    named = room or device
    if named is None:
        raise Problem("missing", "Which room or device is it about?", argument="room")
    if args.cost and (args.cost_centre is None or box.world.get(CostCentre, args.cost_centre) is None):
        choices = tuple(sorted(centre.id for centre in box.world.find(CostCentre)))
        raise Problem("missing", "Which cost centre pays for it?", choices=choices, argument="cost_centre")
    line = PlanMaintenance(
        maintenance_id=fresh_id("MNT"),
        site_id=named.site_id,
        resource=f"room:{named.id}" if room else f"equipment:{named.id}",
        start=args.start,
        end=args.end,
        work_order=fresh_id("WO"),
        note=args.note,
        amount=Cents(args.cost),
        cost_centre_id=args.cost_centre if args.cost else None,
        requested_by=box.context.actor.id,
    )
    site = box.local(named.site_id)
    displaced = line.displaced(box.world)
    prime = sum(span.minutes for span in PrimeTime().within(Interval(args.start, args.end), site.timezone))
    return Draft(
        title=f"Maintenance of {named.name} at {site.name}",
        lines=(line,),
        effect=_effect(box, room, prime, line),
        headline=f"{named.name} at {site.name} would be out {say_span(site, args.start, args.end)}, {prime} min "
        f"of it in prime time. {_hit(displaced)}{f' It costs {format_money(args.cost)}.' if args.cost else ''}",
        facts={
            "resource": line.resource, "work_order": line.work_order, "prime_minutes": prime, "cost": args.cost,
            "displaced": displaced, "count": len(displaced),
        },
    )  # fmt: skip


def _hit(displaced: list[str]) -> str:
    if not displaced:
        return "Nothing is booked in it then."
    return f"{plural(len(displaced), 'booking')} would have to leave: {listed(displaced)}; somebody will own that."


def _effect(box: Toolbox, room: Room | None, prime: int, line: PlanMaintenance) -> Effect:
    """What the lost time is worth, for an operating room."""
    if room is None or room.kind != "or" or not prime:
        return Effect(cost=line.cost())
    worth = format_money(box.policy.data.money.room("or", prime))
    return Effect(or_minutes=prime, cost=line.cost(), notes=(f"prime time worth {worth} in room minutes",))
