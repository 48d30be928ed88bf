"""Where a requested examination can be done: scanners and sites ranked, each option ready to be confirmed."""

from datetime import timedelta

from hospital.cards import TableCard
from hospital.changes.bookings import BookAppointment
from hospital.changes.visits import IMAGING
from hospital.ids import AppointmentId
from hospital.model.bookings import ImagingOrder, Slot
from hospital.model.places import Room, Site
from hospital.money import Cents, format_money
from hospital.planning.imaging_route import Constraint, Route, RouteResult, ScanSlot, route
from hospital.planning.intervals import Interval
from hospital.planning.money_context import MoneyContext, OptionMoney
from hospital.ports import In, Range
from policies.plans import ConstraintReport, Effect
from tools.allocation_arguments import ProposeAllocation
from tools.book_appointment import prerequisites, say_checks
from tools.directory import find_patient
from tools.imaging_backlog import spread
from tools.naming import fresh_id
from tools.open_slots import FIELDS, FreeSlot, held_slots
from tools.scanners import Scanners, read_scanners
from tools.sites_asked import find_sites, is_everywhere
from tools.tool import Draft, Options, Problem, Toolbox
from tools.windows import listed, plural, say_span, window_of

AHEAD = timedelta(days=7)
WAIT_A_DAY = 2_000
"""What a day of waiting weighs against travel and cost, in cents (our judgement)."""
_SAID: dict[str, Constraint] = {"maintenance": "maintenance", "down": "down", "no_technologist": "technologist"}


async def propose_imaging(args: ProposeAllocation, box: Toolbox) -> Options:
    """Free scanner times for a patient's order by protocol, contrast, technologist, travel and cost to serve."""
    order = _order(args, box) if args.patient else None
    sites = find_sites(box, args.site or "all")
    home = box.context.actor.home.site_id or str(sites[0].id)
    anchor = next((site for site in sites if site.id == home), sites[0])
    window = window_of(box, anchor, args.day, args.start, args.end, default=AHEAD)
    if order is None:
        return spread(
            box,
            _backlog(args, box),
            sites,
            lambda one: [slot for site in sites for slot in _slots(box, site, one, window, home)],
        )
    slots = [one for site in sites for one in _slots(box, site, order, window, home)]
    result = route(slots, box.now, WAIT_A_DAY, args.limit)
    return _told(box, order, sites, result, args)


def _order(args: ProposeAllocation, box: Toolbox) -> ImagingOrder:
    patient = find_patient(box, args.patient or "")
    orders = box.world.find(ImagingOrder, patient_id=patient.id, state="open", order="ordered_at")
    named = [one for one in orders if args.procedure and args.procedure.casefold() in one.protocol.casefold()]
    fitting = named or orders
    if not fitting:
        raise Problem("conflict", f"Patient {patient.id} has no open imaging order.", argument="patient")
    if len(fitting) > 1:
        choices = tuple(one.protocol for one in fitting)
        raise Problem("missing", f"Which order of patient {patient.id}?", choices=choices, argument="procedure")
    return fitting[0]


def _backlog(args: ProposeAllocation, box: Toolbox) -> list[ImagingOrder]:
    """All open orders, or those of the kind of scanner or protocol named, the longest waiting first."""
    said = (args.procedure or "").casefold()
    orders = box.world.find(ImagingOrder, state="open", order="ordered_at")
    return [one for one in orders if one.modality == said or said in one.protocol.casefold()]


def _slots(box: Toolbox, site: Site, order: ImagingOrder, window: Interval, home: str) -> list[ScanSlot]:
    money = box.policy.data.money
    rooms = box.world.find(Room, site_id=site.id, kind="imaging", modality=order.modality)
    if not rooms:
        return []
    scanners = read_scanners(box, site, rooms, window)
    rows = box.world.values(
        Slot,
        FIELDS,
        room_id=In(tuple(room.id for room in rooms)),
        status="free",
        start=Range(at_least=window.start, before=window.end),
    )
    slots = [FreeSlot(*row) for row in rows]
    held = held_slots(box, [slot.id for slot in slots])
    by_room = {str(room.id): room for room in rooms}
    miles = money.miles(home, str(site.id))
    travel = 2 * (miles if miles is not None else 500) * money.travel_mile
    serve = _serve(money, order).cost
    return [
        ScanSlot(
            slot.id,
            str(site.id),
            slot.room_id,
            slot.start,
            slot.end,
            _against(slot, order, by_room[slot.room_id], scanners, slot.id in held),
            travel,
            serve,
            scanners.on_duty(slot),
        )
        for slot in slots
    ]


def _against(
    slot: FreeSlot, order: ImagingOrder, room: Room, scanners: Scanners, held: bool
) -> frozenset[Constraint]:
    found = set[Constraint]()
    if order.contrast and not room.contrast:
        found.add("contrast")
    if slot.minutes < order.minutes:
        found.add("length")
    if not set(slot.visit_type.casefold().split("-")) <= _made_for(order):
        found.add("protocol")
    if held:
        found.add("held")
    if (why := scanners.why_not(slot)) is not None:
        found.add(_SAID[why])
    return frozenset(found)


REGIONS = {
    "joint": {"knee", "hip", "shoulder", "ankle", "wrist", "elbow"},
    "head": {"brain", "skull", "sinuses"},
    "spine": {"cervical", "thoracic", "lumbar"},
    "chest": {"lung", "thorax"},
}
"""Slots are made for a region of the body, and orders may name a part of it."""


def _made_for(order: ImagingOrder) -> set[str]:
    """The words that a slot for this order may be called by."""
    words = {order.modality, *order.protocol.casefold().split()}
    return words | {region for region, parts in REGIONS.items() if parts & words}


def _serve(money: MoneyContext, order: ImagingOrder) -> OptionMoney:
    """What the examination costs to do and brings."""
    brings = money.scan_revenue[order.modality]
    return OptionMoney(
        labour=money.labour("imaging_tech", order.minutes),
        rooms=money.room("imaging", order.minutes),
        equipment=money.wear({order.modality: order.minutes}),
        revenue=Cents(brings.revenue),
        contribution=Cents(brings.contribution),
    )


def _told(
    box: Toolbox,
    order: ImagingOrder,
    sites: list[Site],
    result: RouteResult,
    args: ProposeAllocation,
) -> Options:
    where = f"{len(sites)} sites" if len(sites) > 1 else sites[0].name
    asked = f"{order.protocol} for patient {order.patient_id}, {order.minutes} min, {where}"
    rooms = {str(room.id): room.name for room in box.world.find(Room, kind="imaging")}
    names = {str(site.id): site.name for site in box.world.find(Site)}
    site_of = {str(room.id): names[room.site_id] for room in box.world.find(Room, kind="imaging")}
    why_not = [
        f"{site_of[room]} {rooms[room]}: lacks {words} ({count} slots)" for room, words, count in result.why_not
    ]
    relax = [one.words for one in result.relax]
    facts: dict[str, object] = {
        "order": order.id,
        "protocol": order.protocol,
        "patient": order.patient_id,
        "minutes": order.minutes,
        "contrast": order.contrast,
        "sites": [site.name for site in sites],
        "status": result.status,
        "why_not": why_not,
        "relax": relax,
    }
    if not result.routes:
        return Options(
            headline=f"No scanner time fits {asked}. It would with {listed(relax)}.", drafts=(), facts=facts
        )
    drafts = tuple(_draft(box, order, one, rooms, why_not) for one in result.routes)
    rows = tuple(
        (
            n,
            names[one.slot.site],
            rooms[one.slot.room],
            say_span(box.local(one.slot.site), one.slot.start, one.slot.end),
            "not published" if one.slot.technologists is None else one.slot.technologists,
            format_money(one.slot.travel),
            format_money(one.slot.serve),
        )
        for n, one in enumerate(result.routes, 1)
    )
    columns = ("#", "Site", "Scanner", "When", "Technologists", "Travel", "Cost to serve")
    table = TableCard(title="Options", columns=columns, rows=rows, note="Times are on each site's own clock.")
    facts["options"] = [[str(cell) for cell in row] for row in rows]
    everywhere = "" if is_everywhere(args.site) or args.site is None else " at the site named"
    return Options(
        headline=f"{plural(len(drafts), 'option')} for {asked}{everywhere}. Best: {drafts[0].headline} "
        "Nothing is held; the patient has to agree before it is booked.",
        drafts=drafts,
        facts=facts,
        cards=(table,),
    )


def _draft(box: Toolbox, order: ImagingOrder, one: Route, rooms: dict[str, str], why_not: list[str]) -> Draft:
    slot = box.world.get(Slot, one.slot.id)
    assert slot is not None  # it was read in this very snapshot
    site = box.local(slot.site_id)
    reference = AppointmentId(fresh_id("APT"))
    tasks = prerequisites(order, reference, slot, box)
    money = _serve(box.policy.data.money, order)
    line = BookAppointment(
        appointment_id=reference,
        patient_id=order.patient_id,
        slot_id=slot.id,
        site_id=slot.site_id,
        service_id=IMAGING,
        room_id=slot.room_id,
        clinician_id=None,
        visit_type=slot.visit_type,
        start=slot.start,
        end=slot.end,
        order_id=order.id,
        tasks=tasks,
    )
    checks = say_checks(order, tasks)
    return Draft(
        title=f"{order.protocol} at {site.name}",
        lines=(line,),
        effect=Effect(visits=1, notes=(*checks, money.words)),
        report=ConstraintReport(
            binding=one.report.binding,
            slack=tuple(f"{name}: {minutes} min" for name, minutes in one.report.slack.items()),
            why_not=tuple(why_not),
        ),
        headline=f"{site.name} {rooms[one.slot.room]}, {say_span(site, slot.start, slot.end)} ({site.timezone}), "
        f"travel {format_money(one.slot.travel)}, cost to serve {format_money(one.slot.serve)}."
        + "".join(f" {check}" for check in checks),
        facts={"reference": reference, **money.facts()},
    )
