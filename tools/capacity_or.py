"""Open operating room time, with what is released, unassigned, held, booked, blocked or down told apart."""

from dataclasses import dataclass

from hospital.cards import Card, TableCard
from hospital.model.people import Clinician
from hospital.model.places import Room, Service, Site
from hospital.planning.intervals import Interval, Spans, fits, intersect, subtract, total_minutes, union
from hospital.planning.prime_time import PrimeTime
from tools.anaesthesia_cover import read_anaesthesia
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_clinician, find_room, find_service
from tools.or_day import RoomTime, block_for, read_or_time
from tools.sites_asked import find_sites, is_everywhere, say_sites
from tools.tool import Answer, Toolbox
from tools.windows import listed, note_clock, plural, say_clock, say_hours, say_moment, say_span, window_of

PRIME = PrimeTime()
MAX_OR_DAYS = 31


@dataclass(frozen=True)
class _Usable:
    """What of a room's time the asker may book, gaps of the asked length only."""

    time: RoomTime
    gaps: Spans
    released: int
    unassigned: int
    own: int

    @property
    def minutes(self) -> int:
        return total_minutes(self.gaps)


def answer_or(args: QueryCapacity, box: Toolbox) -> Answer:
    """Rooms with open prime time at one site or all."""
    clinician = find_clinician(box, args.clinician) if args.clinician else None
    service = find_service(box, args.service) if args.service else None
    room = find_room(box, args.room, None if is_everywhere(args.site) else args.site) if args.room else None
    sites = [box.local(room.site_id)] if room else find_sites(box, args.site)
    headlines, cards, facts = [], list[Card](), []
    for site in sites:
        window = window_of(box, site, args.day, args.start, args.end, most=MAX_OR_DAYS)
        rooms = [room] if room else box.world.find(Room, site_id=site.id, kind="or")
        rooms.sort(key=lambda r: (len(r.name), r.name))
        times = read_or_time(box, site, window, rooms, PRIME)
        if opened := PRIME.within(window, site.timezone):
            window = Interval(opened[0].start, opened[-1].end)
        found = [_usable(time, args.minimum_minutes, clinician, service) for time in times]
        said = site.name if len(sites) > 1 else say_sites(sites, args.site or args.room)
        headlines.append(_headline(said, site, window, found, args, clinician))
        cards.append(_table(box, site, window, found))
        facts.append(_facts(box, site, window, found))
        cover = read_anaesthesia(box, site, window)
        facts[-1]["anaesthesia"] = cover.facts(site)
        if len(sites) == 1:
            headlines.append(cover.sentence(site))
    headlines.append("Held time is not counted as open.")
    return Answer(
        headline=" ".join(headlines),
        facts={
            "sites": facts,
            "prime_time": PRIME.words,
            "minimum_minutes": args.minimum_minutes,
            "clinician": clinician.name if clinician else None,
            "service": service.name if service else None,
        },
        cards=tuple(cards),
    )


def _usable(time: RoomTime, minimum: int, clinician: Clinician | None, service: Service | None) -> _Usable:
    released, unassigned = time.account.spans["released"], time.account.spans["unassigned"]
    own = block_for(time, clinician.id if clinician else None, service.id if service else None)
    gaps = fits(union(released, unassigned, own), max(minimum, 1))
    return _Usable(
        time,
        gaps,
        total_minutes(intersect(gaps, released)),
        total_minutes(intersect(gaps, unassigned)),
        total_minutes(intersect(gaps, own)),
    )


def _say_room(usable: _Usable) -> str:
    how = listed(sorted({how for spans, how in usable.time.released if intersect(spans, usable.gaps)}))
    parts = [
        (usable.released, f"released {how}"),
        (usable.unassigned, "never assigned to a block"),
        (usable.own, "of the owner's own block"),
    ]
    told = [(minutes, words) for minutes, words in parts if minutes]
    if len(told) == 1:
        return f"{usable.time.room.name} {usable.minutes} min ({told[0][1]})"
    return f"{usable.time.room.name} {usable.minutes} min ({listed([f'{m} {w}' for m, w in told])})"


def _headline(
    said: str, site: Site, window: Interval, found: list[_Usable], args: QueryCapacity, clinician: Clinician | None
) -> str:
    when = f"{say_span(site, window.start, window.end)} ({say_clock(site)})"
    least = f" in gaps of at least {args.minimum_minutes} min" if args.minimum_minutes else ""
    whose = f" open to {clinician.name}" if clinician else ""
    if not any(usable.time.account.open_minutes for usable in found):
        return (
            f"{said} has no prime time ({PRIME.words} on working days) in {when}: "
            "it is over for the day, or a weekend or holiday; ask for another day."
        )
    ready = [usable for usable in found if usable.minutes]
    if ready:
        return (
            f"{said} has {plural(len(ready), 'OR')} with open prime time{whose}{least} on {when}: "
            f"{'; '.join(_say_room(usable) for usable in ready)}."
        )
    owned = sum(1 for usable in found if usable.time.account.minutes["blocked"])
    hint = (
        f"; {plural(owned, 'room has', 'rooms have')} unused block time that only its owner may book" if owned else ""
    )
    return (
        f"None of the {plural(len(found), 'OR')} at {said} has open prime time{whose}{least} on {when}{hint}. "
        "Try another day or site."
    )


def _minutes(usable: _Usable) -> dict[str, int]:
    minutes = usable.time.account.minutes
    down = total_minutes(usable.time.down)
    maintenance = total_minutes(subtract(usable.time.account.spans["maintenance"], usable.time.down))
    return {
        "open": usable.minutes,
        "released": usable.released,
        "unassigned": usable.unassigned,
        "own_block": usable.own,
        "block_of_others": minutes["blocked"] - usable.own,
        "held": minutes["held"],
        "booked": minutes["booked"],
        "maintenance": maintenance,
        "down": down,
        "prime_time": usable.time.account.open_minutes,
    }


def _owners(box: Toolbox, site: Site, usable: _Usable) -> list[str]:
    said = []
    for spans, block in usable.time.owned:
        owner = box.world.get(Clinician, block.owner_id) if block.owner_id else None
        service = box.world.get(Service, block.service_id)
        who = owner.name if owner else service.name if service else block.service_id
        said.append(f"{who} {total_minutes(spans)} min until {say_moment(site, block.auto_release_at)}")
    return said


COLUMNS = {
    "open": "Open",
    "released": "Released",
    "unassigned": "Unassigned",
    "own_block": "Own block",
    "block_of_others": "Others' block",
    "held": "Held",
    "booked": "Booked",
    "maintenance": "Maintenance",
    "down": "Down",
}
"""Kinds of minutes and how their columns are headed."""
ONLY_IF_ANY = ("own_block", "block_of_others", "maintenance", "down")
"""Kinds that get no column when no room has any."""


def _table(box: Toolbox, site: Site, window: Interval, found: list[_Usable]) -> TableCard:
    minutes = [_minutes(usable) for usable in found]
    kinds = [kind for kind in COLUMNS if kind not in ONLY_IF_ANY or any(of[kind] for of in minutes)]
    rows = tuple(
        (
            usable.time.room.name,
            *(of[kind] for kind in kinds),
            ", ".join(_say_gap(site, window, gap) for gap in usable.gaps),
            "; ".join([*_owners(box, site, usable), *_why_down(site, usable)]),
        )
        for usable, of in zip(found, minutes, strict=True)
    )
    return TableCard(
        title=f"{site.name}: prime time {PRIME.words}, {say_span(site, window.start, window.end)}, in minutes",
        columns=("Room", *(COLUMNS[kind] for kind in kinds), "Gaps", "Remarks"),
        rows=rows,
        note=f"{note_clock(site)}. Turnover between cases is not taken off. Held time is not open.",
    )


def _why_down(site: Site, usable: _Usable) -> list[str]:
    room = usable.time.room
    if not usable.time.down:
        return []
    until = f"until {say_moment(site, room.status_until)}" if room.status_until else "until further notice"
    note = f" ({room.status_note})" if room.status_note else ""
    return [f"{room.status}{note} {until}, {'reported' if room.status_by == 'reported' else 'by the feed'}"]


def _say_gap(site: Site, window: Interval, gap: Interval) -> str:
    if site.local(window.start).date() == site.local(window.end).date() or window.minutes <= 24 * 60:
        return say_hours(site, gap.start, gap.end)
    return say_span(site, gap.start, gap.end)


def _facts(box: Toolbox, site: Site, window: Interval, found: list[_Usable]) -> dict[str, object]:
    return {
        "site": site.name,
        "site_id": site.id,
        "zone": site.timezone,
        "window": say_span(site, window.start, window.end),
        "start": site.local(window.start).isoformat(),
        "end": site.local(window.end).isoformat(),
        "ors": len(found),
        "ors_with_open_time": sum(1 for usable in found if usable.minutes),
        "open_minutes": sum(usable.minutes for usable in found),
        "rooms": [
            {
                "room": usable.time.room.name,
                "room_id": usable.time.room.id,
                **_minutes(usable),
                "gaps": [
                    {
                        "start": site.local(gap.start).isoformat(),
                        "end": site.local(gap.end).isoformat(),
                        "said": _say_gap(site, window, gap),
                        "minutes": gap.minutes,
                    }
                    for gap in usable.gaps
                ],
                "owners": _owners(box, site, usable),
                "down_because": _why_down(site, usable),
            }
            for usable in found
        ],
    }
