"""The hospitals as a case allocation sees them: what each site has free for one case."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import pairwise

from hospital.model.bookings import CaseItem, SurgicalCase
from hospital.model.people import Clinician, Encounter, Shift
from hospital.model.places import Bed, Equipment, Maintenance, Room, Unit
from hospital.model.places import Site as Hospital
from hospital.model.supply import Item, Stock
from hospital.planning.case_site import Anaesthetist, Count, Resource, RoomTime, Site
from hospital.planning.case_site import Room as CaseRoom
from hospital.planning.case_site import Stock as CaseStock
from hospital.planning.intervals import Interval, Spans, subtract
from hospital.planning.prime_time import PrimeTime, days_of
from hospital.ports import In, Range
from tools.or_day import read_or_time
from tools.tool import Toolbox
from tools.windows import local_day

STAFFED = PrimeTime(start=time(7, 0), end=time(18, 0))
"""When an operating room can be staffed on weekdays (our judgement; prime time is inside it)."""
PACU_MINUTES = 90
BED_STAY = timedelta(days=1)
"""How long a booked case is assumed to keep its post-op bed: one night (our judgement)."""
LEAVES_BY = timedelta(hours=14)
"""By this time of the day patients who leave that day have left (our judgement)."""
_LIVE = In(("scheduled", "in_progress"))


@dataclass(frozen=True)
class Wanted:
    """What the cases need from a site: surgeons of these services, devices, items, beds of these levels."""

    services: frozenset[str]
    equipment: frozenset[str]
    items: tuple[CaseItem, ...]
    levels: frozenset[str]


def read_sites(box: Toolbox, sites: Iterable[Hospital], windows: Spans, wanted: Wanted) -> tuple[Site, ...]:
    """All the sites over the whole days of all the windows: what is free around the operation matters as well."""
    window = Interval(min(w.start for w in windows), max(w.end for w in windows))
    return tuple(_read_site(box, site, _whole_days(site, window), wanted) for site in sites)


def _whole_days(site: Hospital, window: Interval) -> Interval:
    days = days_of(window, site.timezone)
    return Interval(local_day(site, days[0]).start, local_day(site, days[-1]).end)


def _read_site(box: Toolbox, site: Hospital, window: Interval, wanted: Wanted) -> Site:
    cases = box.world.find(
        SurgicalCase,
        site_id=site.id,
        state=_LIVE,
        start=Range(at_least=window.start - BED_STAY, before=window.end + BED_STAY),
    )
    people = box.world.find(Clinician)
    here = [person for person in people if site.id in person.site_ids]
    open_time = STAFFED.within(window, site.timezone)
    beds = {level: _bed_counts(box, site, window, level, cases) for level in sorted(wanted.levels)}
    return Site(
        minute_rate=box.policy.data.money.room_minute["or"],
        id=site.id,
        name=site.name,
        zone=site.timezone,
        prime=PrimeTime().within(window, site.timezone),
        rooms=_rooms(box, site, window),
        surgeons=_surgeons(box, here, wanted.services, window, open_time),
        anaesthetists=tuple(
            Anaesthetist(p.id, p.name, open_time, _spans(c for c in cases if c.anaesthesiologist_id == p.id))
            for p in here
            if p.role == "anaesthesiologist"
        ),
        team=_team_counts(box, site, window, cases),
        equipment={kind: _devices(box, site, kind, window, cases) for kind in sorted(wanted.equipment)},
        stock=_stock(box, site, wanted.items, window),
        pacu=_pacu_counts(box, site, window, cases),
        beds=beds,
    )


def _spans(cases: Iterable[SurgicalCase]) -> Spans:
    return tuple(Interval(case.start, case.end) for case in cases if case.start and case.end)


def _rooms(box: Toolbox, site: Hospital, window: Interval) -> tuple[CaseRoom, ...]:
    rooms = box.world.find(Room, site_id=site.id, kind="or", order="id")
    clinicians = {str(p.id): p.name for p in box.world.find(Clinician, role="surgeon")}
    found = []
    for used in read_or_time(box, site, window, rooms, STAFFED):
        open_spans = (*used.account.spans["released"], *used.account.spans["unassigned"])
        free = [RoomTime(span) for span in open_spans]
        free += [
            RoomTime(span, block.owner_id or block.service_id, clinicians.get(str(block.owner_id), ""))
            for spans, block in used.owned
            for span in spans
        ]
        found.append(CaseRoom(used.room.id, used.room.name, tuple(free), frozenset(used.room.features)))
    return tuple(found)


def _surgeons(
    box: Toolbox, here: list[Clinician], services: frozenset[str], window: Interval, open_time: Spans
) -> tuple[Resource, ...]:
    """Surgeons of the services; somebody operating anywhere is not free here."""
    surgeons = [p for p in here if p.role == "surgeon" and p.service_id in services]
    busy: dict[str, list[Interval]] = defaultdict(list)
    for case in box.world.find(
        SurgicalCase,
        surgeon_id=In(tuple(p.id for p in surgeons)),
        state=_LIVE,
        start=Range(at_least=window.start - timedelta(days=1), before=window.end),
    ):
        if case.surgeon_id and case.start and case.end:
            busy[case.surgeon_id].append(Interval(case.start, case.end))
    return tuple(Resource(p.id, p.name, subtract(open_time, busy[p.id])) for p in surgeons)


def _devices(
    box: Toolbox, site: Hospital, kind: str, window: Interval, cases: list[SurgicalCase]
) -> tuple[Resource, ...]:
    """Units of one kind; booked cases that need the kind are put on the first unit free for them.

    A unit is not there while it is maintained.
    """
    units = [
        unit
        for unit in box.world.find(Equipment, site_id=site.id, kind=kind, order="id")
        if unit.status != "out_of_service"
    ]
    maintained = box.world.find(
        Maintenance, site_id=site.id, state="scheduled", equipment_id=In(tuple(unit.id for unit in units)),
        start=Range(before=window.end), end=Range(at_least=window.start),
    )  # fmt: skip
    taken = [[Interval(one.start, one.end) for one in maintained if one.equipment_id == unit.id] for unit in units]
    for span in sorted(_spans(case for case in cases if kind in case.equipment)):
        # More cases than devices can be booked: then one waits for the device that is free first, and has it next.
        least = min(taken, key=lambda spans: max((other.end for other in spans), default=span.start), default=[])
        free = [spans for spans in taken if not any(span.overlaps(other) for other in spans)]
        (free[0] if free else least).append(span)
    return tuple(
        Resource(unit.id, unit.name, subtract([window], spans)) for unit, spans in zip(units, taken, strict=True)
    )


def _stock(box: Toolbox, site: Hospital, items: tuple[CaseItem, ...], window: Interval) -> tuple[CaseStock, ...]:
    """What is on the shelf, less what planned cases of the site need before the window ends."""
    found = []
    planned = box.world.find(
        SurgicalCase, site_id=site.id, state="scheduled", start=Range(at_least=box.now, before=window.end)
    )
    for needed in items:
        item = box.world.get(Item, needed.item_id)
        shelf = box.world.find(Stock, site_id=site.id, item_id=needed.item_id)
        reserved = sum(i.quantity for case in planned for i in case.items if i.item_id == needed.item_id)
        found.append(
            CaseStock(
                needed.item_id,
                sum(row.on_hand for row in shelf),
                reserved,
                lead_minutes=item.lead_time_days * 24 * 60 if item else None,
                processing_minutes=item.processing_hours * 60 if item else 0,
            )
        )
    return tuple(found)


def _team_counts(box: Toolbox, site: Hospital, window: Interval, cases: list[SurgicalCase]) -> tuple[Count, ...]:
    """Theatre staff on duty less those in booked cases, two to a case; rooms can be staffed where no roster is out.

    A day whose roster is not published counts one team per room.
    """
    rooms = box.world.count(Room, site_id=site.id, kind="or")
    roster = box.world.values(
        Shift,
        ("start", "end"),
        site_id=site.id,
        role=In(("scrub_tech", "circulating_rn")),
        state=In(("rostered", "approved")),
        start=Range(at_least=window.start - timedelta(days=1), before=window.end),
    )
    counts = []
    for day in days_of(window, site.timezone):
        span = STAFFED.on(day, site.timezone)
        if span is None:
            continue
        on_duty = sum(start < span.end and end > span.start for start, end in roster) or 2 * rooms
        counts += _steps(span, _spans(cases), on_duty, 2)
    return tuple(counts)


def _pacu_counts(box: Toolbox, site: Hospital, window: Interval, cases: list[SurgicalCase]) -> tuple[Count, ...]:
    """Staffed PACU bays less the patients of booked cases after wheels-out."""
    bays = sum(unit.staffed_beds for unit in box.world.find(Unit, site_id=site.id, level="pacu"))
    stays = tuple(Interval(span.end, span.end + timedelta(minutes=PACU_MINUTES)) for span in _spans(cases))
    return tuple(_steps(Interval(window.start, window.end + timedelta(days=1)), stays, bays, 1))


def _steps(span: Interval, used: Iterable[Interval], capacity: int, each: int) -> list[Count]:
    """How many are left over a span, as constant pieces between the starts and ends of what uses them."""
    inside = [use for use in used if use.overlaps(span)]
    edges = sorted({span.start, span.end, *(e for use in inside for e in (use.start, use.end))})
    edges = [edge for edge in edges if span.start <= edge <= span.end]
    return [
        Count(Interval(a, b), max(0, capacity - each * sum(use.start < b and use.end > a for use in inside)))
        for a, b in pairwise(edges)
    ]


def _bed_counts(
    box: Toolbox, site: Hospital, window: Interval, level: str, cases: list[SurgicalCase]
) -> tuple[Count, ...]:
    """Staffed beds of a level per day: those patients expected to have left are free, booked cases are not."""
    usable = box.world.count(
        Bed, site_id=site.id, level=level, staffed=True, status=In(("available", "occupied", "dirty", "cleaning"))
    )
    staying = box.world.values(
        Encounter, ("expected_discharge_at",), site_id=site.id, level=level, state=In(("in_bed", "boarding"))
    )
    counts = []
    last = window.end + BED_STAY + timedelta(days=1)
    for day in days_of(Interval(window.start, last), site.timezone):
        span = local_day(site, day)
        still = sum(leaves is None or leaves >= span.start + LEAVES_BY for (leaves,) in staying)
        coming = sum(
            case.post_op_level == level
            and case.start is not None
            and span.start + LEAVES_BY < case.start + BED_STAY < span.end + BED_STAY
            for case in cases
        )
        counts.append(Count(span, max(0, usable - still - coming)))
    return tuple(counts)
