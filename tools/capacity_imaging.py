"""Free scanner slots: the right scanner, not under maintenance, with a technologist on duty."""

from collections import Counter, defaultdict
from datetime import timedelta

from rapidfuzz import fuzz

from hospital.model.bookings import Slot
from hospital.model.places import Room
from hospital.planning.intervals import Interval
from hospital.ports import In, Range
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_room
from tools.open_slots import Found, FreeSlot, find_slots
from tools.scanner_slots_said import Looked, answer_one, answer_several, facts_of
from tools.scanners import Scanners, read_scanners
from tools.sites_asked import find_sites, is_everywhere, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import window_of

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
    answers: list[Looked] = []
    for site in sites:
        window = window_of(box, site, args.day, args.start, args.end, default=None if stated else AHEAD, most=366)
        rooms = [room] if room else box.world.find(Room, site_id=site.id, kind="imaging", order="name")
        fitting = [r for r in rooms if modality in (None, r.modality) and (r.contrast or not contrast)]
        if fitting:
            scanners = read_scanners(box, site, fitting, window)
            answers.append((scanners, *_search(box, scanners, window, args)))
    what = _say_wanted(modality, contrast, args.protocol) + args.wish()
    if not answers:
        raise Problem(
            "unknown",
            f"{say_sites(sites, args.site or args.room)} has no scanner for {what}; try another site.",
            argument="modality",
        )
    facts: dict[str, object] = {"wanted": what, "sites": [facts_of(answer) for answer in answers]}
    if len(answers) > 1:
        return answer_several(answers, what, args.limit, facts)
    return answer_one(answers[0], what, say_sites(sites, args.site or args.room), facts)


def _search(
    box: Toolbox, scanners: Scanners, window: Interval, args: QueryCapacity
) -> tuple[Found, dict[str, Counter[str]]]:
    ids = In(tuple(room.id for room in scanners.rooms))
    families = _families(box, ids, window, args.protocol)
    where: dict[str, object] = {"visit_type": In(families)} if families else {}
    site = scanners.site

    def suits(slot: FreeSlot) -> bool:
        return args.suits(site.local(slot.start))

    found = find_slots(box, window, args.limit, scanners.why_not, suits, room_id=ids, **where)
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
