"""Free scanner slots: the right scanner, not under maintenance, with a technologist on duty."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

from rapidfuzz import fuzz

from hospital.cards import Card, TableCard
from hospital.model.bookings import Slot
from hospital.model.places import Room
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_room
from tools.open_slots import Found, FreeSlot, find_slots
from tools.scanners import Scanners, read_scanners
from tools.sites_asked import find_sites, is_everywhere, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, note_clock, plural, say_clock, say_moment, say_span, window_of

AHEAD = timedelta(days=60)
"""How far ahead the earliest slot is looked for when no window is stated."""
SIMILAR = 80


def answer_imaging(args: QueryCapacity, box: Toolbox) -> Answer:
    """The next scanner slots at one site or all."""
    room = find_room(box, args.room, None if is_everywhere(args.site) else args.site) if args.room else None
    sites = [box.local(room.site_id)] if room else find_sites(box, args.site)
    words = set((args.protocol or "").casefold().replace("-", " ").split())
    modality = args.modality or next((kind for kind in ("mri", "ct") if kind in words), None)
    contrast = args.contrast
    if contrast is None and "contrast" in words:
        contrast = not words & {"without", "no", "non"}
    stated = args.day is not None or args.end is not None
    answers = []
    for site in sites:
        window = window_of(box, site, args.day, args.start, args.end, default=None if stated else AHEAD, most=366)
        rooms = [room] if room else box.world.find(Room, site_id=site.id, kind="imaging", order="name")
        fitting = [r for r in rooms if modality in (None, r.modality) and (r.contrast or not contrast)]
        if fitting:
            scanners = read_scanners(box, site, fitting, window)
            answers.append((scanners, *_search(box, scanners, window, args.limit, args.protocol)))
    what = _say_wanted(modality, contrast, args.protocol)
    if not answers:
        raise Problem(
            "unknown",
            f"{say_sites(sites, args.site or args.room)} has no scanner for {what}; try another site.",
            argument="modality",
        )
    said = [_site_sentence(s, found, what, say_sites(sites, args.site or args.room)) for s, found, _ in answers]
    return Answer(
        headline=" ".join(said),
        facts={"wanted": what, "sites": [_facts(*answer) for answer in answers]},
        cards=tuple(card for answer in answers for card in _cards(*answer)),
    )


def _search(
    box: Toolbox, scanners: Scanners, window: Interval, limit: int, protocol: str | None
) -> tuple[Found, dict[str, Counter[str]]]:
    ids = In(tuple(room.id for room in scanners.rooms))
    families = _families(box, ids, window, protocol)
    where: dict[str, object] = {"visit_type": In(families)} if families else {}
    found = find_slots(box, window, limit, scanners.why_not, room_id=ids, **where)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for room_id, status, start, end in box.world.values(
        Slot,
        ("room_id", "status", "start", "end"),
        room_id=ids,
        start=Range(at_least=found.looked.start, before=found.looked.end),
        **where,
    ):
        span = Interval(start, end)
        out = [
            name
            for name, spans in (("maintenance", scanners.maintenance), ("down", scanners.down))
            if any(span.overlaps(gone) for gone in spans.get(room_id, ()))
        ]
        counts[room_id][out[0] if out else status] += 1
    return found, counts


def _families(box: Toolbox, rooms: In, window: Interval, protocol: str | None) -> tuple[str, ...]:
    """The slot types for this protocol; empty when slots are not told apart by it."""
    if protocol is None:
        return ()
    part = Range(at_least=window.start, before=min(window.end, window.start + timedelta(days=7)))
    known = {kind for (kind,) in box.world.values(Slot, ("visit_type",), room_id=rooms, start=part)}
    wanted = protocol.casefold().replace("_", " ").replace("-", " ")
    # A slot type names the scanner and the region; the protocol of an order says more, such as contrast.
    named = tuple(sorted(kind for kind in known if set(kind.replace("_", "-").split("-")) <= set(wanted.split())))
    if named:
        return named
    scores = {kind: fuzz.token_sort_ratio(wanted, kind.replace("_", " ").replace("-", " ")) for kind in known}
    best = max(scores.values(), default=0)
    return tuple(kind for kind, score in scores.items() if score == best) if best >= SIMILAR else ()


def _say_wanted(modality: str | None, contrast: bool | None, protocol: str | None) -> str:
    if protocol:
        return protocol
    kind = modality.upper() if modality else "imaging"
    return f"{kind} with contrast" if contrast else kind


def _covering(scanners: Scanners, slot: FreeSlot) -> str:
    on_duty = scanners.on_duty(slot)
    return "roster not published yet" if on_duty is None else f"{plural(on_duty, 'technologist')} on duty"


def _name(scanners: Scanners, room_id: str) -> str:
    return next(room.name for room in scanners.rooms if room.id == room_id)


def _site_sentence(scanners: Scanners, found: Found, what: str, said: str) -> str:
    site = scanners.site
    name = said if scanners.site.name in said else site.name
    if found.offered:
        slots = [
            f"{say_span(site, slot.start, slot.end)} on {_name(scanners, slot.room_id)} ({_covering(scanners, slot)})"
            for slot in found.offered
        ]
        sentence = f"{name}, {what}: next free {listed(slots, 50)} ({say_clock(site)})."
    else:
        span = f" from {say_moment(site, found.looked.start)} to {say_moment(site, found.looked.end)}"
        sentence = (
            f"{name} has no free slot for {what}{span} ({say_clock(site)}) on "
            f"{listed([room.name for room in scanners.rooms])}; try another day or site."
        )
    outages = [f"{_name(scanners, id)}: {listed(list(orders))}" for id, orders in scanners.work_orders.items()]
    extra = f"Maintenance: {'; '.join(outages)}." if outages else ""
    return " ".join(part for part in (sentence, found.sentence(), extra) if part)


def _cards(scanners: Scanners, found: Found, counts: dict[str, Counter[str]]) -> Iterable[Card]:
    site = scanners.site
    if found.offered:
        yield TableCard(
            title=f"{site.name}: next scanner slots",
            columns=("#", "When", "Scanner", "Minutes", "Technologists", "Slot"),
            rows=tuple(
                (
                    number,
                    say_span(site, slot.start, slot.end),
                    _name(scanners, slot.room_id),
                    slot.minutes,
                    _covering(scanners, slot),
                    slot.id,
                )
                for number, slot in enumerate(found.offered, 1)
            ),
            note=note_clock(site),
        )
    yield TableCard(
        title=f"{site.name}: scanners, slots {say_span(site, found.looked.start, found.looked.end)}",
        columns=("Scanner", "Contrast", "Free", "Held", "Booked", "Maintenance", "Down"),
        rows=tuple((room.name, room.contrast, *_row(counts[room.id])) for room in scanners.rooms),
        note=found.sentence(),
    )


def _row(counts: Counter[str]) -> tuple[int, int, int, int, int]:
    return (
        counts["free"],
        counts["busy-tentative"],
        counts["busy"] + counts["busy-unavailable"],
        counts["maintenance"],
        counts["down"],
    )


def _facts(scanners: Scanners, found: Found, counts: dict[str, Counter[str]]) -> dict[str, object]:
    site = scanners.site
    return {
        "site": site.name,
        "zone": site.timezone,
        "slots": [
            {
                "slot": slot.id,
                "said": say_span(site, slot.start, slot.end),
                "start": site.local(slot.start).isoformat(),
                "end": site.local(slot.end).isoformat(),
                "minutes": slot.minutes,
                "scanner": _name(scanners, slot.room_id),
                "room_id": slot.room_id,
                "technologists": scanners.on_duty(slot),
            }
            for slot in found.offered
        ],
        "not_offered": dict(found.skipped),
        "not_offered_total": sum(found.skipped.values()),
        "looked_from": say_moment(site, found.looked.start),
        "looked_to": say_moment(site, found.looked.end),
        "scanners": [
            {
                "scanner": room.name,
                "room_id": room.id,
                "modality": room.modality,
                "contrast": room.contrast,
                **dict(zip(("free", "held", "booked", "maintenance", "down"), _row(counts[room.id]), strict=True)),
                "maintenance_windows": list(scanners.work_orders.get(room.id, ())),
            }
            for room in scanners.rooms
        ],
    }
